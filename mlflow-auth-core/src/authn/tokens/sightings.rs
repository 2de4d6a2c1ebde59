//! When tokens were last used.

use crate::store::{Seconds, TokenStore};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::sync::Semaphore;

/// How often the use of one token is written down.
const EVERY: Seconds = 60;
/// How many are written at once. Beyond, the next request with the token tries again.
const AT_ONCE: usize = 8;

/// Writes down when tokens were last used: in the background, each at most once a minute, and nobody waits for it or
/// learns that it failed.
pub(super) struct Sightings {
    store: Arc<dyn TokenStore>,
    room: Arc<Semaphore>,
}

/// When one token was last written down as used.
pub(super) struct Sighting {
    id: i64,
    last: AtomicU64,
}

impl Sighting {
    /// `last`: what the store says; zero for never. What `before` knows better counts: its write may be under way.
    pub(super) fn new(id: i64, last: Seconds, before: Option<&Sighting>) -> Self {
        let before = before.filter(|before| before.id == id).map_or(0, |before| before.last.load(Relaxed));
        Self { id, last: AtomicU64::new(last.max(before)) }
    }
}

impl Sightings {
    pub(super) fn new(store: Arc<dyn TokenStore>) -> Self {
        Self { store, room: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    pub(super) fn note(&self, sighting: &Sighting, now: Seconds) {
        let last = sighting.last.load(Relaxed);
        if now < last.saturating_add(EVERY) {
            return;
        }
        let Ok(seat) = Arc::clone(&self.room).try_acquire_owned() else { return };
        if sighting.last.compare_exchange(last, now, Relaxed, Relaxed).is_err() {
            return;
        }
        let (store, id) = (Arc::clone(&self.store), sighting.id);
        tokio::spawn(async move {
            let _seat = seat;
            if let Err(error) = store.saw_token(id, now).await {
                tracing::debug!(%error, id, "the use of an access token could not be written down");
            }
        });
    }
}
