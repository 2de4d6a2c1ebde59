//! Somebody who signs tokens.

use super::ring::KeyRing;
use super::verify::{head, verify};
use super::{
    Algorithms, Claims, Identities, Identity, InvalidToken, KeyRefresh, KeySet, KeySource, NotAdmitted, TokenRules,
};
use crate::vocabulary::{Secret, Unavailable};
use std::sync::Arc;

/// Somebody who signs tokens that are believed here.
pub struct Issuer {
    rules: TokenRules,
    identities: Identities,
    keys: KeyRing,
}

/// A shared secret that is too short to sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret that signs tokens must have at least 32 bytes (RFC 7518, section 3.2), not {0}")]
pub struct WeakSecret(pub usize);

/// Why a token lets nobody in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It is not believed.
    #[error(transparent)]
    Invalid(#[from] InvalidToken),
    /// It is genuine, but about nobody who is let in.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
    /// Nobody can tell now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Issuer {
    /// An issuer that publishes its keys at `keys`. `identities` may be [`IdentityRules`](super::IdentityRules) or
    /// [`ServiceAccountRules`](super::ServiceAccountRules).
    pub fn new(
        rules: TokenRules,
        identities: impl Into<Identities>,
        keys: Arc<dyn KeySource>,
        refresh: KeyRefresh,
    ) -> Self {
        Self { rules, identities: identities.into(), keys: KeyRing::new(keys, refresh) }
    }

    /// An issuer that shares a secret with us and signs with `HS256`, whatever algorithms `rules` name. Everybody who
    /// knows the secret can sign in as anybody: prefer keys that only the issuer has.
    ///
    /// # Errors
    /// [`WeakSecret`] for less than 32 bytes.
    pub fn with_shared_secret(
        mut rules: TokenRules,
        identities: impl Into<Identities>,
        secret: &Secret,
    ) -> Result<Self, WeakSecret> {
        let secret = secret.expose().as_bytes();
        if secret.len() < 32 {
            return Err(WeakSecret(secret.len()));
        }
        rules.algorithms = Algorithms::symmetric();
        Ok(Self::new(rules, identities, Arc::new(KeySet::secret(secret)), KeyRefresh::default()))
    }

    /// The name that its tokens carry as `iss`, if the rules say it.
    pub fn name(&self) -> Option<&str> {
        self.rules.issuer.as_deref()
    }

    /// Who `token` is about, and until when it can be believed, in seconds since 1970.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn verify(&self, token: &str) -> Result<(Identity, u64), TokenError> {
        let (claims, until) = self.read(token).await?;
        Ok((self.identities.identify(&claims).await?, until))
    }

    /// Who its claims are about.
    pub(super) fn identities(&self) -> &Identities {
        &self.identities
    }

    /// What `token` says, and until when it can be believed, whoever it is about.
    pub(super) async fn read(&self, token: &str) -> Result<(Claims, u64), TokenError> {
        let claims = self.claims(token).await?;
        let until = claims.seconds("exp").ok_or(InvalidToken::Claim("exp"))?;
        Ok((claims, until.saturating_add(self.rules.leeway_seconds())))
    }

    /// What `token` says, whoever it is about.
    ///
    /// # Errors
    /// [`TokenError`], but for who is not let in.
    pub(in crate::authn) async fn claims(&self, token: &str) -> Result<Claims, TokenError> {
        let head = head(token, &self.rules)?;
        let (id, algorithm) = (head.key.as_deref(), head.algorithm);
        let keys = self.keys.keys(id, |keys| keys.find(id, algorithm).is_some()).await?;
        Ok(verify(token, &head, &keys, &self.rules)?)
    }
}
