//! The sessions of this server, and what is remembered of them.

use super::{DIRECTORY, NewSecret, Renewed, SessionDirectory, SessionRenewal, Standing, cookies, secret};
use crate::authn::{AuthenticationError, Rejection};
use crate::store::now;
use crate::store::{
    Freshness, NewSession, Seconds, SecretDigest, Session, SessionStore, Stamp, StoreError, Topic, UserStore,
};
use crate::vocabulary::{Principal, Proof, Unavailable, Username};
use http::HeaderMap;
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How sessions are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSettings {
    /// The name of their cookie.
    pub cookie: String,
    /// After how long without a request a session is over.
    pub idle: Duration,
    /// How many are remembered.
    pub remembered: usize,
}

/// Opens sessions, ends them, and knows whose they are.
///
/// * **What a request costs.** A session that was looked at is remembered by the digest of its secret: then a request costs
///   that digest (SHA-256) and a look into a table, no statement. Whatever changes the account, or ends the session, is
///   noticed as soon as the [`Freshness`] hears of it. What is no session is not remembered.
/// * **Both ends** are looked at with every request: that of the session, and the time without a request. When a session
///   was used is written once a minute, behind the request, so that several servers agree about it.
/// * **Asking again.** When the time has come one request asks whoever signed the user in ([`SessionRenewal`]) and waits;
///   others go on meanwhile. If they do not answer the session goes on until its end, and they are asked again a minute later.
/// * **A directory** ([`SessionDirectory`]) is asked about the owners of the sessions that it opened before what it said
///   last is old. Who would not be let in any more has no session; while it does not answer, nobody has.
///
/// It needs a Tokio runtime.
pub struct Sessions {
    shared: Arc<Shared>,
    live: Cache<SecretDigest, Arc<Live>>,
}

#[derive(Clone)]
struct Shared {
    store: Arc<dyn SessionStore>,
    users: Arc<dyn UserStore>,
    freshness: Arc<Freshness>,
    settings: SessionSettings,
    renewal: Option<Arc<dyn SessionRenewal>>,
    directory: Option<Arc<dyn SessionDirectory>>,
}

/// A session that was looked at.
struct Live {
    id: i64,
    principal: Arc<Principal>,
    /// Taken before it was read.
    stamp: Stamp,
    expires_at: Seconds,
    renew_at: Option<Seconds>,
    /// How long what a directory said of its owner holds.
    until: Option<Instant>,
    seen: AtomicU64,
    /// When the store was told last that it was seen.
    told: AtomicU64,
}

/// A session to be opened.
#[derive(Clone)]
pub struct OpenedSession {
    /// Whose it is.
    pub user: Username,
    /// Which provider signed them in.
    pub provider: String,
    /// How long it lasts at most, in seconds.
    pub lifetime: u64,
    /// After how many seconds the provider is asked again.
    pub renew_after: Option<u64>,
    /// What is kept for that.
    pub sealed: Option<Vec<u8>>,
}

/// How often the store is told that a session was used, and how long after an outage a provider is asked again.
const MINUTE: u64 = 60;
/// How soon those look again who found that somebody else asks the provider.
const SOON: u64 = 2;

impl Sessions {
    /// Keeps sessions in `store`, of accounts in `users`. `freshness` must hear of the changes of both.
    pub fn new(
        store: Arc<dyn SessionStore>,
        users: Arc<dyn UserStore>,
        freshness: Arc<Freshness>,
        settings: SessionSettings,
        renewal: Option<Arc<dyn SessionRenewal>>,
    ) -> Self {
        let live = Cache::new(settings.remembered);
        Self { shared: Arc::new(Shared { store, users, freshness, settings, renewal, directory: None }), live }
    }

    /// The same, with the sessions that `directory` opened. Without one these are over.
    pub fn with_directory(self, directory: Arc<dyn SessionDirectory>) -> Self {
        let shared = Shared { directory: Some(directory), ..Shared::clone(&self.shared) };
        Self { shared: Arc::new(shared), ..self }
    }

    /// The name of the cookie.
    pub fn cookie(&self) -> &str {
        &self.shared.settings.cookie
    }

