//! Short words for tests of stores.

use crate::grants::{GrantSpec, Scope, Target};
use crate::store::{Change, GrantConflict};
use crate::vocabulary::{GroupName, Permission, ResourceType, RoleKey, RoleName, Subject, Username, Workspace};
use std::error::Error;

/// A user name.
pub fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

/// The name of a group.
pub fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

/// A role of the default workspace.
pub fn role(name: &str) -> RoleKey {
    RoleKey { workspace: Workspace::default(), name: RoleName::new(name).unwrap() }
}

/// READ on an experiment, everywhere.
pub fn read(subject: impl Into<Subject>, id: &str) -> GrantSpec {
    GrantSpec {
        subject: subject.into(),
        scope: Scope::Everywhere,
        kind: ResourceType::EXPERIMENT,
        target: Target::Exact(id.to_owned()),
        permission: Permission::Read,
    }
}

/// Gives that, where nothing is given yet.
pub fn give(subject: impl Into<Subject>, id: &str) -> Change {
    Change::Grant(read(subject, id), GrantConflict::Refuse)
}

/// Takes that back.
pub fn take(subject: impl Into<Subject>, id: &str) -> Change {
    let GrantSpec { subject, scope, kind, target, .. } = read(subject, id);
    Change::Revoke { subject, scope, kind, target }
}

/// An error and all its sources, in one line.
pub fn in_words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words = format!("{words}: {error}");
        source = error.source();
    }
    words
}
