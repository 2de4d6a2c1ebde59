//! What can be written.

use crate::grants::{GrantSpec, Scope, Target};
use crate::vocabulary::{GroupName, ResourceType, RoleKey, Subject, Username, Workspace};

/// One thing to write. A store takes a list of them and makes all of it so, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Give a grant.
    Grant(GrantSpec, GrantConflict),
    /// Take back the grant of `subject` on `target` (its priority does not matter). It must exist.
    Revoke {
        /// Who holds it.
        subject: Subject,
        /// Where it holds.
        scope: Scope,
        /// On what kind of resource.
        kind: ResourceType,
        /// On which of them.
        target: Target,
    },
    /// A resource is gone: forget every exact grant on it that holds in `workspace`, or everywhere, whoever holds it.
    /// There may be none.
    ResourceDeleted {
        /// Its type.
        kind: ResourceType,
        /// Its id.
        id: String,
        /// Where it lived.
        workspace: Workspace,
    },
    /// A resource has a new id: every exact grant on it that holds in `workspace`, or everywhere, moves along. Grants
    /// that stood on the new id before are replaced where one moves onto them, and removed otherwise: they were given
    /// for another resource.
    ResourceRenamed {
        /// Its type.
        kind: ResourceType,
        /// Its id until now.
        from: String,
        /// Its id from now on.
        to: String,
        /// Where it lives.
        workspace: Workspace,
    },
    /// Forget a user, a group or a role: its grants and its memberships. For a group, the group itself; for a role, the
    /// role itself; accounts are kept by the [`UserStore`](super::UserStore). There may be nothing to forget.
    Forget(Subject),
    /// Make a group, empty. It must be new.
    CreateGroup(GroupName),
    /// Put a user into a group, which is made if it does not exist. The user may be in it already.
    Join(Username, GroupName),
    /// Take a user out of a group. The user may not be in it.
    Leave(Username, GroupName),
    /// Make a role. It must be new.
    CreateRole {
        /// Which.
        key: RoleKey,
        /// What it is for.
        description: Option<String>,
    },
    /// Change the name or the description of a role, which must exist. Grants and assignments stay.
    UpdateRole {
        /// Which.
        key: RoleKey,
        /// Its new name; none to keep it.
        name: Option<crate::vocabulary::RoleName>,
        /// Its new description; none to keep it.
        description: Option<String>,
    },
    /// Give a user a role, which must exist. The user must not have it.
    Assign(Username, RoleKey),
    /// Take a role from a user, who must have it.
    Unassign(Username, RoleKey),
}

/// What to do when the subject holds a grant on the same target already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantConflict {
    /// Refuse the whole list of changes with [`StoreError::AlreadyExists`](super::StoreError::AlreadyExists).
    Refuse,
    /// Give it the new permission and priority.
    Replace,
}
