//! The cache in front of any store.

mod remembered;
mod sign_in;
mod transfer;

use super::freshness::{Freshness, Topic};
use super::{
    Change, ChangeFeed, Changes, Membership, NewUser, PermissionStore, Revision, Role, StoreError, User, UserStore,
    UserUpdate,
};
use crate::grants::{Grant, SubjectGrants};
use crate::hash::PasswordHash;
use crate::vocabulary::{GroupName, ResourceType, RoleKey, Subject, Username, Workspace};
use async_trait::async_trait;
use remembered::Remembered;
use std::sync::Arc;
use std::time::Duration;

/// Remembers what users belong to and what subjects hold, compiled.
///
/// It writes first and forgets then; a reader that began before a write never puts its old answer back
/// ([`Freshness`]). Changes by other processes, and writes whose caller went away before they were done, are seen when
/// somebody runs [`Cached::follow`]; without, what is remembered is used no longer than the bound of its `Freshness`.
/// What many ask for at the same time is read, and compiled, once. It holds the most recently used entries, so that memory
/// grows with active users, not with grants.
pub struct Cached<S> {
    inner: S,
    freshness: Arc<Freshness>,
    memberships: Remembered<Username, Arc<Membership>>,
    grants: Remembered<Subject, Arc<SubjectGrants>>,
    users: Remembered<Username, Option<User>>,
}

impl<S> Cached<S> {
    /// A cache of at most `capacity` users and as many subjects.
    pub fn new(inner: S, freshness: Arc<Freshness>, capacity: usize) -> Self {
        Self {
            inner,
            freshness,
            memberships: Remembered::new(capacity),
            grants: Remembered::new(capacity),
            users: Remembered::new(capacity),
        }
    }

    /// What tells this cache when to forget; share it with whatever else remembers.
    pub fn freshness(&self) -> &Arc<Freshness> {
        &self.freshness
    }

    /// The store behind.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: ChangeFeed> Cached<S> {
    /// Forgets what other processes change, for ever. Run it as a task of its own.
    pub async fn follow(&self) {
        self.freshness.follow(&self.inner).await;
    }

    /// Forgets what a write of ours touched, however it ended: a write that seemed to fail may have been committed.
    async fn written<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if self.freshness.catch_up(&self.inner, Duration::ZERO).await.is_err() {
            self.freshness.forget(&super::Event::Everything);
        }
        outcome
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: ChangeFeed> ChangeFeed for Cached<S> {
    async fn revision(&self) -> Result<Revision, StoreError> {
        self.inner.revision().await
    }

    async fn changes(&self, after: Revision, patience: Duration) -> Result<Changes, StoreError> {
        self.inner.changes(after, patience).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: PermissionStore> PermissionStore for Cached<S> {
    async fn membership(&self, user: &Username) -> Result<Arc<Membership>, StoreError> {
        let key = (user, Topic::Membership(user));
        self.memberships.look(&self.freshness, key, || self.inner.membership(user), |_| true).await
    }

    async fn grants_of(&self, subject: &Subject) -> Result<Arc<SubjectGrants>, StoreError> {
        let key = (subject, Topic::Grants(subject));
        self.grants.look(&self.freshness, key, || self.inner.grants_of(subject), |_| true).await
    }

    async fn grants_on(&self, kind: &ResourceType, id: &str, workspace: &Workspace) -> Result<Vec<Grant>, StoreError> {
        self.inner.grants_on(kind, id, workspace).await
    }

    async fn patterns_on(&self, kind: &ResourceType) -> Result<Vec<Grant>, StoreError> {
        self.inner.patterns_on(kind).await
    }

    async fn holders(&self) -> Result<Vec<Subject>, StoreError> {
        self.inner.holders().await
    }

    async fn groups(&self) -> Result<Vec<GroupName>, StoreError> {
        self.inner.groups().await
    }

    async fn members(&self, group: &GroupName) -> Result<Vec<Username>, StoreError> {
        self.inner.members(group).await
    }

    async fn roles(&self) -> Result<Vec<Role>, StoreError> {
        self.inner.roles().await
    }

    async fn role_users(&self, role: &RoleKey) -> Result<Vec<Username>, StoreError> {
        self.inner.role_users(role).await
    }

    async fn apply(&self, changes: &[Change]) -> Result<Revision, StoreError> {
        self.written(self.inner.apply(changes).await).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: UserStore> UserStore for Cached<S> {
    async fn user(&self, name: &Username) -> Result<Option<User>, StoreError> {
        let key = (name, Topic::User(name));
        // Who does not exist is not remembered: that memory could be filled by anybody.
        self.users.look(&self.freshness, key, || self.inner.user(name), Option::is_some).await
    }

    async fn credentials(&self, name: &Username) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        self.inner.credentials(name).await
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.inner.users().await
    }

    async fn create_user(&self, user: NewUser) -> Result<User, StoreError> {
        self.written(self.inner.create_user(user).await).await
    }

    async fn update_user(&self, name: &Username, update: UserUpdate) -> Result<(), StoreError> {
        self.written(self.inner.update_user(name, update).await).await
    }

    async fn delete_user(&self, name: &Username) -> Result<(), StoreError> {
        self.written(self.inner.delete_user(name).await).await
    }
}

#[cfg(test)]
mod odd;
#[cfg(test)]
mod tests;
