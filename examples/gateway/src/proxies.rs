//! Proxies in front, from the configuration.

use crate::Store;
use crate::config::{Assertion, AssertionKeys, ProxyConfig};
use http::HeaderName;
use mlflow_auth_core::accounts::Accounts;
use mlflow_auth_core::jwt::{
    AlbVerifier, Issuer, KeyRefresh, NamedKeySource, SignedHeaderAuthenticator, TokenVerifier,
};
use mlflow_auth_core::oidc::{AlbKeys, FetchError, Fetcher, InvalidFetcher, InvalidRegion, KeySetAt};
use mlflow_auth_core::{Authenticator, Freshness, InvalidHeaders, ProxyAuthenticator};
use mlflow_auth_tower::AuthLayer;
use std::sync::Arc;

/// Why a proxy cannot be believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidProxy {
    /// Its headers cannot carry an identity.
    #[error(transparent)]
    Headers(#[from] InvalidHeaders),
    /// The address of its keys is none.
    #[error(transparent)]
    Address(#[from] FetchError),
    /// The region of its keys is none.
    #[error(transparent)]
    Region(#[from] InvalidRegion),
    /// A certificate for the address of its keys cannot be read.
    #[error(transparent)]
    Fetcher(#[from] InvalidFetcher),
}

/// `layer` with the word of proxies, signed ones first, before other authenticators that are added to it.
///
/// # Errors
/// [`InvalidProxy`]
pub(crate) fn believing(
    mut layer: AuthLayer,
    config: &ProxyConfig,
    store: &Arc<Store>,
    freshness: &Arc<Freshness>,
) -> Result<AuthLayer, InvalidProxy> {
    let accounts = || Accounts::new(store.clone(), freshness.clone(), config.accounts.clone());
    let mut names: Vec<HeaderName> = Vec::new();
    if let Some(assertion) = &config.assertion {
        let found = SignedHeaderAuthenticator::new(
            &assertion.header,
            verifier(assertion)?,
            accounts(),
            assertion.settings.clone(),
        )?;
        names.extend(found.identity_headers());
        layer = layer.with_authenticator(Arc::new(found) as Arc<dyn Authenticator>);
    }
    if let (Some(settings), Some(trust)) = (&config.headers, &config.trust) {
        let found = ProxyAuthenticator::new(trust.clone(), settings.clone(), accounts())?;
        names.extend(found.identity_headers());
        layer = layer.with_authenticator(Arc::new(found) as Arc<dyn Authenticator>);
    }
    names.extend(config.trust.as_ref().and_then(|trust| trust.secret_header().cloned()));
    Ok(layer.with_identity_headers(names))
}

/// Whoever tells whom a signed header is about. Nobody is asked for keys yet.
fn verifier(assertion: &Assertion) -> Result<Arc<dyn TokenVerifier>, InvalidProxy> {
    let fetcher = Fetcher::new(&assertion.fetch)?;
    let (identities, refresh) = (assertion.identities.clone(), KeyRefresh::default());
    let (rules, keys): (_, Arc<dyn NamedKeySource>) = match &assertion.keys {
        AssertionKeys::Set(address) => {
            let keys = Arc::new(KeySetAt::new(fetcher, address)?);
            return Ok(Arc::new(Issuer::new(assertion.header.rules.clone(), identities, keys, refresh)));
        }
        AssertionKeys::Region(rules, region) => (rules, Arc::new(AlbKeys::new(fetcher, region)?)),
        AssertionKeys::Below(rules, base) => (rules, Arc::new(AlbKeys::at(fetcher, base)?)),
    };
    Ok(Arc::new(AlbVerifier::new(rules.clone(), identities, keys, refresh)))
}
