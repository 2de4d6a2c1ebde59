//! The patterns and the names of the workloads.
//!
//! Names rotate: a benchmark that asks for one name only measures a warm cache line.

use std::collections::HashSet;
use std::ops::Range;

/// How many names rotate.
pub const ROTATION: usize = 4096;

/// The shape of a set of patterns, and of the names that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// Beginnings only.
    Prefix,
    /// Six shapes in turn: beginnings, alternatives, ends, classes, whole names, upper and lower case alike.
    Mixed,
    /// Wide classes of Unicode in every pattern.
    Words,
}

/// Whom the rules belong to. Alice asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// All to one group, of which Alice is a member.
    OneGroup,
    /// Ten to each of as many groups as it takes; Alice is a member of the one in the middle.
    Spread,
}

/// Which rule matches the names that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The first rule.
    First,
    /// The one in the middle.
    Middle,
    /// The last.
    Last,
    /// None.
    Miss,
    /// Any of Alice's for every second name, none of hers for the others.
    Rotation,
}

/// Rules, whose they are, and what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    /// The shape of the rules.
    pub set: Set,
    /// Whose they are.
    pub layout: Layout,
    /// How many there are.
    pub count: usize,
}

impl Set {
    /// The word in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Set::Prefix => "prefix",
            Set::Mixed => "mixed",
            Set::Words => "words",
        }
    }

    /// The pattern with this number.
    pub fn pattern(self, i: usize) -> String {
        match (self, i % 6) {
            (Set::Words, _) => format!(r"^proj{i}_[\w-]+/\w+$"),
            (Set::Prefix, _) | (Set::Mixed, 0) => format!("^team-{i}-.*$"),
            (Set::Mixed, 1) => format!("^(staging|prod|dev)/team-{i}/.*$"),
            (Set::Mixed, 2) => format!("^.*-model-{i}$"),
            (Set::Mixed, 3) => format!("^proj{i}_(train|eval|serve)_v[0-9]+$"),
            (Set::Mixed, 4) => format!("^exp-{i}$"),
            (Set::Mixed, _) => format!("(?i)^shared-{i}-[a-z0-9-]+$"),
        }
    }

    /// All patterns of a set of `count`.
    pub fn patterns(self, count: usize) -> Vec<String> {
        (0..count).map(|i| self.pattern(i)).collect()
    }

    /// A name that the pattern with number `k` matches and no other does, 40 bytes long where the shape allows it.
    fn matched(self, k: usize, random: &mut XorShift) -> String {
        let [a, b] = [random.word(), random.word()];
        let version = random.below(100);
        let name = match (self, k % 6) {
            (Set::Words, _) => format!("proj{k}_{a}-{b}/v{version}"),
            (Set::Prefix, _) | (Set::Mixed, 0) => format!("team-{k}-{a}-{b}-prod-v{version}"),
            (Set::Mixed, 1) => format!("prod/team-{k}/{a}-{b}-v{version}"),
            (Set::Mixed, 2) => return format!("{a}-{b}-{version}-model-{k}"),
            (Set::Mixed, 3) => return format!("proj{k}_eval_v{version}"),
            (Set::Mixed, 4) => return format!("exp-{k}"),
            (Set::Mixed, _) => format!("Shared-{k}-{a}-{b}-{version}"),
        };
        format!("{name:x<40}")
    }
}

impl Workload {
    /// All rules of one group.
    pub fn of_one_group(set: Set, count: usize) -> Self {
        Self { set, layout: Layout::OneGroup, count }
    }

    /// The group of the rule with this number.
    pub fn group_of(self, rule: usize) -> String {
        match self.layout {
            Layout::OneGroup => "ml-team".to_owned(),
            Layout::Spread => format!("role-{}", rule / 10),
        }
    }

    /// The numbers of Alice's rules.
    pub fn hers(self) -> Range<usize> {
        match self.layout {
            Layout::OneGroup => 0..self.count,
            Layout::Spread => self.count / 20 * 10..(self.count / 20 * 10 + 10).min(self.count),
        }
    }

    /// Alice's group.
    pub fn her_group(self) -> String {
        self.group_of(self.hers().start)
    }

    /// The patterns of Alice's rules.
    pub fn her_patterns(self) -> Vec<String> {
        self.hers().map(|i| self.set.pattern(i)).collect()
    }

    /// `wanted` names, distinct as far as there are so many, and how many of them Alice may read.
    pub fn names(self, asked: Asked, wanted: usize) -> (Vec<String>, usize) {
        let mut random = XorShift(0x9E37_79B9_7F4A_7C15);
        let (mut seen, mut names, mut tries) = (HashSet::new(), Vec::with_capacity(wanted), 0);
        while names.len() < wanted {
            let rule = self.rule(asked, names.len(), &mut random);
            let name = self.set.matched(rule, &mut random);
            tries += 1;
            if seen.insert(name.clone()) || tries > 4 * wanted {
                names.push(name);
            }
        }
        let allowed = match asked {
            Asked::First | Asked::Middle | Asked::Last => wanted,
            Asked::Miss => 0,
            Asked::Rotation => wanted.div_ceil(2),
        };
        (names, allowed)
    }

    /// The number of the rule that matches the name at `place`; beyond `count`, or another group's, if none of hers does.
    fn rule(self, asked: Asked, place: usize, random: &mut XorShift) -> usize {
        let hers = self.hers();
        match asked {
            Asked::First => hers.start,
            Asked::Middle => hers.start + hers.len() / 2,
            Asked::Last => hers.end.saturating_sub(1),
            Asked::Rotation if place.is_multiple_of(2) => hers.start + random.below(hers.len()),
            Asked::Miss | Asked::Rotation => self.count + random.below(self.count),
        }
    }
}

struct XorShift(u64);

impl XorShift {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % bound.max(1)
    }

    fn word(&mut self) -> &'static str {
        const WORDS: [&str; 8] = ["fraud", "churn", "vision", "nlp", "rank", "price", "embed", "risk"];
        WORDS.get(self.below(WORDS.len())).copied().unwrap_or("word")
    }
}
