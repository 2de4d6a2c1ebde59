//! Access tokens.

use super::{column, moment, moment_or_none};
use crate::error::Result;
use crate::store::SqliteStore;
use crate::write::Write;
use crate::{accounts, queries, read};
use async_trait::async_trait;
use mlflow_auth_core::store::{
    AccessToken, Event, NewToken, Seconds, StoreError, TokenHash, TokenStore, token_name, token_number,
};
use mlflow_auth_core::{Narrowing, Subject, Username};
use rusqlite::{Connection, Row};

pub(crate) fn token(row: &Row<'_>) -> Result<AccessToken> {
    Ok(AccessToken {
        id: row.get(0)?,
        user: Username::new(row.get::<_, String>(9)?)?,
        name: row.get(1)?,
        prefix: row.get(2)?,
        hash: TokenHash::from_stored(row.get::<_, String>(3)?),
        narrowing: Narrowing::from_text(row.get::<_, Option<String>>(4)?.as_deref()),
        created_at: moment(row, 5)?,
        created_by: Username::new(row.get::<_, String>(6)?)?,
        expires_at: moment(row, 7)?,
        last_used_at: moment_or_none(row, 8)?,
    })
}

fn create(connection: &Connection, write: &mut Write<'_>, new: NewToken) -> Result<AccessToken> {
    new.check()?;
    let owner = accounts::active(connection, &new.user)?.id;
    write.run(queries::REMOVE_EXPIRED_TOKENS, (owner, column(new.created_at)))?;
    if new.replaces {
        write.run(queries::REMOVE_TOKEN_OF_NAME, (owner, &new.name))?;
    }
    make_sure_of_room(connection, owner, &new)?;
    let (created_at, expires_at) = (column(new.created_at), column(new.expires_at));
    let (narrowing, created_by) = (new.narrowing.to_text(), new.created_by.as_str());
    let row = (owner, &new.name, &new.prefix, new.hash.expose(), narrowing, created_at, created_by, expires_at);
    let id = connection.prepare_cached(queries::ADD_TOKEN)?.query_row(row, |row| row.get(0))?;
    write.tell(Event::User(new.user.clone()));
    Ok(AccessToken {
        id,
        user: new.user,
        name: new.name,
        prefix: new.prefix,
        hash: new.hash,
        narrowing: new.narrowing,
        created_at: new.created_at,
        created_by: new.created_by,
        expires_at: new.expires_at,
        last_used_at: None,
    })
}

fn make_sure_of_room(connection: &Connection, owner: i64, new: &NewToken) -> Result<()> {
    if connection.prepare_cached(queries::PREFIX_IS_TAKEN)?.query_row([&new.prefix], |row| row.get(0))? {
        return Err(StoreError::AlreadyExists(format!("a token with the prefix `{}`", new.prefix)).into());
    }
    if connection.prepare_cached(queries::TOKEN_NAME_IS_TAKEN)?.query_row((owner, &new.name), |row| row.get(0))? {
        return Err(StoreError::AlreadyExists(token_name(&new.user, &new.name)).into());
    }
    let count: i64 = connection.prepare_cached(queries::COUNT_TOKENS)?.query_row([owner], |row| row.get(0))?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= new.most {
        return Err(StoreError::TooMany(format!("tokens of {}", Subject::User(new.user.clone()))).into());
    }
    Ok(())
}

fn delete(connection: &Connection, write: &mut Write<'_>, user: &Username, id: i64) -> Result<()> {
    let removed = match accounts::find(connection, user)? {
        Some((owner, _)) => write.run(queries::REMOVE_TOKEN, (id, owner.id))?,
        None => 0,
    };
    if removed == 0 {
        return Err(StoreError::NotFound(token_number(user, id)).into());
    }
    write.tell(Event::User(user.clone()));
    Ok(())
}

fn delete_all(connection: &Connection, write: &mut Write<'_>, user: &Username) -> Result<usize> {
    let Some((owner, _)) = accounts::find(connection, user)? else { return Ok(0) };
    let removed = write.run(queries::REMOVE_TOKENS, [owner.id])?;
    if removed > 0 {
        write.tell(Event::User(user.clone()));
    }
    Ok(removed)
}

#[async_trait]
impl TokenStore for SqliteStore {
    async fn token(&self, prefix: &str) -> Result<Option<AccessToken>, StoreError> {
        let prefix = prefix.to_owned();
        self.read(move |connection| Ok(read::all(connection, queries::TOKEN, [prefix], token)?.pop())).await
    }

    async fn tokens_of(&self, user: &Username) -> Result<Vec<AccessToken>, StoreError> {
        let user = user.clone();
        self.read(move |connection| read::all(connection, queries::TOKENS_OF, [user.as_str()], token)).await
    }

    async fn create_token(&self, token: NewToken) -> Result<AccessToken, StoreError> {
        Ok(self.write(move |connection, write| create(connection, write, token)).await?.0)
    }

    async fn delete_token(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        let user = user.clone();
        self.write(move |connection, write| delete(connection, write, &user, id)).await.map(|_| ())
    }

    async fn delete_tokens(&self, user: &Username) -> Result<usize, StoreError> {
        let user = user.clone();
        Ok(self.write(move |connection, write| delete_all(connection, write, &user)).await?.0)
    }

    async fn saw_token(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        self.write(move |_, write| write.run(queries::SAW_TOKEN, (id, column(at)))).await.map(|_| ())
    }
}
