//! All that one caller holds.

use super::{Grant, SubjectGrants};
use crate::vocabulary::{Permission, ResourceType};
use std::sync::Arc;

/// What one caller holds: their own grants, those of their groups, and those of their roles.
///
/// Assembled for each request from shared parts; it holds no text of its own.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// The user's own grants.
    pub user: Arc<SubjectGrants>,
    /// The grants of each group the user is in.
    pub groups: Vec<Arc<SubjectGrants>>,
    /// The grants of each role the user has.
    pub roles: Vec<Arc<SubjectGrants>>,
}

impl Holdings {
    /// Whether a decision on a resource of `kind` may need its name, because patterns are held on that kind.
    pub fn need_name_of(&self, kind: &ResourceType) -> bool {
        Holder::ALL.into_iter().any(|holder| self.subjects(holder).any(|subject| subject.has_patterns_on(kind)))
    }

    /// Whether the caller holds `MANAGE` on some workspace, by name or by role.
    pub fn administers_a_workspace(&self) -> bool {
        let manages =
            |grant: &Grant| grant.spec.kind == ResourceType::WORKSPACE && grant.spec.permission == Permission::Manage;
        let held = Holder::ALL.into_iter().flat_map(|holder| self.subjects(holder));
        held.flat_map(SubjectGrants::grants).any(manages)
    }

    /// Through whom the caller holds something: themselves, and groups and roles, which first-match mode treats alike.
    #[inline]
    pub(crate) fn subjects(&self, which: Holder) -> impl Iterator<Item = &SubjectGrants> {
        let (one, two): (&[_], &[_]) = match which {
            Holder::User => (std::slice::from_ref(&self.user), &[]),
            Holder::Shared => (&self.groups, &self.roles),
        };
        one.iter().chain(two).map(Arc::as_ref)
    }
}

/// Through whom something is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The user alone.
    User,
    /// A group or a role.
    Shared,
}

impl Holder {
    /// All there are.
    pub(crate) const ALL: [Holder; 2] = [Holder::User, Holder::Shared];
}
