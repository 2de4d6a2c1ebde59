//! The connections to one server.

use crate::connect;
use crate::error::{PostgresError, Result, code};
use crate::queries::Queries;
use crate::session::Session;
use crate::settings::{PostgresAddress, PostgresPassword, PostgresSettings};
use sqlx::Connection;
use sqlx::pool::PoolConnection;
use sqlx::pool::PoolConnectionMetadata;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use std::sync::Arc;
use std::time::Duration;

/// The connections to one server, made when they are needed.
pub(crate) struct Pool {
    pool: PgPool,
    address: PostgresAddress,
    settings: Arc<PostgresSettings>,
    queries: Arc<Queries>,
}

/// A connection that lay about for longer is asked whether it is alive before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

impl Pool {
    pub(crate) async fn new(
        settings: Arc<PostgresSettings>,
        address: PostgresAddress,
        queries: Arc<Queries>,
        patience: Duration,
    ) -> Result<Self> {
        let options = connect::options(&settings, &address, settings.transaction_pooling).await?;
        let pool = PgPoolOptions::new()
            .max_connections(settings.pool_size.max(1))
            .acquire_timeout(patience)
            .test_before_acquire(false)
            .before_acquire(|connection, state| Box::pin(is_alive(connection, state)))
            .connect_lazy_with(options);
        Ok(Self { pool, address, settings, queries })
    }

    /// A connection. A password that is refused is read again from its file, once.
    pub(crate) async fn session(&self) -> Result<Session> {
        let connection = match self.pool.acquire().await {
            Err(error) if self.may_have_a_new_password(&error) => {
                let pooled = self.settings.transaction_pooling;
                self.pool.set_connect_options(connect::options(&self.settings, &self.address, pooled).await?);
                self.pool.acquire().await
            }
            other => other,
        };
        Ok(self.start(connection.map_err(|source| self.unreachable(source))?))
    }

    fn start(&self, connection: PoolConnection<sqlx::Postgres>) -> Session {
        Session::new(connection, self.queries.clone(), !self.settings.transaction_pooling)
    }

    fn may_have_a_new_password(&self, error: &sqlx::Error) -> bool {
        matches!(self.settings.password, PostgresPassword::File(_))
            && code(error).is_some_and(|code| code.starts_with("28"))
    }

    fn unreachable(&self, source: sqlx::Error) -> PostgresError {
        PostgresError::Unreachable { address: self.address.clone(), source }
    }
}

async fn is_alive(connection: &mut PgConnection, state: PoolConnectionMetadata) -> Result<bool, sqlx::Error> {
    if state.idle_for > TRUSTED_FOR {
        connection.ping().await?;
    }
    Ok(true)
}
