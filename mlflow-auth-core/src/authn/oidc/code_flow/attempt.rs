//! What is kept while somebody is away at the provider.

use super::Forged;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A sign-in that was begun. Whoever keeps it keeps it sealed, and gives it back to the same browser only.
#[derive(Clone, Deserialize, Serialize)]
pub struct Attempt {
    /// With which provider, by its name here.
    pub(in crate::authn::oidc) provider: String,
    /// The provider's name for itself at the time.
    pub(in crate::authn::oidc) issuer: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

impl Attempt {
    /// Whether it was begun with this provider.
    ///
    /// # Errors
    /// [`Forged::Provider`]
    pub fn was_with(&self, provider: &str) -> Result<(), Forged> {
        if self.provider == provider { Ok(()) } else { Err(Forged::Provider) }
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// The beginning of a sign-in.
pub struct Begun {
    /// Where the browser is sent.
    pub url: String,
    /// What it brings back, and what tells it from other sign-ins of the same browser.
    pub state: String,
    /// What is kept until then.
    pub attempt: Attempt,
}
