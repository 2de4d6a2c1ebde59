//! What PostgreSQL can say no to.

use crate::settings::{InvalidPostgresSettings, PostgresAddress};
use mlflow_auth_core::RuleSetError;
use mlflow_auth_core::store::StoreError;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) type Result<T, E = PostgresError> = std::result::Result<T, E>;

/// What went wrong between this store and PostgreSQL. Users see it as the source of a [`StoreError`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostgresError {
    #[error("the settings of the database cannot be used")]
    Settings(#[from] InvalidPostgresSettings),
    #[error("the file `{}` with the password of the database cannot be read", path.display())]
    PasswordFile { path: PathBuf, source: io::Error },
    #[error("PostgreSQL at `{address}` gives no connection")]
    Unreachable { address: PostgresAddress, source: sqlx::Error },
    #[error("PostgreSQL refused a statement")]
    Statement(#[from] sqlx::Error),
    #[error("PostgreSQL did not say whether it committed")]
    Unknown(#[source] sqlx::Error),
    #[error("PostgreSQL did not answer within {0:?}")]
    TimedOut(Duration),
    #[error("the database has the encoding {0}, which does not hold every name; it must be UTF8")]
    Encoding(String),
    #[error("the schema `{0}` holds tables of another program; name a schema of its own")]
    Foreign(String),
    #[error(
        "the schema `{schema}` has version {found}, and this program knows none after {known}: a newer one wrote it"
    )]
    Newer { schema: String, found: i64, known: i64 },
    #[error("a stored name cannot be read")]
    Name(#[from] mlflow_auth_core::InvalidName),
    #[error("the stored kind of subject `{0}` is not known")]
    Kind(String),
    #[error("the work of a statement was cut off")]
    CutOff(#[from] tokio::task::JoinError),
    #[error("a connection was used after it was given back")]
    GivenBack,
    #[error(transparent)]
    Refused(#[from] StoreError),
}

impl From<RuleSetError> for PostgresError {
    fn from(error: RuleSetError) -> Self {
        PostgresError::Refused(error.into())
    }
}

impl PostgresError {
    /// Whether the same may well succeed later or once something outside is mended: nothing is wrong with what was asked.
    fn is_outage(&self) -> bool {
        match self {
            PostgresError::Statement(error) => is_outage(error),
            // Whatever keeps us out, be it a wrong password, is for somebody to mend, and no fault of who asks.
            PostgresError::Unreachable { .. } | PostgresError::Unknown(_) | PostgresError::TimedOut(_) => true,
            PostgresError::PasswordFile { .. } => true,
            PostgresError::CutOff(error) => error.is_cancelled(),
            _ => false,
        }
    }

    /// Whether the connection is no longer of use.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            PostgresError::Statement(error) | PostgresError::Unknown(error) => is_lost(error),
            PostgresError::Unreachable { .. } | PostgresError::TimedOut(_) | PostgresError::CutOff(_) => true,
            _ => false,
        }
    }

    /// Whether a transaction that was surely not committed may be tried again.
    pub(crate) fn may_be_retried(&self) -> bool {
        match self {
            PostgresError::Statement(error) => is_lost(error) || class(error).as_deref() == Some("40"),
            _ => false,
        }
    }
}

/// The SQLSTATE, if the server said it.
pub(crate) fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned())
}

fn class(error: &sqlx::Error) -> Option<String> {
    code(error).and_then(|code| code.get(..2).map(str::to_owned))
}

/// What the server says when it ends a connection, or nobody is there any more.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(_) => {
            let code = code(error).unwrap_or_default();
            code.starts_with("08") || code.starts_with("57P") || code == "25P03" || code == "25P04"
        }
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(_) => {
            let code = code(error).unwrap_or_default();
            // Connections, resources, whoever runs the server, the system, rollbacks that may be tried again; a lock that
            // was not had, a server that only reads, a transaction or a right that somebody took away.
            ["08", "53", "57", "58", "40", "28"].iter().any(|class| code.starts_with(class))
                || ["55P03", "25006", "25P02", "25P03", "25P04", "42501"].contains(&code.as_str())
        }
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        error => is_lost(error),
    }
}

impl From<PostgresError> for StoreError {
    fn from(error: PostgresError) -> Self {
        match error {
            PostgresError::Refused(error) => error,
            error if error.is_outage() => StoreError::Unavailable(Box::new(error)),
            error => StoreError::Failed(Box::new(error)),
        }
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
