//! Each pattern by itself, and against those before it.

use super::table::{Table, pattern};
use super::{Code, Finding, Severity};
use crate::grants::Grant;
use crate::rules::{Pattern, TooHard, witness};

/// A rule that decides on some name.
pub(super) struct Reachable {
    pub(super) place: usize,
    /// One of the shortest names that it matches.
    pub(super) sample: String,
}

/// How many earlier patterns together are looked at before it is given up to prove that they shadow another.
const MOST_EARLIER: usize = 32;

/// Whether a rule ever decides.
enum Turn<'g> {
    Comes,
    Never { because_of: Vec<&'g Grant>, example: String },
    NotKnown,
}

/// Checks each rule of the table's own, and returns all that decide on something.
pub(super) fn check(table: &Table<'_>, findings: &mut Vec<Finding>) -> Vec<Reachable> {
    let mut reachable = Vec::new();
    for (place, grant) in table.grants.iter().copied().enumerate() {
        let mut found = Vec::new();
        reachable.extend(check_one(table, place, grant, &mut found));
        if table.owns(grant) {
            findings.append(&mut found);
        }
    }
    reachable
}

fn check_one(table: &Table<'_>, place: usize, grant: &Grant, findings: &mut Vec<Finding>) -> Option<Reachable> {
    let Some(rule) = pattern(grant) else {
        findings.push(about(grant, Code::Unreadable, Severity::Error, "it refuses every name that it is asked about"));
        return None;
    };
    if python_differs(rule) {
        let problem = "with the flag `i`, Python takes `İ` and `ı` for an `i`; this program does not";
        findings.push(about(grant, Code::PythonDiffers, Severity::Info, problem));
    }
    let sample = match witness(&[rule], &[], table.forbidden()) {
        Ok(Some(sample)) if table.all_on(&sample).contains(&place) => sample,
        Ok(None) => {
            findings.push(unmatched(grant, rule));
            return None;
        }
        Ok(Some(_)) | Err(TooHard) => {
            findings.push(not_checked(grant));
            return None;
        }
    };
    open_end(table, place, grant, &sample, findings);
    match turn(table, place, rule, &sample) {
        Turn::Comes => return Some(Reachable { place, sample }),
        Turn::NotKnown => findings.push(not_checked(grant)),
        Turn::Never { because_of, example } => findings.push(shadowed(grant, because_of, example)),
    }
    None
}

/// Looks for a name on which the rule decides. Earlier rules are taken in one after the other, as names show that they
/// are in the way; most rules need one look.
fn turn<'g>(table: &Table<'g>, place: usize, rule: &Pattern, sample: &str) -> Turn<'g> {
    let mut earlier: Vec<&'g Grant> = Vec::new();
    let mut name = sample.to_owned();
    for _ in 0..MOST_EARLIER {
        let first = table.first(&name);
        if first == Some(place) {
            return Turn::Comes;
        }
        let Some(winner) = first.and_then(|first| table.grant(first)) else { return Turn::NotKnown };
        let is_known = earlier.iter().any(|known| std::ptr::eq(*known, winner));
        if is_known || first.is_some_and(|first| first > place) {
            return Turn::NotKnown;
        }
        if pattern(winner).is_none() {
            return Turn::Never { because_of: vec![winner], example: sample.to_owned() };
        }
        earlier.push(winner);
        let others: Vec<&Pattern> = earlier.iter().filter_map(|grant| pattern(grant)).collect();
        name = match witness(&[rule], &others, table.forbidden()) {
            Ok(Some(name)) => name,
            Ok(None) => return Turn::Never { because_of: earlier, example: sample.to_owned() },
            Err(TooHard) => return Turn::NotKnown,
        };
    }
    Turn::NotKnown
}

fn shadowed(grant: &Grant, because_of: Vec<&Grant>, example: String) -> Finding {
    let same = because_of.iter().all(|earlier| earlier.spec.permission == grant.spec.permission);
    let problem = match same {
        true => "it never decides, and changes nothing: what it matches is matched before, with the same permission",
        false => "it never decides: what it matches is matched before",
    };
    let severity = if same { Severity::Info } else { Severity::Warning };
    let others = because_of.into_iter().cloned();
    let grants = std::iter::once(grant.clone()).chain(others).collect();
    Finding { grants, example: Some(example), ..about(grant, Code::Shadowed, severity, problem) }
}

fn unmatched(grant: &Grant, rule: &Pattern) -> Finding {
    match witness(&[rule], &[], b"") {
        Ok(Some(example)) => {
            let problem = format!("it needs a `/` or a `:`, which the name of a {} cannot have", grant.spec.kind);
            let finding = about(grant, Code::ImpossibleName, Severity::Warning, &problem);
            Finding { example: Some(example), ..finding }
        }
        Ok(None) => about(grant, Code::NeverMatches, Severity::Warning, "no name matches it"),
        Err(TooHard) => not_checked(grant),
    }
}

/// A character that no pattern names, so that only an open end matches it.
const UNUSUAL: char = '\u{10fffd}';

/// A pattern that stops inside a word: `^team-1` also matches `team-10-x`.
fn open_end(table: &Table<'_>, place: usize, grant: &Grant, sample: &str, findings: &mut Vec<Finding>) {
    let longer = match sample.chars().next_back() {
        Some(last) if last.is_numeric() => format!("{sample}0-x"),
        Some(last) if last.is_alphabetic() => format!("{sample}s-x"),
        _ => return,
    };
    let text = grant.spec.target.text();
    let literal = text.trim_end_matches('$').trim_end_matches(".*");
    let ends_in_word = literal.chars().next_back().is_some_and(|last| last.is_alphanumeric() || ")]}+".contains(last));
    let matches = |name: &str| table.all_on(name).contains(&place);
    if !ends_in_word || !matches(&format!("{sample}{UNUSUAL}")) || !matches(&longer) {
        return;
    }
    let (severity, problem) = match text == literal {
        true => {
            (Severity::Warning, "it is open at its end, so it matches longer words too; end it in `$` or a separator")
        }
        false => (Severity::Info, "it matches longer words too; put a separator before the `.*`"),
    };
    findings.push(Finding { example: Some(longer), ..about(grant, Code::OpenEnd, severity, problem) });
}

/// Whether the pattern ignores case and names an `i`, alone or in a range.
fn python_differs(rule: &Pattern) -> bool {
    let text = rule.as_str();
    let flags = text.split("(?").skip(1).filter_map(|rest| rest.split([')', ':']).next());
    let ignores = flags.into_iter().any(|flags| flags.split('-').next().is_some_and(|on| on.contains('i')));
    let body: String =
        text.split("(?").map(|part| part.split_once([')', ':']).map_or(part, |(_, rest)| rest)).collect();
    ignores && (body.contains(['i', 'I', 'İ', 'ı']) || body.contains("a-") || body.contains("A-"))
}

pub(super) fn about(grant: &Grant, code: Code, severity: Severity, problem: &str) -> Finding {
    Finding { code, severity, grants: vec![grant.clone()], example: None, problem: problem.to_owned() }
}

fn not_checked(grant: &Grant) -> Finding {
    let problem =
        "whether it ever decides was not checked: it looks for word boundaries, or its automaton is too large";
    about(grant, Code::NotChecked, Severity::Info, problem)
}
