//! Identity that a proxy in front has found out, and tells in plain headers.

mod authenticator;
mod headers;
mod network;
mod trust;

pub use authenticator::{ProxyAuthenticator, ProxySettings};
#[cfg(feature = "jwt")]
pub(super) use headers::check_name;
pub use headers::{InvalidHeaders, NamedBy, ProxyHeaders};
pub use network::{InvalidNetwork, Network};
pub use trust::{InvalidTrust, ProxySecret, Trust, TrustSettings};
