//! How the gateway asks a provider to sign people in.

use super::super::sources::Environment;
use mlflow_auth_core::Secret;
use std::collections::BTreeMap;

/// How the gateway asks a provider to sign people in.
#[derive(Clone)]
pub struct Client {
    /// What the provider calls the gateway.
    pub id: String,
    /// What the gateway proves with who it is; none for a public client.
    pub secret: Option<Secret>,
    /// Where the provider sends people back to; none for our callback below `public_url`.
    pub redirect_uri: Option<String>,
    /// What is asked for; `openid` is among it.
    pub scopes: Vec<String>,
    /// Whether it is offered to people who are not signed in.
    pub interactive: bool,
}

/// The secrets of providers, by the variable that holds them.
pub(in crate::config) type ClientSecrets = BTreeMap<String, Secret>;

/// The variable that holds the secret of a provider, as mlflow-oidc-auth names it.
pub(super) fn variable(id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("OIDC_CLIENT_SECRET_{}", id.chars().map(plain).collect::<String>())
}

/// Reads the secrets of those providers that have one.
pub(in crate::config) fn secrets<'i>(
    ids: impl Iterator<Item = &'i str>,
    environment: Environment<'_>,
) -> ClientSecrets {
    let secret = |id: &str| {
        let name = variable(id);
        let text = environment(&name)?.into_string().ok().filter(|text| !text.is_empty())?;
        Some((name, Secret::new(text)))
    };
    ids.filter_map(secret).collect()
}

/// What an entry or the flat settings say of the client.
pub(super) struct Said {
    pub(super) id: String,
    pub(super) secret: Option<Secret>,
    pub(super) is_public: bool,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    /// None where nobody said.
    pub(super) interactive: Option<bool>,
    /// What holds the secret, for who misses it.
    pub(super) secret_name: String,
}

impl Said {
    /// The client, if there is to be one.
    pub(super) fn client(self) -> Result<Option<Client>, String> {
        let Self { id, secret, is_public, redirect_uri, mut scopes, interactive, secret_name } = self;
        if id.is_empty() {
            return match (interactive, is_public || secret.is_some()) {
                (Some(true), _) => Err("people cannot sign in with it: `client_id` is missing".to_owned()),
                (_, true) => Err("`client_id` is missing".to_owned()),
                _ => Ok(None),
            };
        }
        match (&secret, is_public) {
            (Some(_), true) => return Err(format!("a public client has no secret, and `{secret_name}` is set")),
            (None, false) => {
                return Err(format!(
                    "the client has no secret: set `{secret_name}`, or say that it is a public client"
                ));
            }
            _ => {}
        }
        if !scopes.iter().any(|scope| scope == "openid") {
            scopes.insert(0, "openid".to_owned());
        }
        let redirect_uri = match redirect_uri.as_str() {
            "" => None,
            text if is_address(text) => Some(redirect_uri),
            text => return Err(format!("`{text}` is not an address such as `https://mlflow.example.com/callback`")),
        };
        Ok(Some(Client { id, secret, redirect_uri, scopes, interactive: interactive.unwrap_or(true) }))
    }
}

/// Whether it is a whole address without a fragment (RFC 6749, section 3.1.2).
pub(super) fn is_address(text: &str) -> bool {
    let is_web = |uri: &http::Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some();
    !text.contains(['#', '@']) && text.parse().is_ok_and(|uri| is_web(&uri))
}

/// Scopes with spaces or commas between.
pub(super) fn scopes(text: &str) -> Vec<String> {
    text.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}
