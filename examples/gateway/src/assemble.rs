//! The parts put together: store, cache, passwords, policy, layer, forwarder.

use crate::config::{Config, StoreLocation};
use crate::issuers::{InvalidIssuer, issuers};
use crate::proxy::Forward;
use crate::server::Readiness;
use crate::shadow::Watch;
use crate::sign_in::{SignInError, origins, sign_in};
use http::Uri;
use mlflow_auth_core::jwt::BearerAuthenticator;
use mlflow_auth_core::routes::TableError;
use mlflow_auth_core::shadow::Shadow;
use mlflow_auth_core::store::{Cached, Freshness, StoreError};
use mlflow_auth_core::{Authorizer, PasswordAuthenticator, Sessions};
use mlflow_auth_sqlite::{SqliteSettings, SqliteStore};
use mlflow_auth_tower::{Auth, AuthLayer};
use std::sync::Arc;

/// The store of this build, with what is remembered of it.
pub type Store = Cached<SqliteStore>;

/// All that serves requests.
pub struct Assembled {
    /// Where users and grants are kept. Its [`Cached::follow`] must run for changes of other processes to be seen.
    pub store: Arc<Store>,
    /// The layer around the forwarder.
    pub service: Auth<Forward>,
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
    let passwords = Arc::new(PasswordAuthenticator::new(store.clone(), freshness.clone(), config.passwords.clone()));
    let issuers = issuers(&config.tokens, &store)?;
    let mut layer = AuthLayer::mlflow(Authorizer::new(config.policy.clone(), store.clone()))?
        .with_authenticator(passwords.clone())
        .with_accounts(store.clone(), passwords)
        .with_static_prefix(&config.static_prefix)
        .with_creator_groups(config.creator_groups.clone())
        .with_limits(config.limits)
        .with_origins(origins(config))
        .saying_why(config.explain_refusals)
        .dangerously_open_local_operations(config.allow_assistant);
    if !issuers.is_empty() {
        let bearer = BearerAuthenticator::new(issuers, config.tokens.bearer);
        layer = layer.with_authenticator(Arc::new(bearer));
    }
    let mut sessions = None;
    if let Some(sign_in) = sign_in(config, &store, &freshness)? {
        sessions = Some(sign_in.sessions().clone());
        layer = layer.with_sign_in(sign_in)?;
    }
    let mut watch = None;
    if let Some(settings) = &config.shadow {
        let shadow = Arc::new(Shadow::new());
        layer = layer.with_shadow(shadow.clone());
        watch = Some(Watch::new(settings.clone(), store.clone(), shadow));
    }
    let forward = Forward::new(config.forward.clone());
    let readiness = Readiness::new(forward.clone(), Some(store.clone()), health);
    Ok(Assembled { store, service: layer.guard(forward), readiness, watch, sessions })
}

/// Opens a store that is there. A command that only looks must not make one.
///
/// # Errors
/// [`AssembleError::NoStore`], and as [`assemble`].
pub(crate) async fn open_existing(config: &Config) -> Result<SqliteStore, AssembleError> {
    let StoreLocation::Sqlite(path) = &config.store;
    match path.is_file() {
        true => open(config).await,
        false => Err(AssembleError::NoStore(path.display().to_string())),
    }
}

pub(crate) async fn open(config: &Config) -> Result<SqliteStore, AssembleError> {
    let StoreLocation::Sqlite(path) = &config.store;
    let settings = SqliteSettings { rules: config.rules, ..SqliteSettings::default() };
    let opened = SqliteStore::open(path, settings).await;
    opened.map_err(|source| AssembleError::Store { location: path.display().to_string(), source })
}
