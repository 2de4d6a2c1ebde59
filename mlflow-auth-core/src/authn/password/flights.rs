//! One piece of work for all who ask the same at the same time.

use crate::store::Stamp;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tracing::Instrument;

/// Work in flight, by what was asked.
///
/// Work is a task of its own: it comes to its end although the one who began it goes away, and whoever waits learns the
/// outcome.
pub struct Flights<K: Eq + Hash, T> {
    running: Running<K, T>,
}

type Running<K, T> = Arc<Mutex<HashMap<K, Flight<T>>>>;

struct Flight<T> {
    /// Taken before the work began.
    begun: Stamp,
    outcome: watch::Receiver<Option<T>>,
}

impl<K, T> Default for Flights<K, T>
where
    K: Eq + Hash + Copy + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}

impl<K, T> Flights<K, T>
where
    K: Eq + Hash + Copy + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// Nothing in flight.
    pub fn new() -> Self {
        Self { running: Arc::default() }
    }

    /// The outcome of the work for `key`: of work in flight whose stamp `is_current`, else of `work`, begun with the
    /// stamp `now`. `None` if the work came to no end: it panicked, or the runtime shuts down.
    pub async fn join<F>(
        &self,
        key: K,
        now: Stamp,
        is_current: impl FnOnce(Stamp) -> bool,
        work: impl FnOnce() -> F,
    ) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut outcome = self.board(key, now, is_current, work);
        outcome.wait_for(Option::is_some).await.ok()?.clone()
    }

    fn board<F>(
        &self,
        key: K,
        now: Stamp,
        is_current: impl FnOnce(Stamp) -> bool,
        work: impl FnOnce() -> F,
    ) -> watch::Receiver<Option<T>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut running = lock(&self.running);
        if let Some(flight) = running.get(&key).filter(|flight| is_current(flight.begun)) {
            return flight.outcome.clone();
        }
        let (publish, outcome) = watch::channel(None);
        running.insert(key, Flight { begun: now, outcome: outcome.clone() });
        drop(running);
        let landing = Landing { running: Arc::clone(&self.running), key, outcome: outcome.clone() };
        let work = work();
        let task = async move {
            let _landing = landing;
            publish.send_replace(Some(work.await));
        };
        tokio::spawn(task.in_current_span());
        outcome
    }
}

/// Takes a flight off the list when its task ends, however it ends.
struct Landing<K: Eq + Hash, T> {
    running: Running<K, T>,
    key: K,
    outcome: watch::Receiver<Option<T>>,
}

impl<K: Eq + Hash, T> Drop for Landing<K, T> {
    fn drop(&mut self) {
        let mut running = lock(&self.running);
        // A later flight may have taken the place of this one.
        if running.get(&self.key).is_some_and(|flight| flight.outcome.same_channel(&self.outcome)) {
            running.remove(&self.key);
        }
    }
}

fn lock<K, T>(running: &Running<K, T>) -> MutexGuard<'_, HashMap<K, Flight<T>>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}
