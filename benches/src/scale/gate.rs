//! What stands in front of a service: a store, what is remembered of it, and the policy.

use super::Outcome;
use mlflow_auth_core::store::{Cached, Change, Freshness, GrantConflict, PermissionStore, Store};
use mlflow_auth_core::{
    Action, Authorizer, GrantSpec, Permission, Policy, Principal, Proof, Requirement, Resource, ResourceType, Scope,
    Subject, Target, Username,
};
use mlflow_auth_postgres::{PostgresSettings, PostgresStore};
use mlflow_auth_sqlite::{SqliteSettings, SqliteStore};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where a store is.
#[derive(Clone, Debug)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// The URL of a PostgreSQL database.
    Database(String),
}

impl Place {
    /// An SQLite file, or a database if it is written as `postgresql://...`.
    pub fn of(text: &str) -> Self {
        match text.starts_with("postgres") {
            true => Place::Database(text.to_owned()),
            false => Place::File(PathBuf::from(text)),
        }
    }

    /// As [`Place::of`] reads it.
    pub fn text(&self) -> OsString {
        match self {
            Place::File(path) => path.clone().into_os_string(),
            Place::Database(url) => url.into(),
        }
    }

    /// Opens the store there.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn open(&self) -> Outcome<Arc<dyn Store>> {
        Ok(match self {
            Place::File(path) => Arc::new(SqliteStore::open(path, SqliteSettings::default()).await?),
            Place::Database(url) => Arc::new(PostgresStore::open(PostgresSettings::from_url(url)?).await?),
        })
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Place::File(path.to_owned())
    }
}

/// One of any number of processes over one store.
pub struct Gate {
    store: Arc<Cached<Arc<dyn Store>>>,
    authorizer: Authorizer,
}

impl Gate {
    /// Opens the store, as the gateway does.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn open(place: &Place) -> Outcome<Self> {
        let freshness = Arc::new(Freshness::new(Duration::from_secs(600)));
        let store = Arc::new(Cached::new(place.open().await?, freshness, 10_000));
        Ok(Self { authorizer: Authorizer::new(Policy::default(), store.clone()), store })
    }

    /// Hears of what other processes change, for as long as the task runs.
    pub fn follow(&self) -> tokio::task::JoinHandle<()> {
        let store = self.store.clone();
        tokio::spawn(async move { store.follow().await })
    }

    /// Whether `user` may read the experiment.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn may_read(&self, user: &str, id: &str, name: &str) -> Outcome<bool> {
        let user = Username::new(user)?;
        let who = Principal::new(user, Proof::Password);
        let held = self.authorizer.holdings(&who).await?;
        let resource = Resource::new(ResourceType::EXPERIMENT, id).with_name(name);
        Ok(self.authorizer.policy().decide(&who, &held, &[Requirement::on(Action::Read, resource)]).allowed)
    }

    /// Gives READ on `target`, or takes it away.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn set(&self, subject: Subject, target: Target, given: bool) -> Outcome<()> {
        let (scope, kind) = (Scope::Everywhere, ResourceType::EXPERIMENT);
        let change = match given {
            true => {
                let permission = Permission::Read;
                Change::Grant(GrantSpec { subject, scope, kind, target, permission }, GrantConflict::Refuse)
            }
            false => Change::Revoke { subject, scope, kind, target },
        };
        self.store.apply(&[change]).await?;
        Ok(())
    }
}
