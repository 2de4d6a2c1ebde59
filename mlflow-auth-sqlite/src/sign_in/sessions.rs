//! Sessions of browsers, and what may be used once.

use super::{column, moment, moment_or_none};
use crate::error::Result;
use crate::store::SqliteStore;
use crate::write::Write;
use crate::{accounts, queries, read};
use async_trait::async_trait;
use mlflow_auth_core::Username;
use mlflow_auth_core::store::{
    Event, NewSession, Renewal, Seconds, SecretDigest, Session, SessionStore, StoreError, session_number,
};
use rusqlite::{Connection, OptionalExtension, Row};

fn session(row: &Row<'_>) -> Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        user: Username::new(row.get::<_, String>(7)?)?,
        provider: row.get(1)?,
        created_at: moment(row, 2)?,
        seen_at: moment(row, 3)?,
        expires_at: moment(row, 4)?,
        renew_at: moment_or_none(row, 5)?,
        sealed: row.get(6)?,
    })
}

fn find(connection: &Connection, digest: &SecretDigest) -> Result<Option<Session>> {
    Ok(read::all(connection, queries::SESSION, [digest.as_bytes()], session)?.pop())
}

fn by_number(connection: &Connection, id: i64) -> Result<Option<Session>> {
    Ok(read::all(connection, queries::SESSION_BY_NUMBER, [id], session)?.pop())
}

fn open(connection: &Connection, write: &mut Write<'_>, new: NewSession) -> Result<Session> {
    new.check()?;
    let owner = accounts::active(connection, &new.user)?;
    if owner.is_service {
        return Err(accounts::not_found(&new.user).into());
    }
    if let Some(old) = new.replaces.map(|digest| find(connection, &digest)).transpose()?.flatten() {
        end(connection, write, &old.user, old.id)?;
    }
    let (created_at, expires_at) = (column(new.created_at), column(new.expires_at));
    let row = (
        new.digest.as_bytes(),
        owner.id,
        &new.provider,
        created_at,
        expires_at,
        new.renew_at.map(column),
        new.sealed.as_deref(),
    );
    let added = connection.prepare_cached(queries::ADD_SESSION)?.query_row(row, |row| row.get(0)).optional()?;
    let id = added.ok_or_else(|| StoreError::AlreadyExists("a session with this secret".to_owned()))?;
    write.tell(Event::User(new.user.clone()));
    Ok(Session {
        id,
        user: new.user,
        provider: new.provider,
        created_at: new.created_at,
        seen_at: new.created_at,
        expires_at: new.expires_at,
        renew_at: new.renew_at,
        sealed: new.sealed,
    })
}

fn end(connection: &Connection, write: &mut Write<'_>, user: &Username, id: i64) -> Result<()> {
    let removed = match accounts::find(connection, user)? {
        Some((owner, _)) => write.run(queries::REMOVE_SESSION, (id, owner.id))?,
        None => 0,
    };
    if removed == 0 {
        return Err(StoreError::NotFound(session_number(user, id)).into());
    }
    write.tell(Event::User(user.clone()));
    Ok(())
}

fn end_all(connection: &Connection, write: &mut Write<'_>, user: &Username) -> Result<usize> {
    let Some((owner, _)) = accounts::find(connection, user)? else { return Ok(0) };
    let removed = write.run(queries::REMOVE_SESSIONS, [owner.id])?;
    if removed > 0 {
        write.tell(Event::User(user.clone()));
    }
    Ok(removed)
}

fn renew(connection: &Connection, write: &mut Write<'_>, id: i64, renewal: &Renewal) -> Result<()> {
    let session = by_number(connection, id)?;
    let session = session.ok_or_else(|| StoreError::NotFound(format!("session {id}")))?;
    write.run(queries::RENEW_SESSION, (id, renewal.renew_at.map(column), renewal.sealed.as_deref()))?;
    write.tell(Event::User(session.user));
    Ok(())
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn session(&self, digest: &SecretDigest) -> Result<Option<Session>, StoreError> {
        let digest = *digest;
        self.read(move |connection| find(connection, &digest)).await
    }

    async fn sessions_of(&self, user: &Username) -> Result<Vec<Session>, StoreError> {
        let user = user.clone();
        self.read(move |connection| read::all(connection, queries::SESSIONS_OF, [user.as_str()], session)).await
    }

    async fn open_session(&self, session: NewSession) -> Result<Session, StoreError> {
        Ok(self.write(move |connection, write| open(connection, write, session)).await?.0)
    }

    async fn saw_session(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        self.write(move |_, write| write.run(queries::SAW_SESSION, (id, column(at)))).await.map(|_| ())
    }

    async fn lease_renewal(&self, id: i64, now: Seconds, until: Seconds) -> Result<Option<Session>, StoreError> {
        let lease = self.write(move |connection, write| {
            match write.run(queries::LEASE_RENEWAL, (id, column(now), column(until)))? {
                0 => Ok(None),
                _ => by_number(connection, id),
            }
        });
        Ok(lease.await?.0)
    }

    async fn renew_session(&self, id: i64, renewal: Renewal) -> Result<(), StoreError> {
        self.write(move |connection, write| renew(connection, write, id, &renewal)).await.map(|_| ())
    }

    async fn end_session(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        let user = user.clone();
        self.write(move |connection, write| end(connection, write, &user, id)).await.map(|_| ())
    }

    async fn end_sessions(&self, user: &Username) -> Result<usize, StoreError> {
        let user = user.clone();
        Ok(self.write(move |connection, write| end_all(connection, write, &user)).await?.0)
    }

    async fn spend(&self, what: &SecretDigest, until: Seconds) -> Result<bool, StoreError> {
        let what = *what;
        let spent = self.write(move |_, write| write.run(queries::SPEND, (what.as_bytes(), column(until))));
        Ok(spent.await?.0 > 0)
    }

    async fn forget_expired(&self, now: Seconds, idle_since: Seconds) -> Result<usize, StoreError> {
        let forgotten = self.write(move |_, write| {
            write.run(queries::REMOVE_SPENT, [column(now)])?;
            write.run(queries::REMOVE_EXPIRED_SESSIONS, [column(now), column(idle_since)])
        });
        Ok(forgotten.await?.0)
    }
}
