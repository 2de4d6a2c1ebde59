//! Fills a file.

use super::{Outcome, Size};
use crate::names::Set;
use mlflow_auth_sqlite::{SqliteSettings, SqliteStore};
use rusqlite::{Connection, Transaction, params};
use std::path::Path;

/// Makes a store of this size at `path`, where there must be none.
///
/// # Errors
/// Those of the store.
pub async fn fill(path: &Path, size: Size) -> Outcome<()> {
    drop(SqliteStore::open(path, SqliteSettings::default()).await?);
    let mut connection = Connection::open(path)?;
    let transaction = connection.transaction()?;
    people(&transaction, size)?;
    groups(&transaction, size)?;
    rules(&transaction, size)?;
    transaction.commit()?;
    connection.execute_batch("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")?;
    let count: i64 = connection.query_one("SELECT count(*) FROM grants", (), |row| row.get(0))?;
    match count == n(size.grants()) {
        true => Ok(()),
        false => Err(format!("{count} grants were made in place of {}", size.grants()).into()),
    }
}

const NUMBERS: &str = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)";
const EXACT: &str = "INSERT INTO grants (subject_id, workspace, resource_type, form, text, priority, permission)";

fn n(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Users have the numbers from 1 on.
fn people(transaction: &Transaction<'_>, size: Size) -> Outcome<()> {
    let subjects = format!(
        "INSERT INTO subjects (id, kind, workspace, name) {NUMBERS} SELECT 1 + i, 'user', '', 'user-' || i FROM n"
    );
    transaction.execute(&subjects, [n(size.users)])?;
    transaction.execute("INSERT INTO accounts (subject_id, password_hash, is_admin) SELECT id, NULL, 0 FROM subjects WHERE kind = 'user'", ())?;
    let each = size.of_each_user;
    let grants =
        format!("{EXACT} {NUMBERS} SELECT 1 + i / ?2, NULL, 'experiment', 'exact', CAST(i AS TEXT), 0, 'READ' FROM n");
    transaction.execute(&grants, [n(size.users * each), n(each.max(1))])?;
    Ok(())
}

/// Groups follow. Experiments of theirs are none of those that users hold.
fn groups(transaction: &Transaction<'_>, size: Size) -> Outcome<()> {
    let subjects = format!(
        "INSERT INTO subjects (id, kind, workspace, name) {NUMBERS} SELECT ?2 + 1 + i, 'group', '', 'group-' || i FROM n"
    );
    transaction.execute(&subjects, [n(size.groups), n(size.users)])?;
    transaction.execute("INSERT INTO groups (subject_id) SELECT id FROM subjects WHERE kind = 'group'", ())?;
    transaction.execute(
        "INSERT INTO members (group_id, user_id) SELECT ?1 + 1, id FROM subjects WHERE kind = 'user'",
        [n(size.users)],
    )?;
    let small =
        format!("INSERT INTO members (group_id, user_id) {NUMBERS} SELECT ?2 + 2 + i % (?3 - 1), 1 + i / 4 FROM n");
    transaction.execute(&small, [n(size.users * 4), n(size.users), n(size.groups)])?;
    let each = size.of_each_group;
    let grants =
        format!("{EXACT} {NUMBERS} SELECT ?2 + 1 + i / ?3, NULL, 'experiment', 'exact', 'g' || i, 0, 'READ' FROM n");
    transaction.execute(&grants, [n(size.groups * each), n(size.users), n(each.max(1))])?;
    Ok(())
}

/// The first half for everyone, the rest for the small groups in turn.
fn rules(transaction: &Transaction<'_>, size: Size) -> Outcome<()> {
    let mut insert =
        transaction.prepare(&format!("{EXACT} VALUES (?1, NULL, 'experiment', 'pattern', ?2, ?3, 'READ')"))?;
    for rule in 0..size.rules {
        let group = if rule < size.of_everyone() { 0 } else { 1 + rule % (size.groups - 1) };
        insert.execute(params![n(size.users + 1 + group), Set::Mixed.pattern(rule), n(rule)])?;
    }
    Ok(())
}
