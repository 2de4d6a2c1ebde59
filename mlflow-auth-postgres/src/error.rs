//! What PostgreSQL can say no to.

use mlflow_auth_core::store::StoreError;

/// What went wrong between this store and PostgreSQL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// The server cannot be reached, or ended the connection.
    #[error("PostgreSQL cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// A statement failed.
    #[error("PostgreSQL refused a statement")]
    Statement(#[source] sqlx::Error),
}

impl From<sqlx::Error> for PostgresError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                PostgresError::Unreachable(error)
            }
            error => PostgresError::Statement(error),
        }
    }
}

impl From<PostgresError> for StoreError {
    fn from(error: PostgresError) -> Self {
        match error {
            PostgresError::Unreachable(_) => StoreError::Unavailable(Box::new(error)),
            PostgresError::Statement(_) => StoreError::Failed(Box::new(error)),
        }
    }
}
