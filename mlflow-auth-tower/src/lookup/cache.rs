//! What was learnt from the inner service, kept for good or briefly. What was not found is never kept.

use quick_cache::Equivalent;
use quick_cache::sync::Cache;
use std::time::{Duration, Instant};

/// Facts about ids.
pub(super) struct Facts<V> {
    kept: Cache<(String, String), (Instant, V)>,
    age: Option<Duration>,
}

/// A borrowed key. It hashes as the owned pair does.
#[derive(Hash)]
struct Key<'k>(&'k str, &'k str);

impl Equivalent<(String, String)> for Key<'_> {
    fn equivalent(&self, (workspace, id): &(String, String)) -> bool {
        self.0 == workspace && self.1 == id
    }
}

/// How many facts of a kind are kept.
const CAPACITY: usize = 100_000;

impl<V: Clone> Facts<V> {
    /// Facts that cannot change.
    pub(super) fn for_good() -> Self {
        Self { kept: Cache::new(CAPACITY), age: None }
    }

    /// Facts that can.
    pub(super) fn brief(age: Duration) -> Self {
        Self { kept: Cache::new(CAPACITY), age: Some(age) }
    }

    pub(super) fn look(&self, workspace: &str, id: &str) -> Option<V> {
        let (learnt, value) = self.kept.get(&Key(workspace, id))?;
        let fresh = self.age.is_none_or(|age| learnt.elapsed() < age);
        fresh.then_some(value)
    }

    pub(super) fn learn(&self, workspace: &str, id: &str, value: V) {
        self.kept.insert((workspace.to_owned(), id.to_owned()), (Instant::now(), value));
    }

    pub(super) fn forget(&self, workspace: &str, id: &str) {
        self.kept.remove(&Key(workspace, id));
    }
}
