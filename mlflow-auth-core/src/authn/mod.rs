//! Who is calling: the traits, and passwords.

mod basic;
mod hash;
mod traits;
mod verifier;

pub use basic::{BasicCredentials, MalformedCredentials};
pub use hash::{HashError, PasswordHash};
pub use traits::{AuthenticationError, Authenticator, GroupResolver, Rejection, Unavailable};
pub use verifier::{PasswordAuthenticator, PasswordSettings};
