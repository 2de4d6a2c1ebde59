//! The layer as the authentication endpoint of a proxy: NGINX `auth_request`, Traefik `forwardAuth`, Caddy
//! `forward_auth`, Envoy `ext_authz` over HTTP. `README.md` beside this file says what that can do and what it cannot.

mod answer;
mod describe;
mod judge;
mod service;
mod settings;

pub use service::ForwardAuth;
pub use settings::{Dialect, ForwardAuthSettings};
