//! A store that can be made to misbehave.

use crate::grants::{Grant, SubjectGrants};
use crate::hash::PasswordHash;
use crate::store::{
    Change, ChangeFeed, Changes, Membership, MemoryStore, NewUser, PermissionStore, Revision, Role, StoreError, User,
    UserStore, UserUpdate,
};
use crate::vocabulary::{GroupName, ResourceType, RoleKey, Subject, Username, Workspace};
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::Semaphore;

/// A memory store whose reads can be counted, paused between the look and the answer, and made to fail.
pub(super) struct Odd {
    pub(super) store: MemoryStore,
    /// How many reads of what a cache remembers were begun.
    pub(super) reads: AtomicUsize,
    /// How many of them may answer.
    pub(super) answers: Semaphore,
    /// Nothing is answered.
    pub(super) is_down: AtomicBool,
    /// The feed is not answered.
    pub(super) is_deaf: AtomicBool,
    /// Writes are made, and said to have failed.
    pub(super) lies: AtomicBool,
}

impl Odd {
    pub(super) fn new(store: MemoryStore) -> Self {
        Self {
            store,
            reads: AtomicUsize::new(0),
            answers: Semaphore::new(Semaphore::MAX_PERMITS),
            is_down: AtomicBool::new(false),
            is_deaf: AtomicBool::new(false),
            lies: AtomicBool::new(false),
        }
    }

    /// Lets reads look, and not answer until [`Odd::resume`].
    pub(super) fn pause(&self) {
        self.answers.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(super) fn resume(&self) {
        self.answers.add_permits(1_000_000);
    }

    pub(super) fn read_count(&self) -> usize {
        self.reads.load(SeqCst)
    }

    async fn answer<T>(&self, read: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let answer = read.await;
        self.reads.fetch_add(1, SeqCst);
        self.answers.acquire().await.unwrap().forget();
        fails_if(&self.is_down)?;
        answer
    }

    fn wrote<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        fails_if(&self.lies)?;
        outcome
    }
}

fn fails_if(fault: &AtomicBool) -> Result<(), StoreError> {
    match fault.load(SeqCst) {
        true => Err(StoreError::Unavailable("switched off".into())),
        false => Ok(()),
    }
}

#[async_trait]
impl ChangeFeed for Odd {
    async fn revision(&self) -> Result<Revision, StoreError> {
        fails_if(&self.is_deaf)?;
        self.store.revision().await
    }

    async fn changes(&self, after: Revision, patience: Duration) -> Result<Changes, StoreError> {
        fails_if(&self.is_deaf)?;
        self.store.changes(after, patience).await
    }
}

#[async_trait]
impl PermissionStore for Odd {
    async fn membership(&self, user: &Username) -> Result<Arc<Membership>, StoreError> {
        self.answer(self.store.membership(user)).await
    }

    async fn grants_of(&self, subject: &Subject) -> Result<Arc<SubjectGrants>, StoreError> {
        self.answer(self.store.grants_of(subject)).await
    }

    async fn grants_on(&self, kind: &ResourceType, id: &str, space: &Workspace) -> Result<Vec<Grant>, StoreError> {
        self.store.grants_on(kind, id, space).await
    }

    async fn patterns_on(&self, kind: &ResourceType) -> Result<Vec<Grant>, StoreError> {
        self.store.patterns_on(kind).await
    }

    async fn holders(&self) -> Result<Vec<Subject>, StoreError> {
        self.store.holders().await
    }

    async fn groups(&self) -> Result<Vec<GroupName>, StoreError> {
        self.store.groups().await
    }

    async fn members(&self, group: &GroupName) -> Result<Vec<Username>, StoreError> {
        self.store.members(group).await
    }

    async fn roles(&self) -> Result<Vec<Role>, StoreError> {
        self.store.roles().await
    }

    async fn role_users(&self, role: &RoleKey) -> Result<Vec<Username>, StoreError> {
        self.store.role_users(role).await
    }

    async fn apply(&self, changes: &[Change]) -> Result<Revision, StoreError> {
        self.wrote(self.store.apply(changes).await)
    }
}

#[async_trait]
impl UserStore for Odd {
    async fn user(&self, name: &Username) -> Result<Option<User>, StoreError> {
        self.answer(self.store.user(name)).await
    }

    async fn credentials(&self, name: &Username) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        self.store.credentials(name).await
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.store.users().await
    }

    async fn create_user(&self, user: NewUser) -> Result<User, StoreError> {
        self.wrote(self.store.create_user(user).await)
    }

    async fn update_user(&self, name: &Username, update: UserUpdate) -> Result<(), StoreError> {
        self.wrote(self.store.update_user(name, update).await)
    }

    async fn delete_user(&self, name: &Username) -> Result<(), StoreError> {
        self.wrote(self.store.delete_user(name).await)
    }
}
