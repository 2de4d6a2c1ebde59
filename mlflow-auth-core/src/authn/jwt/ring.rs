//! The keys of an issuer, fetched when they are needed and remembered.

use super::{InvalidKeySet, KeySet};
use crate::vocabulary::Unavailable;
use async_trait::async_trait;
use quick_cache::sync::Cache;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Where the keys of an issuer are published.
#[async_trait]
pub trait KeySource: Send + Sync {
    /// The keys of today.
    ///
    /// # Errors
    /// [`Unavailable`] if they cannot be had now.
    async fn fetch(&self) -> Result<KeySet, Unavailable>;
}

/// When keys are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRefresh {
    /// How long keys are used before they are asked for again.
    pub keep: Duration,
    /// How long they are used beyond that while the issuer does not answer.
    pub keep_when_unreachable: Duration,
    /// How long nobody asks again, whatever tokens come in, after the issuer was asked.
    pub pause: Duration,
}

impl Default for KeyRefresh {
    /// Five minutes, a day, ten seconds.
    fn default() -> Self {
        Self {
            keep: Duration::from_secs(300),
            keep_when_unreachable: Duration::from_secs(24 * 3600),
            pause: Duration::from_secs(10),
        }
    }
}

/// Keys of an issuer. A token with a key id that is not known makes them be fetched once: an issuer that changes its
/// keys is followed, and nobody can make us ask it for every forged token.
pub(super) struct KeyRing {
    source: Arc<dyn KeySource>,
    refresh: KeyRefresh,
    held: RwLock<Option<Held>>,
    /// One asks at a time; when it was tried last.
    asking: Mutex<Option<Instant>>,
    /// Key ids that the issuer did not have when it was asked for them.
    unknown: Cache<String, Instant>,
}

#[derive(Clone)]
struct Held {
    keys: Arc<KeySet>,
    fetched: Instant,
}

/// Key ids that forged tokens may name, remembered.
const UNKNOWN_IDS: usize = 1024;

impl KeyRing {
    pub(super) fn new(source: Arc<dyn KeySource>, refresh: KeyRefresh) -> Self {
        Self { source, refresh, held: RwLock::default(), asking: Mutex::default(), unknown: Cache::new(UNKNOWN_IDS) }
    }

    /// The keys, among them one that `has` wants if the issuer has it. `id` is what the token names.
    ///
    /// # Errors
    /// [`Unavailable`] if the issuer does not answer, and no such key is known from before.
    pub(super) async fn keys(
        &self,
        id: Option<&str>,
        has: impl Fn(&KeySet) -> bool,
    ) -> Result<Arc<KeySet>, Unavailable> {
        let held = self.held();
        if let Some(held) = &held {
            let young = held.fetched.elapsed() < self.refresh.keep;
            if young && (has(&held.keys) || self.is_known_to_be_unknown(id)) {
                return Ok(Arc::clone(&held.keys));
            }
        }
        self.renew(held, id, has).await
    }

    fn held(&self) -> Option<Held> {
        self.held.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn is_known_to_be_unknown(&self, id: Option<&str>) -> bool {
        self.unknown.get(id.unwrap_or_default()).is_some_and(|asked| asked.elapsed() < self.refresh.keep)
    }

    async fn renew(
        &self,
        before: Option<Held>,
        id: Option<&str>,
        has: impl Fn(&KeySet) -> bool,
    ) -> Result<Arc<KeySet>, Unavailable> {
        let mut asked = self.asking.lock().await;
        let held = self.held();
        let newer = held.as_ref().map(|held| held.fetched) > before.as_ref().map(|before| before.fetched);
        if let Some(held) = held.as_ref().filter(|held| newer && has(&held.keys)) {
            return Ok(Arc::clone(&held.keys));
        }
        let pausing = asked.is_some_and(|asked| asked.elapsed() < self.refresh.pause);
        let answered = held.as_ref().filter(|held| asked.is_some_and(|asked| asked <= held.fetched));
        let error = match (pausing, answered) {
            (true, Some(held)) => return Ok(Arc::clone(&held.keys)),
            (true, None) => Unavailable::new(WHAT, "it was asked a moment ago and did not answer"),
            (false, _) => {
                *asked = Some(Instant::now());
                match self.source.fetch().await {
                    Ok(keys) => return Ok(self.keep(keys, id, has)),
                    Err(error) => {
                        tracing::warn!(%error, source = ?error.source, "the keys of an issuer could not be fetched");
                        error
                    }
                }
            }
        };
        // A key that is not known may be a new one, which nobody can tell now: an outage, not a refusal.
        match held.filter(|held| has(&held.keys) && self.is_usable(held)) {
            Some(held) => Ok(held.keys),
            None => Err(error),
        }
    }

    fn keep(&self, keys: KeySet, id: Option<&str>, has: impl Fn(&KeySet) -> bool) -> Arc<KeySet> {
        let (keys, fetched) = (Arc::new(keys), Instant::now());
        if !has(&keys) {
            self.unknown.insert(id.unwrap_or_default().to_owned(), fetched);
        }
        let held = Held { keys: Arc::clone(&keys), fetched };
        *self.held.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(held);
        keys
    }

    fn is_usable(&self, held: &Held) -> bool {
        held.fetched.elapsed() < self.refresh.keep.saturating_add(self.refresh.keep_when_unreachable)
    }
}

const WHAT: &str = "the key set of the issuer";

impl From<InvalidKeySet> for Unavailable {
    fn from(error: InvalidKeySet) -> Self {
        Unavailable::new(WHAT, error)
    }
}

/// Keys that never change, such as those of a file.
#[async_trait]
impl KeySource for KeySet {
    async fn fetch(&self) -> Result<KeySet, Unavailable> {
        Ok(self.clone())
    }
}
