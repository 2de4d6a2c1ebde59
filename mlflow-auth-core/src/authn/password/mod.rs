//! Signing in with a password of our own store.

pub(super) mod attempts;
mod check;
mod decoys;
#[cfg(feature = "htpasswd")]
mod filed;
pub(super) mod flights;
mod pool;
mod remembered;
mod settings;
mod stored;
#[cfg(not(feature = "htpasswd"))]
mod unfiled;

pub use settings::PasswordSettings;

use super::basic;
use super::digest::Digest;
#[cfg(feature = "htpasswd")]
use super::htpasswd::Htpasswd;
use super::{AuthenticationError, Authenticator, Rejection};
use crate::hash::{HashError, LONGEST_PASSWORD, PasswordHash};
use crate::store::{AttemptStore, Freshness, Topic, UserStore};
use crate::vocabulary::{Principal, Secret, Unavailable, Username};
use async_trait::async_trait;
use check::{Checker, Claim};
use flights::Flights;
use remembered::Seen;
use std::error::Error;
use std::sync::Arc;

/// Signs in with a name and a password, by `Authorization: Basic`, against a [`UserStore`].
///
/// * **What a request costs.** A credential that was found right is remembered, as a digest with a random key of this
///   process, for [`PasswordSettings::remember`]: then a request costs that digest and a look into a table, no hash and
///   no statement. A change of the password, the account or its admin flag ends that as soon as the [`Freshness`] hears
///   of it; one read then tells whether the stored hash is still the same, and only another one is hashed again.
/// * **First requests.** Those with the same credential at the same time cost one hash together, whoever of them goes
///   away. Hashes are computed on blocking threads, [`PasswordSettings::parallel_hashes`] at once, and a bounded number
///   waits; beyond, and when the store does not answer, the error is [`AuthenticationError::Unavailable`].
/// * **Who does not exist**, or has no password or one that cannot be read, costs the same hash as a wrong password, of
///   a kind that is in use. Until the first account was asked for, that is argon2id.
/// * **Old hashes** (those of MLflow, see [`PasswordHash::needs_rehash`]) are replaced by a log-in. If that fails it is
///   logged, and the log-in is good.
/// * **Guessing** slows an account down: [`PasswordSettings::free_attempts`].
/// * **Accounts that are not active** are refused as if the password were wrong, from the moment the [`Freshness`] hears
///   of it.
/// * **`password1234`**, which MLflow shipped until 3.16, is never accepted for an admin.
///
/// It needs a Tokio runtime.
#[derive(Clone)]
pub struct PasswordAuthenticator {
    checker: Arc<Checker>,
    flights: Arc<Flights<Digest, Outcome>>,
}

/// An outcome that several callers share.
#[derive(Clone)]
enum Outcome {
    Admitted(Arc<Principal>),
    Rejected(Rejection),
    Unavailable(&'static str, Arc<dyn Error + Send + Sync>),
}

/// What a request says, after a look into the memory.
enum Presented {
    Known(Arc<Principal>),
    Claimed(Claim),
}

impl PasswordAuthenticator {
    /// Asks `users`. `freshness` must hear of its changes: share it with the [`Cached`](crate::store::Cached) around
    /// that store, or let it [follow](Freshness::follow) the store's feed.
    pub fn new(users: Arc<dyn UserStore>, freshness: Arc<Freshness>, settings: PasswordSettings) -> Self {
        Self::of(Checker::new(users, freshness, &settings))
    }

    /// The same, and lets in by an htpasswd file who has no password in `users`.
    ///
    /// * **Whose password.** Somebody who has a password in the store is judged by that one alone, and the line of the
    ///   file is ignored, which is logged; everybody else by the file. So a line of the file takes over no account that
    ///   has a password. One that has none, of somebody who signs in elsewhere, can be used with the password of the
    ///   file: whoever writes the file decides over it.
    /// * **Nobody can tell** who is in the store, who in the file and who in neither: the answers are the same, and who
    ///   does not exist costs a hash of a kind that is in use in either.
    /// * **Who has no account** is refused, let in or given one: [`HtpasswdSettings::unknown_users`](crate::HtpasswdSettings).
    ///   An account that is not active is refused.
    #[cfg(feature = "htpasswd")]
    pub fn with_htpasswd(
        users: Arc<dyn UserStore>,
        freshness: Arc<Freshness>,
        settings: PasswordSettings,
        file: Htpasswd,
    ) -> Self {
        Self::of(Checker::new(users, freshness, &settings).with_file(file))
    }

