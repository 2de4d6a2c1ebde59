//! Failed attempts at passwords, in memory.

use super::MemoryStore;
use crate::store::{AttemptStore, FailedAttempts, Seconds, StoreError};
use crate::vocabulary::Username;
use async_trait::async_trait;

#[async_trait]
impl AttemptStore for MemoryStore {
    async fn failed_attempts(&self, user: &Username) -> Result<Option<FailedAttempts>, StoreError> {
        Ok(self.read(|state| state.attempts.get(user).copied()))
    }

    async fn count_failed_attempt(
        &self,
        user: &Username,
        at: Seconds,
        forget_before: Seconds,
    ) -> Result<(), StoreError> {
        let counted = self.write(|state| {
            state.attempts.retain(|_, counted| counted.last >= forget_before);
            let counted = state.attempts.entry(user.clone()).or_insert(FailedAttempts { failures: 0, last: at });
            counted.failures = counted.failures.saturating_add(1);
            counted.last = counted.last.max(at);
            Ok(())
        });
        counted.map(|_| ())
    }

    async fn forget_failed_attempts(&self, user: &Username) -> Result<(), StoreError> {
        self.write(|state| Ok(state.attempts.remove(user))).map(|_| ())
    }
}
