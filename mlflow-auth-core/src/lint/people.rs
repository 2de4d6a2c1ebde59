//! Who holds grants.

use super::rules::about;
use super::{Code, Finding, Known, Severity};
use crate::grants::{Grant, Scope, Target};
use crate::plan::{Held, Snapshot};
use crate::vocabulary::{ResourceType, Subject};
use std::collections::BTreeMap;

/// Subjects that nobody is.
pub(super) fn check_subject(subject: &Subject, held: &Held, known: &Known, findings: &mut Vec<Finding>) {
    let Some(first) = held.grants.first() else { return };
    // A pattern that cannot be read is told of with the patterns.
    let odd = held.grants.iter().filter(|grant| grant.fault.is_some());
    let odd = odd.filter(|grant| !matches!(grant.spec.target, Target::Unreadable { .. }));
    odd.for_each(|grant| findings.push(about(grant, Code::Unreadable, Severity::Error, "it refuses")));
    match subject {
        Subject::User(name) if known.users.as_ref().is_some_and(|users| !users.contains(name)) => {
            let problem = format!("{subject} holds grants and has no account here; they may sign in elsewhere");
            findings.push(about(first, Code::UnknownUser, Severity::Info, &problem));
        }
        Subject::User(_) => {}
        Subject::Group(_) if !held.exists => {
            let problem = format!("{subject} is not kept here; it may come from a directory or a token");
            findings.push(about(first, Code::NoMembers, Severity::Info, &problem));
        }
        Subject::Group(_) | Subject::Role(_) if held.people.is_empty() => {
            findings.push(about(first, Code::NoMembers, Severity::Info, &format!("nobody is in {subject}")));
        }
        Subject::Group(_) | Subject::Role(_) => {}
    }
}

/// Type, scope, form and text of a target.
type Place<'g> = (&'g ResourceType, &'g Scope, &'g str, &'g str);

/// What two groups hold on the same target.
pub(super) fn check_groups(snapshot: &Snapshot, findings: &mut Vec<Finding>) {
    let mut places: BTreeMap<Place<'_>, Vec<(&Held, &Grant)>> = BTreeMap::new();
    let groups = snapshot.subjects().iter().filter(|(subject, _)| matches!(subject, Subject::Group(_)));
    for (_, held) in groups {
        for grant in held.grants.iter().filter(|grant| grant.fault.is_none()) {
            let spec = &grant.spec;
            let place = (&spec.kind, &spec.scope, spec.target.form(), spec.target.text());
            places.entry(place).or_default().push((held, grant));
        }
    }
    for holders in places.values() {
        for (nth, one) in holders.iter().enumerate() {
            // One other is enough to see it.
            let found = holders.iter().skip(nth + 1).find_map(|other| same_place(one, other));
            findings.extend(found);
        }
    }
}

fn same_place(one: &(&Held, &Grant), other: &(&Held, &Grant)) -> Option<Finding> {
    let ((people, grant), (other_people, other_grant)) = (one, other);
    let shared = people.people.intersection(&other_people.people).next()?;
    let grants = |first: &Grant, second: &Grant| vec![first.clone(), second.clone()];
    if grant.spec.permission != other_grant.spec.permission {
        let (loser, winner) = match grant.turn() < other_grant.turn() {
            true => (other_grant, grant),
            false => (grant, other_grant),
        };
        let problem = format!("`{shared}` is in another group with another permission on the same, which decides");
        let (code, severity) = (Code::Tie, Severity::Warning);
        return Some(Finding { code, severity, grants: grants(loser, winner), example: None, problem });
    }
    let (inner, outer) = match people.people.is_subset(&other_people.people) {
        true => (grant, other_grant),
        false if other_people.people.is_subset(&people.people) => (other_grant, grant),
        false => return None,
    };
    let problem = "everybody in this group has the same through another".to_owned();
    let (code, severity) = (Code::Duplicate, Severity::Info);
    Some(Finding { code, severity, grants: grants(inner, outer), example: None, problem })
}
