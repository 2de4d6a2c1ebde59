//! How sessions are kept in memory.

use super::MemoryStore;
use super::state::{SessionRow, State, no_such_user};
use crate::store::{
    Event, NewSession, Renewal, Seconds, SecretDigest, Session, SessionStore, StoreError, session_number,
};
use crate::vocabulary::Username;
use async_trait::async_trait;

impl State {
    fn open_session(&mut self, new: NewSession) -> Result<Session, StoreError> {
        new.check()?;
        if self.active(&new.user)?.is_service {
            return Err(no_such_user(&new.user));
        }
        if let Some(old) = new.replaces {
            self.end_sessions(|row| row.digest == old);
        }
        if self.sessions.values().any(|row| row.digest == new.digest) {
            return Err(StoreError::AlreadyExists("a session with this secret".to_owned()));
        }
        let id = self.new_id();
        let session = Session {
            id,
            user: new.user,
            provider: new.provider,
            created_at: new.created_at,
            seen_at: new.created_at,
            expires_at: new.expires_at,
            renew_at: new.renew_at,
            sealed: new.sealed,
        };
        self.sessions.insert(id, SessionRow { digest: new.digest, session: session.clone(), leased_until: 0 });
        self.tell(Event::User(session.user.clone()));
        Ok(session)
    }

    fn end_sessions(&mut self, is_over: impl Fn(&SessionRow) -> bool) -> usize {
        let ended: Vec<_> = self.sessions.extract_if(.., |_, row| is_over(row)).map(|(_, row)| row).collect();
        ended.iter().for_each(|row| self.tell(Event::User(row.session.user.clone())));
        ended.len()
    }

    fn end_session(&mut self, user: &Username, id: i64) -> Result<(), StoreError> {
        match self.end_sessions(|row| row.session.id == id && row.session.user == *user) {
            0 => Err(StoreError::NotFound(session_number(user, id))),
            _ => Ok(()),
        }
    }

    fn renew_session(&mut self, id: i64, renewal: Renewal) -> Result<(), StoreError> {
        let row = self.sessions.get_mut(&id).ok_or_else(|| StoreError::NotFound(format!("session {id}")))?;
        (row.session.renew_at, row.session.sealed, row.leased_until) = (renewal.renew_at, renewal.sealed, 0);
        let user = row.session.user.clone();
        self.tell(Event::User(user));
        Ok(())
    }

    fn lease_renewal(&mut self, id: i64, now: Seconds, until: Seconds) -> Option<Session> {
        let row = self.sessions.get_mut(&id).filter(|row| row.leased_until <= now)?;
        row.leased_until = until;
        Some(row.session.clone())
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn session(&self, digest: &SecretDigest) -> Result<Option<Session>, StoreError> {
        let find = |row: &&SessionRow| row.digest == *digest;
        Ok(self.read(|state| state.sessions.values().find(find).map(|row| row.session.clone())))
    }

    async fn sessions_of(&self, user: &Username) -> Result<Vec<Session>, StoreError> {
        Ok(self.read(|state| {
            let theirs = state.sessions.values().filter(|row| row.session.user == *user);
            theirs.map(|row| row.session.clone()).collect()
        }))
    }

    async fn open_session(&self, session: NewSession) -> Result<Session, StoreError> {
        Ok(self.write(|state| state.open_session(session))?.0)
    }

    async fn saw_session(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        self.write(|state| {
            if let Some(row) = state.sessions.get_mut(&id) {
                row.session.seen_at = row.session.seen_at.max(at);
            }
            Ok(())
        })
        .map(|_| ())
    }

    async fn lease_renewal(&self, id: i64, now: Seconds, until: Seconds) -> Result<Option<Session>, StoreError> {
        Ok(self.write(|state| Ok(state.lease_renewal(id, now, until)))?.0)
    }

    async fn renew_session(&self, id: i64, renewal: Renewal) -> Result<(), StoreError> {
        self.write(|state| state.renew_session(id, renewal)).map(|_| ())
    }

    async fn end_session(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        self.write(|state| state.end_session(user, id)).map(|_| ())
    }

    async fn end_sessions(&self, user: &Username) -> Result<usize, StoreError> {
        Ok(self.write(|state| Ok(state.end_sessions(|row| row.session.user == *user)))?.0)
    }

    async fn spend(&self, what: &SecretDigest, until: Seconds) -> Result<bool, StoreError> {
        Ok(self
            .write(|state| {
                let is_new = !state.spent.contains_key(what);
                state.spent.entry(*what).or_insert(until);
                Ok(is_new)
            })?
            .0)
    }

    async fn forget_expired(&self, now: Seconds, idle_since: Seconds) -> Result<usize, StoreError> {
        Ok(self
            .write(|state| {
                state.spent.retain(|_, until| *until > now);
                let is_over = |session: &Session| session.expires_at <= now || session.seen_at < idle_since;
                Ok(state.sessions.extract_if(.., |_, row| is_over(&row.session)).count())
            })?
            .0)
    }
}
