//! The store.

use crate::accounts;
use crate::error::{PostgresError, Result};
use crate::feed;
use crate::marks::Marks;
use crate::migrations;
use crate::pool::Pool;
use crate::queries::Queries;
use crate::replica::{self, Replica};
use crate::schema::Schema;
use crate::session::Session;
use crate::settings::PostgresSettings;
use crate::watch::{Looker, Watch};
use crate::work::{self, Frame, Work};
use crate::write::Write;
use async_trait::async_trait;
use mlflow_auth_core::store::{ChangeFeed, Changes, NewUser, Revision, StoreError, User, UserStore, UserUpdate};
use mlflow_auth_core::{PasswordHash, RuleLimits, Username};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// Accounts, identities, sessions, access tokens, groups, roles and grants in a schema of a PostgreSQL database.
///
/// Any number of processes may use the same schema at once; each sees what the others changed within tens of milliseconds.
/// A write goes on to its end even if its caller no longer waits. Nothing takes longer than
/// [`PostgresSettings::operation_timeout`].
pub struct PostgresStore {
    inner: Arc<Inner>,
    watch: Watch,
}

/// How much longer a list of changes may take for each of them.
const LONGER_PER_CHANGE: Duration = Duration::from_millis(5);

/// What goes along with work that nobody waits for any more.
struct Inner {
    pool: Arc<Pool>,
    replica: Option<Replica>,
    frame: Arc<Frame>,
    marks: Arc<Marks>,
    settings: Arc<PostgresSettings>,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the schema, which is made if it is not there and brought to the newest version if it is older. To be called
    /// inside a tokio runtime.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the server cannot be reached, proves to be another one, lets us not in, or does not
    /// answer in time. [`StoreError::Failed`] if the settings are not valid, the schema is that of another program or of a
    /// newer version, or the database does not hold UTF-8. The source says which.
    pub async fn open(settings: PostgresSettings) -> Result<Self, StoreError> {
        let limit = settings.open_timeout;
        let opened = timeout(limit, Self::open_now(Arc::new(settings))).await;
        Ok(opened.unwrap_or_else(|_| Err(PostgresError::TimedOut(limit)))?)
    }

    async fn open_now(settings: Arc<PostgresSettings>) -> Result<Self> {
        let schema = Schema::new(&settings.schema)?;
        settings.warn_of_risks();
        let queries = Arc::new(Queries::of(&schema));
        let frame = Arc::new(Frame::new(&settings, &schema));
        let pool = |address, patience| Pool::new(settings.clone(), address, queries.clone(), patience);
        let replica = match &settings.replica {
            Some(address) => Some(Replica::new(pool(address.clone(), replica::PATIENCE).await?)),
            None => None,
        };
        let pool = Arc::new(pool(settings.address.clone(), settings.acquire_timeout).await?);
        migrations::run(pool.session().await?, &settings).await?;
        let marks = Arc::new(Marks::default());
        let looker = Looker {
            pool: pool.clone(),
            frame: frame.clone(),
            marks: marks.clone(),
            settings: settings.clone(),
            schema,
        };
        let inner = Inner { pool, replica, frame, marks, settings };
        Ok(Self { inner: Arc::new(inner), watch: Watch::start(looker) })
    }

    pub(crate) fn rules(&self) -> RuleLimits {
        self.inner.settings.rules
    }

