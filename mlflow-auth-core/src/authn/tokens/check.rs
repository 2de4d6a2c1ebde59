//! One check of one token, and what is remembered of it.

use super::AccessTokenSettings;
use super::format::TokenText;
use super::sightings::{Sighting, Sightings};
use crate::authn::digest::{Digest, LazyDigester};
use crate::authn::{AuthenticationError, Rejection};
use crate::store::now;
use crate::store::{AccessToken, Freshness, Seconds, Stamp, StoreError, TokenStore, Topic, User, UserStore};
use crate::vocabulary::{Principal, Proof, Unavailable, Username};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Checks tokens and remembers the good ones, and no others.
pub(super) struct Checker {
    tokens: Arc<dyn TokenStore>,
    users: Arc<dyn UserStore>,
    freshness: Arc<Freshness>,
    digester: LazyDigester,
    good: Cache<Digest, Good>,
    remember: Duration,
    sightings: Sightings,
}

/// A token that somebody shows.
pub(super) struct Claim {
    pub(super) text: TokenText,
    pub(super) digest: Digest,
    /// Whose it should be; none where only the token says so.
    pub(super) user: Option<Username>,
}

/// A token that was found good.
#[derive(Clone)]
struct Good {
    principal: Arc<Principal>,
    /// Taken before anything was read.
    stamp: Stamp,
    read: Instant,
    until: Seconds,
    sighting: Arc<Sighting>,
}

impl Checker {
    pub(super) fn new(
        tokens: Arc<dyn TokenStore>,
        users: Arc<dyn UserStore>,
        freshness: Arc<Freshness>,
        settings: AccessTokenSettings,
    ) -> Self {
        Self {
            sightings: Sightings::new(Arc::clone(&tokens)),
            tokens,
            users,
            freshness,
            digester: LazyDigester::default(),
            good: Cache::new(settings.remembered),
            remember: settings.remember,
        }
    }

    pub(super) fn digest(&self, text: &str) -> Result<Digest, Unavailable> {
        Ok(self.digester.get()?.token(text))
    }

    /// Who shows a token that is remembered; an error if it is not that of `user`.
    pub(super) fn look(&self, digest: &Digest, user: Option<&str>) -> Option<Result<Arc<Principal>, Rejection>> {
        let good = self.good.get(digest)?;
        let now = now();
        let current = self.freshness.is_current(good.stamp) && good.read.elapsed() < self.remember && now < good.until;
        if !current {
            return None;
        }
        if user.is_some_and(|user| user != good.principal.user.as_str()) {
            return Some(Err(refuse(good.principal.user.as_str(), "it is not of the user who is named")));
        }
        self.sightings.note(&good.sighting, now);
        Some(Ok(good.principal))
    }

    /// Who shows `claim`, as the store says.
    pub(super) async fn check(&self, claim: Claim) -> Result<Arc<Principal>, AuthenticationError> {
        let owner = match &claim.user {
            Some(user) => user.clone(),
            None => self.read(&claim.text).await?.user,
        };
        // Before what is believed is read: the first reading above only says whose change would end it.
        let (stamp, read) = (self.freshness.stamp(Topic::User(&owner)), Instant::now());
        let token = self.read(&claim.text).await?;
        let now = now();
        if token.user != owner {
            return Err(refuse(&token.prefix, "it is not of the user who is named").into());
        }
        if token.expires_at <= now {
            return Err(refuse(&token.prefix, "it has expired").into());
        }
        let account = self.users.user(&owner).await.map_err(unavailable)?;
        let account = account.filter(|account| account.is_active);
        let account = account.ok_or_else(|| refuse(&token.prefix, "its owner has no active account"))?;
        Ok(self.remember(claim.digest, token, account, (stamp, read), now))
    }

    fn remember(
        &self,
        digest: Digest,
        token: AccessToken,
        account: User,
        (stamp, read): (Stamp, Instant),
        now: Seconds,
    ) -> Arc<Principal> {
        let AccessToken { id, narrowing, expires_at, last_used_at, .. } = token;
        let narrowing = (!narrowing.is_whole()).then(|| Arc::new(narrowing));
        let principal =
            Principal { is_admin: account.is_admin, narrowing, ..Principal::new(account.name, Proof::AccessToken) };
        let principal = Arc::new(principal);
        let before = self.good.get(&digest).map(|good| good.sighting);
        let sighting = Arc::new(Sighting::new(id, last_used_at.unwrap_or_default(), before.as_deref()));
        self.sightings.note(&sighting, now);
        self.good.insert(digest, Good { principal: Arc::clone(&principal), stamp, read, until: expires_at, sighting });
        principal
    }

    /// The token as it is kept, if `text` is it.
    async fn read(&self, text: &TokenText) -> Result<AccessToken, AuthenticationError> {
        let found = self.tokens.token(text.prefix()).await.map_err(unavailable)?;
        let token = found.ok_or_else(|| refuse(text.prefix(), "it is not known"))?;
        match text.fits(&token.hash) {
            true => Ok(token),
            false => Err(refuse(text.prefix(), "its secret is wrong").into()),
        }
    }
}

/// The caller learns nothing of the reason.
fn refuse(which: &str, why: &str) -> Rejection {
    tracing::info!(which, "an access token was refused: {why}");
    Rejection::InvalidToken
}

fn unavailable(error: StoreError) -> AuthenticationError {
    Unavailable::new("the store of access tokens", error).into()
}
