//! One connection in use.

use crate::error::{PostgresError, Result};
use crate::queries::Queries;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres, Row, SqlSafeStr, SqlStr};
use std::sync::Arc;
use std::time::Duration;

/// A statement with its parameters.
pub(crate) type Statement<'q> = Query<'q, Postgres, PgArguments>;

/// The longest limit that the server takes, in milliseconds.
const LONGEST_LIMIT: u128 = 2_147_483_647;

/// A connection that goes back to where it came from when it is [given back](Session::give_back), and is closed when it is
/// dropped: nobody knows then what the server still has to say on it.
pub(crate) struct Session {
    connection: Option<PoolConnection<Postgres>>,
    queries: Arc<Queries>,
    keeps_statements: bool,
}

impl Session {
    pub(crate) fn new(connection: PoolConnection<Postgres>, queries: Arc<Queries>, keeps_statements: bool) -> Self {
        Self { connection: Some(connection), queries, keeps_statements }
    }

    pub(crate) fn queries(&self) -> &Queries {
        &self.queries
    }

    fn connection(&mut self) -> Result<&mut PgConnection> {
        self.connection.as_deref_mut().ok_or(PostgresError::GivenBack)
    }

    /// All rows of a statement, each read by `read`.
    pub(crate) async fn all<T>(
        &mut self,
        statement: Statement<'_>,
        read: impl Fn(&PgRow) -> Result<T>,
    ) -> Result<Vec<T>> {
        let statement = statement.persistent(self.keeps_statements);
        let rows = statement.fetch_all(self.connection()?).await?;
        rows.iter().map(read).collect()
    }

    /// The first row of a statement, if there is one.
    pub(crate) async fn first<T>(
        &mut self,
        statement: Statement<'_>,
        read: impl Fn(&PgRow) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.all(statement, read).await?.into_iter().next())
    }

    /// What a statement answers with one row of one column that is true or false.
    pub(crate) async fn is(&mut self, statement: Statement<'_>) -> Result<bool> {
        Ok(self.first(statement, |row| Ok(row.try_get(0)?)).await?.unwrap_or(false))
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn run(&mut self, statement: Statement<'_>) -> Result<u64> {
        let statement = statement.persistent(self.keeps_statements);
        Ok(statement.execute(self.connection()?).await?.rows_affected())
    }

    /// Sends statements without parameters in one message, and returns their last row.
    pub(crate) async fn say(&mut self, statements: SqlStr) -> Result<Option<PgRow>> {
        let rows = sqlx::raw_sql(statements).fetch_all(self.connection()?).await?;
        Ok(rows.into_iter().next_back())
    }

    /// Sets limits of the server for this transaction. Nothing of it is left on the connection afterwards.
    pub(crate) async fn allow(&mut self, names: &[&'static str], limit: Duration) -> Result<()> {
        let limit = limit.as_millis().clamp(1, LONGEST_LIMIT);
        let set: String = names.iter().map(|name| format!("SET LOCAL {name} = {limit}; ")).collect();
        // Safe: made of our own words and a number.
        self.say(AssertSqlSafe(set).into_sql_str()).await?;
        Ok(())
    }

    /// To be called when the server has answered all that was asked, outside of a transaction.
    pub(crate) fn give_back(mut self) {
        drop(self.connection.take());
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}
