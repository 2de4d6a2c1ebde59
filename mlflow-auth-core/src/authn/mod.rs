//! Who is calling: the traits, passwords, sessions of browsers, tokens of providers.

pub mod accounts;
mod basic;
mod clock;
mod digest;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "oidc")]
pub mod oidc;
mod password;
#[cfg(feature = "oidc")]
mod sealer;
mod session;
mod traits;

pub use basic::{BasicCredentials, MalformedCredentials};
pub use password::{PasswordAuthenticator, PasswordSettings};
#[cfg(feature = "oidc")]
pub use sealer::{InvalidSealer, Sealer};
pub use session::{
    NewSecret, OpenedSession, Renewed, SessionAuthenticator, SessionRenewal, SessionSettings, Sessions, cookies,
};
pub use traits::{AuthenticationError, Authenticator, GroupResolver, Rejection};