    /// Whose session a request carries, if it carries one that is good.
    ///
    /// # Errors
    /// [`Rejection::Malformed`] for two cookies of the name, [`Unavailable`] if the store does not answer.
    pub async fn who(&self, headers: &HeaderMap) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let Some(digest) = self.presented(headers)? else { return Ok(None) };
        let now = now();
        if let Some(live) = self.live.get(&digest)
            && self.shared.is_current(&live, now)
        {
            self.shared.saw(&live, now);
            return Ok(Some(Arc::clone(&live.principal)));
        }
        // Apart, so that the future of a session that is remembered stays small.
        Ok(Box::pin(self.look(digest, now)).await?)
    }

    /// The session that a request carries, as the store has it, if it is good.
    ///
    /// # Errors
    /// As [`Self::who`].
    pub async fn session(&self, headers: &HeaderMap) -> Result<Option<Session>, AuthenticationError> {
        let Some(digest) = self.presented(headers)? else { return Ok(None) };
        let found = self.shared.store.session(&digest).await.map_err(unavailable)?;
        Ok(found.filter(|session| self.shared.lasts(session, now())))
    }

    /// Opens a session in the place of the one that the browser had, if it had one.
    ///
    /// # Errors
    /// Those of [`SessionStore::open_session`].
    pub async fn open(&self, session: OpenedSession, headers: &HeaderMap) -> Result<NewSecret, StoreError> {
        let secret = NewSecret::generate().map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let now = now();
        let replaces = self.presented(headers).ok().flatten();
        let opened = self.shared.store.open_session(NewSession {
            digest: secret.digest(),
            user: session.user,
            provider: session.provider,
            created_at: now,
            expires_at: now.saturating_add(session.lifetime),
            renew_at: session.renew_after.map(|after| now.saturating_add(after)),
            sealed: session.sealed,
            replaces,
        });
        opened.await?;
        Ok(secret)
    }

    /// Ends the session that a request carries, and says which it was.
    ///
    /// # Errors
    /// As [`Self::who`]; then it may go on.
    pub async fn end(&self, headers: &HeaderMap) -> Result<Option<Session>, AuthenticationError> {
        let Some(session) = self.session(headers).await? else { return Ok(None) };
        match self.shared.store.end_session(&session.user, session.id).await {
            // Somebody else was faster.
            Ok(()) | Err(StoreError::NotFound(_)) => Ok(Some(session)),
            Err(error) => Err(unavailable(error).into()),
        }
    }

    /// Forgets sessions that are over, in the store.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forget_expired(&self) -> Result<usize, StoreError> {
        let now = now();
        self.shared.store.forget_expired(now, now.saturating_sub(self.shared.settings.idle.as_secs())).await
    }

    fn presented(&self, headers: &HeaderMap) -> Result<Option<SecretDigest>, Rejection> {
        Ok(cookies::one(headers, &self.shared.settings.cookie)?.and_then(secret::presented))
    }

    async fn look(&self, digest: SecretDigest, now: Seconds) -> Result<Option<Arc<Principal>>, Unavailable> {
        let Some(mut live) = self.shared.read(&digest, now).await? else { return Ok(None) };
        if live.renew_at.is_some_and(|at| at <= now) {
            let next = self.shared.clone().renew(live.id, now).await?;
            // Groups, rights and the session itself may be others now.
            let Some(mut again) = self.shared.read(&digest, now).await? else { return Ok(None) };
            if let Some(next) = next {
                again.renew_at = Some(next);
            }
            live = again;
        }
        let live = Arc::new(live);
        self.shared.saw(&live, now);
        self.live.insert(digest, Arc::clone(&live));
        Ok(Some(Arc::clone(&live.principal)))
    }
}

impl Shared {
    fn is_idle(&self, seen: Seconds, now: Seconds) -> bool {
        seen.saturating_add(self.settings.idle.as_secs()) <= now
    }

    fn lasts(&self, session: &Session, now: Seconds) -> bool {
        now < session.expires_at && !self.is_idle(session.seen_at, now)
    }

    fn is_current(&self, live: &Live, now: Seconds) -> bool {
        self.freshness.is_current(live.stamp)
            && now < live.expires_at
            && live.renew_at.is_none_or(|at| now < at)
            && live.until.is_none_or(|until| Instant::now() < until)
            && !self.is_idle(live.seen.load(Relaxed), now)
    }

