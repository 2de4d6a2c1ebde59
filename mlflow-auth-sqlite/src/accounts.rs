//! How accounts are read and written.

use crate::error::Result;
use crate::queries;
use crate::read;
use crate::write::Write;
use mlflow_auth_core::store::{Event, NewUser, StoreError, User, UserUpdate};
use mlflow_auth_core::{PasswordHash, Subject, Username};
use rusqlite::{Connection, Row};

/// An account with its password hash, if it has one.
pub(crate) type Account = (User, Option<PasswordHash>);

pub(crate) fn find(connection: &Connection, name: &Username) -> Result<Option<Account>> {
    Ok(read::all(connection, queries::ACCOUNT, [name.as_str()], account)?.pop())
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<User>> {
    read::all(connection, queries::ACCOUNTS, [], |row| Ok(account(row)?.0))
}

pub(crate) fn account(row: &Row<'_>) -> Result<Account> {
    let name = Username::new(row.get::<_, String>(1)?)?;
    let user = User {
        id: row.get(0)?,
        name,
        is_admin: row.get(2)?,
        display_name: row.get(4)?,
        is_service: row.get(5)?,
        is_active: row.get(6)?,
    };
    Ok((user, row.get::<_, Option<String>>(3)?.map(PasswordHash::from_stored)))
}

pub(crate) fn not_found(name: &Username) -> StoreError {
    StoreError::NotFound(Subject::User(name.clone()).to_string())
}

pub(crate) fn create(connection: &Connection, write: &mut Write<'_>, user: NewUser) -> Result<User> {
    user.check()?;
    let NewUser { name, password, is_admin, display_name, is_service } = user;
    let subject = Subject::User(name.clone());
    if find(connection, &name)?.is_some() {
        return Err(StoreError::AlreadyExists(subject.to_string()).into());
    }
    let id = write.find_or_add(&subject)?;
    let password = password.as_ref().map(PasswordHash::expose);
    write.run(queries::ADD_ACCOUNT, (id, password, is_admin, display_name.as_deref(), is_service))?;
    write.tell(Event::User(name.clone()));
    Ok(User { id, name, is_admin, display_name, is_service, is_active: true })
}

pub(crate) fn update(
    connection: &Connection,
    write: &mut Write<'_>,
    name: &Username,
    update: &UserUpdate,
) -> Result<()> {
    update.check()?;
    let (user, password) = find(connection, name)?.ok_or_else(|| not_found(name))?;
    let expose = |hash: &Option<PasswordHash>| hash.as_ref().map(|hash| hash.expose().to_owned());
    if update.if_password_is.is_some() && expose(&update.if_password_is) != expose(&password) {
        return Err(StoreError::Conflict(Subject::User(name.clone()).to_string()).into());
    }
    if update.needs_another_admin(&user) && !another_admin(connection, user.id)? {
        return Err(StoreError::LastAdmin(Subject::User(name.clone()).to_string()).into());
    }
    let password = update.password.as_ref().map(PasswordHash::expose);
    let display_name = update.display_name.as_deref();
    if update.ends_tokens() {
        write.run(queries::REMOVE_TOKENS, [user.id])?;
    }
    if update.ends_sessions() {
        write.run(queries::REMOVE_SESSIONS, [user.id])?;
    }
    write.run(queries::UPDATE_ACCOUNT, (user.id, password, update.is_admin, display_name, update.is_active))?;
    write.tell(Event::User(name.clone()));
    Ok(())
}

/// An account that may sign in.
pub(crate) fn active(connection: &Connection, name: &Username) -> Result<User> {
    let account = find(connection, name)?.map(|(user, _)| user).filter(|user| user.is_active);
    account.ok_or_else(|| not_found(name).into())
}

/// Whether somebody else than the account of this number is an active admin.
fn another_admin(connection: &Connection, id: i64) -> Result<bool> {
    Ok(connection.prepare_cached(queries::ANOTHER_ADMIN)?.query_row([id], |row| row.get(0))?)
}

pub(crate) fn delete(connection: &Connection, write: &mut Write<'_>, name: &Username) -> Result<()> {
    let (user, _) = find(connection, name)?.ok_or_else(|| not_found(name))?;
    write.tell(Event::User(name.clone()));
    write.forget_user(user.id, name)?;
    write.run(queries::REMOVE_SUBJECT, [user.id])?;
    Ok(())
}
