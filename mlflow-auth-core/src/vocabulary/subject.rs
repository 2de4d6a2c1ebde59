//! Who holds a grant.

use super::{GroupName, RoleName, Username, Workspace};
use std::fmt;

/// Who holds a grant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// One user.
    User(Username),
    /// Everyone in a group.
    Group(GroupName),
    /// Everyone who has the role.
    Role(RoleKey),
}

/// Which role: its name is unique inside its workspace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleKey {
    /// The workspace that the role belongs to.
    pub workspace: Workspace,
    /// Its name there.
    pub name: RoleName,
}

impl From<Username> for Subject {
    fn from(name: Username) -> Self {
        Subject::User(name)
    }
}

impl From<GroupName> for Subject {
    fn from(name: GroupName) -> Self {
        Subject::Group(name)
    }
}

impl From<RoleKey> for Subject {
    fn from(key: RoleKey) -> Self {
        Subject::Role(key)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::User(name) => write!(f, "user `{name}`"),
            Subject::Group(name) => write!(f, "group `{name}`"),
            Subject::Role(key) => write!(f, "role `{}` of workspace `{}`", key.name, key.workspace),
        }
    }
}
