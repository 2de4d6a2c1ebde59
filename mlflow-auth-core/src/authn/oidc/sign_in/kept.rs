//! What is kept of a session's provider, in the store, where nobody can read it.

use crate::authn::oidc::ProviderTokens;
use crate::authn::sealer::Sealer;
use crate::vocabulary::{Secret, Unavailable, Username};
use serde::{Deserialize, Serialize};

/// Whom a provider signed in, and with what it can be asked about them.
#[derive(Deserialize, Serialize)]
pub(super) struct KeptTokens {
    pub(super) issuer: String,
    pub(super) subject: String,
    id_token: Option<String>,
    refresh_token: Option<String>,
}

impl KeptTokens {
    pub(super) fn new(issuer: &str, subject: &str, tokens: &ProviderTokens, refreshes: bool) -> Self {
        let text = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            id_token: text(&tokens.id_token),
            refresh_token: text(&tokens.refresh_token).filter(|_| refreshes),
        }
    }

    /// The same with what a provider gave since: what it did not give anew stays.
    pub(super) fn renewed(mut self, tokens: &ProviderTokens) -> Self {
        let newer = Self::new(&self.issuer, &self.subject, tokens, true);
        self.id_token = newer.id_token.or(self.id_token);
        self.refresh_token = newer.refresh_token.or(self.refresh_token);
        self
    }

    pub(super) fn id_token(&self) -> Option<Secret> {
        self.id_token.clone().map(Secret::new)
    }

    pub(super) fn refresh_token(&self) -> Option<Secret> {
        self.refresh_token.clone().map(Secret::new)
    }

    /// Sealed for this user and provider.
    pub(super) fn seal(&self, sealer: &Sealer, user: &Username, provider: &str) -> Result<Vec<u8>, Unavailable> {
        let text = serde_json::to_vec(self).map_err(|error| Unavailable::new("the sealing of secrets", error))?;
        sealer.seal(&zeroize::Zeroizing::new(text), &context(user, provider))
    }

    /// What was sealed for this user and provider. `None` for anything else.
    pub(super) fn open(sealer: &Sealer, sealed: &[u8], user: &Username, provider: &str) -> Option<Self> {
        serde_json::from_slice(&sealer.open(sealed, &context(user, provider))?).ok()
    }
}

/// User names hold no control characters.
fn context(user: &Username, provider: &str) -> Vec<u8> {
    [user.as_str().as_bytes(), b"\0", provider.as_bytes()].concat()
}
