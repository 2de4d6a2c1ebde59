//! How a proxy asks.

use mlflow_auth_core::Trust;

/// How a proxy tells which request it asks about. Never guessed from what is there: a client could add the headers of
/// another dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// NGINX `auth_request`: `X-Original-URI` and `X-Original-Method`, which its configuration must set.
    Nginx,
    /// Traefik `forwardAuth` and Caddy `forward_auth`: `X-Forwarded-Uri` and `X-Forwarded-Method`.
    Traefik,
    /// Envoy `ext_authz` over HTTP: the method of the subrequest, and its path behind this prefix (`path_prefix`).
    Envoy {
        /// The prefix, beginning and not ending with a slash; empty for none.
        prefix: String,
    },
}

/// How subrequests are answered.
#[derive(Clone)]
pub struct ForwardAuthSettings {
    /// How the proxy tells which request it asks about.
    pub dialect: Dialect,
    /// Which proxies are answered.
    pub trust: Trust,
    /// Whether it is told who is calling and nothing is refused to whoever is signed in.
    pub authn_only: bool,
}
