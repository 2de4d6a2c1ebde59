//! What a browser keeps while somebody is away at a provider, so that we need not.

use super::Returned;
use crate::authn::oidc::{Attempt, Forged};
use crate::authn::sealer::Sealer;
use crate::authn::session::digest;
use crate::store::{Seconds, SecretDigest};
use crate::vocabulary::Unavailable;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long somebody may be away, as in mlflow-oidc-auth.
pub const ATTEMPT_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// An attempt with all that is kept of it.
#[derive(Deserialize, Serialize)]
pub(super) struct Kept {
    pub(super) attempt: Attempt,
    next: String,
    pub(super) until: Seconds,
}

impl Kept {
    pub(super) fn new(attempt: Attempt, next: &Returned, now: Seconds) -> Self {
        Self { attempt, next: next.as_str().to_owned(), until: now.saturating_add(ATTEMPT_LIFETIME.as_secs()) }
    }

    /// Where to go then, looked at again.
    pub(super) fn next(&self) -> Option<Returned> {
        Returned::new(&self.next)
    }

    /// As a text for a cookie, bound to the state that will come back.
    pub(super) fn seal(&self, sealer: &Sealer, state: &str) -> Result<String, Unavailable> {
        let text = serde_json::to_vec(self).map_err(|error| Unavailable::new("the sealing of secrets", error))?;
        Ok(URL_SAFE_NO_PAD.encode(sealer.seal(&text, digest(state).as_bytes())?))
    }

    /// The attempt in `sealed`, if it was sealed here for this state and its time is not over.
    pub(super) fn open(sealer: &Sealer, sealed: &str, state: &str, now: Seconds) -> Result<Self, Forged> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Forged::State)?;
        let text = sealer.open(&bytes, digest(state).as_bytes()).ok_or(Forged::State)?;
        let kept: Self = serde_json::from_slice(&text).map_err(|_| Forged::State)?;
        if now < kept.until { Ok(kept) } else { Err(Forged::State) }
    }
}

/// What tells the cookie of one attempt from those of others.
pub(super) fn tag(state: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(state).as_bytes().get(..9).unwrap_or_default())
}

/// What stands for an attempt that is over.
pub(super) fn spent(state: &str) -> SecretDigest {
    digest(&format!("sign-in {state}"))
}
