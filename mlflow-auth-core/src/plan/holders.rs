//! What somebody would hold.

use super::Snapshot;
use crate::grants::{Holdings, SubjectGrants};
use crate::rules::RuleSetError;
use crate::vocabulary::{GroupName, Subject, Username};
use std::collections::HashMap;
use std::sync::Arc;

/// The subjects of a [`Snapshot`], compiled: answers what a caller holds, without a store.
#[derive(Debug, Default)]
pub struct Holders {
    grants: HashMap<Subject, Arc<SubjectGrants>>,
    memberships: HashMap<Username, Vec<Subject>>,
    nothing: Arc<SubjectGrants>,
}

impl Holders {
    /// Compiles the grants of every subject of `snapshot`.
    ///
    /// # Errors
    /// [`RuleSetError`] if the patterns of one are too many or too large.
    pub fn new(snapshot: &Snapshot) -> Result<Self, RuleSetError> {
        Self::sharing(snapshot, &Snapshot::default(), &Self::default())
    }

    /// The same, where `other` is what was made of the snapshot `of`: subjects that hold the same in both are shared, so
    /// that a small difference costs little.
    ///
    /// # Errors
    /// [`RuleSetError`], as [`Holders::new`].
    pub fn sharing(snapshot: &Snapshot, of: &Snapshot, other: &Self) -> Result<Self, RuleSetError> {
        let mut made = Self::default();
        for (subject, held) in snapshot.subjects() {
            let same = of.subjects().get(subject).filter(|before| before.grants == held.grants);
            let grants = match same.and_then(|_| other.grants.get(subject)) {
                Some(grants) => grants.clone(),
                None => Arc::new(SubjectGrants::new(held.grants.clone())?),
            };
            made.grants.insert(subject.clone(), grants);
            for user in &held.people {
                made.memberships.entry(user.clone()).or_default().push(subject.clone());
            }
        }
        Ok(made)
    }

    /// What `user` holds, who is in `groups` besides those that are named here.
    pub fn holdings(&self, user: &Username, groups: &[GroupName]) -> Holdings {
        let (in_groups, roles): (Vec<&Subject>, Vec<&Subject>) =
            self.subjects_of(user).iter().partition(|subject| matches!(subject, Subject::Group(_)));
        let mut names: Vec<Subject> = groups.iter().cloned().map(Subject::Group).collect();
        names.extend(in_groups.into_iter().cloned());
        names.sort_unstable();
        names.dedup();
        Holdings {
            user: self.of(&Subject::User(user.clone())),
            groups: names.iter().map(|group| self.of(group)).collect(),
            roles: roles.into_iter().map(|role| self.of(role)).collect(),
        }
    }

    /// The groups and roles that `user` is known here to have.
    pub fn subjects_of(&self, user: &Username) -> &[Subject] {
        self.memberships.get(user).map_or(&[], Vec::as_slice)
    }

    /// What one subject holds; nothing if it is not known.
    pub fn of(&self, subject: &Subject) -> Arc<SubjectGrants> {
        self.grants.get(subject).unwrap_or(&self.nothing).clone()
    }
}
