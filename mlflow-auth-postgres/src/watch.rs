//! Who looks for changes by others.

use crate::connect;
use crate::error::Result;
use crate::feed::{self, Point};
use crate::marks::Marks;
use crate::pool::Pool;
use crate::schema::Schema;
use crate::settings::{PostgresAddress, PostgresListen, PostgresSettings};
use crate::work::{self, Frame};
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Wakes those who wait for a change: at once when this process wrote or the server says that another did, and soon, by
/// looking at the revision, when that is not heard. Nothing is done before somebody waits, and nothing is looked at while
/// nobody does.
pub(crate) struct Watch {
    ticks: watch::Sender<()>,
    waiting: watch::Sender<usize>,
    tasks: Vec<JoinHandle<()>>,
}

/// What looking takes.
pub(crate) struct Looker {
    pub(crate) pool: Arc<Pool>,
    pub(crate) frame: Arc<Frame>,
    pub(crate) marks: Arc<Marks>,
    pub(crate) settings: Arc<PostgresSettings>,
    pub(crate) schema: Schema,
}

/// What a connection that listens saves: so many looks out of this many.
const LOOKS_SAVED: u32 = 5;

/// How long to wait before listening is tried again.
const PAUSE: Duration = Duration::from_millis(500);

impl Watch {
    pub(crate) fn start(looker: Looker) -> Self {
        let (ticks, waiting) = (watch::Sender::new(()), watch::Sender::new(0));
        let (looker, listens) = (Arc::new(looker), Arc::new(AtomicBool::new(false)));
        let look = look(looker.clone(), ticks.clone(), waiting.subscribe(), listens.clone());
        let listen = listen(looker, ticks.clone(), waiting.subscribe(), listens);
        let tasks = vec![tokio::spawn(look), tokio::spawn(listen)];
        Self { ticks, waiting, tasks }
    }

    /// What to wake with when something was committed here.
    pub(crate) fn ticks(&self) -> watch::Sender<()> {
        self.ticks.clone()
    }

    /// To be called before the feed is read, so that nothing slips through between.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.ticks.subscribe()
    }

    /// Others are looked at for as long as this is held.
    pub(crate) fn look_at_others(&self) -> Looking<'_> {
        self.waiting.send_modify(|waiting| *waiting += 1);
        Looking(&self.waiting)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

pub(crate) struct Looking<'w>(&'w watch::Sender<usize>);

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}

/// Looks at the revision while somebody waits.
async fn look(
    looker: Arc<Looker>,
    ticks: watch::Sender<()>,
    mut waiting: watch::Receiver<usize>,
    listens: Arc<AtomicBool>,
) {
    let mut last = None;
    while waiting.wait_for(|waiting| *waiting > 0).await.is_ok() {
        let asked = Instant::now();
        // A look that fails is no news: whoever waits reads the feed when patience is over, and hears it then.
        let seen = timeout(looker.settings.operation_timeout, looker.now()).await;
        if let Ok(Ok(now)) = seen {
            looker.marks.saw(asked, now);
            if last.replace(now) != Some(now) {
                ticks.send_replace(());
            }
        }
        let every = looker.settings.poll_every;
        tokio::time::sleep(if listens.load(Relaxed) { every * LOOKS_SAVED } else { every }).await;
    }
}

impl Looker {
    async fn now(&self) -> Result<Point> {
        work::read(&self.pool, &self.frame, &(), |session, ()| Box::pin(feed::now(session))).await
    }

    /// Where to listen.
    fn address(&self) -> Option<&PostgresAddress> {
        match &self.settings.listen {
            PostgresListen::Here if self.settings.transaction_pooling => None,
            PostgresListen::Here => Some(&self.settings.address),
            PostgresListen::At(address) => Some(address),
            PostgresListen::Nowhere => None,
        }
    }

    async fn listener(&self, address: &PostgresAddress) -> Result<PgListener> {
        let options = connect::options(&self.settings, address, false).await?;
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let pool = pool.acquire_timeout(self.settings.acquire_timeout).connect_with(options).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        listener.listen(self.schema.name()).await?;
        Ok(listener)
    }
}

/// Listens from when somebody waited first, for ever.
async fn listen(
    looker: Arc<Looker>,
    ticks: watch::Sender<()>,
    mut waiting: watch::Receiver<usize>,
    listens: Arc<AtomicBool>,
) {
    let Some(address) = looker.address() else { return };
    while waiting.wait_for(|waiting| *waiting > 0).await.is_ok() {
        match timeout(looker.settings.operation_timeout, looker.listener(address)).await {
            Ok(Ok(listener)) => {
                listens.store(true, Relaxed);
                // What was said before anybody listened is looked for.
                ticks.send_replace(());
                hear(listener, &ticks).await;
                listens.store(false, Relaxed);
            }
            Ok(Err(error)) => tracing::warn!(%address, %error, "changes cannot be listened for; they are looked for"),
            Err(_) => tracing::warn!(%address, "changes cannot be listened for; they are looked for"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Passes on what is heard until the connection ends.
async fn hear(mut listener: PgListener, ticks: &watch::Sender<()>) {
    while let Ok(Some(_)) = listener.try_recv().await {
        ticks.send_replace(());
    }
    ticks.send_replace(());
}
