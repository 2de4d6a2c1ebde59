//! The workloads of the decision benches.
//!
//! One user, `alice`, in one group, `ml-team`, which holds N patterns. Names rotate: a benchmark that asks for one name
//! only measures a warm cache line.

use mlflow_auth_core::{
    Action, Grant, GrantSpec, GroupName, Holdings, InvalidName, PatternError, Permission, Policy, Principal, Proof,
    Requirement, Resource, ResourceRef, ResourceType, RuleSetError, Scope, Subject, SubjectGrants, Target, Username,
    Workspace,
};
use std::error::Error;
use std::sync::Arc;

/// How many names rotate.
pub const ROTATION: usize = 4096;

/// The shape of a set of patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// Beginnings only.
    Prefix,
    /// Six shapes in turn: beginnings, alternatives, ends, classes, whole names, upper and lower case alike.
    Mixed,
}

/// What is asked for. Half of it is matched by a pattern of the set, half by none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Names that begin with `team-`, as in the prefix set: other shapes are soon out of the question.
    Teams,
    /// Names of all six shapes in turn: the automaton visits a part of its own for each.
    Shapes,
}

impl Set {
    /// The word in the names of benches.
    pub fn name(self) -> &'static str {
        match self {
            Set::Prefix => "prefix",
            Set::Mixed => "mixed",
        }
    }

    /// The pattern with this number.
    pub fn pattern(self, i: usize) -> String {
        match (self, i % 6) {
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
}

impl Names {
    /// The name with number `k`, 40 bytes long where the shape allows it.
    fn name(self, k: usize, random: &mut XorShift) -> String {
        let [a, b] = [random.word(), random.word()];
        let version = random.below(100);
        let name = match (self, k % 6) {
            (Names::Teams, _) | (Names::Shapes, 0) => format!("team-{k}-{a}-{b}-prod-v{version}"),
            (Names::Shapes, 1) => format!("prod/team-{k}/{a}-{b}-v{version}"),
            (Names::Shapes, 2) => return format!("{a}-{b}-{version}-model-{k}"),
            (Names::Shapes, 3) => return format!("proj{k}_eval_v{version}"),
            (Names::Shapes, 4) => return format!("exp-{k}"),
            (Names::Shapes, _) => format!("Shared-{k}-{a}-{b}-{version}"),
        };
        format!("{name:x<40}")
    }

    /// `wanted` names, distinct as far as there are so many: every second one is that of a pattern in a set of `count`.
    pub fn rotation(self, count: usize, wanted: usize) -> Vec<String> {
        let mut random = XorShift(0x9E37_79B9_7F4A_7C15);
        let mut seen = std::collections::HashSet::new();
        let mut names = Vec::with_capacity(wanted);
        let mut tries = 0;
        while names.len() < wanted {
            let missed = if names.len() % 2 == 0 { 0 } else { count };
            let name = self.name(missed + random.below(count), &mut random);
            tries += 1;
            if seen.insert(name.clone()) || tries > 4 * wanted {
                names.push(name);
            }
        }
        names
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

/// Somebody, what they hold, and what they ask for in turn.
pub struct Case {
    /// How it is decided.
    pub policy: Policy,
    /// Who asks.
    pub who: Principal,
    /// What they hold.
    pub held: Holdings,
    /// What they ask for: one thing, of which the id or the name changes from turn to turn, as if it had just been read
    /// from a request.
    needs: [Requirement; 1],
    /// The ids or names that they ask for in turn.
    pub names: Vec<String>,
    by_id: bool,
    turn: usize,
}

/// The rows that a store would hand over for `patterns` of the group, each pattern checked.
///
/// # Errors
/// Those of the engine.
pub fn grants(patterns: &[String]) -> Result<Vec<Grant>, Box<dyn Error>> {
    let group = Subject::Group(GroupName::new("ml-team")?);
    let grant = |(place, pattern): (usize, &String)| -> Result<Grant, PatternError> {
        let target = Target::pattern(pattern, i64::try_from(place).unwrap_or(i64::MAX))?;
        Ok(grant(place, group.clone(), target))
    };
    Ok(patterns.iter().enumerate().map(grant).collect::<Result<_, _>>()?)
}

fn grant(place: usize, subject: Subject, target: Target) -> Grant {
    let spec = GrantSpec {
        subject,
        scope: Scope::Everywhere,
        kind: ResourceType::EXPERIMENT,
        target,
        permission: Permission::Read,
    };
    Grant { id: i64::try_from(place).unwrap_or(i64::MAX), spec, fault: None }
}

/// Compiles what the group holds.
///
/// # Errors
/// Those of the engine.
pub fn compile(grants: Vec<Grant>) -> Result<SubjectGrants, RuleSetError> {
    SubjectGrants::new(grants)
}

fn alice() -> Result<Principal, InvalidName> {
    Ok(Principal { user: Username::new("alice")?, groups: Vec::new(), is_admin: false, proof: Proof::Password })
}

fn need() -> [Requirement; 1] {
    [Requirement::on(Action::Read, Resource::new(ResourceType::EXPERIMENT, "7").with_name("name"))]
}

impl Case {
    /// `count` patterns of one group, and [`ROTATION`] names.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn patterns(set: Set, names: Names, count: usize) -> Result<Self, Box<dyn Error>> {
        let group = compile(grants(&set.patterns(count))?)?;
        let held = Holdings { user: Arc::default(), groups: vec![Arc::new(group)], roles: Vec::new() };
        let names = names.rotation(count, ROTATION);
        Ok(Self { policy: Policy::default(), who: alice()?, held, needs: need(), names, by_id: false, turn: 0 })
    }

    /// `count` exact grants of the user, asked for in turn.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn exact(count: usize) -> Result<Self, Box<dyn Error>> {
        let user = Subject::User(Username::new("alice")?);
        let grants = (0..count).map(|id| grant(id, user.clone(), Target::Exact(id.to_string()))).collect();
        let held = Holdings { user: Arc::new(compile(grants)?), ..Holdings::default() };
        let names: Vec<String> = (0..ROTATION.min(count)).map(|id| id.to_string()).collect();
        Ok(Self { policy: Policy::default(), who: alice()?, held, needs: need(), names, by_id: true, turn: 0 })
    }

    /// What is asked for next. Copies a name and allocates nothing.
    pub fn ask(&mut self) -> (&Policy, &Principal, &Holdings, &[Requirement; 1]) {
        self.turn = (self.turn + 1) % self.names.len().max(1);
        let rung = match &mut self.needs {
            [Requirement::Any(chains)] => chains.first_mut().and_then(|chain| chain.0.first_mut()),
            [Requirement::Create(_)] => None,
        };
        if let Some((rung, name)) = rung.zip(self.names.get(self.turn)) {
            let text = if self.by_id { &mut rung.resource.id } else { &mut rung.resource.name };
            let text = text.get_or_insert_default();
            text.clear();
            text.push_str(name);
        }
        (&self.policy, &self.who, &self.held, &self.needs)
    }

    /// Decides what is asked for next.
    pub fn decide(&mut self) -> bool {
        let (policy, who, held, needs) = self.ask();
        policy.decide(who, held, needs).allowed
    }

    /// Explains what is asked for next.
    pub fn explain(&mut self) -> usize {
        let (policy, who, held, needs) = self.ask();
        policy.explain(who, held, needs).shadowed.len()
    }

    /// Asks for all that is asked for once, so that everything is warm, and counts what is allowed.
    pub fn warm(&mut self) -> usize {
        (0..self.names.len()).filter(|_| self.explain() < usize::MAX && self.decide()).count()
    }

    /// How many of `names` a list would keep.
    pub fn filter(&self, names: &[String]) -> usize {
        let (kind, workspace) = (ResourceType::EXPERIMENT, Workspace::default());
        let kept = |name: &&String| {
            let row = ResourceRef { kind: &kind, id: Some("7"), name: Some(name.as_str()), workspace: &workspace };
            self.policy.permits(&self.who, &self.held, Action::Read, row)
        };
        names.iter().filter(kept).count()
    }
}
