//! Keys that are published one by one.

use crate::authn::jwt::{KeyRefresh, KeySet};
use crate::vocabulary::Unavailable;
use async_trait::async_trait;
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Mutex;

/// Where keys are published under their ids.
#[async_trait]
pub trait NamedKeySource: Send + Sync {
    /// The key of this id, which is a UUID and nothing else; `None` if there is none.
    ///
    /// # Errors
    /// [`Unavailable`] if it cannot be had now.
    async fn fetch(&self, id: &str) -> Result<Option<KeySet>, Unavailable>;
}

/// Keys that were asked for, and those that were not there.
pub(super) struct NamedKeys {
    source: Arc<dyn NamedKeySource>,
    refresh: KeyRefresh,
    held: Cache<String, Held>,
    unknown: Cache<String, Instant>,
    /// One asks at a time; when somebody last asked for a key that was not there.
    asking: Mutex<Option<Instant>>,
}

#[derive(Clone)]
struct Held {
    keys: Arc<KeySet>,
    fetched: Instant,
}

/// More keys than a region uses at once.
const KEPT: usize = 256;

impl NamedKeys {
    pub(super) fn new(source: Arc<dyn NamedKeySource>, refresh: KeyRefresh) -> Self {
        Self { source, refresh, held: Cache::new(KEPT), unknown: Cache::new(4 * KEPT), asking: Mutex::default() }
    }

    /// The key of this id, `None` if there is none. After an answer that was none, or no key, nobody asks for an unknown
    /// one within the pause: forged tokens do not make us ask again and again.
    pub(super) async fn key(&self, id: &str) -> Result<Option<Arc<KeySet>>, Unavailable> {
        if let Some(known) = self.known(id) {
            return Ok(known);
        }
        let mut asked = self.asking.lock().await;
        if let Some(known) = self.known(id) {
            return Ok(known);
        }
        let older = self.held.get(id).filter(|held| {
            held.fetched.elapsed() < self.refresh.keep.saturating_add(self.refresh.keep_when_unreachable)
        });
        let pausing = asked.is_some_and(|asked| asked.elapsed() < self.refresh.pause);
        let found = match pausing {
            true => Err(Unavailable::new(WHAT, "it was asked a moment ago for a key that it did not give")),
            false => self.source.fetch(id).await,
        };
        match found {
            Ok(Some(keys)) => {
                let held = Held { keys: Arc::new(keys), fetched: Instant::now() };
                self.held.insert(id.to_owned(), held.clone());
                Ok(Some(held.keys))
            }
            Ok(None) => {
                *asked = Some(Instant::now());
                self.held.remove(id);
                self.unknown.insert(id.to_owned(), Instant::now());
                Ok(None)
            }
            Err(error) => {
                if !pausing {
                    *asked = Some(Instant::now());
                    tracing::warn!(%error, source = ?error.source, "the key of a load balancer could not be fetched");
                }
                older.map(|held| Some(held.keys)).ok_or(error)
            }
        }
    }

    /// What needs not be asked for.
    fn known(&self, id: &str) -> Option<Option<Arc<KeySet>>> {
        let young = |since: Instant| since.elapsed() < self.refresh.keep;
        if let Some(held) = self.held.get(id).filter(|held| young(held.fetched)) {
            return Some(Some(held.keys));
        }
        self.unknown.get(id).filter(|asked| young(*asked)).map(|_| None)
    }
}

const WHAT: &str = "the keys of the load balancer";
