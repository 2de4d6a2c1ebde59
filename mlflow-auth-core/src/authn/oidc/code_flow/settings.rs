//! What a provider is told of us, and we of it.

use crate::authn::jwt::{Algorithms, Identities, KeyRefresh};
use crate::authn::oidc::FetchError;
use crate::vocabulary::Secret;

/// A provider with whom people sign in.
#[derive(Clone)]
pub struct SignInSettings {
    /// Its name here, which no other provider has.
    pub id: String,
    /// What people call it.
    pub display_name: String,
    /// Where its discovery document is.
    pub discovery_url: String,
    /// Its name for itself (`iss`), if it does not live at that address.
    pub issuer: Option<String>,
    /// What it calls us.
    pub client_id: String,
    /// By what it knows us; none for a client that can keep no secret.
    pub client_secret: Option<Secret>,
    /// Where it sends people back to: the address of our callback, as it was told to the provider.
    pub redirect_uri: String,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// Which signatures of its tokens are accepted.
    pub algorithms: Algorithms,
    /// When its keys are fetched.
    pub keys: KeyRefresh,
    /// Who its claims are about.
    pub identities: Identities,
    /// Whether it must say who it is when it sends somebody back, even if it does not promise to (RFC 9207). Right where
    /// there are several providers: one of them could send people back with what another gave them.
    pub must_name_itself: bool,
}

/// A provider that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSignIn {
    /// An address of it is none.
    #[error(transparent)]
    Address(#[from] FetchError),
    /// People cannot be sent back to us.
    #[error("`{}` is no address to be sent back to: it must be whole, with http:// or https:// and without a fragment", .0.escape_debug())]
    RedirectUri(String),
    /// It knows us by nothing.
    #[error("the provider `{0}` has no client id for us")]
    ClientId(String),
}
