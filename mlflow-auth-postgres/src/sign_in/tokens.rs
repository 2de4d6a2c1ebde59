//! Access tokens.

use super::{column, count, moment, moment_or_none};
use crate::error::Result;
use crate::queries::query;
use crate::session::Session;
use crate::store::PostgresStore;
use crate::write::Write;
use crate::{accounts, rows};
use async_trait::async_trait;
use mlflow_auth_core::store::{
    AccessToken, Event, NewToken, Seconds, StoreError, TokenHash, TokenStore, token_name, token_number,
};
use mlflow_auth_core::{Narrowing, Subject, Username};
use sqlx::Row;
use sqlx::postgres::PgRow;

pub(crate) fn token(row: &PgRow) -> Result<AccessToken> {
    Ok(AccessToken {
        id: row.try_get(0)?,
        user: Username::new(row.try_get::<String, _>(9)?)?,
        name: row.try_get(1)?,
        prefix: row.try_get(2)?,
        hash: TokenHash::from_stored(row.try_get::<String, _>(3)?),
        narrowing: Narrowing::from_text(row.try_get::<Option<&str>, _>(4)?),
        created_at: moment(row, 5)?,
        created_by: Username::new(row.try_get::<String, _>(6)?)?,
        expires_at: moment(row, 7)?,
        last_used_at: moment_or_none(row, 8)?,
    })
}

async fn create(write: &mut Write, new: &NewToken) -> Result<AccessToken> {
    new.check()?;
    let session = &mut write.session;
    let owner = accounts::active(session, &new.user).await?.id;
    session.run(query!(session, remove_expired_tokens, owner, column(new.created_at))).await?;
    if new.replaces {
        session.run(query!(session, remove_token_of_name, owner, &new.name)).await?;
    }
    make_sure_of_room(session, owner, new).await?;
    let statement = query!(session, add_token, owner, &new.name, &new.prefix, new.hash.expose());
    let statement = statement.bind(new.narrowing.to_text()).bind(column(new.created_at)).bind(new.created_by.as_str());
    let id = session.first(statement.bind(column(new.expires_at)), rows::id).await?;
    let id = id.ok_or(sqlx::Error::RowNotFound)?;
    write.tell(Event::User(new.user.clone()));
    let NewToken { user, name, prefix, hash, narrowing, created_at, created_by, expires_at, .. } = new.clone();
    Ok(AccessToken { id, user, name, prefix, hash, narrowing, created_at, created_by, expires_at, last_used_at: None })
}

async fn make_sure_of_room(session: &mut Session, owner: i64, new: &NewToken) -> Result<()> {
    if session.is(query!(session, prefix_is_taken, &new.prefix)).await? {
        return Err(StoreError::AlreadyExists(format!("a token with the prefix `{}`", new.prefix)).into());
    }
    if session.is(query!(session, token_name_is_taken, owner, &new.name)).await? {
        return Err(StoreError::AlreadyExists(token_name(&new.user, &new.name)).into());
    }
    let count = session.first(query!(session, count_tokens, owner), rows::id).await?.unwrap_or(0);
    if usize::try_from(count).unwrap_or(usize::MAX) >= new.most {
        return Err(StoreError::TooMany(format!("tokens of {}", Subject::User(new.user.clone()))).into());
    }
    Ok(())
}

async fn delete(write: &mut Write, user: &Username, id: i64) -> Result<()> {
    let owner = write.account_id(user).await?;
    let session = &mut write.session;
    let removed = match owner {
        Some(owner) => session.run(query!(session, remove_token, id, owner)).await?,
        None => 0,
    };
    if removed == 0 {
        return Err(StoreError::NotFound(token_number(user, id)).into());
    }
    write.tell(Event::User(user.clone()));
    Ok(())
}

async fn delete_all(write: &mut Write, user: &Username) -> Result<usize> {
    let Some(owner) = write.account_id(user).await? else { return Ok(0) };
    let session = &mut write.session;
    let removed = session.run(query!(session, remove_tokens, owner)).await?;
    if removed > 0 {
        write.tell(Event::User(user.clone()));
    }
    Ok(count(removed))
}

#[async_trait]
impl TokenStore for PostgresStore {
    async fn token(&self, prefix: &str) -> Result<Option<AccessToken>, StoreError> {
        self.read(prefix.to_owned(), |session, prefix| {
            Box::pin(async move { session.first(query!(session, token, prefix), token).await })
        })
        .await
    }

    async fn tokens_of(&self, user: &Username) -> Result<Vec<AccessToken>, StoreError> {
        self.read(user.clone(), |session, user| {
            Box::pin(async move { session.all(query!(session, tokens_of, user.as_str()), token).await })
        })
        .await
    }

    async fn create_token(&self, token: NewToken) -> Result<AccessToken, StoreError> {
        Ok(self.write(token, |write, token| Box::pin(create(write, token))).await?.0)
    }

    async fn delete_token(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        let about = (user.clone(), id);
        self.write(about, |write, (user, id)| Box::pin(delete(write, user, *id))).await.map(|_| ())
    }

    async fn delete_tokens(&self, user: &Username) -> Result<usize, StoreError> {
        Ok(self.write(user.clone(), |write, user| Box::pin(delete_all(write, user))).await?.0)
    }

    async fn saw_token(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        let saw = self.touch((id, column(at)), |session, (id, at)| {
            Box::pin(async move { session.run(query!(session, saw_token, *id, *at)).await })
        });
        saw.await.map(|_| ())
    }
}
