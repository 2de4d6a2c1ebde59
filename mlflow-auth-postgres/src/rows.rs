//! How words become columns, and columns words.

use crate::error::{PostgresError, Result};
use mlflow_auth_core::{
    Grant, GroupName, ResourceType, RoleKey, RoleName, Scope, StoredGrant, Subject, Username, Workspace,
};
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// The columns that name a subject: kind, workspace, name.
pub(crate) type SubjectColumns<'s> = (&'static str, &'s str, &'s str);

pub(crate) fn columns(subject: &Subject) -> SubjectColumns<'_> {
    match subject {
        Subject::User(name) => ("user", "", name.as_str()),
        Subject::Group(name) => ("group", "", name.as_str()),
        Subject::Role(key) => ("role", key.workspace.as_str(), key.name.as_str()),
    }
}

/// Reads the three columns from `first` on.
pub(crate) fn subject(row: &PgRow, first: usize) -> Result<Subject> {
    let kind: String = row.try_get(first)?;
    let name: String = row.try_get(first + 2)?;
    Ok(match kind.as_str() {
        "user" => Subject::User(Username::new(name)?),
        "group" => Subject::Group(GroupName::new(name)?),
        "role" => Subject::Role(role_key(row, first + 1)?),
        _ => return Err(PostgresError::Kind(kind)),
    })
}

/// Reads a workspace and a name from `first` on.
pub(crate) fn role_key(row: &PgRow, first: usize) -> Result<RoleKey> {
    let (workspace, name): (String, String) = (row.try_get(first)?, row.try_get(first + 1)?);
    Ok(RoleKey { workspace: Workspace::new(workspace)?, name: RoleName::new(name)? })
}

pub(crate) fn username(row: &PgRow) -> Result<Username> {
    Ok(Username::new(row.try_get::<String, _>(0)?)?)
}

pub(crate) fn group_name(row: &PgRow) -> Result<GroupName> {
    Ok(GroupName::new(row.try_get::<String, _>(0)?)?)
}

pub(crate) fn id(row: &PgRow) -> Result<i64> {
    Ok(row.try_get(0)?)
}

pub(crate) fn workspace_column(scope: &Scope) -> Option<&str> {
    match scope {
        Scope::Everywhere => None,
        Scope::In(workspace) => Some(workspace.as_str()),
    }
}

/// What stands for a type of resource and a text in an index.
pub(crate) fn digest(kind: &ResourceType, text: &str) -> [u8; 32] {
    let length = (kind.name().len() as u64).to_be_bytes();
    Sha256::new().chain_update(length).chain_update(kind.name()).chain_update(text).finalize().into()
}

/// Reads the first seven columns of a grant. What cannot be read makes it a refusal.
pub(crate) fn grant(row: &PgRow, subject: Subject) -> Result<Grant> {
    let text = |index: usize| row.try_get::<&str, _>(index);
    Ok(Grant::from_stored(StoredGrant {
        id: row.try_get(0)?,
        subject,
        workspace: row.try_get(1)?,
        kind: text(2)?,
        form: text(3)?,
        text: text(4)?,
        priority: row.try_get(5)?,
        permission: text(6)?,
    }))
}

/// Reads a grant with the columns that name its holder after it.
pub(crate) fn held_grant(row: &PgRow) -> Result<Grant> {
    grant(row, subject(row, 7)?)
}
