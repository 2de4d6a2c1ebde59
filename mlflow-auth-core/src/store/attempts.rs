//! The store of failed attempts at passwords, for all who share it.

use super::{Seconds, StoreError};
use crate::vocabulary::Username;
use async_trait::async_trait;

/// How often guessing at a name failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FailedAttempts {
    /// How often in a row.
    pub failures: u32,
    /// When last.
    pub last: Seconds,
}

/// Counts failed attempts at passwords by name, whether there is such an account or not, so that who guesses is slowed
/// down by every server that shares the store.
///
/// # Contract
///
/// * Names are compared byte by byte.
/// * Attempts that fail at the same time are counted each.
/// * Nothing of it is told in the feed.
#[async_trait]
pub trait AttemptStore: Send + Sync {
    /// What is counted of a name, if anything.
    async fn failed_attempts(&self, user: &Username) -> Result<Option<FailedAttempts>, StoreError>;

    /// Counts one more failure at `at`, which never puts the time back. Counts of any name whose last failure was before
    /// `forget_before` are forgotten first: they begin anew, and room is made.
    async fn count_failed_attempt(
        &self,
        user: &Username,
        at: Seconds,
        forget_before: Seconds,
    ) -> Result<(), StoreError>;

    /// Forgets what is counted of a name. There may be nothing.
    async fn forget_failed_attempts(&self, user: &Username) -> Result<(), StoreError>;
}
