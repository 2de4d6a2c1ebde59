//! What a store should hold.

use super::Snapshot;
use crate::grants::{GrantSpec, Scope};
use crate::store::StoreError;
use crate::vocabulary::{ResourceType, Subject, Username};
use std::collections::{BTreeMap, BTreeSet};

/// What a store should hold. What is `None`, or in a section that is not [there](Sections), is not spoken about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// Which kinds of subjects are spoken about at all.
    pub sections: Sections,
    /// Those that are named.
    pub subjects: BTreeMap<Subject, Wanted>,
}

/// Which kinds of subjects are spoken about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sections {
    /// Grants of users.
    pub users: bool,
    /// Groups.
    pub groups: bool,
    /// Roles.
    pub roles: bool,
}

/// What one subject should be and hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What a role is for. `None` leaves it alone, and for users and groups there is none.
    pub description: Option<String>,
    /// The members of a group, or the users that have a role. A group is kept by the store if it is said who is in it,
    /// be it nobody; else it may be known elsewhere, such as in a directory, and only its grants are kept.
    pub people: Option<BTreeSet<Username>>,
    /// The grants, in no particular order, no two of them on the same target.
    pub grants: Option<Vec<GrantSpec>>,
}

impl Sections {
    /// Whether subjects of the kind of `subject` are spoken about.
    pub fn cover(&self, subject: &Subject) -> bool {
        match subject {
            Subject::User(_) => self.users,
            Subject::Group(_) => self.groups,
            Subject::Role(_) => self.roles,
        }
    }
}

impl Desired {
    /// All that a snapshot holds, but for grants that cannot be read.
    pub fn of(snapshot: &Snapshot) -> Self {
        let subjects = snapshot.subjects().iter().map(|(subject, held)| {
            let grants = held.grants.iter().filter(|grant| grant.fault.is_none()).map(|grant| grant.spec.clone());
            let wanted = Wanted {
                description: held.description.clone(),
                people: held.exists.then(|| held.people.clone()),
                grants: Some(grants.collect()),
            };
            (subject.clone(), wanted)
        });
        Self { sections: Sections { users: true, groups: true, roles: true }, subjects: subjects.collect() }
    }

    /// All grants that are named.
    pub fn grants(&self) -> impl Iterator<Item = &GrantSpec> {
        self.subjects.values().filter_map(|wanted| wanted.grants.as_deref()).flatten()
    }

    /// The types of resources that grants are given on.
    pub fn kinds(&self) -> BTreeSet<&ResourceType> {
        self.grants().map(|grant| &grant.kind).collect()
    }

    /// Refuses what cannot be meant: a grant of another subject than the one it stands with, two grants on one target,
    /// a subject of a section that is not there, members of a user.
    ///
    /// # Errors
    /// [`StoreError::Invalid`], which names it.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        for (subject, wanted) in &self.subjects {
            if !self.sections.cover(subject) {
                return Err(StoreError::Invalid(format!("{subject} is named, and its section is not there")));
            }
            if matches!(subject, Subject::User(_)) && wanted.people.is_some() {
                return Err(StoreError::Invalid(format!("{subject} is not a group and has no members")));
            }
            let mut places = BTreeSet::new();
            for grant in wanted.grants.iter().flatten() {
                if grant.subject != *subject {
                    return Err(StoreError::Invalid(format!("{grant}: it stands with {subject}")));
                }
                if !places.insert(Place::of(grant)) {
                    return Err(StoreError::Invalid(twice(grant)));
                }
            }
        }
        Ok(())
    }
}

/// What is said of a second grant on one target.
pub(super) fn twice(grant: &GrantSpec) -> String {
    let GrantSpec { subject, scope, kind, target, .. } = grant;
    format!("{} is given twice", crate::store::grant_name(subject, scope, kind, target))
}

/// Where a grant stands: what a store keeps at most once for a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place<'g> {
    kind: &'g ResourceType,
    scope: &'g Scope,
    form: &'static str,
    text: &'g str,
}

impl<'g> Place<'g> {
    pub(super) fn of(grant: &'g GrantSpec) -> Self {
        let GrantSpec { scope, kind, target, .. } = grant;
        Self { kind, scope, form: target.form(), text: target.text() }
    }
}
