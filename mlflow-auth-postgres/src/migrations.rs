//! The versions of the schema, and how a database comes to the newest.

use crate::error::{PostgresError, Result};
use crate::schema::Schema;
use crate::session::Session;
use crate::settings::PostgresSettings;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row, SqlSafeStr, SqlStr};

/// What makes each version from the one before. Never changed once released: another is added.
pub(crate) const ALL: &[&str] =
    &[include_str!("../migrations/0001_first.sql"), include_str!("../migrations/0002_grants_by_workspace.sql")];

/// The version that this program writes.
pub(crate) fn newest() -> i64 {
    i64::try_from(ALL.len()).unwrap_or(i64::MAX)
}

/// Whether the schema is there, whether it holds anything, whether it is ours.
const LOOK: &str = "SELECT
    EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1),
    EXISTS (SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = $1),
    (SELECT count(*) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname IN ('state', 'changes', 'subjects', 'grants')) = 4,
    current_setting('server_encoding'), current_setting('synchronous_commit')";
const LOCK: &str = "SELECT pg_advisory_xact_lock($1)";

struct Found {
    has_schema: bool,
    version: i64,
}

/// Brings the schema to the newest version, in one transaction. Any number of processes may do so at once.
pub(crate) async fn run(mut session: Session, settings: &PostgresSettings) -> Result<()> {
    session.say(begin(settings)).await?;
    match bring_on(&mut session).await {
        Ok(()) => {
            session.say(SqlStr::from_static("COMMIT")).await?;
            session.give_back();
            Ok(())
        }
        Err(error) => {
            if !error.is_lost() && session.say(SqlStr::from_static("ROLLBACK")).await.is_ok() {
                session.give_back();
            }
            Err(error)
        }
    }
}

/// A migration, and waiting for one, may take longer than a statement.
fn begin(settings: &PostgresSettings) -> SqlStr {
    let limit = settings.open_timeout.as_millis().max(1);
    let limits = ["statement_timeout", "lock_timeout"].map(|name| format!("SET LOCAL {name} = {limit};")).join(" ");
    // Safe: made of a number.
    AssertSqlSafe(format!("BEGIN ISOLATION LEVEL READ COMMITTED; {limits}")).into_sql_str()
}

async fn bring_on(session: &mut Session) -> Result<()> {
    let schema = session.queries().schema.clone();
    if look(session, &schema).await?.version == newest() {
        return Ok(());
    }
    session.all(sqlx::query(LOCK).bind(schema.lock()), |_| Ok(())).await?;
    let found = look(session, &schema).await?;
    if !found.has_schema {
        say(session, &format!("CREATE SCHEMA {}", schema.name())).await?;
    }
    for (number, migration) in (1..).zip(ALL).filter(|(number, _)| *number > found.version) {
        if number > 1 {
            // Nobody writes meanwhile, and who waits for it sees the new version then.
            say(session, &schema.qualify("SELECT 1 FROM mlflow_auth.state FOR UPDATE")).await?;
        }
        say(session, &schema.qualify(migration)).await?;
        say(session, &schema.qualify(&format!("UPDATE mlflow_auth.state SET version = {number}"))).await?;
    }
    Ok(())
}

async fn say(session: &mut Session, sql: &str) -> Result<Option<PgRow>> {
    // Safe: nothing goes into a text but numbers and the name of a schema that needs no quotes.
    session.say(AssertSqlSafe(sql).into_sql_str()).await
}

async fn look(session: &mut Session, schema: &Schema) -> Result<Found> {
    let read = |row: &PgRow| {
        let flags: (bool, bool, bool) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok((flags, row.try_get::<String, _>(3)?, row.try_get::<String, _>(4)?))
    };
    let found = session.first(sqlx::query(LOOK).bind(schema.name()), read).await?;
    let ((has_schema, is_used, is_ours), encoding, durability) = found.ok_or(sqlx::Error::RowNotFound)?;
    if encoding != "UTF8" {
        return Err(PostgresError::Encoding(encoding));
    }
    if durability == "off" {
        tracing::warn!("`synchronous_commit` is off: a crash of the server loses what was acknowledged last");
    }
    match (is_used, is_ours) {
        (false, _) => Ok(Found { has_schema, version: 0 }),
        (true, false) => Err(PostgresError::Foreign(schema.name().to_owned())),
        (true, true) => Ok(Found { has_schema, version: version(session, schema).await? }),
    }
}

async fn version(session: &mut Session, schema: &Schema) -> Result<i64> {
    let row = say(session, &schema.qualify("SELECT version FROM mlflow_auth.state")).await?;
    let found: i64 = row.ok_or(sqlx::Error::RowNotFound)?.try_get(0)?;
    match found > newest() {
        true => Err(PostgresError::Newer { schema: schema.name().to_owned(), found, known: newest() }),
        false => Ok(found),
    }
}
