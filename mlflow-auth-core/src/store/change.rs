//! What can be written.

use super::{Revision, StoreError};
use crate::grants::{GrantId, GrantSpec, Scope, Target};
use crate::vocabulary::{GroupName, Permission, ResourceType, RoleKey, RoleName, Subject, Username, Workspace};

/// One thing to write. A store takes a list of them and makes all of it so, or nothing.
///
/// Every change that changes something is told in the feed: [`Event::Grants`](super::Event::Grants) of each subject
/// whose grants, name or existence it touches, [`Event::Membership`](super::Event::Membership) of each user whose groups
/// or roles it touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Give a grant. Users and groups may be known elsewhere and need not exist here; a role must exist.
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
    /// Give the grant of this number another target and permission. It must exist, keeps its number, and its holder must
    /// not hold another grant there.
    Rewrite {
        /// Which.
        grant: GrantId,
        /// On which resource, or which of them, from now on.
        target: Target,
        /// What it gives from now on.
        permission: Permission,
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
    /// for another resource. A grant that moves keeps its number.
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
    /// role itself; accounts are left to the [`UserStore`](super::UserStore). There may be nothing to forget.
    Forget(Subject),
    /// A workspace is gone: forget its roles, with all that they hold and who has them, and every grant that holds in it
    /// alone, whoever holds it. There may be nothing to forget.
    ForgetWorkspace(Workspace),
    /// Make a group, empty. It must be new.
    CreateGroup(GroupName),
    /// Put a user into a group, which is made if it does not exist. The user may be in it already; a membership that a
    /// provider gave is one given by hand from now on.
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
    /// Change the name or the description of a role, which must exist; the name must not be that of another role of the
    /// workspace. Its number, grants and assignments stay.
    UpdateRole {
        /// Which.
        key: RoleKey,
        /// Its new name; none to keep it.
        name: Option<RoleName>,
        /// Its new description; none to keep it.
        description: Option<String>,
    },
    /// Give a user a role, which must exist. The user must not have it.
    Assign(Username, RoleKey),
    /// Take a role from a user, who must have it.
    Unassign(Username, RoleKey),
    /// Nothing was committed since this revision; else [`StoreError::Conflict`](super::StoreError::Conflict). A
    /// condition and not a change: it holds for the whole list, wherever in it it stands, and touches nothing.
    OnlyIfStillAt(Revision),
}

/// What to do when the subject holds a grant on the same target already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantConflict {
    /// Refuse the whole list of changes with [`StoreError::AlreadyExists`](super::StoreError::AlreadyExists).
    Refuse,
    /// Give it the new permission and priority. It keeps its number.
    Replace,
}

impl Change {
    /// Refuses what no store may keep: a pattern that cannot be read, and a text with a NUL character, which not every
    /// database can hold. Every store calls it when the change's turn comes.
    ///
    /// # Errors
    /// [`StoreError::Invalid`]
    pub fn check(&self) -> Result<(), StoreError> {
        let texts: [&str; 2] = match self {
            Change::Grant(GrantSpec { target: Target::Unreadable { text, .. }, .. }, _)
            | Change::Rewrite { target: Target::Unreadable { text, .. }, .. } => {
                return Err(StoreError::Invalid(format!("the pattern `{}` cannot be read", text.escape_debug())));
            }
            Change::Grant(GrantSpec { kind, target, .. }, _) | Change::Revoke { kind, target, .. } => {
                [kind.name(), target.text()]
            }
            Change::Rewrite { target, .. } => [target.text(), ""],
            Change::ResourceDeleted { kind, id, .. } => [kind.name(), id],
            Change::ResourceRenamed { kind, to, .. } => [kind.name(), to],
            Change::CreateRole { description, .. } | Change::UpdateRole { description, .. } => {
                [description.as_deref().unwrap_or_default(), ""]
            }
            Change::Forget(_)
            | Change::ForgetWorkspace(_)
            | Change::CreateGroup(_)
            | Change::Join(..)
            | Change::Leave(..)
            | Change::Assign(..)
            | Change::Unassign(..)
            | Change::OnlyIfStillAt(_) => ["", ""],
        };
        match texts.into_iter().find(|text| text.contains('\0')) {
            Some(text) => Err(StoreError::Invalid(format!("`{}` holds a NUL character", text.escape_debug()))),
            None => Ok(()),
        }
    }
}

/// What is said when a store is no longer at the revision that a change [asks for](Change::OnlyIfStillAt).
pub fn moved_on() -> StoreError {
    StoreError::Conflict("the store".to_owned())
}

/// How errors name a grant by its number, such as `grant 7`.
pub fn grant_number(grant: GrantId) -> String {
    format!("grant {grant}")
}

/// How errors name a grant, such as ``the grant of user `bob` on experiment `7` ``.
pub fn grant_name(subject: &Subject, scope: &Scope, kind: &ResourceType, target: &Target) -> String {
    let what = match target {
        Target::Exact(id) => format!("{kind} `{id}`"),
        Target::Every => format!("every {kind}"),
        Target::Pattern { .. } | Target::Unreadable { .. } => format!("every {kind} that `{}` matches", target.text()),
    };
    format!("the grant of {subject} on {what} in {scope}")
}

/// How errors name an assignment, such as ``role `dev` of workspace `default` of user `bob` ``.
pub fn assignment_name(user: &Username, role: &RoleKey) -> String {
    format!("{} of {}", Subject::Role(role.clone()), Subject::User(user.clone()))
}
