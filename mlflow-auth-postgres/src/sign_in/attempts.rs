//! Failed attempts at passwords.

use super::{column, moment};
use crate::error::Result;
use crate::queries::query;
use crate::store::PostgresStore;
use async_trait::async_trait;
use mlflow_auth_core::Username;
use mlflow_auth_core::store::{AttemptStore, FailedAttempts, Seconds, StoreError};
use sqlx::Row;
use sqlx::postgres::PgRow;

fn counted(row: &PgRow) -> Result<FailedAttempts> {
    // A count that is no number of ours is at least one of many.
    let failures = u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX);
    Ok(FailedAttempts { failures, last: moment(row, 1)? })
}

#[async_trait]
impl AttemptStore for PostgresStore {
    async fn failed_attempts(&self, user: &Username) -> Result<Option<FailedAttempts>, StoreError> {
        self.read(user.clone(), |connected, user| {
            Box::pin(async move { connected.first(query!(connected, attempts, user.as_str()), counted).await })
        })
        .await
    }

    async fn count_failed_attempt(
        &self,
        user: &Username,
        at: Seconds,
        forget_before: Seconds,
    ) -> Result<(), StoreError> {
        let about = (user.clone(), column(at), column(forget_before));
        let counted = self.touch(about, |connected, (user, at, before)| {
            Box::pin(async move { connected.run(query!(connected, count_attempt, user.as_str(), *at, *before)).await })
        });
        counted.await.map(|_| ())
    }

    async fn forget_failed_attempts(&self, user: &Username) -> Result<(), StoreError> {
        let forgotten = self.touch(user.clone(), |connected, user| {
            Box::pin(async move { connected.run(query!(connected, forget_attempts, user.as_str())).await })
        });
        forgotten.await.map(|_| ())
    }
}
