//! Those whose bearer tokens are believed, from the configuration.

use crate::assemble::Store;
use crate::config::{Cluster, Provider, SharedSecret, TokenConfig};
use mlflow_auth_core::GroupResolver;
use mlflow_auth_core::accounts::{AccountRules, Accounts};
use mlflow_auth_core::jwt::{Identities, IdentityRules, Issuer, KeyRefresh, TokenRules, WeakSecret};
use mlflow_auth_core::oidc::{ClusterKeys, FetchError, Fetcher, InvalidFetcher, PublishedKeys};
use mlflow_auth_core::store::IdentityStore;
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

/// The name of the provider that a cluster is.
const KUBERNETES: &str = "kubernetes";

/// Who tokens and sign-ins of people are about, with the groups that `resolvers` know of those whose accounts are in
/// `store`.
pub fn people<S: IdentityStore + 'static>(
    rules: &IdentityRules,
    resolvers: &[Arc<dyn GroupResolver>],
    store: &Arc<S>,
) -> Identities {
    let people = Identities::from(rules.clone());
    resolvers.iter().fold(people, |people, resolver| people.with_groups_from(resolver.clone(), store.clone()))
}

/// The issuers that `config` names, with the accounts of those they vouch for. Nobody is asked for keys yet.
///
/// # Errors
/// [`InvalidIssuer`]
pub(crate) fn issuers(
    config: &TokenConfig,
    store: &Arc<Store>,
    resolvers: &[Arc<dyn GroupResolver>],
) -> Result<Vec<(Issuer, Accounts)>, InvalidIssuer> {
    let accounts = |rules: AccountRules| Accounts::new(store.clone(), store.freshness().clone(), rules);
    let mut issuers = Vec::new();
    for provider in &config.providers {
        issuers.push((published(provider, resolvers, store)?, accounts(provider.requests.clone())));
    }
    if let Some(shared) = &config.secret {
        issuers.push((secret(shared, resolvers, store)?, accounts(shared.requests.clone())));
    }
    if let Some(programs) = &config.kubernetes {
        issuers.push((cluster(programs)?, accounts(AccountRules::of_programs(KUBERNETES))));
    }
    Ok(issuers)
}

fn published(
    provider: &Provider,
    resolvers: &[Arc<dyn GroupResolver>],
    store: &Arc<Store>,
) -> Result<Issuer, InvalidIssuer> {
    let fetcher = Fetcher::new(&provider.fetch)?;
    let keys = PublishedKeys::new(fetcher, &provider.discovery_url, provider.issuer.as_deref())?;
    let refresh = KeyRefresh { keep: provider.keep_keys, ..KeyRefresh::default() };
    let people = people(&provider.identities, resolvers, store);
    Ok(Issuer::new(provider.rules(), people, Arc::new(keys), refresh))
}

fn secret(
    shared: &SharedSecret,
    resolvers: &[Arc<dyn GroupResolver>],
    store: &Arc<Store>,
) -> Result<Issuer, InvalidIssuer> {
    let rules = TokenRules::new(&shared.issuer, &shared.audience);
    Ok(Issuer::with_shared_secret(rules, people(&shared.identities, resolvers, store), &shared.secret)?)
}

fn cluster(cluster: &Cluster) -> Result<Issuer, InvalidIssuer> {
    let fetcher = Fetcher::new(&cluster.fetch)?;
    let keys = ClusterKeys::new(fetcher, &cluster.api, &cluster.issuer, cluster.token_file.clone())?;
    let rules = TokenRules {
        issuer: Some(cluster.issuer.clone()),
        audiences: cluster.audiences.clone(),
        ..TokenRules::default()
    };
    Ok(Issuer::new(rules, cluster.rules.clone(), Arc::new(keys), KeyRefresh::default()))
}
