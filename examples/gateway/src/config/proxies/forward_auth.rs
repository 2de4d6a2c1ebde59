//! Proxies that ask whether they may forward.

use super::Reader;
use crate::config::value::{self, Read};
use mlflow_auth_core::Trust;
use mlflow_auth_tower::{Dialect, ForwardAuthSettings};

/// Where and how a proxy asks whether it may forward a request.
#[derive(Clone)]
pub struct ForwardAuthConfig {
    /// The path at which it asks; for Envoy what stands in front of the path it asks about.
    pub path: String,
    /// How it asks, and who may.
    pub settings: ForwardAuthSettings,
}

impl Reader {
    pub(super) fn forward_auth(&mut self, trust: Option<Trust>) -> Option<Option<ForwardAuthConfig>> {
        let dialect = self.get("forward_auth", |text| Ok(text.to_owned()))?;
        let path = self.get("forward_auth_path", path)?;
        let authn_only = self.get("forward_auth_authn_only", value::switch)?;
        let dialect = self.get("forward_auth", |_| as_dialect(&dialect, &path))?;
        let Some(dialect) = dialect else { return Some(None) };
        let Some(trust) = trust else {
            self.lacking("trusted_proxies", "name the proxies that may ask with `forward_auth`, or a `proxy_secret`");
            return None;
        };
        Some(Some(ForwardAuthConfig { path, settings: ForwardAuthSettings { dialect, trust, authn_only } }))
    }
}

fn as_dialect(text: &str, path: &str) -> Read<Option<Dialect>> {
    match text {
        "" => Ok(None),
        "nginx" => Ok(Some(Dialect::Nginx)),
        "traefik" | "caddy" => Ok(Some(Dialect::Traefik)),
        "envoy" => Ok(Some(Dialect::Envoy { prefix: path.to_owned() })),
        _ => Err(format!("`{text}` is none of `nginx`, `traefik`, `caddy`, `envoy`")),
    }
}

fn path(text: &str) -> Read<String> {
    match value::static_prefix(text)? {
        empty if empty.is_empty() => Err("it must be a path such as `/forward-auth`".to_owned()),
        path if matches!(path.as_str(), "/healthz" | "/readyz" | "/health" | "/version") => {
            Err(format!("`{path}` is answered otherwise"))
        }
        path => Ok(path),
    }
}
