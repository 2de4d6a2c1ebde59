//! Signing in with a bearer token.

use super::verify::{claimed_issuer, now};
use super::{Identity, Issuer, TokenError};
use crate::authn::accounts::{Accounts, AdmitError, Admitted};
use crate::authn::digest::{Digest, LazyDigester};
use crate::authn::{AuthenticationError, Authenticator, Rejection};
use crate::store::Stamp;
use crate::vocabulary::{Principal, Proof};
use async_trait::async_trait;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Signs in with `Authorization: Bearer` and a token that one of its issuers has signed (RFC 6750).
///
/// * **Whose token.** With several issuers, the one that `iss` names to the letter; nobody else's keys are tried, and
///   each must have its name in [`TokenRules`](super::TokenRules). A bearer token without a dot is not a signed token, and is left to the next authenticator.
/// * **What a request costs.** A token that was found good is remembered by its digest, with a random key of this
///   process, until it expires, for [`BearerSettings::remember`] at most: then a request costs that digest and a look
///   into a table. Tokens that were found bad are not remembered.
/// * **Which account** it is says the issuer's [`Accounts`]: the one that its pair of `iss` and `sub` is bound to, else, as
///   far as names of the issuer count, the one of the name.
/// * **Groups** are those of the token, for this request; those that the store knows count besides.
/// * **Admins** are whom the account says, and whom the token says if the rules trust it
///   ([`AccountRules::trust_admin_groups`](crate::accounts::AccountRules::trust_admin_groups)).
#[derive(Clone)]
pub struct BearerAuthenticator {
    shared: Arc<Shared>,
}

/// How bearer tokens are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BearerSettings {
    /// How long a good token is believed without looking at it again.
    pub remember: Duration,
    /// How many good tokens are remembered.
    pub remembered: usize,
}

impl Default for BearerSettings {
    /// 16,384 tokens for five minutes.
    fn default() -> Self {
        Self { remember: Duration::from_secs(300), remembered: 16_384 }
    }
}

struct Shared {
    issuers: Vec<(Issuer, Accounts)>,
    settings: BearerSettings,
    digester: LazyDigester,
    good: Cache<Digest, Good>,
}

/// A token that was found good.
#[derive(Clone)]
struct Good {
    principal: Arc<Principal>,
    /// Which of the issuers signed it.
    issuer: usize,
    /// Taken before the account was read.
    stamp: Stamp,
    seen: Instant,
    /// Seconds since 1970.
    until: u64,
}

impl BearerAuthenticator {
    /// Believes `issuers`, each with the accounts of those it vouches for.
    pub fn new(issuers: Vec<(Issuer, Accounts)>, settings: BearerSettings) -> Self {
        let good = Cache::new(settings.remembered);
        Self { shared: Arc::new(Shared { issuers, settings, digester: LazyDigester::default(), good }) }
    }
}

#[async_trait]
impl Authenticator for BearerAuthenticator {
    async fn authenticate(
        &self,
        request: &http::request::Parts,
    ) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let Some(token) = bearer(&request.headers)? else { return Ok(None) };
        if !token.contains('.') {
            return Ok(None);
        }
        self.shared.who(token).await.map(Some)
    }
}

impl Shared {
    async fn who(&self, token: &str) -> Result<Arc<Principal>, AuthenticationError> {
        let digest = self.digester.get()?.token(token);
        if let Some(good) = self.good.get(&digest)
            && self.is_current(&good)
        {
            return Ok(good.principal);
        }
        let (issuer, identity, until) = self.verify(token).await?;
        let seen = Instant::now();
        let admitted = self.admit(issuer, &identity).await?;
        let stamp = admitted.stamp;
        let principal = admitted.principal(Proof::SignedToken);
        self.good.insert(digest, Good { principal: Arc::clone(&principal), issuer, stamp, seen, until });
        Ok(principal)
    }

    fn is_current(&self, good: &Good) -> bool {
        let hears = |(_, accounts): &(Issuer, Accounts)| accounts.freshness().is_current(good.stamp);
        self.issuers.get(good.issuer).is_some_and(hears)
            && good.seen.elapsed() < self.settings.remember
            && now() < good.until
    }

    async fn verify(&self, token: &str) -> Result<(usize, Identity, u64), AuthenticationError> {
        let found = match self.issuer(token) {
            Ok((place, issuer)) => issuer.verify(token).await.map(|(identity, until)| (place, identity, until)),
            Err(error) => Err(error),
        };
        found.map_err(|error| match error {
            TokenError::Unavailable(error) => error.into(),
            error => {
                tracing::info!(%error, "a bearer token was refused");
                Rejection::InvalidToken.into()
            }
        })
    }

    fn issuer(&self, token: &str) -> Result<(usize, &Issuer), TokenError> {
        let mut issuers = self.issuers.iter().map(|(issuer, _)| issuer).enumerate();
        if let [(only, _)] = self.issuers.as_slice() {
            return Ok((0, only));
        }
        let claimed = claimed_issuer(token)?;
        let found = issuers.find(|(_, issuer)| issuer.name() == Some(claimed.as_str()));
        found.ok_or_else(|| super::InvalidToken::Issuer.into())
    }

    async fn admit(&self, issuer: usize, identity: &Identity) -> Result<Admitted, AuthenticationError> {
        let (_, accounts) = self.issuers.get(issuer).ok_or(Rejection::InvalidToken)?;
        accounts.admit(identity).await.map_err(|error| match error {
            AdmitError::Unavailable(error) => error.into(),
            error => {
                let provider = accounts.rules().provider.as_str();
                tracing::info!(provider, user = %identity.user, %error, "a bearer token was refused");
                Rejection::InvalidToken.into()
            }
        })
    }
}

/// The token of the request, if it has one of this scheme.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Rejection::Malformed);
    }
    let text =
        |value: &HeaderValue| value.as_bytes().split_at_checked(7).map(|(scheme, _)| scheme.to_ascii_lowercase());
    if text(value).as_deref() != Some(b"bearer ") {
        return Ok(None);
    }
    let token = value.to_str().map_err(|_| Rejection::Malformed)?;
    Ok(token.get(7..).map(str::trim))
}
