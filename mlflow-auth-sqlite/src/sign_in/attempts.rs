//! Failed attempts at passwords.

use super::{column, moment};
use crate::error::Result;
use crate::queries;
use crate::store::SqliteStore;
use async_trait::async_trait;
use mlflow_auth_core::Username;
use mlflow_auth_core::store::{AttemptStore, FailedAttempts, Seconds, StoreError};
use rusqlite::{Connection, Row};

#[async_trait]
impl AttemptStore for SqliteStore {
    async fn failed_attempts(&self, user: &Username) -> Result<Option<FailedAttempts>, StoreError> {
        let user = user.clone();
        self.read(move |connection| find(connection, &user)).await
    }

    async fn count_failed_attempt(
        &self,
        user: &Username,
        at: Seconds,
        forget_before: Seconds,
    ) -> Result<(), StoreError> {
        let user = user.clone();
        let counted = self.write(move |_, write| {
            write.run(queries::FORGET_OLD_ATTEMPTS, [column(forget_before)])?;
            write.run(queries::COUNT_ATTEMPT, (user.as_str(), column(at), column(forget_before)))
        });
        counted.await.map(|_| ())
    }

    async fn forget_failed_attempts(&self, user: &Username) -> Result<(), StoreError> {
        let user = user.clone();
        self.write(move |_, write| write.run(queries::FORGET_ATTEMPTS, [user.as_str()])).await.map(|_| ())
    }
}

fn find(connection: &Connection, user: &Username) -> Result<Option<FailedAttempts>> {
    let mut statement = connection.prepare_cached(queries::ATTEMPTS)?;
    let mut rows = statement.query([user.as_str()])?;
    rows.next()?.map(counted).transpose()
}

fn counted(row: &Row<'_>) -> Result<FailedAttempts> {
    // A count that is no number of ours is at least one of many.
    let failures = u32::try_from(row.get::<_, i64>(0)?).unwrap_or(u32::MAX);
    Ok(FailedAttempts { failures, last: moment(row, 1)? })
}
