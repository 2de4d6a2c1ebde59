//! When something remembered may still be used.

use super::{ChangeFeed, Event, Revision, StoreError};
use crate::vocabulary::{Subject, Username};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

/// Tells whether something remembered may still be used.
///
/// Whoever remembers something takes a [`Stamp`] *before* reading it from the store and keeps the two together. A change
/// makes every older stamp of what it touches worthless, so that a reader who began before a write can put back what it
/// read, and nobody will use it.
///
/// Changes of this process are told at once ([`Freshness::forget`]). Those of others come through the change feed, which
/// [`Freshness::follow`] reads; while nobody follows, or the store cannot be reached, what is remembered is used no
/// longer than the bound.
#[derive(Debug)]
pub struct Freshness {
    hasher: foldhash::fast::RandomState,
    shards: Box<[AtomicU64]>,
    everything: AtomicU64,
    began: Instant,
    /// Milliseconds after `began` at which the feed was last known to hold nothing new.
    confirmed: AtomicU64,
    seen: AtomicI64,
    bound: Duration,
}

/// What was true of a topic at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    shard: usize,
    version: u64,
    everything: u64,
    taken: u64,
}

/// What can be remembered and must be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic<'a> {
    /// The account of a user.
    User(&'a Username),
    /// The groups and roles of a user.
    Membership(&'a Username),
    /// The grants of a subject.
    Grants(&'a Subject),
}

/// How many versions there are. Topics share them: a change of one makes the others of its shard be read anew.
const SHARDS: usize = 4096;

impl Freshness {
    /// `bound`: how long something is used after it was last known to be current.
    pub fn new(bound: Duration) -> Self {
        Self {
            hasher: Default::default(),
            shards: (0..SHARDS).map(|_| AtomicU64::new(0)).collect(),
            everything: AtomicU64::new(0),
            began: Instant::now(),
            confirmed: AtomicU64::new(0),
            seen: AtomicI64::new(-1),
            bound,
        }
    }

    /// A stamp for what is about to be read.
    pub fn stamp(&self, topic: Topic<'_>) -> Stamp {
        let shard = self.shard(topic);
        Stamp { shard, version: self.version(shard), everything: self.everything.load(SeqCst), taken: self.now() }
    }

    /// Whether what was read under `stamp` may still be used.
    pub fn is_current(&self, stamp: Stamp) -> bool {
        self.version(stamp.shard) == stamp.version
            && self.everything.load(SeqCst) == stamp.everything
            && self.now().saturating_sub(stamp.taken.max(self.confirmed.load(SeqCst))) <= millis(self.bound)
    }

    /// Makes every stamp of what `event` touches worthless.
    pub fn forget(&self, event: &Event) {
        match event {
            Event::User(name) => self.bump(Topic::User(name)),
            Event::Membership(name) => self.bump(Topic::Membership(name)),
            Event::Grants(subject) => self.bump(Topic::Grants(subject)),
            Event::Everything => {
                self.everything.fetch_add(1, SeqCst);
            }
        }
    }

    /// Reads the feed for ever, and forgets what it tells of. Run it as a task of its own; dropping the future ends it.
    pub async fn follow(&self, feed: &dyn ChangeFeed) {
        loop {
            if let Err(error) = self.catch_up(feed, self.patience()).await {
                tracing::warn!(%error, "the change feed cannot be read; what is cached ages");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Reads the feed once. The first time everything is forgotten: what was read before is of unknown age.
    ///
    /// # Errors
    /// Those of the feed.
    pub async fn catch_up(&self, feed: &dyn ChangeFeed, patience: Duration) -> Result<(), StoreError> {
        let asked = self.now();
        let seen = self.seen.load(SeqCst);
        let revision = if seen < 0 {
            let revision = feed.revision().await?;
            self.forget(&Event::Everything);
            revision
        } else {
            let changes = feed.changes(seen, patience).await?;
            changes.events.iter().for_each(|event| self.forget(event));
            changes.revision
        };
        self.advance(seen, revision);
        self.confirmed.fetch_max(asked, SeqCst);
        Ok(())
    }

    fn advance(&self, seen: Revision, revision: Revision) {
        if revision < seen {
            // The store was put back to an older state. If somebody else noticed first, theirs stands.
            let _ = self.seen.compare_exchange(seen, revision, SeqCst, SeqCst);
        } else {
            self.seen.fetch_max(revision, SeqCst);
        }
    }

    /// How long one look at the feed waits for something new, which is also how often an idle feed confirms that nothing
    /// is: often enough that what is remembered stays well within the bound.
    fn patience(&self) -> Duration {
        (self.bound / 4).clamp(SHORTEST_PATIENCE, LONGEST_PATIENCE)
    }

    fn bump(&self, topic: Topic<'_>) {
        if let Some(version) = self.shards.get(self.shard(topic)) {
            version.fetch_add(1, SeqCst);
        }
    }

    fn shard(&self, topic: Topic<'_>) -> usize {
        (self.hasher.hash_one(topic) as usize) % SHARDS
    }

    fn version(&self, shard: usize) -> u64 {
        self.shards.get(shard).map_or(0, |version| version.load(SeqCst))
    }

    fn now(&self) -> u64 {
        millis(self.began.elapsed())
    }
}

const SHORTEST_PATIENCE: Duration = Duration::from_millis(10);
const LONGEST_PATIENCE: Duration = Duration::from_millis(500);

/// How long to wait after the feed failed.
const PAUSE: Duration = Duration::from_millis(200);

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
