//! From what is held to what should be.

use super::desired::Place;
use super::{Desired, Held, Snapshot, Step, Wanted};
use crate::grants::{Grant, GrantSpec};
use crate::store::{Change, PermissionStore, Revision, StoreError};
use crate::vocabulary::Subject;
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of what is held and not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It stays.
    Keep,
    /// It goes, in the sections that are there: grants, members and assignments, and groups and roles that are not
    /// named. Sections, and lists of a subject, that are not there are left alone. Grants that cannot be read stay:
    /// they refuse, and nobody is to be let in by tidying up.
    Prune,
}

/// What has to be done to a store, by subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    revision: Revision,
    steps: BTreeMap<Subject, Vec<Step>>,
    kept: Vec<Grant>,
}

impl Difference {
    /// What has to be done to make `held` as `desired` says.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a desire that contradicts itself.
    pub fn between(held: &Snapshot, desired: &Desired, removal: Removal) -> Result<Self, StoreError> {
        desired.check()?;
        let mut steps = BTreeMap::new();
        let nothing = Held::default();
        let named = desired.subjects.keys().chain(held.subjects.keys()).collect::<BTreeSet<_>>();
        for subject in named {
            let before = held.subjects.get(subject).unwrap_or(&nothing);
            let found = match desired.subjects.get(subject) {
                Some(wanted) => between(subject, before, wanted, removal),
                None if removal == Removal::Prune && desired.sections.cover(subject) => gone(before),
                None => Vec::new(),
            };
            if !found.is_empty() {
                steps.insert(subject.clone(), found);
            }
        }
        let kept = held.grants().filter(|grant| grant.fault.is_some()).cloned().collect();
        Ok(Self { revision: held.revision, steps, kept })
    }

    /// The steps of each subject to which something is to be done, in the order in which they are written.
    pub fn steps(&self) -> &BTreeMap<Subject, Vec<Step>> {
        &self.steps
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The grants that cannot be read. They refuse, are in no file, and stay.
    pub fn kept(&self) -> &[Grant] {
        &self.kept
    }

    /// What to write, in order: nothing if there is nothing to do, else first the condition that the store is still as
    /// it was when it was read.
    pub fn changes(&self) -> Vec<Change> {
        let changes =
            self.steps.iter().flat_map(|(subject, steps)| steps.iter().filter_map(|step| step.change(subject)));
        match self.is_empty() {
            true => Vec::new(),
            false => std::iter::once(Change::OnlyIfStillAt(self.revision)).chain(changes).collect(),
        }
    }

    /// Makes it so, in one transaction, and returns the revision after it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if anything was written to the store since it was read: read it again, and compare
    /// again. Else whatever the store says. Nothing is changed then.
    pub async fn apply(&self, store: &dyn PermissionStore) -> Result<Revision, StoreError> {
        match self.is_empty() {
            true => Ok(self.revision),
            false => store.apply(&self.changes()).await,
        }
    }
}

/// What is to be done with a subject that is named.
fn between(subject: &Subject, held: &Held, wanted: &Wanted, removal: Removal) -> Vec<Step> {
    let mut steps = Vec::new();
    let is_role = matches!(subject, Subject::Role(_));
    let is_wanted = is_role && (wanted.people.is_some() || wanted.grants.is_some() || wanted.description.is_some());
    if !held.exists && (is_wanted || wanted.people.is_some()) {
        steps.push(Step::Create { description: wanted.description.clone() });
    } else if let Some(after) = &wanted.description
        && held.description.as_ref() != Some(after)
        && is_role
    {
        steps.push(Step::Describe { before: held.description.clone(), after: after.clone() });
    }
    if let Some(people) = &wanted.people {
        steps.extend(people.difference(&held.people).cloned().map(Step::Join));
        if removal == Removal::Prune {
            steps.extend(held.people.difference(people).cloned().map(Step::Leave));
        }
    }
    if let Some(grants) = &wanted.grants {
        steps.extend(grant_steps(&held.grants, grants, removal));
    }
    steps
}

fn grant_steps(held: &[Grant], wanted: &[GrantSpec], removal: Removal) -> Vec<Step> {
    // One that cannot be read is not altered but written over, or written beside.
    let readable = held.iter().filter(|grant| grant.fault.is_none());
    let mut held: BTreeMap<Place<'_>, &Grant> = readable.map(|grant| (Place::of(&grant.spec), grant)).collect();
    let mut steps = Vec::new();
    let wanted: BTreeMap<Place<'_>, &GrantSpec> = wanted.iter().map(|spec| (Place::of(spec), spec)).collect();
    for (place, spec) in wanted {
        match held.remove(&place) {
            Some(before) if before.spec == *spec => {}
            Some(before) => steps.push(Step::Alter { before: before.clone(), after: spec.clone() }),
            None => steps.push(Step::Give(spec.clone())),
        }
    }
    if removal == Removal::Prune {
        steps.extend(held.into_values().cloned().map(Step::Revoke));
    }
    steps
}

/// What is to be done with a subject that is to go: it stays, empty, if it holds something that cannot be read.
fn gone(held: &Held) -> Vec<Step> {
    let (readable, faulty): (Vec<&Grant>, Vec<&Grant>) = held.grants.iter().partition(|grant| grant.fault.is_none());
    let mut steps: Vec<Step> = held.people.iter().cloned().map(Step::Leave).collect();
    steps.extend(readable.into_iter().cloned().map(Step::Revoke));
    if held.exists && faulty.is_empty() {
        steps.push(Step::Forget);
    }
    steps
}
