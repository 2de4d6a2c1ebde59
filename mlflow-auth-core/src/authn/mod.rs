//! Who is calling: the traits, passwords, access tokens, sessions, and those for whom somebody else vouches.

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
pub mod kit;
mod known;
#[cfg(feature = "oidc")]
pub mod oidc;
mod password;
mod peer;
mod proxy;
#[cfg(feature = "oidc")]
mod sealer;
mod session;
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
#[cfg(feature = "oidc")]
pub use sealer::{InvalidSealer, Sealer};
pub use session::{
    DIRECTORY, NewSecret, OpenedSession, Renewed, SessionAuthenticator, SessionDirectory, SessionRenewal,
    SessionSettings, Sessions, Standing, cookies,
};
pub use tokens::{
    AccessTokenAuthenticator, AccessTokenSettings, IssueError, TokenLimits, TokenOrder, TokenText, is_token,
    issue_token,
};
pub use traits::{AuthenticationError, Authenticator, GroupResolver, Rejection};
#[cfg(any(feature = "file", feature = "htpasswd"))]
pub use watched::FileUnusable;
