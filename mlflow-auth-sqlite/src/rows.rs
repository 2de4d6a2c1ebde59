//! How words become columns, and columns words.

use crate::error::{Result, SqliteError};
use crate::queries;
use mlflow_auth_core::{Grant, GroupName, RoleKey, RoleName, Scope, StoredGrant, Subject, Username, Workspace};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use std::borrow::Cow;

/// The columns that name a subject: kind, workspace, name.
pub(crate) type SubjectColumns<'s> = (&'static str, &'s str, &'s str);

pub(crate) fn columns(subject: &Subject) -> SubjectColumns<'_> {
    match subject {
        Subject::User(name) => ("user", "", name.as_str()),
        Subject::Group(name) => ("group", "", name.as_str()),
        Subject::Role(key) => ("role", key.workspace.as_str(), key.name.as_str()),
    }
}

/// The number of a subject, if it was ever named here.
pub(crate) fn find(connection: &Connection, subject: &Subject) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached(queries::SUBJECT)?;
    Ok(statement.query_row(columns(subject), |row| row.get(0)).optional()?)
}

/// Reads the three columns from `first` on.
pub(crate) fn subject(row: &Row<'_>, first: usize) -> Result<Subject> {
    let kind: String = row.get(first)?;
    let name: String = row.get(first + 2)?;
    Ok(match kind.as_str() {
        "user" => Subject::User(Username::new(name)?),
        "group" => Subject::Group(GroupName::new(name)?),
        "role" => Subject::Role(role_key(row, first + 1)?),
        _ => return Err(SqliteError::Kind(kind)),
    })
}

/// Reads a workspace and a name from `first` on.
pub(crate) fn role_key(row: &Row<'_>, first: usize) -> Result<RoleKey> {
    let (workspace, name): (String, String) = (row.get(first)?, row.get(first + 1)?);
    Ok(RoleKey { workspace: Workspace::new(workspace)?, name: RoleName::new(name)? })
}

pub(crate) fn workspace_column(scope: &Scope) -> Option<&str> {
    match scope {
        Scope::Everywhere => None,
        Scope::In(workspace) => Some(workspace.as_str()),
    }
}

/// Reads the first seven columns of a grant. What cannot be read makes it a refusal.
pub(crate) fn grant(row: &Row<'_>, subject: Subject) -> Result<Grant> {
    let workspace = match row.get_ref(1)? {
        ValueRef::Null => None,
        value => Some(text(value)),
    };
    let (form, what) = (text(row.get_ref(3)?), row.get_ref(4)?);
    let is_text = matches!(what, ValueRef::Text(bytes) if std::str::from_utf8(bytes).is_ok());
    Ok(Grant::from_stored(StoredGrant {
        id: row.get(0)?,
        subject,
        workspace: workspace.as_deref(),
        kind: &text(row.get_ref(2)?),
        form: if is_text { &form } else { "text that is not UTF-8" },
        text: &text(what),
        priority: row.get(5)?,
        permission: &text(row.get_ref(6)?),
    }))
}

/// The tables hold nothing but text in these columns; bytes in it that are not UTF-8 are replaced.
fn text(value: ValueRef<'_>) -> Cow<'_, str> {
    match value {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes),
        _ => Cow::Borrowed(""),
    }
}
