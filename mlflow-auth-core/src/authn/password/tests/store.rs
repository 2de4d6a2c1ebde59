//! A store of users that counts, waits and fails as it is told.

use crate::hash::PasswordHash;
use crate::store::{ChangeFeed, Changes, Event, NewUser, Revision, StoreError, User, UserStore, UserUpdate};
use crate::vocabulary::Username;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

#[derive(Default)]
pub(super) struct Store {
    accounts: Mutex<BTreeMap<Username, (User, Option<PasswordHash>)>>,
    events: Mutex<Vec<Event>>,
    pub(super) reads: AtomicUsize,
    pub(super) writes: AtomicUsize,
    pub(super) is_down: AtomicBool,
    pub(super) refuses_writes: AtomicBool,
    /// Held for writing, it keeps answers back that are read already.
    pub(super) gate: tokio::sync::RwLock<()>,
}

fn a_user(name: Username, is_admin: bool) -> User {
    User { id: 1, name, is_admin, display_name: None, is_service: false, is_active: true }
}

impl Store {
    pub(super) fn put(&self, name: &str, password: Option<PasswordHash>, is_admin: bool) {
        let name = Username::new(name).unwrap();
        let user = a_user(name.clone(), is_admin);
        self.accounts.lock().unwrap().insert(name.clone(), (user, password));
        self.events.lock().unwrap().push(Event::User(name));
    }

    pub(super) fn stored(&self, name: &str) -> String {
        self.accounts.lock().unwrap()[name].1.as_ref().unwrap().expose().to_owned()
    }

    fn answer(&self) -> Result<(), StoreError> {
        if self.is_down.load(SeqCst) { Err(StoreError::Unavailable("no connection".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl ChangeFeed for Store {
    async fn revision(&self) -> Result<Revision, StoreError> {
        self.answer()?;
        Ok(self.events.lock().unwrap().len() as Revision)
    }

    async fn changes(&self, after: Revision, _: Duration) -> Result<Changes, StoreError> {
        self.answer()?;
        let events = self.events.lock().unwrap();
        Ok(Changes { revision: events.len() as Revision, events: events[after as usize..].to_vec() })
    }
}

#[async_trait]
impl UserStore for Store {
    async fn user(&self, name: &Username) -> Result<Option<User>, StoreError> {
        Ok(self.credentials(name).await?.map(|(user, _)| user))
    }

    async fn credentials(&self, name: &Username) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        self.reads.fetch_add(1, SeqCst);
        self.answer()?;
        let found = self.accounts.lock().unwrap().get(name).cloned();
        let _open = self.gate.read().await;
        Ok(found)
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        Ok(self.accounts.lock().unwrap().values().map(|(user, _)| user.clone()).collect())
    }

    async fn create_user(&self, user: NewUser) -> Result<User, StoreError> {
        self.put(user.name.as_str(), user.password, user.is_admin);
        Ok(a_user(user.name, user.is_admin))
    }

    async fn update_user(&self, name: &Username, update: UserUpdate) -> Result<(), StoreError> {
        self.writes.fetch_add(1, SeqCst);
        self.answer()?;
        if self.refuses_writes.load(SeqCst) {
            return Err(StoreError::Failed("read-only".into()));
        }
        let mut accounts = self.accounts.lock().unwrap();
        let (user, hash) = accounts.get_mut(name).ok_or_else(|| StoreError::NotFound(name.to_string()))?;
        let text = |hash: &Option<PasswordHash>| hash.as_ref().map(|hash| hash.expose().to_owned());
        if update.if_password_is.is_some() && text(&update.if_password_is) != text(hash) {
            return Err(StoreError::Conflict(name.to_string()));
        }
        user.is_active = update.is_active.unwrap_or(user.is_active);
        user.is_admin = update.is_admin.unwrap_or(user.is_admin);
        *hash = update.password.or(hash.take());
        self.events.lock().unwrap().push(Event::User(name.clone()));
        Ok(())
    }

    async fn delete_user(&self, name: &Username) -> Result<(), StoreError> {
        self.accounts.lock().unwrap().remove(name);
        self.events.lock().unwrap().push(Event::User(name.clone()));
        Ok(())
    }
}
