//! What a store holds.

use super::desired::Place;
use super::{Difference, Step};
use crate::grants::{Grant, GrantId};
use crate::store::{PermissionStore, Revision, StoreError};
use crate::vocabulary::{ResourceType, Subject, Username};
use std::collections::{BTreeMap, BTreeSet};

/// All groups, roles and grants of a store as they were at one revision. Without the record of [who submitted which
/// job](ResourceType::JOB), which is kept as grants but is nobody's to plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub(super) revision: Revision,
    pub(super) subjects: BTreeMap<Subject, Held>,
}

/// What one subject is and holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Whether the store keeps the group or the role itself. Of users, and of groups that are known elsewhere, it keeps
    /// grants alone.
    pub exists: bool,
    /// What a role is for.
    pub description: Option<String>,
    /// The members of a group, or the users that have a role.
    pub people: BTreeSet<Username>,
    /// The grants, by number.
    pub grants: Vec<Grant>,
}

/// How often a store that is written all the time is read anew.
const ATTEMPTS: usize = 5;

impl Snapshot {
    /// Reads all that `store` holds, at one revision: if somebody writes meanwhile, anew.
    ///
    /// The store itself is better asked than a cache in front of it, from which this would drive out what is in use.
    ///
    /// # Errors
    /// Whatever the store says; [`StoreError::Conflict`] if it is written so often that it cannot be read in one piece.
    pub async fn read(store: &dyn PermissionStore) -> Result<Self, StoreError> {
        for _ in 0..ATTEMPTS {
            let revision = store.revision().await?;
            let subjects = match read(store).await {
                // A group or a role that went away between two reads.
                Err(StoreError::NotFound(_)) => continue,
                read => read?,
            };
            if store.revision().await? == revision {
                return Ok(Self { revision, subjects });
            }
        }
        Err(StoreError::Conflict("what is to be read".to_owned()))
    }

    /// What somebody else read of a store at `revision`.
    pub fn new(revision: Revision, subjects: BTreeMap<Subject, Held>) -> Self {
        Self { revision, subjects }
    }

    /// The revision at which the store was read.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The groups, the roles, and all others that hold a grant.
    pub fn subjects(&self) -> &BTreeMap<Subject, Held> {
        &self.subjects
    }

    /// All grants.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.subjects.values().flat_map(|held| &held.grants)
    }

    /// What the store would hold after `difference`, which is one from this snapshot. New grants get numbers above all
    /// others, in the order in which they would be written.
    pub fn after(&self, difference: &Difference) -> Self {
        let mut after = self.clone();
        let mut next = self.grants().map(|grant| grant.id).max().unwrap_or(0);
        for (subject, steps) in difference.steps() {
            let gone = steps.contains(&Step::Forget);
            let held = after.subjects.entry(subject.clone()).or_default();
            steps.iter().for_each(|step| held.take(step, &mut next));
            if gone || (!held.exists && held.grants.is_empty()) {
                after.subjects.remove(subject);
            }
        }
        after
    }
}

impl Held {
    fn take(&mut self, step: &Step, last_id: &mut GrantId) {
        match step {
            Step::Create { description } => {
                self.exists = true;
                self.description.clone_from(description);
            }
            Step::Describe { after, .. } => self.description = Some(after.clone()),
            Step::Join(user) => drop(self.people.insert(user.clone())),
            Step::Leave(user) => drop(self.people.remove(user)),
            Step::Give(spec) => {
                *last_id += 1;
                // A store holds one grant on a place: this one is written over whatever is there, readable or not.
                self.grants.retain(|grant| Place::of(&grant.spec) != Place::of(spec));
                self.grants.push(Grant { id: *last_id, spec: spec.clone(), fault: None });
            }
            Step::Alter { before, after } => {
                let same = self.grants.iter_mut().filter(|grant| grant.id == before.id);
                same.for_each(|grant| *grant = Grant { id: before.id, spec: after.clone(), fault: None });
            }
            Step::Revoke(gone) => self.grants.retain(|grant| grant.id != gone.id),
            Step::Forget => self.exists = false,
        }
    }
}

async fn read(store: &dyn PermissionStore) -> Result<BTreeMap<Subject, Held>, StoreError> {
    let mut subjects: BTreeMap<Subject, Held> = BTreeMap::new();
    for group in store.groups().await? {
        let people = store.members(&group).await?.into_iter().collect();
        subjects.insert(Subject::Group(group), Held { exists: true, people, ..Held::default() });
    }
    for role in store.roles().await? {
        let people = store.role_users(&role.key).await?.into_iter().collect();
        let held = Held { exists: true, description: role.description, people, grants: Vec::new() };
        subjects.insert(Subject::Role(role.key), held);
    }
    for holder in store.holders().await? {
        let held = store.grants_of(&holder).await?;
        let grants: Vec<Grant> =
            held.grants().iter().filter(|grant| grant.spec.kind != ResourceType::JOB).cloned().collect();
        if !grants.is_empty() {
            subjects.entry(holder).or_default().grants = grants;
        }
    }
    Ok(subjects)
}
