//! How groups, roles and grants are read.

use crate::error::Result;
use crate::queries::query;
use crate::rows;
use crate::session::Session;
use mlflow_auth_core::store::{Membership, Role, StoreError};
use mlflow_auth_core::{Grant, GroupName, ResourceType, RoleKey, Scope, Subject, Target, Username, Workspace};
use sqlx::Row;

/// The number of a subject, if it was ever named here.
pub(crate) async fn find(session: &mut Session, subject: &Subject) -> Result<Option<i64>> {
    let (kind, workspace, name) = rows::columns(subject);
    session.first(query!(session, subject, kind, workspace, name), rows::id).await
}

pub(crate) async fn membership(session: &mut Session, user: &Username) -> Result<Membership> {
    let mut belongs = Membership::default();
    for subject in session.all(query!(session, membership, user.as_str()), |row| rows::subject(row, 0)).await? {
        match subject {
            Subject::Group(group) => belongs.groups.push(group),
            Subject::Role(role) => belongs.roles.push(role),
            Subject::User(_) => {}
        }
    }
    Ok(belongs)
}

pub(crate) async fn grants_of(session: &mut Session, subject: &Subject) -> Result<Vec<Grant>> {
    let (kind, workspace, name) = rows::columns(subject);
    let statement = query!(session, grants_of, kind, workspace, name);
    session.all(statement, |row| rows::grant(row, subject.clone())).await
}

pub(crate) async fn grants_on(
    session: &mut Session,
    kind: &ResourceType,
    id: &str,
    workspace: &Workspace,
) -> Result<Vec<Grant>> {
    let digest = rows::digest(kind, id);
    let statement = query!(session, grants_on, digest.as_slice(), kind.name(), id);
    let mut grants = session.all(statement, rows::held_grant).await?;
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

pub(crate) async fn patterns_on(session: &mut Session, kind: &ResourceType) -> Result<Vec<Grant>> {
    session.all(query!(session, patterns_on, kind.name()), rows::held_grant).await
}

pub(crate) async fn holders(session: &mut Session) -> Result<Vec<Subject>> {
    session.all(query!(session, holders), |row| rows::subject(row, 0)).await
}

pub(crate) async fn groups(session: &mut Session) -> Result<Vec<GroupName>> {
    session.all(query!(session, groups), rows::group_name).await
}

pub(crate) async fn members(session: &mut Session, group: &GroupName) -> Result<Vec<Username>> {
    let statement = query!(session, members, group.as_str());
    named_or_none(session.all(statement, name_if_any).await?, || Subject::Group(group.clone()))
}

pub(crate) async fn role_users(session: &mut Session, role: &RoleKey) -> Result<Vec<Username>> {
    let statement = query!(session, role_users, role.workspace.as_str(), role.name.as_str());
    named_or_none(session.all(statement, name_if_any).await?, || Subject::Role(role.clone()))
}

fn name_if_any(row: &sqlx::postgres::PgRow) -> Result<Option<Username>> {
    let name: Option<String> = row.try_get(0)?;
    Ok(name.map(Username::new).transpose()?)
}

/// No row at all: what should have these users does not exist.
fn named_or_none(rows: Vec<Option<Username>>, of: impl Fn() -> Subject) -> Result<Vec<Username>> {
    match rows.is_empty() {
        true => Err(StoreError::NotFound(of().to_string()).into()),
        false => Ok(rows.into_iter().flatten().collect()),
    }
}

pub(crate) async fn roles(session: &mut Session) -> Result<Vec<Role>> {
    session
        .all(query!(session, roles), |row| {
            Ok(Role { id: row.try_get(0)?, key: rows::role_key(row, 1)?, description: row.try_get(3)? })
        })
        .await
}

/// The number of a role, which must exist.
pub(crate) async fn role_id(session: &mut Session, role: &RoleKey) -> Result<i64> {
    let subject = Subject::Role(role.clone());
    let id = find(session, &subject).await?;
    id.ok_or_else(|| StoreError::NotFound(subject.to_string()).into())
}
