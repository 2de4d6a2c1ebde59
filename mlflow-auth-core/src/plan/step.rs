//! One step of a difference.

use crate::grants::{Grant, GrantSpec};
use crate::store::{Change, GrantConflict};
use crate::vocabulary::{Subject, Username};

/// One thing that is different for one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The group or the role is new.
    Create {
        /// What a role is for.
        description: Option<String>,
    },
    /// What the role is for.
    Describe {
        /// Until now.
        before: Option<String>,
        /// From now on.
        after: String,
    },
    /// Somebody joins the group, or gets the role.
    Join(Username),
    /// Somebody leaves the group, or loses the role.
    Leave(Username),
    /// A grant that was not there.
    Give(GrantSpec),
    /// A grant on the same target, with another permission or priority.
    Alter {
        /// Until now.
        before: Grant,
        /// From now on.
        after: GrantSpec,
    },
    /// A grant that goes away.
    Revoke(Grant),
    /// The group or the role goes away.
    Forget,
}

impl Step {
    /// What to write.
    pub(super) fn change(&self, subject: &Subject) -> Option<Change> {
        let grant = |spec: &GrantSpec| Change::Grant(spec.clone(), GrantConflict::Replace);
        Some(match (self, subject) {
            (Step::Give(spec) | Step::Alter { after: spec, .. }, _) => grant(spec),
            (Step::Revoke(Grant { spec, .. }), _) => Change::Revoke {
                subject: spec.subject.clone(),
                scope: spec.scope.clone(),
                kind: spec.kind.clone(),
                target: spec.target.clone(),
            },
            (Step::Forget, _) => Change::Forget(subject.clone()),
            (Step::Create { .. }, Subject::Group(group)) => Change::CreateGroup(group.clone()),
            (Step::Create { description }, Subject::Role(key)) => {
                Change::CreateRole { key: key.clone(), description: description.clone() }
            }
            (Step::Describe { after, .. }, Subject::Role(key)) => {
                Change::UpdateRole { key: key.clone(), name: None, description: Some(after.clone()) }
            }
            (Step::Join(user), Subject::Group(group)) => Change::Join(user.clone(), group.clone()),
            (Step::Leave(user), Subject::Group(group)) => Change::Leave(user.clone(), group.clone()),
            (Step::Join(user), Subject::Role(key)) => Change::Assign(user.clone(), key.clone()),
            (Step::Leave(user), Subject::Role(key)) => Change::Unassign(user.clone(), key.clone()),
            (Step::Create { .. } | Step::Describe { .. } | Step::Join(_) | Step::Leave(_), _) => return None,
        })
    }

    /// Whether something is there afterwards that was not (`+`), something goes away (`-`), or is changed (`~`).
    pub fn sign(&self) -> char {
        match self {
            Step::Create { .. } | Step::Join(_) | Step::Give(_) => '+',
            Step::Describe { .. } | Step::Alter { .. } => '~',
            Step::Leave(_) | Step::Revoke(_) | Step::Forget => '-',
        }
    }
}
