//! Who is calling: the traits, passwords, access tokens, and those for whom somebody else vouches.

pub mod accounts;
mod basic;
mod bearer;
mod digest;
#[cfg(any(feature = "file", feature = "oidc"))]
mod groups;
#[cfg(feature = "htpasswd")]
mod htpasswd;
#[cfg(feature = "jwt")]
pub mod jwt;
mod known;
pub mod kit;
#[cfg(feature = "oidc")]
pub mod oidc;
mod password;
mod peer;
mod proxy;
mod tokens;
mod traits;
#[cfg(any(feature = "file", feature = "htpasswd"))]
mod watched;

pub use basic::{BasicCredentials, MalformedCredentials};
#[cfg(feature = "file")]
pub use groups::GroupFile;
#[cfg(feature = "oidc")]
pub use groups::{GroupHook, GroupHookSettings, InvalidHook};
#[cfg(feature = "htpasswd")]
pub use htpasswd::{Htpasswd, HtpasswdSettings};
pub use password::{PasswordAuthenticator, PasswordSettings};
pub use peer::Peer;
#[cfg(feature = "jwt")]
use proxy::check_name;
pub use proxy::{
    InvalidHeaders, InvalidNetwork, InvalidTrust, NamedBy, Network, ProxyAuthenticator, ProxyHeaders, ProxySecret,
    ProxySettings, Trust, TrustSettings,
};
pub use tokens::{
    AccessTokenAuthenticator, AccessTokenSettings, IssueError, TokenLimits, TokenOrder, TokenText, is_token,
    issue_token,
};
pub use traits::{AuthenticationError, Authenticator, GroupResolver, Rejection};
#[cfg(any(feature = "file", feature = "htpasswd"))]
pub use watched::FileUnusable;
