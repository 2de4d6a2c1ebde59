//! The authorization code flow (OpenID Connect Core 1.0, section 3.1), with one provider.
//!
//! Always with a proof key (RFC 7636, `S256`), a state, a nonce, and the check of the issuer that answers (RFC 9207).

mod attempt;
mod callback;
mod client;
mod documents;
mod error;
mod id_token;
mod log_out;
mod provider;
mod revoke;
mod settings;
mod user_info;

pub use attempt::{Attempt, Begun};
pub use callback::Callback;
pub use error::{Forged, SignInError};
pub use provider::{ProviderTokens, Refreshed, SignInProvider, SignedIn};
pub use settings::{InvalidSignIn, SignInSettings};
