//! Signing in with an access token that this project issued.

mod check;
mod format;
mod issue;
mod settings;
mod sightings;

pub use format::{TokenText, is_token};
pub use issue::{IssueError, TokenLimits, TokenOrder, issue_token};
pub use settings::AccessTokenSettings;

use super::{AuthenticationError, Authenticator, Rejection, basic, bearer};
use crate::store::{Freshness, TokenStore, UserStore};
use crate::vocabulary::{Principal, Username};
use async_trait::async_trait;
use check::{Checker, Claim};
use format::LENGTH;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use std::sync::Arc;

/// Signs in with an access token: as the password of `Authorization: Basic`, beside the name of its owner, or as
/// `Authorization: Bearer`, where the token alone says whose it is. MLflow's client sends the first for
/// `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`, the second for `MLFLOW_TRACKING_TOKEN`.
///
/// * **What a request costs.** A good token is remembered, as a digest with a random key of this process, for
///   [`AccessTokenSettings::remember`]: then a request costs that digest and a look into a table, and no statement. That
///   the token ended, or anything of its owner's account changed, ends it as soon as the [`Freshness`] hears of it.
/// * **What is refused**: a token that is not known, has a wrong secret, has expired, is not of the user who is named, or
///   whose owner has no active account. The caller is not told which. Bad tokens are not remembered, and need no limit:
///   nobody guesses 256 bits.
/// * **Put it before whoever checks passwords.** What does not look like a token to the letter (see [`TokenText`]) is left
///   to the next authenticator, so that a password may begin like one. What looks like a token is never a password:
///   whether it is known or not, nobody else is asked. So a token that was revoked is not handed to a directory, costs no
///   hash, and does not count as guesses at its owner's password.
/// * **When a token was last used** is written down in the background, at most once a minute.
///
/// An admin's token is an admin's where the account says so, and not what groups of another proof would say. It needs a
/// Tokio runtime.
#[derive(Clone)]
pub struct AccessTokenAuthenticator {
    checker: Arc<Checker>,
}

/// What a request says, after a look into the memory.
enum Presented {
    Nothing,
    Known(Arc<Principal>),
    Claimed(Claim),
}

impl AccessTokenAuthenticator {
    /// Asks `tokens`, and `users` for their owners. `freshness` must hear of changes of both: share it with the
    /// [`Cached`](crate::store::Cached) around that store, or let it [follow](Freshness::follow) the store's feed.
    pub fn new(
        tokens: Arc<dyn TokenStore>,
        users: Arc<dyn UserStore>,
        freshness: Arc<Freshness>,
        settings: AccessTokenSettings,
    ) -> Self {
        Self { checker: Arc::new(Checker::new(tokens, users, freshness, settings)) }
    }

    fn present(&self, headers: &HeaderMap) -> Result<Presented, AuthenticationError> {
        // Most credentials are too short for it, and need not be taken apart.
        if headers.get(AUTHORIZATION).is_none_or(|value| value.len() < LENGTH) {
            return Ok(Presented::Nothing);
        }
        if let Some(text) = bearer::token(headers)? {
            return self.presented(None, text);
        }
        let basic = basic::read(headers, |user, password| Some(self.presented(Some(user), password)));
        basic.map_err(|_| Rejection::Malformed)?.unwrap_or(Ok(Presented::Nothing))
    }

    fn presented(&self, user: Option<&str>, text: &str) -> Result<Presented, AuthenticationError> {
        if !is_token(text) {
            return Ok(Presented::Nothing);
        }
        let digest = self.checker.digest(text)?;
        if let Some(known) = self.checker.look(&digest, user) {
            return Ok(Presented::Known(known?));
        }
        let user = user.map(Username::new).transpose().map_err(|_| Rejection::Malformed)?;
        let text = TokenText::read(text).ok_or(Rejection::Malformed)?;
        Ok(Presented::Claimed(Claim { text, digest, user }))
    }
}

#[async_trait]
impl Authenticator for AccessTokenAuthenticator {
    async fn authenticate(
        &self,
        request: &http::request::Parts,
    ) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        match self.present(&request.headers)? {
            Presented::Nothing => Ok(None),
            Presented::Known(principal) => Ok(Some(principal)),
            // Apart, so that the future of a caller who is remembered stays small.
            Presented::Claimed(claim) => Box::pin(self.checker.check(claim)).await.map(Some),
        }
    }
}