    /// Counts failed log-ins in a store as well, so that who guesses is slowed down by every server that shares it. To be
    /// called once.
    #[must_use]
    pub fn counting_in(self, store: Arc<dyn AttemptStore>) -> Self {
        self.checker.attempts.counting_in(store);
        self
    }

    fn of(checker: Checker) -> Self {
        Self { checker: Arc::new(checker), flights: Arc::new(Flights::new()) }
    }

    /// Who `user` is, if `password` is theirs; for a form, or to ask for the current password before it is changed. It
    /// remembers and counts as a request does.
    ///
    /// # Errors
    /// [`Rejection::TooManyAttempts`] if the account has to wait, [`AuthenticationError::Unavailable`] if nobody can
    /// tell now.
    pub async fn verify(
        &self,
        user: &Username,
        password: &Secret,
    ) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        if password.expose().len() > LONGEST_PASSWORD {
            return Ok(None);
        }
        match self.ask(Claim::new(&self.checker, user.clone(), password.clone())?).await {
            Ok(principal) => Ok(Some(principal)),
            Err(AuthenticationError::Rejected(Rejection::WrongPassword)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// [`PasswordHash::new`] for async code: on a blocking thread, within the same bounds as the checks.
    ///
    /// # Errors
    /// Those of [`PasswordHash::new`], and [`HashError::Unavailable`] if too many wait.
    pub async fn hash(&self, password: &Secret) -> Result<PasswordHash, HashError> {
        let password = password.clone();
        self.checker.pool().enter().await?.run(move || PasswordHash::new(&password)).await?
    }

    /// How many times a password was hashed or compared by hashing since this was made. For metrics.
    pub fn hashes(&self) -> u64 {
        self.checker.pool().jobs()
    }

    fn present(&self, user: &str, password: &str) -> Option<Result<Presented, Unavailable>> {
        let digest = match self.checker.memory().digester() {
            Ok(digester) => digester.credential(user, password),
            Err(error) => return Some(Err(error)),
        };
        if let Seen::Current(principal) = self.checker.look(&digest) {
            return Some(Ok(Presented::Known(principal)));
        }
        let user = Username::new(user).ok()?;
        Some(Ok(Presented::Claimed(Claim { user, password: Secret::new(password), digest })))
    }

    async fn ask(&self, claim: Claim) -> Result<Arc<Principal>, AuthenticationError> {
        if let Seen::Current(principal) = self.checker.look(&claim.digest) {
            return Ok(principal);
        }
        let (digest, freshness) = (claim.digest, self.checker.freshness());
        let stamp = freshness.stamp(Topic::User(&claim.user));
        let checker = Arc::clone(&self.checker);
        let work = || async move { Outcome::from(checker.check(&claim).await) };
        let outcome = self.flights.join(digest, stamp, |begun| freshness.is_current(begun), work).await;
        outcome.map_or_else(|| Err(Unavailable::new("the check of passwords", "it was broken off").into()), Into::into)
    }
}

#[async_trait]
impl Authenticator for PasswordAuthenticator {
    async fn authenticate(
        &self,
        request: &http::request::Parts,
    ) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let presented = basic::read(&request.headers, |user, password| self.present(user, password));
        match presented.map_err(|_| Rejection::Malformed)?.transpose()? {
            None => Ok(None),
            Some(Presented::Known(principal)) => Ok(Some(principal)),
            // Apart, so that the future of a caller who is remembered stays small.
            Some(Presented::Claimed(claim)) => Box::pin(self.ask(claim)).await.map(Some),
        }
    }
}

impl From<Result<Arc<Principal>, AuthenticationError>> for Outcome {
    fn from(result: Result<Arc<Principal>, AuthenticationError>) -> Self {
        match result {
            Ok(principal) => Self::Admitted(principal),
            Err(AuthenticationError::Rejected(rejection)) => Self::Rejected(rejection),
            Err(AuthenticationError::Unavailable(error)) => Self::Unavailable(error.what, error.source.into()),
        }
    }
}

impl From<Outcome> for Result<Arc<Principal>, AuthenticationError> {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Admitted(principal) => Ok(principal),
            Outcome::Rejected(rejection) => Err(rejection.into()),
            Outcome::Unavailable(what, source) => Err(Unavailable::new(what, source).into()),
        }
    }
}

#[cfg(test)]
mod tests;
