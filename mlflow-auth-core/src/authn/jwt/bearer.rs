//! Signing in with a bearer token.

use super::verify::{claimed_issuer, now};
use super::{Claims, Identity, Issuer, TokenError};
use crate::authn::accounts::{Accounts, AdmitError, Admitted};
use crate::authn::digest::{Digest, LazyDigester};
use crate::authn::{AuthenticationError, Authenticator, Rejection, bearer};
use crate::store::Stamp;
use crate::vocabulary::{Principal, Proof};
use async_trait::async_trait;
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
/// * **Groups** are those of the token, for this request; those that the store knows count besides. Where groups come from
///   somewhere else, they are asked for each time.
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
    /// What to ask again each time, where groups come from somewhere else.
    asked: Option<Arc<Asked>>,
}

/// What a token said, and who that was about.
struct Asked {
    claims: Claims,
    identity: Identity,
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
        let Some(token) = bearer::token(&request.headers)? else { return Ok(None) };
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
            && self.is_the_same(&good).await?
        {
            return Ok(good.principal);
        }
        let (place, asked, until) = self.read(token).await.map_err(refused)?;
        let seen = Instant::now();
        let (issuer, accounts) = self.issuers.get(place).ok_or(Rejection::InvalidToken)?;
        let admitted = admit(accounts, &asked.identity).await?;
        let stamp = admitted.stamp;
        let principal = match issuer.identities().are_workloads() {
            // Never an admin, whatever somebody makes of the account.
            true => Admitted { is_admin: false, ..admitted }.principal(Proof::Workload),
            false => admitted.principal(Proof::SignedToken),
        };
        let asked = issuer.identities().may_change().then(|| Arc::new(asked));
        self.good.insert(digest, Good { principal: Arc::clone(&principal), issuer: place, stamp, seen, until, asked });
        Ok(principal)
    }

    fn is_current(&self, good: &Good) -> bool {
        let hears = |(_, accounts): &(Issuer, Accounts)| accounts.freshness().is_current(good.stamp);
        self.issuers.get(good.issuer).is_some_and(hears)
            && good.seen.elapsed() < self.settings.remember
            && now() < good.until
    }

    /// Whether a token that was found good is still about the same person in the same groups.
    async fn is_the_same(&self, good: &Good) -> Result<bool, AuthenticationError> {
        let Some(asked) = good.asked.as_deref() else { return Ok(true) };
        let Some((issuer, _)) = self.issuers.get(good.issuer) else { return Ok(false) };
        let now = issuer.identities().identify_as(&asked.claims, &good.principal.user).await.map_err(refused)?;
        Ok(now == asked.identity)
    }

    async fn read(&self, token: &str) -> Result<(usize, Asked, u64), TokenError> {
        let (place, issuer) = self.issuer(token)?;
        let (claims, until) = issuer.read(token).await?;
        let identity = issuer.identities().identify(&claims).await?;
        Ok((place, Asked { claims, identity }, until))
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
}

async fn admit(accounts: &Accounts, identity: &Identity) -> Result<Admitted, AuthenticationError> {
    accounts.admit(identity).await.map_err(|error| match error {
        AdmitError::Unavailable(error) => error.into(),
        error => {
            let provider = accounts.rules().provider.as_str();
            tracing::info!(provider, user = %identity.user, %error, "a bearer token was refused");
            Rejection::InvalidToken.into()
        }
    })
}

/// Why a token lets nobody in, for the log; the caller learns that it does not, or that nobody can tell.
fn refused(error: TokenError) -> AuthenticationError {
    match error {
        TokenError::Unavailable(error) => error.into(),
        error => {
            tracing::info!(%error, "a bearer token was refused");
            Rejection::InvalidToken.into()
        }
    }
}
