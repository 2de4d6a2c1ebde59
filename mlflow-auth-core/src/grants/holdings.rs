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
        self.subjects().any(|subject| subject.has_patterns_on(kind))
    }

    /// Whether the caller holds `MANAGE` on some workspace, by name or by role.
    pub fn administers_a_workspace(&self) -> bool {
        let manages = |grant: &Grant| {
            grant.spec.kind == ResourceType::WORKSPACE && grant.spec.permission == Permission::Manage
        };
        self.subjects().flat_map(SubjectGrants::grants).any(manages)
    }

    /// Groups and roles: in first-match mode a role is a group by another name.
    pub(crate) fn shared(&self) -> impl Iterator<Item = &SubjectGrants> {
        self.groups.iter().chain(&self.roles).map(Arc::as_ref)
    }

    /// Everyone through whom the caller holds something, the user first.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = &SubjectGrants> {
        std::iter::once(self.user.as_ref()).chain(self.shared())
    }
}
