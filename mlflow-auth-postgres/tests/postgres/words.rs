//! Short words for the tests.

use crate::cluster::{Cluster, OWNER, PASSWORD, new_name};
use mlflow_auth_core::Secret;
pub(crate) use mlflow_auth_core::conformance::words::*;
use mlflow_auth_postgres::{PostgresAddress, PostgresPassword, PostgresSettings, PostgresStore};
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
