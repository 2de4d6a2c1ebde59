//! Who is calling: the traits, and passwords.

pub mod accounts;
mod basic;
mod digest;
#[cfg(feature = "jwt")]
pub mod jwt;
pub mod kit;
#[cfg(feature = "oidc")]
pub mod oidc;
mod password;
mod traits;

pub use basic::{BasicCredentials, MalformedCredentials};
pub use password::{PasswordAuthenticator, PasswordSettings};
pub use traits::{AuthenticationError, Authenticator, GroupResolver, Rejection};
