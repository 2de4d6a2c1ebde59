//! Signing in in a browser, from the configuration.

use crate::assemble::Store;
use crate::config::{Client, Config, DEFAULT, Provider};
use crate::issuers::people;
use crate::proxy::Glob;
use mlflow_auth_core::accounts::Accounts;
use mlflow_auth_core::jwt::{Identities, KeyRefresh};
use mlflow_auth_core::oidc::{
    Fetcher, InvalidFetcher, InvalidSignIn, SignIn, SignInProvider, SignInRules, SignInSettings,
};
use mlflow_auth_core::{GroupResolver, InvalidSealer, Sealer, SessionDirectory, SessionSettings, Sessions};
use mlflow_auth_tower::{BrowserSignIn, CookieSettings, Origins};
use std::sync::Arc;
use std::time::Duration;

/// Why nobody can sign in in a browser.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// What is said of a provider cannot be used.
    #[error(transparent)]
    Provider(#[from] InvalidSignIn),
    /// A certificate for a provider cannot be read.
    #[error(transparent)]
    Fetcher(#[from] InvalidFetcher),
    /// Nobody knows where it sends people back to.
    #[error("the provider `{0}` needs a redirect URI (OIDC_REDIRECT_URI), or the gateway its `public_url`")]
    RedirectUri(String),
    /// Nothing can be sealed.
    #[error("people cannot sign in without `secret_key` (SECRET_KEY)")]
    Secret(#[source] InvalidSealer),
    /// The keys for the tokens of providers cannot be used.
    #[error("the value of `session_token_encryption_key` (SESSION_TOKEN_ENCRYPTION_KEY) cannot be used")]
    TokenKey(#[source] InvalidSealer),
}

/// Two weeks, as in mlflow-oidc-auth: how long a session lasts of which the browser forgets the cookie.
const LIFETIME: Duration = Duration::from_secs(14 * 24 * 3600);

/// How often sessions that are over are taken out of the store.
const SWEEP: Duration = Duration::from_secs(600);

/// The way to sign in that `config` describes, if it names a provider for it. Nobody is asked yet.
///
/// # Errors
/// [`SignInError`]
pub(crate) fn sign_in(
    config: &Config,
    store: &Arc<Store>,
    resolvers: &[Arc<dyn GroupResolver>],
    directory: Option<Arc<dyn SessionDirectory>>,
) -> Result<Option<BrowserSignIn>, SignInError> {
    let offered: Vec<(&Provider, &Client)> = config.tokens.providers.iter().filter_map(offered).collect();
    if offered.is_empty() {
        return Ok(None);
    }
    let sessions = &config.sessions;
    let attempts = Sealer::new(&sessions.secrets, "sign-in attempts").map_err(SignInError::Secret)?;
    let tokens = match sessions.token_keys.as_slice() {
        [] => Sealer::new(&sessions.secrets, "provider tokens").map_err(SignInError::Secret),
        keys => Sealer::new(keys, "provider tokens").map_err(SignInError::TokenKey),
    }?;
    let address = address(config);
    let is_plain = address.as_ref().is_some_and(|address| address.starts_with("http://"));
    let secure = sessions.secure.unwrap_or(!is_plain);
    let cookies = CookieSettings::new(&sessions.cookie, secure, sessions.same_site, sessions.max_age.as_secs());
    let lifetime = if sessions.max_age.is_zero() { LIFETIME } else { sessions.max_age };
    let rules = SignInRules { lifetime, refreshes: sessions.refreshes, leeway: sessions.leeway };
    let kept = SessionSettings {
        cookie: cookies.name().to_owned(),
        idle: sessions.idle,
        remembered: config.passwords.remembered,
    };
    let several = offered.len() > 1;
    let made = |(provider, client): (&Provider, &Client)| {
        let back = redirect_uri(config, provider, client, address.as_deref())?;
        let accounts = Accounts::new(store.clone(), store.freshness().clone(), provider.sign_ins.clone());
        Ok((signed_in_by((provider, client), people(&provider.identities, resolvers, store), back, several)?, accounts))
    };
    let providers = offered.into_iter().map(made).collect::<Result<_, SignInError>>()?;
    let (sealers, freshness) = ((attempts, tokens), store.freshness().clone());
    let sign_in = SignIn::new(providers, sealers, store.clone(), freshness, (rules, kept), directory);
    let browser = BrowserSignIn::new(Arc::new(sign_in), cookies).automatically(sessions.automatic).at(address);
    Ok(Some(if sessions.passwords { browser.with_passwords(lifetime) } else { browser }))
}

fn offered(provider: &Provider) -> Option<(&Provider, &Client)> {
    provider.client.as_ref().filter(|client| client.interactive).map(|client| (provider, client))
}

/// Where `provider` sends people back to: what it was told, or our callback at the address that people type.
fn redirect_uri(
    config: &Config,
    provider: &Provider,
    client: &Client,
    address: Option<&str>,
) -> Result<String, SignInError> {
    if let Some(told) = &client.redirect_uri {
        return Ok(told.clone());
    }
    let address = address.ok_or_else(|| SignInError::RedirectUri(provider.id.clone()))?;
    let below = if provider.id == DEFAULT { String::new() } else { format!("/{}", provider.id) };
    Ok(format!("{address}{}/callback{below}", config.static_prefix))
}

fn signed_in_by(
    (provider, client): (&Provider, &Client),
    identities: Identities,
    redirect_uri: String,
    several: bool,
) -> Result<SignInProvider, SignInError> {
    let settings = SignInSettings {
        id: provider.id.clone(),
        display_name: provider.display_name.clone(),
        discovery_url: provider.discovery_url.clone(),
        issuer: provider.issuer.clone(),
        client_id: client.id.clone(),
        client_secret: client.secret.clone(),
        redirect_uri,
        scopes: client.scopes.clone(),
        algorithms: provider.algorithms.clone(),
        keys: KeyRefresh { keep: provider.keep_keys, ..KeyRefresh::default() },
        identities,
        must_name_itself: several,
    };
    Ok(SignInProvider::new(settings, Fetcher::new(&provider.fetch)?)?)
}

/// The address that people type: what was said, or else what a provider was told.
fn address(config: &Config) -> Option<String> {
    let public = config.forward.public_url.as_ref().map(ToString::to_string);
    public.or_else(|| redirect_uris(config).find_map(origin))
}

fn redirect_uris(config: &Config) -> impl Iterator<Item = &str> {
    config.tokens.providers.iter().filter_map(offered).filter_map(|(_, client)| client.redirect_uri.as_deref())
}

/// Which pages are our own: those of the addresses that people type.
pub(crate) fn origins(config: &Config) -> Origins {
    let public = config.forward.public_url.as_ref().map(ToString::to_string);
    let redirects = redirect_uris(config).map(str::to_owned);
    let listed: Vec<Glob> = config.forward.allowed_origins.iter().map(Glob::new).collect();
    Origins::new(public.into_iter().chain(redirects))
        .listing(move |origin| listed.iter().any(|glob| glob.matches(origin)))
}

/// Takes sessions that are over out of the store, now and then, for ever. They are worth nothing before that too.
pub(crate) async fn sweep(sessions: Arc<Sessions>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        match sessions.forget_expired().await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "sessions that are over were forgotten"),
            Err(error) => tracing::warn!(%error, "sessions that are over could not be forgotten"),
        }
    }
}

/// Scheme and host of an address.
fn origin(address: &str) -> Option<String> {
    let uri: http::Uri = address.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}
