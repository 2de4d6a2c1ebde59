//! Short words for the tests.

use crate::cluster::{Cluster, OWNER, PASSWORD, new_name};
use mlflow_auth_core::store::{Change, GrantConflict};
use mlflow_auth_core::{
    GrantSpec, GroupName, Permission, ResourceType, RoleKey, RoleName, Scope, Secret, Subject, Target, Username,
    Workspace,
};
use mlflow_auth_postgres::{PostgresAddress, PostgresPassword, PostgresSettings, PostgresStore};
use std::error::Error;
use std::time::Duration;

pub(crate) const LONG: Duration = Duration::from_secs(20);

impl Cluster {
    /// Settings for a schema that nobody else uses.
    pub(crate) fn settings(&self) -> PostgresSettings {
        let mut settings = settings_at(self.port);
        settings.schema = new_name("s");
        settings
    }
}

pub(crate) fn at(port: u16) -> PostgresAddress {
    PostgresAddress { host: "127.0.0.1".to_owned(), port }
}

pub(crate) fn settings_at(port: u16) -> PostgresSettings {
    PostgresSettings::new(at(port), "app", OWNER, PostgresPassword::Text(Secret::new(PASSWORD)))
}

pub(crate) async fn open(settings: &PostgresSettings) -> PostgresStore {
    PostgresStore::open(settings.clone()).await.unwrap()
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
