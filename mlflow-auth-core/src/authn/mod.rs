//! Who is calling: the traits, passwords, and those for whom somebody else vouches.

pub mod accounts;
mod basic;
mod digest;
#[cfg(feature = "jwt")]
pub mod jwt;
mod known;
#[cfg(feature = "oidc")]
pub mod oidc;
mod password;
mod peer;
mod proxy;
mod traits;

pub use basic::{BasicCredentials, MalformedCredentials};
pub use password::{PasswordAuthenticator, PasswordSettings};
pub use peer::Peer;
#[cfg(feature = "jwt")]
use proxy::check_name;
pub use proxy::{
    InvalidHeaders, InvalidNetwork, InvalidTrust, NamedBy, Network, ProxyAuthenticator, ProxyHeaders, ProxySecret,
    ProxySettings, Trust, TrustSettings,
};
pub use traits::{AuthenticationError, Authenticator, GroupResolver, Rejection};
