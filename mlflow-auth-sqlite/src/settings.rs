//! What can be set.

use mlflow_auth_core::RuleLimits;
use std::time::Duration;

/// How a [`SqliteStore`](crate::SqliteStore) uses its file. The default is right for most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteSettings {
    /// How long a write waits for one of another process before it says that the store is unavailable. 5 seconds.
    pub busy_timeout: Duration,
    /// How many reads can be made at the same time, each on a connection of its own; at least one is kept. 4.
    pub readers: usize,
    /// How often the file is looked at for changes by other processes, while somebody waits for them. 25 milliseconds.
    pub poll_every: Duration,
    /// How many events of the change feed are kept for those who are behind, at least; who is further behind than that
    /// forgets everything. 10,000.
    pub events_kept: u32,
    /// How many patterns a subject may hold. More are refused when they are written; where more are stored already, what
    /// the subject holds cannot be read. 100,000 on each type of resource in each workspace, 256 MiB compiled.
    pub rules: RuleLimits,
}

impl Default for SqliteSettings {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            readers: 4,
            poll_every: Duration::from_millis(25),
            events_kept: 10_000,
            rules: RuleLimits::default(),
        }
    }
}
