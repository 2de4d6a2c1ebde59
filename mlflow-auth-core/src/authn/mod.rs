//! Who is calling: the traits, passwords, access tokens, and tokens that others have signed.

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
#[cfg(feature = "oidc")]
pub mod oidc;
mod password;
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
pub use tokens::{
    AccessTokenAuthenticator, AccessTokenSettings, IssueError, TokenLimits, TokenOrder, TokenText, is_token,
    issue_token,
};
pub use traits::{AuthenticationError, Authenticator, GroupResolver, Rejection};
#[cfg(any(feature = "file", feature = "htpasswd"))]
pub use watched::FileUnusable;
