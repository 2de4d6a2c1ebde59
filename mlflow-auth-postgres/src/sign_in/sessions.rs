//! Sessions of browsers, and what may be used once.

use super::{column, count, moment, moment_or_none};
use crate::error::Result;
use crate::queries::query;
use crate::session::Session as Connected;
use crate::store::PostgresStore;
use crate::write::Write;
use crate::{accounts, rows};
use async_trait::async_trait;
use mlflow_auth_core::Username;
use mlflow_auth_core::store::{
    Event, NewSession, Renewal, Seconds, SecretDigest, Session, SessionStore, StoreError, session_number,
};
use sqlx::Row;
use sqlx::postgres::PgRow;

fn session(row: &PgRow) -> Result<Session> {
    Ok(Session {
        id: row.try_get(0)?,
        user: Username::new(row.try_get::<String, _>(7)?)?,
        provider: row.try_get(1)?,
        created_at: moment(row, 2)?,
        seen_at: moment(row, 3)?,
        expires_at: moment(row, 4)?,
        renew_at: moment_or_none(row, 5)?,
        sealed: row.try_get(6)?,
    })
}

async fn find(connected: &mut Connected, digest: &SecretDigest) -> Result<Option<Session>> {
    connected.first(query!(connected, session, digest.as_bytes().as_slice()), session).await
}

async fn open(write: &mut Write, new: &NewSession) -> Result<Session> {
    new.check()?;
    let owner = accounts::active(&mut write.session, &new.user).await?;
    if owner.is_service {
        return Err(accounts::not_found(&new.user).into());
    }
    if let Some(digest) = new.replaces
        && let Some(old) = find(&mut write.session, &digest).await?
    {
        end(write, &old.user, old.id).await?;
    }
    let connected = &mut write.session;
    let statement = query!(connected, add_session, new.digest.as_bytes().as_slice(), owner.id, &new.provider);
    let statement = statement.bind(column(new.created_at)).bind(column(new.expires_at));
    let statement = statement.bind(new.renew_at.map(column)).bind(new.sealed.as_deref());
    let added = connected.first(statement, rows::id).await?;
    let id = added.ok_or_else(|| StoreError::AlreadyExists("a session with this secret".to_owned()))?;
    write.tell(Event::User(new.user.clone()));
    let NewSession { user, provider, created_at, expires_at, renew_at, sealed, .. } = new.clone();
    Ok(Session { id, user, provider, created_at, seen_at: created_at, expires_at, renew_at, sealed })
}

async fn end(write: &mut Write, user: &Username, id: i64) -> Result<()> {
    let owner = write.account_id(user).await?;
    let connected = &mut write.session;
    let removed = match owner {
        Some(owner) => connected.run(query!(connected, remove_session, id, owner)).await?,
        None => 0,
    };
    if removed == 0 {
        return Err(StoreError::NotFound(session_number(user, id)).into());
    }
    write.tell(Event::User(user.clone()));
    Ok(())
}

async fn end_all(write: &mut Write, user: &Username) -> Result<usize> {
    let Some(owner) = write.account_id(user).await? else { return Ok(0) };
    let connected = &mut write.session;
    let removed = connected.run(query!(connected, remove_sessions, owner)).await?;
    if removed > 0 {
        write.tell(Event::User(user.clone()));
    }
    Ok(count(removed))
}

async fn renew(write: &mut Write, id: i64, renewal: &Renewal) -> Result<()> {
    let connected = &mut write.session;
    let statement = query!(connected, renew_session, id, renewal.renew_at.map(column), renewal.sealed.as_deref());
    let owner = connected.first(statement, rows::username).await?;
    let owner = owner.ok_or_else(|| StoreError::NotFound(format!("session {id}")))?;
    write.tell(Event::User(owner));
    Ok(())
}

async fn forget_expired(write: &mut Write, now: i64, idle_since: i64) -> Result<usize> {
    let connected = &mut write.session;
    connected.run(query!(connected, remove_spent, now)).await?;
    Ok(count(connected.run(query!(connected, remove_expired_sessions, now, idle_since)).await?))
}

#[async_trait]
impl SessionStore for PostgresStore {
    async fn session(&self, digest: &SecretDigest) -> Result<Option<Session>, StoreError> {
        self.read(*digest, |connected, digest| Box::pin(find(connected, digest))).await
    }

    async fn sessions_of(&self, user: &Username) -> Result<Vec<Session>, StoreError> {
        self.read(user.clone(), |connected, user| {
            Box::pin(async move { connected.all(query!(connected, sessions_of, user.as_str()), session).await })
        })
        .await
    }

    async fn open_session(&self, session: NewSession) -> Result<Session, StoreError> {
        Ok(self.write(session, |write, session| Box::pin(open(write, session))).await?.0)
    }

    async fn saw_session(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        let saw = self.touch((id, column(at)), |connected, (id, at)| {
            Box::pin(async move { connected.run(query!(connected, saw_session, *id, *at)).await })
        });
        saw.await.map(|_| ())
    }

    async fn lease_renewal(&self, id: i64, now: Seconds, until: Seconds) -> Result<Option<Session>, StoreError> {
        self.touch((id, column(now), column(until)), |connected, (id, now, until)| {
            Box::pin(async move { connected.first(query!(connected, lease_renewal, *id, *now, *until), session).await })
        })
        .await
    }

    async fn renew_session(&self, id: i64, renewal: Renewal) -> Result<(), StoreError> {
        let about = (id, renewal);
        self.write(about, |write, (id, renewal)| Box::pin(renew(write, *id, renewal))).await.map(|_| ())
    }

    async fn end_session(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        let about = (user.clone(), id);
        self.write(about, |write, (user, id)| Box::pin(end(write, user, *id))).await.map(|_| ())
    }

    async fn end_sessions(&self, user: &Username) -> Result<usize, StoreError> {
        Ok(self.write(user.clone(), |write, user| Box::pin(end_all(write, user))).await?.0)
    }

    async fn spend(&self, what: &SecretDigest, until: Seconds) -> Result<bool, StoreError> {
        let spent = self.touch((*what, column(until)), |connected, (what, until)| {
            Box::pin(async move { connected.run(query!(connected, spend, what.as_bytes().as_slice(), *until)).await })
        });
        Ok(spent.await? > 0)
    }

    async fn forget_expired(&self, now: Seconds, idle_since: Seconds) -> Result<usize, StoreError> {
        let about = (column(now), column(idle_since));
        Ok(self.write(about, |write, (now, idle)| Box::pin(forget_expired(write, *now, *idle))).await?.0)
    }
}
