//! The parts put together: store, cache, passwords, policy, layer, forwarder.

use crate::config::{Config, StoreLocation, TokenConfig};
use crate::proxy::Forward;
use crate::server::Readiness;
use http::Uri;
use mlflow_auth_core::jwt::{BearerAuthenticator, Issuer, KeyRefresh, TokenRules, WeakSecret};
use mlflow_auth_core::oidc::{FetchError, Fetcher, InvalidFetcher, PublishedKeys};
use mlflow_auth_core::routes::TableError;
use mlflow_auth_core::store::{Cached, Freshness, StoreError};
use mlflow_auth_core::{Authorizer, PasswordAuthenticator};
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
    /// The address of the identity provider is none.
    #[error(transparent)]
    Provider(#[from] FetchError),
    /// A certificate of the identity provider cannot be read.
    #[error(transparent)]
    Fetcher(#[from] InvalidFetcher),
    /// The secret that signs tokens is too short.
    #[error(transparent)]
    Secret(#[from] WeakSecret),
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
    let store = Arc::new(Cached::new(open(&config.store).await?, freshness.clone(), config.cache.size));
    let passwords = Arc::new(PasswordAuthenticator::new(store.clone(), freshness.clone(), config.passwords.clone()));
    let issuers = issuers(&config.tokens)?;
    let layer = AuthLayer::mlflow(Authorizer::new(config.policy.clone(), store.clone()))?
        .with_authenticator(passwords.clone())
        .with_accounts(store.clone(), passwords)
        .with_static_prefix(&config.static_prefix)
        .with_limits(config.limits)
        .saying_why(config.explain_refusals)
        .dangerously_open_local_operations(config.allow_assistant);
    let layer = match issuers.is_empty() {
        true => layer,
        false => {
            let bearer = BearerAuthenticator::new(issuers, store.clone(), freshness, config.tokens.bearer);
            layer.with_authenticator(Arc::new(bearer))
        }
    };
    let forward = Forward::new(config.forward.clone());
    let readiness = Readiness::new(forward.clone(), Some(store.clone()), health);
    Ok(Assembled { store, service: layer.guard(forward), readiness })
}

async fn open(location: &StoreLocation) -> Result<SqliteStore, AssembleError> {
    let StoreLocation::Sqlite(path) = location;
    let opened = SqliteStore::open(path, SqliteSettings::default()).await;
    opened.map_err(|source| AssembleError::Store { location: path.display().to_string(), source })
}

/// Those whose tokens are believed. Nobody is asked for keys yet.
fn issuers(config: &TokenConfig) -> Result<Vec<Issuer>, AssembleError> {
    let mut issuers = Vec::new();
    if let Some(provider) = &config.provider {
        let issuer = provider.issuer.as_deref();
        let keys = PublishedKeys::new(Fetcher::new(&provider.fetch)?, &provider.discovery_url, issuer)?;
        let rules = TokenRules {
            issuer: provider.issuer.clone(),
            audiences: provider.audiences.clone(),
            algorithms: provider.algorithms.clone(),
            ..TokenRules::default()
        };
        let refresh = KeyRefresh { keep: provider.keep_keys, ..KeyRefresh::default() };
        issuers.push(Issuer::new(rules, config.identities.clone(), Arc::new(keys), refresh));
    }
    if let Some(shared) = &config.secret {
        let rules = TokenRules::new(&shared.issuer, &shared.audience);
        issuers.push(Issuer::with_shared_secret(rules, config.identities.clone(), &shared.secret)?);
    }
    Ok(issuers)
}
