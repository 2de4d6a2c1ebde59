//! Those whose bearer tokens are believed, from the configuration.

use crate::config::TokenConfig;
use mlflow_auth_core::GroupResolver;
use mlflow_auth_core::jwt::{Identities, Issuer, KeyRefresh, TokenRules, WeakSecret};
use mlflow_auth_core::oidc::{ClusterKeys, FetchError, Fetcher, InvalidFetcher, PublishedKeys};
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
    /// Two of them say the same in `iss`, so that nobody can tell whose token is whose.
    #[error("two issuers of tokens are called `{0}`")]
    SameName(String),
}

/// Who tokens and sign-ins of people are about, with the groups that `resolvers` know.
pub fn people(config: &TokenConfig, resolvers: &[Arc<dyn GroupResolver>]) -> Identities {
    let people = Identities::from(config.identities.clone());
    resolvers.iter().cloned().fold(people, Identities::with_groups_from)
}

/// The issuers that `config` names; `people` says who their tokens are about. Nobody is asked for keys yet.
///
/// # Errors
/// [`InvalidIssuer`]
pub(crate) fn issuers(config: &TokenConfig, people: &Identities) -> Result<Vec<Issuer>, InvalidIssuer> {
    let mut issuers = Vec::new();
    if let Some(provider) = &config.provider {
        let issuer = provider.issuer.as_deref();
        let keys = PublishedKeys::new(Fetcher::new(&provider.fetch)?, &provider.discovery_url, issuer)?;
        let refresh = KeyRefresh { keep: provider.keep_keys, ..KeyRefresh::default() };
        issuers.push(Issuer::new(provider.rules(), people.clone(), Arc::new(keys), refresh));
    }
    if let Some(shared) = &config.secret {
        let rules = TokenRules::new(&shared.issuer, &shared.audience);
        issuers.push(Issuer::with_shared_secret(rules, people.clone(), &shared.secret)?);
    }
    if let Some(cluster) = &config.kubernetes {
        let fetcher = Fetcher::new(&cluster.fetch)?;
        let keys = ClusterKeys::new(fetcher, &cluster.api, &cluster.issuer, cluster.token_file.clone())?;
        let rules = TokenRules {
            issuer: Some(cluster.issuer.clone()),
            audiences: cluster.audiences.clone(),
            ..TokenRules::default()
        };
        issuers.push(Issuer::new(rules, cluster.rules.clone(), Arc::new(keys), KeyRefresh::default()));
    }
    let mut names: Vec<&str> = issuers.iter().filter_map(Issuer::name).collect();
    names.sort_unstable();
    if let Some([twice, _]) = names.array_windows().find(|[one, other]| one == other) {
        return Err(InvalidIssuer::SameName((*twice).to_owned()));
    }
    Ok(issuers)
}
