//! The cache in front of any store.

use super::{
    Change, ChangeFeed, Changes, Membership, NewUser, PermissionStore, Revision, Role, StoreError, User, UserStore,
    UserUpdate,
};
use crate::hash::PasswordHash;
use super::freshness::{Freshness, Stamp, Topic};
use crate::grants::{Grant, SubjectGrants};
use crate::vocabulary::{GroupName, ResourceType, RoleKey, Subject, Username, Workspace};
use async_trait::async_trait;
use quick_cache::sync::Cache;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

/// Remembers what users belong to and what subjects hold, compiled.
///
/// It writes first and forgets then; a reader that began before a write never puts its old answer back
/// ([`Freshness`]). Changes by other processes are seen when somebody runs [`Cached::follow`]; without, what is
/// remembered is used no longer than the bound of its `Freshness`. It holds the most recently used entries, so that
/// memory grows with active users, not with grants.
pub struct Cached<S> {
    inner: S,
    freshness: Arc<Freshness>,
    memberships: Cache<Username, Kept<Arc<Membership>>>,
    grants: Cache<Subject, Kept<Arc<SubjectGrants>>>,
    users: Cache<Username, Kept<User>>,
}

#[derive(Clone)]
struct Kept<T> {
    stamp: Stamp,
    value: T,
}

impl<S> Cached<S> {
    /// A cache of at most `capacity` users and as many subjects.
    pub fn new(inner: S, freshness: Arc<Freshness>, capacity: usize) -> Self {
        let (memberships, grants, users) = (Cache::new(capacity), Cache::new(capacity), Cache::new(capacity));
        Self { inner, freshness, memberships, grants, users }
    }

    /// What tells this cache when to forget; share it with whatever else remembers.
    pub fn freshness(&self) -> &Arc<Freshness> {
        &self.freshness
    }

    /// The store behind.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    async fn look<K, V, F>(&self, cache: &Cache<K, Kept<V>>, key: &K, topic: Topic<'_>, read: F) -> Result<V, StoreError>
    where
        K: Eq + Hash + Clone,
        V: Clone,
        F: Future<Output = Result<V, StoreError>>,
    {
        if let Some(value) = self.recall(cache, key) {
            return Ok(value);
        }
        let stamp = self.freshness.stamp(topic);
        let value = read.await?;
        self.remember(cache, key, stamp, &value);
        Ok(value)
    }

    fn recall<K: Eq + Hash, V: Clone>(&self, cache: &Cache<K, Kept<V>>, key: &K) -> Option<V> {
        let kept = cache.get(key).filter(|kept| self.freshness.is_current(kept.stamp))?;
        Some(kept.value)
    }

    fn remember<K: Eq + Hash + Clone, V: Clone>(&self, cache: &Cache<K, Kept<V>>, key: &K, stamp: Stamp, value: &V) {
        // What grew old while it was read must not push out what a later reader found.
        if self.freshness.is_current(stamp) {
            cache.insert(key.clone(), Kept { stamp, value: value.clone() });
        }
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
        self.look(&self.memberships, user, Topic::Membership(user), self.inner.membership(user)).await
    }

    async fn grants_of(&self, subject: &Subject) -> Result<Arc<SubjectGrants>, StoreError> {
        self.look(&self.grants, subject, Topic::Grants(subject), self.inner.grants_of(subject)).await
    }

    async fn grants_on(
        &self,
        kind: &ResourceType,
        id: &str,
        workspace: &Workspace,
    ) -> Result<Vec<Grant>, StoreError> {
        self.inner.grants_on(kind, id, workspace).await
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
        if let Some(user) = self.recall(&self.users, name) {
            return Ok(Some(user));
        }
        let stamp = self.freshness.stamp(Topic::User(name));
        let user = self.inner.user(name).await?;
        // Who does not exist is not remembered: that memory could be filled by anybody.
        if let Some(user) = &user {
            self.remember(&self.users, name, stamp, user);
        }
        Ok(user)
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
