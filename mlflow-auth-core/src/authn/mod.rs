//! Who is calling: the traits, passwords, access tokens, and tokens that others have signed.

pub mod accounts;
mod basic;
mod bearer;
mod digest;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "oidc")]
pub mod oidc;
mod password;
mod tokens;
mod traits;

pub use basic::{BasicCredentials, MalformedCredentials};
pub use password::{PasswordAuthenticator, PasswordSettings};
pub use tokens::{
    AccessTokenAuthenticator, AccessTokenSettings, IssueError, TokenLimits, TokenOrder, TokenText, is_token,
    issue_token,
};
pub use traits::{AuthenticationError, Authenticator, GroupResolver, Rejection};
