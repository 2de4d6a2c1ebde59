//! The store of browser sessions.

use super::tokens::check_text;
use super::{ChangeFeed, Seconds, StoreError};
use crate::vocabulary::{Subject, Username};
use async_trait::async_trait;
use std::fmt;

/// What stands for the secret of a cookie, or of a sign-in: its SHA-256. The secret itself is random and long, so that
/// nobody finds it from this.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// The digest with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(..)")
    }
}

/// A session.
#[derive(Clone)]
pub struct Session {
    /// Its number in the store, never used again for another.
    pub id: i64,
    /// Whose it is.
    pub user: Username,
    /// Which provider signed them in, by the name the configuration gives it.
    pub provider: String,
    /// When it was opened.
    pub created_at: Seconds,
    /// When it was last used, to the minute or so.
    pub seen_at: Seconds,
    /// From when on it is worth nothing, however much it is used.
    pub expires_at: Seconds,
    /// From when on the provider must be asked again whether its owner is still welcome; none if it need not.
    pub renew_at: Option<Seconds>,
    /// What is kept for asking the provider, encrypted; the store cannot read it.
    pub sealed: Option<Vec<u8>>,
}

/// A session to be opened.
#[derive(Clone)]
pub struct NewSession {
    /// What stands for its secret.
    pub digest: SecretDigest,
    /// Whose it is. The account must exist and be active, and must not be a service's.
    pub user: Username,
    /// Which provider signed them in: 1 to 255 bytes.
    pub provider: String,
    /// Now.
    pub created_at: Seconds,
    /// From when on it is worth nothing.
    pub expires_at: Seconds,
    /// From when on the provider must be asked again.
    pub renew_at: Option<Seconds>,
    /// What is kept for asking it.
    pub sealed: Option<Vec<u8>>,
    /// The session that this browser had before, which ends with it; it may be gone.
    pub replaces: Option<SecretDigest>,
}

impl NewSession {
    /// Refuses what no store may keep. Every store calls it first.
    ///
    /// # Errors
    /// [`StoreError::Invalid`]
    pub fn check(&self) -> Result<(), StoreError> {
        check_text("the provider of a session", &self.provider, 255)
    }
}

/// How errors name a session, such as ``session 7 of user `bob` ``.
pub fn session_number(user: &Username, id: i64) -> String {
    format!("session {id} of {}", Subject::User(user.clone()))
}

/// What the provider said when it was asked again.
#[derive(Clone)]
pub struct Renewal {
    /// When to ask again.
    pub renew_at: Option<Seconds>,
    /// What is kept for asking.
    pub sealed: Option<Vec<u8>>,
}

/// Keeps sessions, and what may be used once.
///
/// # Contract
///
/// * Numbers are never used again.
/// * Whatever ends an account, makes it inactive, or gives it another password, ends its sessions in the same
///   transaction ([`UserUpdate::ends_sessions`](super::UserUpdate::ends_sessions)).
/// * A session that has expired may be told until [`SessionStore::forget_expired`]; who asks looks at the time.
/// * Every write is told in the feed as [`Event::User`](super::Event::User) of the owner, but for
///   [`SessionStore::saw_session`], [`SessionStore::lease_renewal`], [`SessionStore::spend`] and
///   [`SessionStore::forget_expired`].
#[async_trait]
pub trait SessionStore: ChangeFeed {
    /// The session whose secret has this digest, if there is one.
    async fn session(&self, digest: &SecretDigest) -> Result<Option<Session>, StoreError>;

    /// All sessions of a user, oldest first.
    async fn sessions_of(&self, user: &Username) -> Result<Vec<Session>, StoreError>;

    /// Opens a session, and ends the one it replaces, whoever owns that: who has its secret may end it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such active account of a person, [`StoreError::AlreadyExists`] if the
    /// digest is taken, [`StoreError::Invalid`] if it cannot be kept.
    async fn open_session(&self, session: NewSession) -> Result<Session, StoreError>;

    /// Notes that a session was used; never puts the time back. It may be gone.
    async fn saw_session(&self, id: i64, at: Seconds) -> Result<(), StoreError>;

    /// Lets the caller, and nobody else before `until`, ask the provider about a session. Says what is kept of it now;
    /// none if somebody else asks, or it is gone.
    async fn lease_renewal(&self, id: i64, now: Seconds, until: Seconds) -> Result<Option<Session>, StoreError>;

    /// Keeps what the provider said, and ends the lease.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the session is gone.
    async fn renew_session(&self, id: i64, renewal: Renewal) -> Result<(), StoreError>;

    /// Ends a session of a user.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if this user has no such session.
    async fn end_session(&self, user: &Username, id: i64) -> Result<(), StoreError>;

    /// Ends all sessions of a user, and says how many there were.
    async fn end_sessions(&self, user: &Username) -> Result<usize, StoreError>;

    /// Notes that something that may be used once is used, until it would be refused anyway. `false` if it was before.
    async fn spend(&self, what: &SecretDigest, until: Seconds) -> Result<bool, StoreError>;

    /// Forgets sessions that have expired by `now`, those last used before `idle_since`, and what was spent until then;
    /// says how many sessions.
    async fn forget_expired(&self, now: Seconds, idle_since: Seconds) -> Result<usize, StoreError>;
}
