//! How groups, roles and grants are read.

use crate::error::Result;
use crate::queries;
use crate::rows;
use mlflow_auth_core::store::{Membership, Role, StoreError};
use mlflow_auth_core::{Grant, GroupName, ResourceType, RoleKey, Scope, Subject, Target, Username, Workspace};
use rusqlite::{Connection, Params, Row};

/// All rows of a statement, each read by `read`.
pub(crate) fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

fn username(row: &Row<'_>) -> Result<Username> {
    Ok(Username::new(row.get::<_, String>(0)?)?)
}

fn group_name(row: &Row<'_>) -> Result<GroupName> {
    Ok(GroupName::new(row.get::<_, String>(0)?)?)
}

pub(crate) fn membership(connection: &Connection, user: &Username) -> Result<Membership> {
    let groups = all(connection, queries::GROUPS_OF, [user.as_str()], group_name)?;
    let roles = all(connection, queries::ROLES_OF, [user.as_str()], |row| rows::role_key(row, 0))?;
    Ok(Membership { groups, roles })
}

pub(crate) fn grants_of(connection: &Connection, subject: &Subject) -> Result<Vec<Grant>> {
    let Some(id) = rows::find(connection, subject)? else { return Ok(Vec::new()) };
    all(connection, queries::GRANTS_OF, [id], |row| rows::grant(row, subject.clone()))
}

pub(crate) fn grants_on(
    connection: &Connection,
    kind: &ResourceType,
    id: &str,
    workspace: &Workspace,
) -> Result<Vec<Grant>> {
    let read = |row: &Row<'_>| rows::grant(row, rows::subject(row, 7)?);
    let mut grants = all(connection, queries::GRANTS_ON, (kind.name(), id), read)?;
    // Asked of the grant, not of the row: one whose workspace cannot be read refuses everywhere.
    grants.retain(|grant| {
        let holds_there = match &grant.spec.scope {
            Scope::Everywhere => true,
            Scope::In(scope) => scope == workspace,
        };
        holds_there && matches!(grant.spec.target, Target::Exact(_))
    });
    Ok(grants)
}

pub(crate) fn patterns_on(connection: &Connection, kind: &ResourceType) -> Result<Vec<Grant>> {
    all(connection, queries::PATTERNS_ON, [kind.name()], |row| rows::grant(row, rows::subject(row, 7)?))
}

pub(crate) fn holders(connection: &Connection) -> Result<Vec<Subject>> {
    all(connection, queries::HOLDERS, [], |row| rows::subject(row, 0))
}

pub(crate) fn groups(connection: &Connection) -> Result<Vec<GroupName>> {
    all(connection, queries::GROUPS, [], group_name)
}

pub(crate) fn members(connection: &Connection, group: &GroupName) -> Result<Vec<Username>> {
    members_by_id(connection, group_id(connection, group)?)
}

/// The number of a group, which must exist.
pub(crate) fn group_id(connection: &Connection, group: &GroupName) -> Result<i64> {
    let subject = Subject::Group(group.clone());
    match rows::find(connection, &subject)? {
        Some(id) if group_exists(connection, id)? => Ok(id),
        _ => Err(StoreError::NotFound(subject.to_string()).into()),
    }
}

pub(crate) fn group_exists(connection: &Connection, id: i64) -> Result<bool> {
    Ok(connection.prepare_cached(queries::GROUP_EXISTS)?.query_row([id], |row| row.get(0))?)
}

pub(crate) fn members_by_id(connection: &Connection, group: i64) -> Result<Vec<Username>> {
    all(connection, queries::MEMBERS, [group], username)
}

pub(crate) fn roles(connection: &Connection) -> Result<Vec<Role>> {
    all(connection, queries::ROLES, [], |row| {
        Ok(Role { id: row.get(0)?, key: rows::role_key(row, 1)?, description: row.get(3)? })
    })
}

/// The number of a role, which must exist.
pub(crate) fn role_id(connection: &Connection, role: &RoleKey) -> Result<i64> {
    let subject = Subject::Role(role.clone());
    rows::find(connection, &subject)?.ok_or_else(|| StoreError::NotFound(subject.to_string()).into())
}

pub(crate) fn role_users(connection: &Connection, role: &RoleKey) -> Result<Vec<Username>> {
    role_users_by_id(connection, role_id(connection, role)?)
}

pub(crate) fn role_users_by_id(connection: &Connection, role: i64) -> Result<Vec<Username>> {
    all(connection, queries::ROLE_USERS, [role], username)
}