    /// Notes that a session was used: here at once, in the store now and then.
    fn saw(self: &Arc<Self>, live: &Arc<Live>, now: Seconds) {
        live.seen.fetch_max(now, Relaxed);
        let told = live.told.load(Relaxed);
        let often = MINUTE.min(self.settings.idle.as_secs() / 4);
        if now.saturating_sub(told) < often || live.told.compare_exchange(told, now, Relaxed, Relaxed).is_err() {
            return;
        }
        let (shared, id) = (Arc::clone(self), live.id);
        tokio::spawn(async move {
            if let Err(error) = shared.store.saw_session(id, now).await {
                tracing::warn!(%error, "it could not be noted that a session was used");
            }
        });
    }

    /// A session of the store with its owner, if both are good.
    async fn read(&self, digest: &SecretDigest, now: Seconds) -> Result<Option<Live>, Unavailable> {
        let Some(first) = self.store.session(digest).await.map_err(unavailable)? else { return Ok(None) };
        // Whose it is must be known to take the stamp, and what counts must be read after it.
        let stamp = self.freshness.stamp(Topic::User(&first.user));
        let session = self.store.session(digest).await.map_err(unavailable)?;
        let Some(session) = session.filter(|session| self.lasts(session, now)) else { return Ok(None) };
        let user = self.users.user(&session.user).await.map_err(unavailable)?;
        let Some(user) = user.filter(|user| user.is_active && !user.is_service) else { return Ok(None) };
        let mut principal = Principal { is_admin: user.is_admin, ..Principal::new(user.name, Proof::Session) };
        let mut until = None;
        if session.provider == DIRECTORY {
            let Some(standing) = self.standing(&session).await? else { return Ok(None) };
            principal.is_admin |= standing.is_admin;
            principal.groups = standing.groups;
            until = Some(standing.until);
        }
        Ok(Some(Live {
            id: session.id,
            principal: Arc::new(principal),
            stamp,
            expires_at: session.expires_at,
            renew_at: session.renew_at.filter(|_| self.renewal.is_some()),
            until,
            seen: AtomicU64::new(session.seen_at),
            told: AtomicU64::new(session.seen_at),
        }))
    }

    /// What the directory says of the owner of a session that it opened. It is over if there is nothing to say.
    async fn standing(&self, session: &Session) -> Result<Option<Standing>, Unavailable> {
        let standing = match &self.directory {
            Some(directory) => directory.standing(&session.user).await?,
            None => None,
        };
        if standing.is_none() {
            tracing::info!(user = %session.user, "a session is over: the directory does not let its owner in");
            match self.store.end_session(&session.user, session.id).await {
                Ok(()) | Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(unavailable(error)),
            }
        }
        Ok(standing)
    }

    /// Asks the provider about a session, unless somebody else does. Says when to look again, where the store does not.
    /// It is carried through though the request goes away: a provider gives new tokens once.
    async fn renew(self: Arc<Self>, id: i64, now: Seconds) -> Result<Option<Seconds>, Unavailable> {
        let task = tokio::spawn(async move { self.ask(id, now).await });
        task.await.map_err(|error| Unavailable::new("the renewal of sessions", error))?.map_err(unavailable)
    }

    async fn ask(&self, id: i64, now: Seconds) -> Result<Option<Seconds>, StoreError> {
        let Some(renewal) = &self.renewal else { return Ok(None) };
        let Some(session) = self.store.lease_renewal(id, now, now.saturating_add(MINUTE)).await? else {
            return Ok(Some(now.saturating_add(SOON)));
        };
        match renewal.renew(&session).await {
            Ok(Renewed::Goes(renewal)) => match self.store.renew_session(id, renewal).await {
                Ok(()) | Err(StoreError::NotFound(_)) => Ok(None),
                Err(error) => Err(error),
            },
            Ok(Renewed::Ends) => match self.store.end_session(&session.user, id).await {
                Ok(()) | Err(StoreError::NotFound(_)) => Ok(None),
                Err(error) => Err(error),
            },
            Err(error) => {
                tracing::warn!(user = %session.user, %error, source = ?error.source, "a session could not be renewed now");
                Ok(Some(now.saturating_add(MINUTE)))
            }
        }
    }
}

fn unavailable(error: StoreError) -> Unavailable {
    Unavailable::new("the store of sessions", error)
}
