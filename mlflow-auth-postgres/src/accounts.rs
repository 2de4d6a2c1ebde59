//! How accounts are read and written.

use crate::error::Result;
use crate::queries::query;
use crate::session::Session;
use crate::write::Write;
use mlflow_auth_core::store::{Event, NewUser, StoreError, User, UserUpdate};
use mlflow_auth_core::{PasswordHash, Subject, Username};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// An account with its password hash, if it has one.
pub(crate) type Account = (User, Option<PasswordHash>);

pub(crate) async fn find(session: &mut Session, name: &Username) -> Result<Option<Account>> {
    session.first(query!(session, account, name.as_str()), account).await
}

pub(crate) async fn all(session: &mut Session) -> Result<Vec<User>> {
    session.all(query!(session, accounts), |row| Ok(account(row)?.0)).await
}

pub(crate) fn account(row: &PgRow) -> Result<Account> {
    let name = Username::new(row.try_get::<String, _>(1)?)?;
    let user = User {
        id: row.try_get(0)?,
        name,
        is_admin: row.try_get(2)?,
        display_name: row.try_get(4)?,
        is_service: row.try_get(5)?,
        is_active: row.try_get(6)?,
    };
    Ok((user, row.try_get::<Option<String>, _>(3)?.map(PasswordHash::from_stored)))
}

pub(crate) fn not_found(name: &Username) -> StoreError {
    StoreError::NotFound(Subject::User(name.clone()).to_string())
}

pub(crate) async fn create(write: &mut Write, user: &NewUser) -> Result<User> {
    user.check()?;
    let NewUser { name, password, is_admin, display_name, is_service } = user;
    let subject = Subject::User(name.clone());
    if find(&mut write.session, name).await?.is_some() {
        return Err(StoreError::AlreadyExists(subject.to_string()).into());
    }
    let id = write.find_or_add(&subject).await?;
    let password = password.as_ref().map(PasswordHash::expose);
    let session = &mut write.session;
    session.run(query!(session, add_account, id, password, *is_admin, display_name.as_deref(), *is_service)).await?;
    write.tell(Event::User(name.clone()));
    let (name, display_name) = (name.clone(), display_name.clone());
    Ok(User { id, name, is_admin: *is_admin, display_name, is_service: *is_service, is_active: true })
}

pub(crate) async fn update(write: &mut Write, name: &Username, update: &UserUpdate) -> Result<()> {
    update.check()?;
    let session = &mut write.session;
    let (user, password) = find(session, name).await?.ok_or_else(|| not_found(name))?;
    let expose = |hash: &Option<PasswordHash>| hash.as_ref().map(|hash| hash.expose().to_owned());
    if update.if_password_is.is_some() && expose(&update.if_password_is) != expose(&password) {
        return Err(StoreError::Conflict(Subject::User(name.clone()).to_string()).into());
    }
    if update.needs_another_admin(&user) && !session.is(query!(session, another_admin, user.id)).await? {
        return Err(StoreError::LastAdmin(Subject::User(name.clone()).to_string()).into());
    }
    if update.ends_tokens() {
        session.run(query!(session, remove_tokens, user.id)).await?;
    }
    if update.ends_sessions() {
        session.run(query!(session, remove_sessions, user.id)).await?;
    }
    let password = update.password.as_ref().map(PasswordHash::expose);
    let (is_admin, display_name, is_active) = (update.is_admin, update.display_name.as_deref(), update.is_active);
    session.run(query!(session, update_account, user.id, password, is_admin, display_name, is_active)).await?;
    write.tell(Event::User(name.clone()));
    Ok(())
}

/// An account that may sign in.
pub(crate) async fn active(session: &mut Session, name: &Username) -> Result<User> {
    let account = find(session, name).await?.map(|(user, _)| user).filter(|user| user.is_active);
    account.ok_or_else(|| not_found(name).into())
}

pub(crate) async fn delete(write: &mut Write, name: &Username) -> Result<()> {
    let (user, _) = find(&mut write.session, name).await?.ok_or_else(|| not_found(name))?;
    write.tell(Event::User(name.clone()));
    write.forget_user(user.id, name).await?;
    let session = &mut write.session;
    session.run(query!(session, remove_subject, user.id)).await?;
    Ok(())
}
