//! The parts put together: store, cache, policy, layer, forwarder.

use crate::config::{Config, StoreLocation};
use crate::credentials::with_credentials;
use crate::doors::Doors;
use crate::groups::{InvalidGroups, resolvers};
use crate::issuers::InvalidIssuer;
use crate::proxies::InvalidProxy;
use crate::proxy::Forward;
use crate::server::Readiness;
use crate::shadow::Watch;
use crate::sign_in::{SignInError, origins};
use http::Uri;
use mlflow_auth_core::routes::TableError;
use mlflow_auth_core::shadow::Shadow;
use mlflow_auth_core::store::{Cached, Freshness, Store as AnyStore, StoreError};
use mlflow_auth_core::{Authorizer, FileUnusable, Sessions};
use mlflow_auth_ldap::InvalidLdapSettings;
use mlflow_auth_postgres::{PostgresSettings, PostgresStore};
use mlflow_auth_sqlite::{SqliteSettings, SqliteStore};
use mlflow_auth_tower::AuthLayer;
use std::sync::Arc;

/// The store that is configured, with what is remembered of it.
pub type Store = Cached<Arc<dyn AnyStore>>;

/// All that serves requests.
pub struct Assembled {
    /// Where users and grants are kept. Its [`Cached::follow`] must run for changes of other processes to be seen.
    pub store: Arc<Store>,
    /// The layer around the forwarder, and the endpoint for proxies that ask.
    pub service: Doors,
    /// Whether both ends answer.
    pub readiness: Readiness,
    /// Reads the candidate rules, if there are any. Its [`Watch::run`] must run for them to be observed.
    pub watch: Option<Watch>,
    /// The sessions of browsers, if people can sign in.
    pub sessions: Option<Arc<Sessions>>,
}

/// Why the parts do not fit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssembleError {
    /// The store cannot be opened.
    #[error("the store `{location}` cannot be opened")]
    Store {
        /// Which.
        location: String,
        /// Why.
        source: StoreError,
    },
    /// What is said of issuers of tokens cannot be used.
    #[error(transparent)]
    Issuer(#[from] InvalidIssuer),
    /// A file that people sign in by cannot be used.
    #[error(transparent)]
    File(#[from] FileUnusable),
    /// The directory cannot be asked.
    #[error(transparent)]
    Ldap(#[from] InvalidLdapSettings),
    /// Where groups should come from cannot be used.
    #[error(transparent)]
    Groups(#[from] InvalidGroups),
    /// What is said of a proxy in front cannot be used.
    #[error(transparent)]
    Proxy(#[from] InvalidProxy),
    /// What is said of signing in in a browser cannot be used.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// There is no store yet.
    #[error("there is no store `{0}` yet")]
    NoStore(String),
    /// MLflow's route table is broken.
    #[error("the table of routes is broken")]
    Routes(#[from] TableError),
    /// The path of MLflow's health check cannot be written.
    #[error("the static prefix is too long")]
    Prefix(#[from] http::uri::InvalidUri),
}

/// Opens the store and puts everything together.
///
/// # Errors
/// [`AssembleError`].
pub async fn assemble(config: &Config) -> Result<Assembled, AssembleError> {
    let health: Uri = format!("{}/health", config.static_prefix).parse()?;
    let freshness = Arc::new(Freshness::new(config.cache.staleness));
    let store = Arc::new(Cached::new(open(config).await?, freshness.clone(), config.cache.size));
    let resolvers = resolvers(&config.groups).await?;
    let authorizer = Authorizer::new(config.policy.clone(), store.clone());
    let authorizer = resolvers.iter().cloned().fold(authorizer, Authorizer::with_groups_from);
    let layer = AuthLayer::mlflow(authorizer)?
        .with_static_prefix(&config.static_prefix)
        .with_creator_groups(config.creator_groups.clone())
        .with_limits(config.limits)
        .with_origins(origins(config))
        .saying_why(config.explain_refusals)
        .with_first_roles(config.first_roles)
        .dangerously_open_local_operations(config.allow_assistant);
    let (mut layer, sessions) = with_credentials(layer, config, &store, &resolvers).await?;
    let mut watch = None;
    if let Some(settings) = &config.shadow {
        let shadow = Arc::new(Shadow::new());
        layer = layer.with_shadow(shadow.clone());
        watch = Some(Watch::new(settings.clone(), store.clone(), shadow));
    }
    let forward = Forward::new(config.forward.clone());
    let readiness = Readiness::new(forward.clone(), Some(store.clone()), health);
    let service = Doors::new(&layer, forward, config.proxies.forward_auth.as_ref());
    Ok(Assembled { store, service, readiness, watch, sessions })
}

/// Opens a store that is there. A command that only looks must not make one.
///
/// # Errors
/// [`AssembleError::NoStore`], and as [`assemble`].
pub(crate) async fn open_existing(config: &Config) -> Result<Arc<dyn AnyStore>, AssembleError> {
    match &config.store {
        StoreLocation::Sqlite(path) if !path.is_file() => Err(AssembleError::NoStore(path.display().to_string())),
        StoreLocation::Sqlite(_) | StoreLocation::Postgres(_) => open(config).await,
    }
}

pub(crate) async fn open(config: &Config) -> Result<Arc<dyn AnyStore>, AssembleError> {
    let opened: Result<Arc<dyn AnyStore>, StoreError> = match &config.store {
        StoreLocation::Sqlite(path) => {
            let settings = SqliteSettings { rules: config.rules, ..SqliteSettings::default() };
            SqliteStore::open(path, settings).await.map(|store| Arc::new(store) as _)
        }
        StoreLocation::Postgres(settings) => {
            let settings = PostgresSettings { rules: config.rules, ..settings.as_ref().clone() };
            PostgresStore::open(settings).await.map(|store| Arc::new(store) as _)
        }
    };
    opened.map_err(|source| AssembleError::Store { location: name(&config.store), source })
}

/// How errors name a store: without its password.
fn name(location: &StoreLocation) -> String {
    match location {
        StoreLocation::Sqlite(path) => path.display().to_string(),
        StoreLocation::Postgres(settings) => format!("postgresql://{}/{}", settings.address, settings.database),
    }
}
