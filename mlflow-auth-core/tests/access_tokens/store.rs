//! A store of tokens that counts, waits and fails as it is told.

use async_trait::async_trait;
use mlflow_auth_core::store::{
    AccessToken, ChangeFeed, Changes, MemoryStore, NewToken, NewUser, Revision, Seconds, StoreError, TokenStore, User,
    UserStore, UserUpdate,
};
use mlflow_auth_core::{PasswordHash, Username};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) inner: MemoryStore,
    /// How often anything was read.
    pub(crate) reads: AtomicUsize,
    /// How often the use of a token was written down.
    pub(crate) sightings: AtomicUsize,
    pub(crate) is_down: AtomicBool,
    /// Held for writing, it keeps answers back that are read already.
    pub(crate) gate: tokio::sync::RwLock<()>,
    /// The same for what is written in the background.
    pub(crate) slow: tokio::sync::RwLock<()>,
}

impl Store {
    fn answer(&self) -> Result<(), StoreError> {
        if self.is_down.load(SeqCst) { Err(StoreError::Unavailable("no connection".into())) } else { Ok(()) }
    }

    async fn read<T>(&self, found: Result<T, StoreError>) -> Result<T, StoreError> {
        self.reads.fetch_add(1, SeqCst);
        self.answer()?;
        let _open = self.gate.read().await;
        found
    }
}

#[async_trait]
impl ChangeFeed for Store {
    async fn revision(&self) -> Result<Revision, StoreError> {
        self.inner.revision().await
    }

    async fn changes(&self, after: Revision, patience: Duration) -> Result<Changes, StoreError> {
        self.inner.changes(after, patience).await
    }
}

#[async_trait]
impl TokenStore for Store {
    async fn token(&self, prefix: &str) -> Result<Option<AccessToken>, StoreError> {
        let found = self.inner.token(prefix).await;
        self.read(found).await
    }

    async fn tokens_of(&self, user: &Username) -> Result<Vec<AccessToken>, StoreError> {
        self.inner.tokens_of(user).await
    }

    async fn create_token(&self, token: NewToken) -> Result<AccessToken, StoreError> {
        self.inner.create_token(token).await
    }

    async fn delete_token(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        self.inner.delete_token(user, id).await
    }

    async fn delete_tokens(&self, user: &Username) -> Result<usize, StoreError> {
        self.inner.delete_tokens(user).await
    }

    async fn saw_token(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        self.sightings.fetch_add(1, SeqCst);
        self.answer()?;
        let _open = self.slow.read().await;
        self.inner.saw_token(id, at).await
    }
}

#[async_trait]
impl UserStore for Store {
    async fn user(&self, name: &Username) -> Result<Option<User>, StoreError> {
        let found = self.inner.user(name).await;
        self.read(found).await
    }

    async fn credentials(&self, name: &Username) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        self.inner.credentials(name).await
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.inner.users().await
    }

    async fn create_user(&self, user: NewUser) -> Result<User, StoreError> {
        self.inner.create_user(user).await
    }

    async fn update_user(&self, name: &Username, update: UserUpdate) -> Result<(), StoreError> {
        self.inner.update_user(name, update).await
    }

    async fn delete_user(&self, name: &Username) -> Result<(), StoreError> {
        self.inner.delete_user(name).await
    }
}
