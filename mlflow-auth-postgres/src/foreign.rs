//! The tables of other programs.

use crate::connect;
use crate::error::{PostgresError, Result};
use crate::schema::Schema;
use crate::settings::PostgresSettings;
use mlflow_auth_core::store::StoreError;
use mlflow_auth_core::store::transfer::Table;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};

/// Its name as a statement can hold it, quotes and all.
const FIND: &str = "SELECT to_regclass($1)::text";
const COLUMNS: &str = "SELECT attname::text FROM pg_catalog.pg_attribute
    WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TIME ZONE 'UTC';
    SET LOCAL statement_timeout = '10min'";

/// Reads those of the tables `names` that there are, all of them as they were at one moment, and writes nothing. A name is
/// one of the search path of the user, or has its schema before it.
///
/// # Errors
/// As [`PostgresStore::open`](crate::PostgresStore::open).
pub async fn read_tables(settings: &PostgresSettings, names: &[&str]) -> std::result::Result<Vec<Table>, StoreError> {
    Schema::new(&settings.schema).map_err(PostgresError::from)?;
    Ok(read(settings, names).await?)
}

async fn read(settings: &PostgresSettings, names: &[&str]) -> Result<Vec<Table>> {
    let options = connect::options(settings, &settings.address, settings.transaction_pooling).await?;
    let connecting = tokio::time::timeout(settings.open_timeout, options.connect()).await;
    let mut connection = connecting.map_err(|_| PostgresError::TimedOut(settings.open_timeout))??;
    sqlx::raw_sql(BEGIN).execute(&mut connection).await?;
    let mut tables = Vec::new();
    for name in names {
        let found: Option<String> = sqlx::query_scalar(FIND).bind(name).fetch_one(&mut connection).await?;
        if let Some(quoted) = found {
            tables.push(table(&mut connection, name, &quoted).await?);
        }
    }
    connection.close().await?;
    Ok(tables)
}

async fn table(connection: &mut PgConnection, name: &str, quoted: &str) -> Result<Table> {
    let columns: Vec<String> = sqlx::query_scalar(COLUMNS).bind(name).fetch_all(&mut *connection).await?;
    let texts: Vec<String> =
        columns.iter().map(|column| format!("\"{}\"::text", column.replace('"', "\"\""))).collect();
    let order = if columns.iter().any(|column| column == "id") { " ORDER BY id" } else { "" };
    let statement = format!("SELECT {} FROM {quoted}{order}", texts.join(", "));
    // Safe: the names come from the catalogue, and are quoted.
    let rows = sqlx::query(AssertSqlSafe(statement)).fetch_all(connection).await?;
    let rows = rows.iter().map(values).collect::<Result<_>>()?;
    Ok(Table { name: name.to_owned(), columns, rows })
}

fn values(row: &PgRow) -> Result<Vec<Option<String>>> {
    (0..row.len()).map(|index| Ok(row.try_get(index)?)).collect()
}
