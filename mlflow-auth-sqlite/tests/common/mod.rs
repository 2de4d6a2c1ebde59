//! Short words for the tests of files and processes.
#![allow(dead_code, reason = "each test takes what it needs")]

use mlflow_auth_core::store::{Change, GrantConflict};
use mlflow_auth_core::{
    GrantSpec, GroupName, Permission, ResourceType, RoleKey, RoleName, Scope, Subject, Target, Username, Workspace,
};
use mlflow_auth_sqlite::{SqliteSettings, SqliteStore};
use std::error::Error;
use std::path::Path;

pub(crate) async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, SqliteSettings::default()).await.unwrap()
}

pub(crate) fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

pub(crate) fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

pub(crate) fn role(name: &str) -> RoleKey {
    RoleKey { workspace: Workspace::default(), name: RoleName::new(name).unwrap() }
}

/// READ on an experiment, everywhere.
pub(crate) fn read(subject: impl Into<Subject>, id: &str) -> GrantSpec {
    GrantSpec {
        subject: subject.into(),
        scope: Scope::Everywhere,
        kind: ResourceType::EXPERIMENT,
        target: Target::Exact(id.to_owned()),
        permission: Permission::Read,
    }
}

pub(crate) fn give(subject: impl Into<Subject>, id: &str) -> Change {
    Change::Grant(read(subject, id), GrantConflict::Refuse)
}

pub(crate) fn take(subject: impl Into<Subject>, id: &str) -> Change {
    let GrantSpec { subject, scope, kind, target, .. } = read(subject, id);
    Change::Revoke { subject, scope, kind, target }
}

/// An error and all its sources, in one line.
pub(crate) fn in_words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words = format!("{words}: {error}");
        source = error.source();
    }
    words
}
