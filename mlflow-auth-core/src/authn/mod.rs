//! Who is calling: the traits, and passwords.

pub mod accounts;
mod basic;
mod digest;
#[cfg(feature = "htpasswd")]
mod htpasswd;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "oidc")]
pub mod oidc;
mod password;
mod traits;
#[cfg(feature = "htpasswd")]
mod watched;

pub use basic::{BasicCredentials, MalformedCredentials};
#[cfg(feature = "htpasswd")]
pub use htpasswd::{Htpasswd, HtpasswdSettings};
pub use password::{PasswordAuthenticator, PasswordSettings};
pub use traits::{AuthenticationError, Authenticator, GroupResolver, Rejection};
#[cfg(feature = "htpasswd")]
pub use watched::FileUnusable;
