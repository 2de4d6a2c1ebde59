//! What SQLite can say no to.

use mlflow_auth_core::RuleSetError;
use mlflow_auth_core::store::StoreError;
use rusqlite::ErrorCode;
use std::io;
use std::path::PathBuf;

pub(crate) type Result<T, E = SqliteError> = std::result::Result<T, E>;

/// What went wrong between this store and its file. Users see it as the source of a [`StoreError`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum SqliteError {
    #[error("`{}` does not name a database file", .0.display())]
    NoFileName(PathBuf),
    #[error("the folder `{}` for the database `{}` does not exist", folder.display(), path.display())]
    NoFolder { folder: PathBuf, path: PathBuf },
    #[error("the database `{}` is not a file", .0.display())]
    NotAFile(PathBuf),
    #[error("the database `{}` cannot be read and written", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the database `{}` cannot be opened", path.display())]
    Open { path: PathBuf, source: rusqlite::Error },
    #[error("`{}` is a database of another program; name a file of its own", .0.display())]
    Foreign(PathBuf),
    #[error("the database `{}` has version {found}, and this program knows none after {known}: a newer one wrote it", path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("the database `{}` cannot keep a write-ahead log; put it on a local disk", .0.display())]
    NoLog(PathBuf),
    #[error("SQLite refused a statement")]
    Statement(#[from] rusqlite::Error),
    #[error("a stored name cannot be read")]
    Name(#[from] mlflow_auth_core::InvalidName),
    #[error("the stored kind of subject `{0}` is not known")]
    Kind(String),
    #[error("the work of a statement was cut off")]
    CutOff(#[from] tokio::task::JoinError),
    #[error("the thread that watches the file cannot be started")]
    Thread(#[source] io::Error),
    #[error(transparent)]
    Refused(#[from] StoreError),
}

impl From<RuleSetError> for SqliteError {
    fn from(error: RuleSetError) -> Self {
        SqliteError::Refused(error.into())
    }
}

impl SqliteError {
    /// Whether the same may well succeed later or once the machine is mended: nothing is wrong with what was asked.
    fn is_outage(&self) -> bool {
        match self {
            SqliteError::Statement(error) | SqliteError::Open { source: error, .. } => matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::DatabaseBusy
                        | ErrorCode::DatabaseLocked
                        | ErrorCode::CannotOpen
                        | ErrorCode::SystemIoFailure
                        | ErrorCode::DiskFull
                        | ErrorCode::ReadOnly
                        | ErrorCode::PermissionDenied
                        | ErrorCode::OutOfMemory
                        | ErrorCode::OperationInterrupted
                        | ErrorCode::FileLockingProtocolFailed
                )
            ),
            SqliteError::CutOff(error) => error.is_cancelled(),
            SqliteError::File { .. } | SqliteError::NoFolder { .. } | SqliteError::Thread(_) => true,
            _ => false,
        }
    }
}

impl From<SqliteError> for StoreError {
    fn from(error: SqliteError) -> Self {
        match error {
            SqliteError::Refused(error) => error,
            error if error.is_outage() => StoreError::Unavailable(Box::new(error)),
            error => StoreError::Failed(Box::new(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;
    use std::error::Error;

    fn failure(code: i32) -> SqliteError {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into()
    }

    #[test]
    fn an_outage_is_told_from_a_fault_and_keeps_its_source() {
        for (code, is_outage) in [
            (ffi::SQLITE_BUSY, true),
            (ffi::SQLITE_BUSY_SNAPSHOT, true),
            (ffi::SQLITE_LOCKED, true),
            (ffi::SQLITE_CANTOPEN, true),
            (ffi::SQLITE_IOERR_FSYNC, true),
            (ffi::SQLITE_FULL, true),
            (ffi::SQLITE_READONLY, true),
            (ffi::SQLITE_CORRUPT, false),
            (ffi::SQLITE_NOTADB, false),
            (ffi::SQLITE_CONSTRAINT_UNIQUE, false),
            (ffi::SQLITE_ERROR, false),
        ] {
            let error = StoreError::from(failure(code));
            assert_eq!(matches!(error, StoreError::Unavailable(_)), is_outage, "{code}: {error:?}");
            assert_eq!(matches!(error, StoreError::Failed(_)), !is_outage, "{code}: {error:?}");
            let source = error.source().and_then(Error::source).unwrap();
            assert!(source.is::<rusqlite::Error>(), "{source:?}");
        }
    }
}