    /// Reads with one statement.
    pub(crate) async fn read<A, T>(&self, about: A, work: Work<Session, A, T>) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let inner = self.inner.clone();
        let read = async move { work::read(&inner.pool, &inner.frame, &about, work).await };
        work::apart(self.inner.settings.operation_timeout, read).await
    }

    /// Reads with one statement, on the replica if that is as good.
    pub(crate) async fn read_anywhere<A, T>(&self, about: A, work: Work<Session, A, T>) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let Some(_) = self.inner.replica else { return self.read(about, work).await };
        let inner = self.inner.clone();
        let read = async move {
            if let Some(replica) = &inner.replica
                && let Some(outcome) = replica.read(&inner.frame, &inner.marks, &about, work).await
            {
                return outcome;
            }
            work::read(&inner.pool, &inner.frame, &about, work).await
        };
        work::apart(self.inner.settings.operation_timeout, read).await
    }

    /// Reads one state with several statements, all of which, and each of which, may take as long as `limit`.
    pub(crate) async fn read_whole<T>(&self, limit: Duration, work: Work<Session, (), T>) -> Result<T, StoreError>
    where
        T: Send + 'static,
    {
        let inner = self.inner.clone();
        let read = async move {
            let mut session = work::begin_snapshot(&inner.pool, &inner.frame).await?;
            // Nobody waits for what this holds, so that it may take its time between statements too.
            session.allow(&["statement_timeout", "idle_in_transaction_session_timeout"], limit).await?;
            let value = work(&mut session, &()).await?;
            work::end_snapshot(session).await;
            Ok(value)
        };
        work::apart(limit, read).await
    }

    /// Runs one statement that writes and that the feed does not tell of.
    pub(crate) async fn touch<A, T>(&self, about: A, work: Work<Session, A, T>) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let inner = self.inner.clone();
        let touch = async move { work::touch(&inner.pool, &inner.frame, &about, work).await };
        work::apart(self.inner.settings.operation_timeout, touch).await
    }

    /// Writes, tells the feed in the same transaction, and wakes who waits for it.
    pub(crate) async fn write<A, T>(&self, about: A, work: Work<Write, A, T>) -> Result<(T, Revision), StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.write_within(self.inner.settings.operation_timeout, about, work).await
    }

    /// How long a list of so many changes may take.
    pub(crate) fn limit_of(&self, changes: usize) -> Duration {
        let more = LONGER_PER_CHANGE.saturating_mul(u32::try_from(changes).unwrap_or(u32::MAX));
        self.inner.settings.operation_timeout.saturating_add(more)
    }

    /// Writes, for as long as `limit`.
    pub(crate) async fn write_within<A, T>(
        &self,
        limit: Duration,
        about: A,
        work: Work<Write, A, T>,
    ) -> Result<(T, Revision), StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let inner = self.inner.clone();
        let ticks = self.watch.ticks();
        let write = async move {
            let asked = Instant::now();
            let (value, point) = work::write(&inner.pool, &inner.frame, &about, work).await?;
            inner.marks.saw(asked, point);
            ticks.send_replace(());
            Ok((value, point.revision))
        };
        work::apart(limit, write).await
    }

    /// What was committed after a revision, if anything.
    async fn since(&self, after: Revision) -> Result<Option<Changes>, StoreError> {
        let asked = Instant::now();
        let since = self.read(after, |session, after| Box::pin(feed::since(session, *after))).await?;
        Ok(self.inner.marks.judge(asked, after, since))
    }
}

#[async_trait]
impl ChangeFeed for PostgresStore {
    async fn revision(&self) -> Result<Revision, StoreError> {
        let asked = Instant::now();
        let now = self.read((), |session, ()| Box::pin(feed::now(session))).await?;
        self.inner.marks.saw(asked, now);
        Ok(now.revision)
    }

    async fn changes(&self, after: Revision, patience: Duration) -> Result<Changes, StoreError> {
        let began = Instant::now();
        let mut ticks = self.watch.subscribe();
        if let Some(changes) = self.since(after).await? {
            return Ok(changes);
        }
        let _looking = (!patience.is_zero()).then(|| self.watch.look_at_others());
        loop {
            let left = patience.saturating_sub(began.elapsed());
            if !matches!(timeout(left, ticks.changed()).await, Ok(Ok(()))) {
                return Ok(Changes { revision: after, events: Vec::new() });
            }
            if let Some(changes) = self.since(after).await? {
                return Ok(changes);
            }
        }
    }
}

#[async_trait]
impl UserStore for PostgresStore {
    async fn user(&self, name: &Username) -> Result<Option<User>, StoreError> {
        Ok(self.credentials(name).await?.map(|(user, _)| user))
    }

    async fn credentials(&self, name: &Username) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        self.read(name.clone(), |session, name| Box::pin(accounts::find(session, name))).await
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.read_anywhere((), |session, ()| Box::pin(accounts::all(session))).await
    }

    async fn create_user(&self, user: NewUser) -> Result<User, StoreError> {
        Ok(self.write(user, |write, user| Box::pin(accounts::create(write, user))).await?.0)
    }

    async fn update_user(&self, name: &Username, update: UserUpdate) -> Result<(), StoreError> {
        let about = (name.clone(), update);
        self.write(about, |write, (name, update)| Box::pin(accounts::update(write, name, update))).await.map(|_| ())
    }

    async fn delete_user(&self, name: &Username) -> Result<(), StoreError> {
        self.write(name.clone(), |write, name| Box::pin(accounts::delete(write, name))).await.map(|_| ())
    }
}
