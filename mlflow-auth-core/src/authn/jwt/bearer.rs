//! Signing in with a bearer token.

use super::verify::{claimed_issuer, now};
use super::{Claims, Identity, Issuer, TokenError, UnknownUsers};
use crate::authn::digest::{Digest, LazyDigester};
use crate::authn::{AuthenticationError, Authenticator, Rejection, bearer};
use crate::store::{Freshness, NewUser, Stamp, StoreError, Topic, User, UserStore};
use crate::vocabulary::{Principal, Proof, Unavailable};
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
/// * **Groups** are those of the token, for this request; those that the store knows count besides. Nothing is written,
///   but for an account that [`UnknownUsers::Create`] makes.
/// * **Admins** are whom the account says, and whom the token says if [`BearerSettings::trust_admin_groups`].
#[derive(Clone)]
pub struct BearerAuthenticator {
    shared: Arc<Shared>,
}

/// How bearer tokens are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BearerSettings {
    /// What becomes of somebody who has no account here.
    pub unknown_users: UnknownUsers,
    /// Whether groups of a token make admins.
    pub trust_admin_groups: bool,
    /// How long a good token is believed without looking at it again.
    pub remember: Duration,
    /// How many good tokens are remembered.
    pub remembered: usize,
}

impl Default for BearerSettings {
    /// Only those who have an account, whose admins are known here; 16,384 tokens for five minutes.
    fn default() -> Self {
        Self {
            unknown_users: UnknownUsers::Refuse,
            trust_admin_groups: false,
            remember: Duration::from_secs(300),
            remembered: 16_384,
        }
    }
}

struct Shared {
    issuers: Vec<Issuer>,
    users: Arc<dyn UserStore>,
    freshness: Arc<Freshness>,
    settings: BearerSettings,
    digester: LazyDigester,
    good: Cache<Digest, Good>,
}

/// A token that was found good.
#[derive(Clone)]
struct Good {
    principal: Arc<Principal>,
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
    issuer: usize,
    claims: Claims,
    identity: Identity,
    /// Whether the issuer is a cluster, whose programs are never admins.
    is_workload: bool,
}

impl BearerAuthenticator {
    /// Believes `issuers`, and asks `users` for accounts. `freshness` must hear of its changes.
    pub fn new(
        issuers: Vec<Issuer>,
        users: Arc<dyn UserStore>,
        freshness: Arc<Freshness>,
        settings: BearerSettings,
    ) -> Self {
        let good = Cache::new(settings.remembered);
        let shared = Shared { issuers, users, freshness, settings, digester: LazyDigester::default(), good };
        Self { shared: Arc::new(shared) }
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
            && self.is_the_same(good.asked.as_deref()).await?
        {
            return Ok(good.principal);
        }
        let (asked, until) = self.verify(token).await?;
        let identity = &asked.identity;
        let stamp = self.freshness.stamp(Topic::User(&identity.user));
        let seen = Instant::now();
        let is_workload = asked.is_workload;
        let is_admin = self.account(&asked).await? && !is_workload;
        let proof = if is_workload { Proof::Workload } else { Proof::SignedToken };
        let Identity { user, groups, .. } = identity.clone();
        let principal = Arc::new(Principal { user, groups, is_admin, proof, narrowing: None });
        let asked = self.may_change(&asked).then(|| Arc::new(asked));
        self.good.insert(digest, Good { principal: Arc::clone(&principal), stamp, seen, until, asked });
        Ok(principal)
    }

    fn is_current(&self, good: &Good) -> bool {
        self.freshness.is_current(good.stamp) && good.seen.elapsed() < self.settings.remember && now() < good.until
    }

    /// Whether a token that was found good is still about the same person in the same groups.
    async fn is_the_same(&self, asked: Option<&Asked>) -> Result<bool, AuthenticationError> {
        let Some(asked) = asked else { return Ok(true) };
        let Some(issuer) = self.issuers.get(asked.issuer) else { return Ok(false) };
        let now = issuer.identities().identify(&asked.claims).await.map_err(refused)?;
        Ok(now == asked.identity)
    }

    async fn verify(&self, token: &str) -> Result<(Asked, u64), AuthenticationError> {
        self.read(token).await.map_err(refused)
    }

    async fn read(&self, token: &str) -> Result<(Asked, u64), TokenError> {
        let (at, issuer) = self.issuer(token)?;
        let (claims, until) = issuer.read(token).await?;
        let identity = issuer.identities().identify(&claims).await?;
        let is_workload = issuer.identities().are_workloads();
        Ok((Asked { issuer: at, claims, identity, is_workload }, until))
    }

    fn may_change(&self, asked: &Asked) -> bool {
        self.issuers.get(asked.issuer).is_some_and(|issuer| issuer.identities().may_change())
    }

    fn issuer(&self, token: &str) -> Result<(usize, &Issuer), TokenError> {
        if let [only] = self.issuers.as_slice() {
            return Ok((0, only));
        }
        let claimed = claimed_issuer(token)?;
        let found = self.issuers.iter().enumerate().find(|(_, issuer)| issuer.name() == Some(claimed.as_str()));
        found.ok_or_else(|| super::InvalidToken::Issuer.into())
    }

    /// Whether the account of the identity, which may have to be made, is an admin's.
    async fn account(&self, asked: &Asked) -> Result<bool, AuthenticationError> {
        let identity = &asked.identity;
        let by_token = identity.is_admin && self.settings.trust_admin_groups;
        match self.users.user(&identity.user).await.map_err(unavailable)? {
            Some(account) => active(&account).map(|account| account.is_admin || by_token),
            None => match self.unknown_users(asked) {
                UnknownUsers::Refuse => {
                    tracing::info!(user = %identity.user, "a bearer token was refused: there is no such account");
                    Err(Rejection::InvalidToken.into())
                }
                UnknownUsers::Admit => Ok(by_token),
                UnknownUsers::Create => match self.create(asked).await? {
                    Some(account) => active(&account).map(|account| account.is_admin || by_token),
                    None => Err(Rejection::InvalidToken.into()),
                },
            },
        }
    }

    /// Nobody makes accounts for programs of a cluster by hand: the list of namespaces says which come in.
    fn unknown_users(&self, asked: &Asked) -> UnknownUsers {
        if asked.is_workload { UnknownUsers::Create } else { self.settings.unknown_users }
    }

    async fn create(&self, asked: &Asked) -> Result<Option<User>, AuthenticationError> {
        let identity = &asked.identity;
        let new = NewUser { is_service: asked.is_workload, ..NewUser::named(identity.user.clone()) };
        match self.users.create_user(new).await {
            Ok(made) => {
                tracing::info!(user = %made.name, issuer = identity.issuer, "an account was made for a bearer token");
                Ok(Some(made))
            }
            // Somebody else was faster.
            Err(StoreError::AlreadyExists(_)) => self.users.user(&identity.user).await.map_err(unavailable),
            Err(error) => Err(unavailable(error)),
        }
    }
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

/// An account that is not active signs nobody in, by whatever proof.
fn active(account: &User) -> Result<&User, AuthenticationError> {
    if account.is_active {
        return Ok(account);
    }
    tracing::info!(user = %account.name, "a bearer token was refused: the account is not active");
    Err(Rejection::InvalidToken.into())
}

fn unavailable(error: StoreError) -> AuthenticationError {
    Unavailable::new("the user store", error).into()
}
