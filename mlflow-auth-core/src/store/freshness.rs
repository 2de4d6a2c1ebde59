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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Change, Changes, MemoryStore, PermissionStore};
    use crate::vocabulary::GroupName;
    use async_trait::async_trait;
    use std::sync::Mutex;

    const FOREVER: Duration = Duration::from_secs(3600);

    fn user(name: &str) -> Username {
        Username::new(name).unwrap()
    }

    /// Answers in turn, each after a while, and says what it was asked.
    struct Script {
        answers: Mutex<Vec<(Duration, Revision, Vec<Event>)>>,
        asked: Mutex<Vec<Revision>>,
    }

    impl Script {
        fn new(answers: &[(u64, Revision, &[Event])]) -> Self {
            let answer = |(pause, revision, events): &(u64, Revision, &[Event])| {
                (Duration::from_millis(*pause), *revision, events.to_vec())
            };
            Self { answers: Mutex::new(answers.iter().rev().map(answer).collect()), asked: Mutex::default() }
        }
    }

    #[async_trait]
    impl ChangeFeed for Script {
        async fn revision(&self) -> Result<Revision, StoreError> {
            Ok(self.changes(-1, Duration::ZERO).await?.revision)
        }

        async fn changes(&self, after: Revision, _: Duration) -> Result<Changes, StoreError> {
            self.asked.lock().unwrap().push(after);
            let answer = self.answers.lock().unwrap().pop();
            let (pause, revision, events) = answer.ok_or_else(|| StoreError::Unavailable("no more".into()))?;
            tokio::time::sleep(pause).await;
            Ok(Changes { revision, events })
        }
    }

    #[test]
    fn an_event_makes_stamps_of_its_topic_worthless_and_few_others() {
        let freshness = Freshness::new(FOREVER);
        let (ann, holder) = (user("ann"), Subject::User(user("ann")));
        let others: Vec<_> = (0..100).map(|number| user(&format!("user {number}"))).collect();
        for (event, expected) in [
            (Event::User(ann.clone()), [false, true, true]),
            (Event::Membership(ann.clone()), [true, false, true]),
            (Event::Grants(holder.clone()), [true, true, false]),
            (Event::Everything, [false; 3]),
        ] {
            let topics = [Topic::User(&ann), Topic::Membership(&ann), Topic::Grants(&holder)];
            let stamps = topics.map(|topic| freshness.stamp(topic));
            let bystanders: Vec<_> = others.iter().map(|name| freshness.stamp(Topic::Membership(name))).collect();
            freshness.forget(&event);
            // Topics share shards by chance, so a stamp that could stay may go; the topic's own must go.
            for (stamp, may_stay) in stamps.into_iter().zip(expected) {
                assert!(may_stay || !freshness.is_current(stamp), "{event:?}");
            }
            let left = bystanders.into_iter().filter(|stamp| freshness.is_current(*stamp)).count();
            assert!(if event == Event::Everything { left == 0 } else { left > 95 }, "{left} left after {event:?}");
            assert!(topics.into_iter().all(|topic| freshness.is_current(freshness.stamp(topic))));
        }
    }

    #[tokio::test]
    async fn the_first_look_forgets_everything_and_later_ones_what_they_hear() {
        let (freshness, store, ann) = (Freshness::new(FOREVER), MemoryStore::new(), user("ann"));
        let join = |name: &str| Change::Join(user("ann"), GroupName::new(name).unwrap());
        store.apply(&[join("one")]).await.unwrap();
        let before = freshness.stamp(Topic::Membership(&ann));
        freshness.catch_up(&store, Duration::ZERO).await.unwrap();
        assert!(!freshness.is_current(before));
        let known = freshness.stamp(Topic::Membership(&ann));
        freshness.catch_up(&store, Duration::ZERO).await.unwrap();
        assert!(freshness.is_current(known));
        store.apply(&[join("two")]).await.unwrap();
        freshness.catch_up(&store, Duration::ZERO).await.unwrap();
        assert!(!freshness.is_current(known));
    }

    #[tokio::test]
    async fn a_look_confirms_what_was_so_when_it_began() {
        let freshness = Freshness::new(Duration::from_millis(200));
        let feed = Script::new(&[(0, 5, &[]), (300, 5, &[])]);
        freshness.catch_up(&feed, Duration::ZERO).await.unwrap();
        let stamp = freshness.stamp(Topic::User(&user("ann")));
        freshness.catch_up(&feed, Duration::ZERO).await.unwrap();
        assert!(!freshness.is_current(stamp), "what changed during the look may be in no answer yet");
    }

    #[tokio::test]
    async fn a_store_put_back_to_an_older_state_is_followed_from_there() {
        let freshness = Freshness::new(FOREVER);
        let feed = Script::new(&[(0, 50, &[]), (0, 20, &[Event::Everything]), (0, 20, &[])]);
        freshness.catch_up(&feed, Duration::ZERO).await.unwrap();
        let stamp = freshness.stamp(Topic::User(&user("ann")));
        freshness.catch_up(&feed, Duration::ZERO).await.unwrap();
        assert!(!freshness.is_current(stamp));
        freshness.catch_up(&feed, Duration::ZERO).await.unwrap();
        assert_eq!(*feed.asked.lock().unwrap(), [-1, 50, 20]);
    }

    #[test]
    fn looks_are_often_enough_for_the_bound() {
        for (bound, patience) in [(0, 10), (100, 25), (1000, 250), (10_000, 500)] {
            let freshness = Freshness::new(Duration::from_millis(bound));
            assert_eq!(freshness.patience(), Duration::from_millis(patience));
        }
    }
}
