//! Sessions of browsers: a random secret in a cookie, of which the store knows the digest alone.

mod authenticator;
pub mod cookies;
mod directory;
mod renewal;
mod secret;
mod sessions;

pub use authenticator::SessionAuthenticator;
pub use directory::{DIRECTORY, SessionDirectory, Standing};
pub use renewal::{Renewed, SessionRenewal};
pub use secret::NewSecret;
pub(in crate::authn) use secret::digest;
pub use sessions::{OpenedSession, SessionSettings, Sessions};
