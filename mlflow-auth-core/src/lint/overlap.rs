//! Patterns that match the same name and give different permissions.

use super::rules::Reachable;
use super::table::{Table, pattern};
use super::{Code, Finding, Severity};
use crate::rules::{TooHard, witness};
use std::collections::{BTreeMap, HashSet};

/// The most overlaps that are told of one pattern, and the most names and automata that are tried for one table.
const MOST_TOLD: usize = 3;
const MOST_NAMES: usize = 50_000;
const MOST_AUTOMATA: usize = 3_000;

/// Finds pairs, the earlier first, each with a name that both match.
pub(super) fn check(table: &Table<'_>, reachable: &[Reachable], findings: &mut Vec<Finding>) {
    let deciding = reachable.iter().map(|rule| rule.place).collect();
    let mut search =
        Search { table, deciding, found: BTreeMap::new(), names: MOST_NAMES, automata: MOST_AUTOMATA, left: 0 };
    reachable.iter().for_each(|rule| search.note(&rule.sample));
    let prefixes: Vec<(usize, &Reachable, String)> = reachable
        .iter()
        .filter_map(|rule| Some((rule.place, rule, prefix(pattern(table.grant(rule.place)?)?.as_str()))))
        .collect();
    for (later, (place, rule, text)) in prefixes.iter().enumerate() {
        for (other, earlier, other_text) in prefixes.iter().take(later) {
            if search.told(*place) >= MOST_TOLD {
                break;
            }
            if text.starts_with(other_text.as_str()) || other_text.starts_with(text.as_str()) {
                search.compare((*other, earlier), (*place, rule));
            }
        }
    }
    search.tell(findings);
}

struct Search<'t, 'g> {
    table: &'t Table<'g>,
    /// The rules that decide on something; of others more is told elsewhere.
    deciding: HashSet<usize>,
    /// By the later of the two: the earlier ones, each with a name.
    found: BTreeMap<usize, BTreeMap<usize, String>>,
    names: usize,
    automata: usize,
    /// How many pairs were not compared.
    left: usize,
}

impl Search<'_, '_> {
    fn told(&self, later: usize) -> usize {
        self.found.get(&later).map_or(0, BTreeMap::len)
    }

    /// Takes note of all pairs that match `name`.
    fn note(&mut self, name: &str) {
        let places = self.table.all_on(name);
        for (nth, later) in places.iter().enumerate() {
            for earlier in places.iter().take(nth) {
                if self.told(*later) < MOST_TOLD && self.is_odd(*earlier, *later) {
                    self.found.entry(*later).or_default().entry(*earlier).or_insert_with(|| name.to_owned());
                }
            }
        }
    }

    /// Whether two rules give different permissions. Two that hold everywhere are told of in the table of their own.
    fn is_odd(&self, earlier: usize, later: usize) -> bool {
        if !self.deciding.contains(&earlier) || !self.deciding.contains(&later) {
            return false;
        }
        let (Some(earlier), Some(later)) = (self.table.grant(earlier), self.table.grant(later)) else { return false };
        let is_here = self.table.owns(earlier) || self.table.owns(later);
        is_here && earlier.spec.permission != later.spec.permission
    }

    fn compare(&mut self, earlier: (usize, &Reachable), later: (usize, &Reachable)) {
        let known = self.found.get(&later.0).is_some_and(|found| found.contains_key(&earlier.0));
        if known || !self.is_odd(earlier.0, later.0) {
            return;
        }
        for (one, other) in [(earlier.1, later.1), (later.1, earlier.1)] {
            let name = format!("{}{}", one.sample, other.sample);
            if self.names > 0 && !name.bytes().any(|byte| self.table.forbidden().contains(&byte)) {
                self.names -= 1;
                let places = self.table.all_on(&name);
                if places.contains(&earlier.0) && places.contains(&later.0) {
                    self.found.entry(later.0).or_default().insert(earlier.0, name);
                    return;
                }
            }
        }
        self.prove(earlier.0, later.0);
    }

    fn prove(&mut self, earlier: usize, later: usize) {
        let of = |place| self.table.grant(place).and_then(pattern);
        let (Some(one), Some(other)) = (of(earlier), of(later)) else { return };
        if self.automata == 0 {
            self.left += 1;
            return;
        }
        self.automata -= 1;
        match witness(&[one, other], &[], self.table.forbidden()) {
            Ok(None) => {}
            Err(TooHard) => self.left += 1,
            Ok(Some(name)) => {
                let places = self.table.all_on(&name);
                match places.contains(&earlier) && places.contains(&later) {
                    true => drop(self.found.entry(later).or_default().insert(earlier, name)),
                    false => self.left += 1,
                }
            }
        }
    }

    fn tell(self, findings: &mut Vec<Finding>) {
        let Self { table, found, left, .. } = self;
        for (later, pairs) in found {
            for (earlier, name) in pairs {
                findings.extend(pair(table, earlier, later, name));
            }
        }
        if left > 0 {
            let first = table.own().next().map(|(_, grant)| grant.spec.subject.to_string()).unwrap_or_default();
            let problem = format!("{left} pairs of the patterns of {first} on {} were not compared", table.kind);
            let (code, severity) = (Code::NotChecked, Severity::Info);
            findings.push(Finding { code, severity, grants: Vec::new(), example: None, problem });
        }
    }
}

fn pair(table: &Table<'_>, earlier: usize, later: usize, name: String) -> Option<Finding> {
    let (winner, loser) = (table.grant(earlier)?, table.grant(later)?);
    let weakened = loser.spec.permission.is_refusal() && !winner.spec.permission.is_refusal();
    let is_tie = winner.spec.target.priority() == loser.spec.target.priority();
    let (code, problem) = match (is_tie, weakened) {
        (true, _) => {
            (Code::Tie, "it has the priority of another pattern that matches the same names; the rank decides, for")
        }
        (false, true) => (Code::Overlap, "it refuses less than it seems to: some of its names are allowed before, by"),
        (false, false) => (Code::Overlap, "some of its names are decided before, by"),
    };
    let severity = if is_tie || weakened { Severity::Warning } else { Severity::Info };
    let grants = vec![loser.clone(), winner.clone()];
    Some(Finding { code, severity, grants, example: Some(name), problem: problem.to_owned() })
}

/// A text that every name begins with which the pattern matches; empty where that is not plain to see.
pub(super) fn prefix(pattern: &str) -> String {
    const SIGNS: &[char] = &['\\', '.', '^', '$', '*', '+', '?', '{', '}', '[', ']', '(', ')', '|'];
    let text = pattern.strip_prefix('^').unwrap_or(pattern);
    if text.contains('|') {
        return String::new();
    }
    let end = text.find(SIGNS).unwrap_or(text.len());
    let (mut plain, rest) = text.split_at_checked(end).map_or((String::new(), ""), |(a, b)| (a.to_owned(), b));
    if rest.starts_with(['*', '?', '{']) {
        plain.pop();
    }
    plain
}
