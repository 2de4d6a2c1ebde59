//! How callers prove who they are, in the order in which the layer asks.

use crate::assemble::{AssembleError, Store};
use crate::config::Config;
use crate::issuers::issuers;
use crate::ldap::{directory, for_sessions};
use crate::passwords::passwords;
use crate::proxies::believing;
use crate::sign_in::sign_in;
use mlflow_auth_core::jwt::BearerAuthenticator;
use mlflow_auth_core::{AccessTokenAuthenticator, AccessTokenSettings, GroupResolver, Sessions};
use mlflow_auth_tower::AuthLayer;
use std::sync::Arc;

/// The layer, with all the ways to sign in that `config` switches on: a proxy in front, access tokens, passwords of a
/// directory and of the store, bearer tokens, a session in the browser. Where there are sessions, those that are over must be swept out.
///
/// # Errors
/// [`AssembleError`] if what is said of one of them cannot be used.
pub(crate) async fn with_credentials(
    layer: AuthLayer,
    config: &Config,
    store: &Arc<Store>,
    resolvers: &[Arc<dyn GroupResolver>],
) -> Result<(AuthLayer, Option<Arc<Sessions>>), AssembleError> {
    let freshness = store.freshness();
    let passwords = passwords(config, store.clone()).await?;
    let remember = config.passwords.remember;
    let access_tokens = AccessTokenAuthenticator::new(
        store.clone(),
        store.clone(),
        freshness.clone(),
        AccessTokenSettings { remember, ..AccessTokenSettings::default() },
    );
    let mut layer = believing(layer, &config.proxies, store, freshness)?
        // Before passwords: what looks like a token is never one.
        .with_authenticator(Arc::new(access_tokens));
    let directory = directory(config.ldap.as_ref(), store)?;
    if let Some(directory) = &directory {
        // Before those of the store: it leaves names to them that have a password there, and has the last word of all others.
        layer = layer.with_authenticator(directory.clone());
    }
    let mut layer = layer
        .with_authenticator(passwords.clone())
        .with_accounts(store.clone(), passwords)
        .with_tokens(store.clone(), config.access_tokens)
        .with_sign_ins(store.clone(), store.clone());
    let issuers = issuers(&config.tokens, store, resolvers)?;
    if !issuers.is_empty() {
        layer = layer.with_authenticator(Arc::new(BearerAuthenticator::new(issuers, config.tokens.bearer)));
    }
    let Some(sign_in) = sign_in(config, store, resolvers, for_sessions(directory.as_ref()))? else {
        return Ok((layer, None));
    };
    let sessions = sign_in.sessions().clone();
    Ok((layer.with_sign_in(sign_in)?, Some(sessions)))
}
