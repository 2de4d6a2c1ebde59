//! Tokens, sessions, identities and failed attempts pass through: whoever checks a secret remembers what they found, by a key that this
//! cache does not know.

use super::Cached;
use crate::store::{
    AccessToken, Arrival, Arrived, AttemptStore, BoundIdentity, FailedAttempts, IdentityKey, IdentityStore, NewSession,
    NewToken, Renewal, Seconds, SecretDigest, Session, SessionStore, StoreError, TokenStore, User,
};
use crate::vocabulary::Username;
use async_trait::async_trait;

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: TokenStore> TokenStore for Cached<S> {
    async fn token(&self, prefix: &str) -> Result<Option<AccessToken>, StoreError> {
        self.inner.token(prefix).await
    }

    async fn tokens_of(&self, user: &Username) -> Result<Vec<AccessToken>, StoreError> {
        self.inner.tokens_of(user).await
    }

    async fn create_token(&self, token: NewToken) -> Result<AccessToken, StoreError> {
        self.written(self.inner.create_token(token).await).await
    }

    async fn delete_token(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        self.written(self.inner.delete_token(user, id).await).await
    }

    async fn delete_tokens(&self, user: &Username) -> Result<usize, StoreError> {
        self.written(self.inner.delete_tokens(user).await).await
    }

    async fn saw_token(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        self.inner.saw_token(id, at).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: SessionStore> SessionStore for Cached<S> {
    async fn session(&self, digest: &SecretDigest) -> Result<Option<Session>, StoreError> {
        self.inner.session(digest).await
    }

    async fn sessions_of(&self, user: &Username) -> Result<Vec<Session>, StoreError> {
        self.inner.sessions_of(user).await
    }

    async fn open_session(&self, session: NewSession) -> Result<Session, StoreError> {
        self.written(self.inner.open_session(session).await).await
    }

    async fn saw_session(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        self.inner.saw_session(id, at).await
    }

    async fn lease_renewal(&self, id: i64, now: Seconds, until: Seconds) -> Result<Option<Session>, StoreError> {
        self.inner.lease_renewal(id, now, until).await
    }

    async fn renew_session(&self, id: i64, renewal: Renewal) -> Result<(), StoreError> {
        self.written(self.inner.renew_session(id, renewal).await).await
    }

    async fn end_session(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        self.written(self.inner.end_session(user, id).await).await
    }

    async fn end_sessions(&self, user: &Username) -> Result<usize, StoreError> {
        self.written(self.inner.end_sessions(user).await).await
    }

    async fn spend(&self, what: &SecretDigest, until: Seconds) -> Result<bool, StoreError> {
        self.inner.spend(what, until).await
    }

    async fn forget_expired(&self, now: Seconds, idle_since: Seconds) -> Result<usize, StoreError> {
        self.inner.forget_expired(now, idle_since).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: IdentityStore> IdentityStore for Cached<S> {
    async fn bound(&self, key: &IdentityKey) -> Result<Option<User>, StoreError> {
        self.inner.bound(key).await
    }

    async fn identities_of(&self, user: &Username) -> Result<Vec<BoundIdentity>, StoreError> {
        self.inner.identities_of(user).await
    }

    async fn arrive(&self, arrival: Arrival) -> Result<Arrived, StoreError> {
        self.written(self.inner.arrive(arrival).await).await
    }

    async fn unbind(&self, user: &Username, key: &IdentityKey) -> Result<(), StoreError> {
        self.written(self.inner.unbind(user, key).await).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: AttemptStore> AttemptStore for Cached<S> {
    async fn failed_attempts(&self, user: &Username) -> Result<Option<FailedAttempts>, StoreError> {
        self.inner.failed_attempts(user).await
    }

    async fn count_failed_attempt(
        &self,
        user: &Username,
        at: Seconds,
        forget_before: Seconds,
    ) -> Result<(), StoreError> {
        self.inner.count_failed_attempt(user, at, forget_before).await
    }

    async fn forget_failed_attempts(&self, user: &Username) -> Result<(), StoreError> {
        self.inner.forget_failed_attempts(user).await
    }
}
