//! Proxies in front: whose word is taken, and who may ask.

mod assertion;
mod forward_auth;
mod headers;

pub use assertion::{Assertion, AssertionKeys};
pub use forward_auth::ForwardAuthConfig;

use super::value::Read;
use super::{Reader, value};
use http::HeaderName;
use mlflow_auth_core::accounts::{AccountRules, GroupUpkeep, UnknownUsers};
use mlflow_auth_core::{InvalidTrust, Network, ProxySecret, ProxySettings, Secret, Trust, TrustSettings};

/// What is said of proxies in front.
#[derive(Clone)]
pub struct ProxyConfig {
    /// Which are trusted.
    pub trust: Option<Trust>,
    /// What they may say of accounts.
    pub accounts: AccountRules,
    /// What is made of their plain headers.
    pub headers: Option<ProxySettings>,
    /// What is made of a header that they sign.
    pub assertion: Option<Assertion>,
    /// How they ask.
    pub forward_auth: Option<ForwardAuthConfig>,
}

impl Reader {
    pub(super) fn proxies(&mut self) -> Option<ProxyConfig> {
        let (trust, unknown_users) = (self.trust(), self.get("proxy_unknown_users", unknown_users));
        let headers = self.proxy_headers();
        let assertion = self.assertion(trust.clone().flatten());
        let forward_auth = self.forward_auth(trust.clone().flatten());
        let trust = trust?;
        if trust.is_none() && matches!(headers, Some(Some(_))) {
            self.lacking("trusted_proxies", "name the proxies whose headers are believed, or a `proxy_secret`");
            return None;
        }
        let accounts = AccountRules {
            unknown_users: unknown_users?,
            // Admin groups of a proxy are named for it alone.
            trust_admin_groups: true,
            groups: GroupUpkeep::Never,
            ..AccountRules::only("proxy")
        };
        Some(ProxyConfig { trust, accounts, headers: headers?, assertion: assertion?, forward_auth: forward_auth? })
    }

    fn trust(&mut self) -> Option<Option<Trust>> {
        let networks = self.get("trusted_proxies", networks);
        let secret = self.get("proxy_secret", secret);
        let header = self.get("proxy_secret_header", header);
        let (networks, secret, header) = (networks?, secret?, header?);
        if networks.is_empty() && secret.is_none() {
            return Some(None);
        }
        let secret = secret.map(|secret| ProxySecret { header, secret });
        match Trust::new(TrustSettings { networks, unix_socket: false, secret }) {
            Ok(trust) => Some(Some(trust)),
            Err(error) => {
                let of_secret = matches!(error, InvalidTrust::WeakSecret(_) | InvalidTrust::UnusableSecret);
                self.lacking(if of_secret { "proxy_secret" } else { "trusted_proxies" }, &error.to_string());
                None
            }
        }
    }
}

fn networks(text: &str) -> Read<Vec<Network>> {
    let network = |text: String| text.parse().map_err(|error: mlflow_auth_core::InvalidNetwork| error.to_string());
    value::list(text)?.into_iter().map(network).collect()
}

fn secret(text: &str) -> Read<Option<Secret>> {
    match text.len() {
        0 => Ok(None),
        1..ProxySecret::SHORTEST => Err("a secret of a proxy must have at least 32 bytes".to_owned()),
        _ => Ok(Some(Secret::new(text))),
    }
}

fn header(text: &str) -> Read<HeaderName> {
    HeaderName::try_from(text).map_err(|_| format!("`{text}` is not the name of a header"))
}

fn header_or_none(text: &str) -> Read<Option<HeaderName>> {
    if text.is_empty() { Ok(None) } else { header(text).map(Some) }
}

fn unknown_users(text: &str) -> Read<UnknownUsers> {
    match text {
        "refuse" => Ok(UnknownUsers::Refuse),
        "admit" => Ok(UnknownUsers::Admit),
        "create" => Ok(UnknownUsers::Create),
        _ => Err(format!("`{text}` is none of `refuse`, `admit`, `create`")),
    }
}
