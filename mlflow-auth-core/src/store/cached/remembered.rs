//! Answers by key, each read once however many ask for it at the same time.

use crate::store::StoreError;
use crate::store::{Freshness, Stamp, Topic};
use quick_cache::sync::Cache;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The most recently used answers of one kind.
pub(super) struct Remembered<K, V> {
    answers: Cache<K, Kept<V>>,
    under_way: Mutex<HashMap<K, Reading<V>>>,
}

#[derive(Clone)]
struct Kept<V> {
    stamp: Stamp,
    value: V,
}

/// A read that somebody began after `stamp` was taken.
struct Reading<V> {
    stamp: Stamp,
    answer: watch::Receiver<Option<V>>,
}

/// Who asks for something that is not remembered either reads it, or waits for one who does.
enum Role<'r, K: Eq + Hash, V> {
    Reader(Reader<'r, K, V>),
    Waiter(watch::Receiver<Option<V>>),
}

/// Whoever reads for others too. They hear when it is dropped without an answer.
struct Reader<'r, K: Eq + Hash, V> {
    of: &'r Remembered<K, V>,
    key: K,
    stamp: Stamp,
    answer: watch::Sender<Option<V>>,
}

impl<K: Eq + Hash + Clone, V: Clone> Remembered<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { answers: Cache::new(capacity), under_way: Mutex::default() }
    }

    /// The answer that is remembered, or the one that `read` gives, which is remembered if `keep` says so.
    pub(super) async fn look<F>(
        &self,
        freshness: &Freshness,
        (key, topic): (&K, Topic<'_>),
        read: impl FnOnce() -> F,
        keep: impl Fn(&V) -> bool,
    ) -> Result<V, StoreError>
    where
        F: Future<Output = Result<V, StoreError>>,
    {
        match self.recall(freshness, key) {
            Some(value) => Ok(value),
            // Apart, so that the future of an answer that is remembered stays small.
            None => Box::pin(self.look_again(freshness, (key, topic), read, keep)).await,
        }
    }

    async fn look_again<F>(
        &self,
        freshness: &Freshness,
        (key, topic): (&K, Topic<'_>),
        read: impl FnOnce() -> F,
        keep: impl Fn(&V) -> bool,
    ) -> Result<V, StoreError>
    where
        F: Future<Output = Result<V, StoreError>>,
    {
        let stamp = freshness.stamp(topic);
        let reader = match self.role(freshness, key, stamp) {
            Role::Reader(reader) => Some(reader),
            Role::Waiter(mut answer) => {
                let heard = answer.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
                match heard {
                    Some(value) => return Ok(value),
                    // Whoever read failed or gave up. Their reason need not be ours.
                    None => None,
                }
            }
        };
        // Somebody may have answered and gone between our look and our turn.
        if let Some(value) = self.recall(freshness, key) {
            return Ok(value);
        }
        let value = read().await?;
        // What grew old while it was read must not push out what a later reader found.
        if keep(&value) && freshness.is_current(stamp) {
            self.answers.insert(key.clone(), Kept { stamp, value: value.clone() });
        }
        if let Some(reader) = reader {
            reader.answer.send_replace(Some(value.clone()));
        }
        Ok(value)
    }

    fn recall(&self, freshness: &Freshness, key: &K) -> Option<V> {
        let kept = self.answers.get(key).filter(|kept| freshness.is_current(kept.stamp))?;
        Some(kept.value)
    }

    /// A reading that began before the latest change of its topic is of no use to those who come after the change.
    fn role(&self, freshness: &Freshness, key: &K, stamp: Stamp) -> Role<'_, K, V> {
        let mut under_way = self.lock();
        if let Some(reading) = under_way.get(key).filter(|reading| freshness.is_current(reading.stamp)) {
            return Role::Waiter(reading.answer.clone());
        }
        let answer = watch::Sender::new(None);
        under_way.insert(key.clone(), Reading { stamp, answer: answer.subscribe() });
        Role::Reader(Reader { of: self, key: key.clone(), stamp, answer })
    }
}

impl<K, V> Remembered<K, V> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Reading<V>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, V> Drop for Reader<'_, K, V> {
    fn drop(&mut self) {
        let mut under_way = self.of.lock();
        // A later reader may have taken the place.
        if under_way.get(&self.key).is_some_and(|reading| reading.stamp == self.stamp) {
            under_way.remove(&self.key);
        }
    }
}
