//! How all of it is read.

use crate::error::Result;
use crate::read::{all, groups, roles};
use crate::sign_in::{moment, token};
use crate::{accounts, queries, rows};
use mlflow_auth_core::store::transfer::{Account, Assignment, Contents, Member};
use mlflow_auth_core::store::{BoundIdentity, IdentityKey};
use mlflow_auth_core::{GroupName, Username};
use rusqlite::{Connection, Row};

pub(super) fn contents(connection: &Connection) -> Result<Contents> {
    Ok(Contents {
        accounts: all(connection, queries::ACCOUNTS, [], |row| {
            let (user, password) = accounts::account(row)?;
            Ok(Account { user, password })
        })?,
        groups: groups(connection)?,
        roles: roles(connection)?,
        members: all(connection, queries::WHOLE_MEMBERS, [], member)?,
        assignments: all(connection, queries::WHOLE_ASSIGNMENTS, [], |row| {
            Ok(Assignment { user: username(row, 0)?, role: rows::role_key(row, 1)? })
        })?,
        grants: all(connection, queries::WHOLE_GRANTS, [], |row| rows::grant(row, rows::subject(row, 7)?))?,
        identities: all(connection, queries::WHOLE_IDENTITIES, [], |row| {
            let key = IdentityKey { issuer: row.get(0)?, subject: row.get(1)? };
            Ok(BoundIdentity { key, user: username(row, 2)?, bound_at: moment(row, 3)? })
        })?,
        tokens: all(connection, queries::WHOLE_TOKENS, [], token)?,
    })
}

fn username(row: &Row<'_>, index: usize) -> Result<Username> {
    Ok(Username::new(row.get::<_, String>(index)?)?)
}

fn member(row: &Row<'_>) -> Result<Member> {
    let provider: String = row.get(2)?;
    Ok(Member {
        user: username(row, 0)?,
        group: GroupName::new(row.get::<_, String>(1)?)?,
        provider: Some(provider).filter(|provider| !provider.is_empty()),
    })
}
