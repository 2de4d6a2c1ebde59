//! The tables of other programs.

use crate::error::{Result, SqliteError};
use mlflow_auth_core::store::StoreError;
use mlflow_auth_core::store::transfer::Table;
use rusqlite::types::{FromSqlError, ValueRef};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;
use tokio::task::spawn_blocking;

const EXISTS: &str = "SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = ?1";

/// How long to wait for whoever writes to the file.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads those of the tables `names` that a file has, all of them as they were at one moment, and writes nothing to it.
///
/// # Errors
/// [`StoreError::Unavailable`] if the file cannot be opened or read, [`StoreError::Failed`] if it is no database, or a value
/// is no text and no number.
pub async fn read_tables(path: &Path, names: &'static [&'static str]) -> std::result::Result<Vec<Table>, StoreError> {
    let path = path.to_owned();
    Ok(spawn_blocking(move || read(&path, names)).await.map_err(SqliteError::from)??)
}

fn read(path: &Path, names: &[&str]) -> Result<Vec<Table>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags);
    let mut connection = opened.map_err(|source| SqliteError::Open { path: path.to_owned(), source })?;
    connection.busy_timeout(PATIENCE)?;
    let transaction = connection.transaction()?;
    let mut tables = Vec::new();
    for name in names {
        if transaction.query_row(EXISTS, [name], |row| row.get(0))? {
            tables.push(table(&transaction, name)?);
        }
    }
    Ok(tables)
}

fn table(connection: &Connection, name: &str) -> Result<Table> {
    // The name is one of ours, and a word.
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{name}\" ORDER BY 1"))?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        let values = (0..columns.len()).map(|index| text(row.get_ref(index)?, index));
        read.push(values.collect::<Result<_>>()?);
    }
    Ok(Table { name: name.to_owned(), columns, rows: read })
}

fn text(value: ValueRef<'_>, column: usize) -> Result<Option<String>> {
    let kind = value.data_type();
    match value {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(number) => Ok(Some(number.to_string())),
        ValueRef::Real(number) => Ok(Some(number.to_string())),
        ValueRef::Text(_) => Ok(Some(value.as_str().map_err(|error| unreadable(column, kind, error))?.to_owned())),
        ValueRef::Blob(_) => Err(unreadable(column, kind, FromSqlError::InvalidType)),
    }
}

fn unreadable(column: usize, kind: rusqlite::types::Type, error: FromSqlError) -> SqliteError {
    rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(error)).into()
}
