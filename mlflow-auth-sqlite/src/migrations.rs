//! The versions of the schema, and how a file comes to the newest.

use crate::error::{Result, SqliteError};
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use std::path::Path;
use std::time::{Duration, Instant};

/// What makes each version from the one before. Never changed once released: another is added.
pub(crate) const ALL: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_accounts.sql"),
    include_str!("../migrations/0003_sign_in.sql"),
    include_str!("../migrations/0004_attempts.sql"),
    include_str!("../migrations/0005_grants_by_workspace.sql"),
];

/// Marks a file as ours in its header (`PRAGMA application_id`): "mlfa".
const APPLICATION: i64 = 0x6d6c_6661;

const VERSION_TABLE: &str = "CREATE TABLE schema_version (
    version    INTEGER PRIMARY KEY,
    applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT";
const ADD_VERSION: &str = "INSERT INTO schema_version (version) VALUES (?1)";
const VERSION: &str = "SELECT ifnull(max(version), 0) FROM schema_version";
const TABLES: &str = "SELECT count(*) FROM sqlite_schema";

/// Brings the file to the newest version. Any number of processes may do so at once.
pub(crate) fn run(connection: &mut Connection, path: &Path, patience: Duration) -> Result<()> {
    let open = |source| SqliteError::Open { path: path.to_owned(), source };
    // Asked before anything is written: not even the journal of somebody else's file is touched.
    let version = version(&*connection.transaction().map_err(open)?, path)?;
    use_write_ahead_log(connection, path, patience)?;
    if version == newest() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive).map_err(open)?;
    let version = self::version(&transaction, path)?;
    if version == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.execute_batch(VERSION_TABLE)?;
    }
    for (number, migration) in (1..).zip(ALL).filter(|(number, _)| *number > version) {
        transaction.execute_batch(migration)?;
        transaction.execute(ADD_VERSION, [number])?;
    }
    Ok(transaction.commit()?)
}

/// The version of the file; 0 for one that is empty.
fn version(connection: &Connection, path: &Path) -> Result<i64> {
    let open = |source| SqliteError::Open { path: path.to_owned(), source };
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(open);
    if number("PRAGMA application_id")? != APPLICATION {
        let is_empty = number(TABLES)? == 0;
        return if is_empty { Ok(0) } else { Err(SqliteError::Foreign(path.to_owned())) };
    }
    match number(VERSION)? {
        found if found > newest() => Err(SqliteError::Newer { path: path.to_owned(), found, known: newest() }),
        found => Ok(found),
    }
}

fn newest() -> i64 {
    i64::try_from(ALL.len()).unwrap_or(i64::MAX)
}

/// SQLite does not wait for others itself while the journal changes hands.
fn use_write_ahead_log(connection: &Connection, path: &Path, patience: Duration) -> Result<()> {
    let began = Instant::now();
    loop {
        let mode = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if mode.eq_ignore_ascii_case("wal") => return Ok(()),
            Ok(_) => return Err(SqliteError::NoLog(path.to_owned())),
            Err(error) if is_busy(&error) && began.elapsed() < patience => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(source) => return Err(SqliteError::Open { path: path.to_owned(), source }),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
