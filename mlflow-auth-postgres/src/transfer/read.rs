//! How all of it is read.

use crate::error::Result;
use crate::queries::query;
use crate::session::Session;
use crate::sign_in::{moment, token};
use crate::{accounts, feed, read, rows};
use mlflow_auth_core::store::transfer::{Account, Assignment, Contents, Member};
use mlflow_auth_core::store::{BoundIdentity, IdentityKey, Revision};
use mlflow_auth_core::{GroupName, Username};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// To be called on one state of the database.
pub(super) async fn contents(session: &mut Session) -> Result<(Revision, Contents)> {
    let revision = feed::now(session).await?.revision;
    let contents = Contents {
        accounts: session.all(query!(session, accounts), account).await?,
        groups: read::groups(session).await?,
        roles: read::roles(session).await?,
        members: session.all(query!(session, whole_members), member).await?,
        assignments: session.all(query!(session, whole_assignments), assignment).await?,
        grants: session.all(query!(session, whole_grants), rows::held_grant).await?,
        identities: session.all(query!(session, whole_identities), identity).await?,
        tokens: session.all(query!(session, whole_tokens), token).await?,
    };
    Ok((revision, contents))
}

fn account(row: &PgRow) -> Result<Account> {
    let (user, password) = accounts::account(row)?;
    Ok(Account { user, password })
}

fn username(row: &PgRow, index: usize) -> Result<Username> {
    Ok(Username::new(row.try_get::<String, _>(index)?)?)
}

fn member(row: &PgRow) -> Result<Member> {
    let provider: String = row.try_get(2)?;
    Ok(Member {
        user: username(row, 0)?,
        group: GroupName::new(row.try_get::<String, _>(1)?)?,
        provider: Some(provider).filter(|provider| !provider.is_empty()),
    })
}

fn assignment(row: &PgRow) -> Result<Assignment> {
    Ok(Assignment { user: username(row, 0)?, role: rows::role_key(row, 1)? })
}

fn identity(row: &PgRow) -> Result<BoundIdentity> {
    let key = IdentityKey { issuer: row.try_get(0)?, subject: row.try_get(1)? };
    Ok(BoundIdentity { key, user: username(row, 2)?, bound_at: moment(row, 3)? })
}
