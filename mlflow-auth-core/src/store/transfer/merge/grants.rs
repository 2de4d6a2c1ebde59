//! Grants.

use super::{Merging, added};
use crate::grants::{Grant, Scope, Target};
use crate::rules::RuleLimits;
use crate::store::check_patterns;
use crate::store::transfer::check;
use crate::store::transfer::merge::people::no_such;
use crate::store::transfer::report::{Outcome, Part};
use crate::vocabulary::{ResourceType, Subject};
use std::collections::HashMap;

/// Where a grant is the only one.
type Place<'g> = (&'g Subject, &'g Scope, &'g ResourceType, &'static str, &'g str);

fn place(grant: &Grant) -> Place<'_> {
    let spec = &grant.spec;
    (&spec.subject, &spec.scope, &spec.kind, spec.target.form(), spec.target.text())
}

/// By place the grant that counts there, and where it is in the list.
fn by_place(grants: &[Grant]) -> HashMap<Place<'_>, (usize, &Grant)> {
    let mut places: HashMap<Place<'_>, (usize, &Grant)> = HashMap::with_capacity(grants.len());
    for (at, grant) in grants.iter().enumerate() {
        let counts = places.entry(place(grant)).or_insert((at, grant));
        if grant.strength() < counts.1.strength() {
            *counts = (at, grant);
        }
    }
    places
}

impl<'m> Merging<'m> {
    pub(super) fn grants(&mut self, limits: RuleLimits) {
        let (there, ours) = (by_place(&self.target.grants), by_place(&self.source.grants));
        let mut outcomes = Vec::with_capacity(self.source.grants.len());
        for (at, grant) in self.source.grants.iter().enumerate() {
            outcomes.push(match (there.get(&place(grant)), ours.get(&place(grant))) {
                (_, Some((counts, other))) if *counts != at => {
                    let why = format!("{} of the same place counts", other.spec.permission);
                    (Outcome::LeftOut(why), false)
                }
                (Some((_, other)), _) => (against(grant, other), is_more(other, grant)),
                (None, _) => (self.new_grant(grant), grant.spec.permission.is_refusal()),
            });
        }
        self.leave_out_what_cannot_be_compiled(&mut outcomes, limits);
        for (at, (grant, (outcome, matters))) in self.source.grants.iter().zip(outcomes).enumerate() {
            if outcome == Outcome::Added {
                self.add.grants.push(grant.clone());
            }
            let may_widen = matters && matches!(outcome, Outcome::Differs(_) | Outcome::LeftOut(_));
            self.write((Part::Grants, at), words(grant), outcome, may_widen);
        }
    }

    fn new_grant(&self, grant: &Grant) -> Outcome {
        match &grant.spec.subject {
            Subject::Role(key) if !self.roles.contains(key) => no_such(&grant.spec.subject),
            _ => added(check::grant(grant)),
        }
    }

    /// Whoever would hold more patterns than can be loaded gets none of the new ones.
    fn leave_out_what_cannot_be_compiled(&self, outcomes: &mut [(Outcome, bool)], limits: RuleLimits) {
        let mut new: HashMap<&Subject, Vec<usize>> = HashMap::new();
        for (at, (grant, (outcome, _))) in self.source.grants.iter().zip(&*outcomes).enumerate() {
            if *outcome == Outcome::Added && is_pattern(grant) {
                new.entry(&grant.spec.subject).or_default().push(at);
            }
        }
        let mut held: HashMap<&Subject, Vec<&Grant>> = new.keys().map(|subject| (*subject, Vec::new())).collect();
        for grant in self.target.grants.iter().filter(|grant| is_pattern(grant)) {
            held.entry(&grant.spec.subject).and_modify(|grants| grants.push(grant));
        }
        for (subject, places) in new {
            let added = places.iter().filter_map(|at| self.source.grants.get(*at));
            let held = held.get(subject).into_iter().flatten().copied();
            let Err(error) = check_patterns(subject, held.chain(added).cloned().collect(), limits) else { continue };
            for at in places {
                if let Some((outcome, _)) = outcomes.get_mut(at) {
                    *outcome = Outcome::LeftOut(error.to_string());
                }
            }
        }
    }
}

fn is_pattern(grant: &Grant) -> bool {
    matches!(grant.spec.target, Target::Pattern { .. } | Target::Unreadable { .. })
}

fn against(grant: &Grant, there: &Grant) -> Outcome {
    let (ours, theirs) = (&grant.spec, &there.spec);
    if (ours.permission, ours.target.priority()) == (theirs.permission, theirs.target.priority()) {
        return Outcome::AlreadyThere;
    }
    let words = |grant: &Grant| match is_pattern(grant) {
        true => format!("{} (priority {})", grant.spec.permission, grant.spec.target.priority()),
        false => grant.spec.permission.to_string(),
    };
    Outcome::Differs(format!("it is {} here and {} there", words(there), words(grant)))
}

/// Whether a grant may give more than the source's in the same place: more by itself, or because it is asked later,
/// after what it should overrule, or earlier, before what should overrule it.
fn is_more(there: &Grant, ours: &Grant) -> bool {
    let (there, ours) = (&there.spec, &ours.spec);
    let (here, before) = (there.target.priority(), ours.target.priority());
    there.permission > ours.permission || here > before || (here < before && !there.permission.is_refusal())
}

fn words(grant: &Grant) -> String {
    match &grant.fault {
        Some(fault) => format!("{} (cannot be read, so it refuses: {fault})", grant.spec),
        None => grant.spec.to_string(),
    }
}
