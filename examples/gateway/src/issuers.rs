//! Those whose bearer tokens are believed, from the configuration.

use crate::assemble::Store;
use crate::config::TokenConfig;
use mlflow_auth_core::accounts::{AccountRules, Accounts};
use mlflow_auth_core::jwt::{Issuer, KeyRefresh, TokenRules, WeakSecret};
use mlflow_auth_core::oidc::{FetchError, Fetcher, InvalidFetcher, PublishedKeys};
use std::sync::Arc;

/// Why an issuer cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidIssuer {
    /// The address of the provider is none.
    #[error(transparent)]
    Address(#[from] FetchError),
    /// A certificate for the provider cannot be read.
    #[error(transparent)]
    Fetcher(#[from] InvalidFetcher),
    /// The secret that signs tokens is too short.
    #[error(transparent)]
    Secret(#[from] WeakSecret),
}

/// The issuers that `config` names, with the accounts of those they vouch for. Nobody is asked for keys yet.
///
/// # Errors
/// [`InvalidIssuer`]
pub(crate) fn issuers(config: &TokenConfig, store: &Arc<Store>) -> Result<Vec<(Issuer, Accounts)>, InvalidIssuer> {
    let accounts = |rules: &AccountRules| Accounts::new(store.clone(), store.freshness().clone(), rules.clone());
    let mut issuers = Vec::new();
    for provider in &config.providers {
        let issuer = provider.issuer.as_deref();
        let keys = PublishedKeys::new(Fetcher::new(&provider.fetch)?, &provider.discovery_url, issuer)?;
        let rules = TokenRules {
            issuer: provider.issuer.clone(),
            audiences: provider.audiences.clone(),
            algorithms: provider.algorithms.clone(),
            ..TokenRules::default()
        };
        let refresh = KeyRefresh { keep: provider.keep_keys, ..KeyRefresh::default() };
        let issuer = Issuer::new(rules, provider.identities.clone(), Arc::new(keys), refresh);
        issuers.push((issuer, accounts(&provider.requests)));
    }
    if let Some(shared) = &config.secret {
        let rules = TokenRules::new(&shared.issuer, &shared.audience);
        let issuer = Issuer::with_shared_secret(rules, shared.identities.clone(), &shared.secret)?;
        issuers.push((issuer, accounts(&shared.requests)));
    }
    Ok(issuers)
}
