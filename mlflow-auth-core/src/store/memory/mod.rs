//! A store in memory.

mod attempts;
mod feed;
mod identities;
mod make;
mod sessions;
mod state;
mod tokens;
mod transfer;

use super::{
    Change, ChangeFeed, Changes, Membership, NewUser, PermissionStore, Revision, Role, StoreError, User, UserStore,
    UserUpdate, check_patterns,
};
use crate::grants::{Grant, SubjectGrants, Target};
use crate::hash::PasswordHash;
use crate::rules::RuleLimits;
use crate::vocabulary::{GroupName, ResourceType, RoleKey, Subject, Username, Workspace};
use async_trait::async_trait;
use feed::Feed;
use state::State;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// A store in memory, gone with the process: for tests, and the model that every other store is compared with.
///
/// It is written to be obviously right, not to be fast: each write copies all it holds, changes the copy, and puts it in
/// place if everything went well.
#[derive(Clone)]
pub struct MemoryStore {
    kept: Arc<Mutex<Kept>>,
    newest: watch::Sender<Revision>,
}

/// What one lock guards: what is stored, and what was told of it.
#[derive(Default)]
struct Kept {
    state: State,
    feed: Feed,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self { kept: Arc::default(), newest: watch::Sender::new(0) }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("revision", &*self.newest.borrow()).finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// An empty store. Its clones share what it holds.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // A writer that panicked had not put its copy in place, so what is there is whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.lock().state)
    }

    fn write<T>(&self, write: impl FnOnce(&mut State) -> Result<T, StoreError>) -> Result<(T, Revision), StoreError> {
        let mut kept = self.lock();
        let mut state = kept.state.clone();
        state.committed = kept.feed.newest();
        let value = write(&mut state)?;
        let revision = kept.feed.tell(state.take_events());
        kept.state = state;
        drop(kept);
        self.newest.send_if_modified(|newest| std::mem::replace(newest, revision.max(*newest)) < revision);
        Ok((value, revision))
    }
}

#[async_trait]
impl ChangeFeed for MemoryStore {
    async fn revision(&self) -> Result<Revision, StoreError> {
        Ok(self.lock().feed.newest())
    }

    async fn changes(&self, after: Revision, patience: Duration) -> Result<Changes, StoreError> {
        let mut newest = self.newest.subscribe();
        if let Some(changes) = self.lock().feed.since(after) {
            return Ok(changes);
        }
        let _ = tokio::time::timeout(patience, newest.wait_for(|newest| *newest > after)).await;
        let changes = self.lock().feed.since(after);
        Ok(changes.unwrap_or(Changes { revision: after, events: Vec::new() }))
    }
}

#[async_trait]
impl PermissionStore for MemoryStore {
    async fn membership(&self, user: &Username) -> Result<Arc<Membership>, StoreError> {
        Ok(Arc::new(self.read(|state| state.membership(user))))
    }

    async fn grants_of(&self, subject: &Subject) -> Result<Arc<SubjectGrants>, StoreError> {
        let grants = self.read(|state| state.grants(|spec| spec.subject == *subject));
        Ok(Arc::new(SubjectGrants::new(grants)?))
    }

    async fn grants_on(&self, kind: &ResourceType, id: &str, workspace: &Workspace) -> Result<Vec<Grant>, StoreError> {
        Ok(self.read(|state| state.grants(|spec| state::is_exact_on(spec, kind, id, workspace))))
    }

    async fn patterns_on(&self, kind: &ResourceType) -> Result<Vec<Grant>, StoreError> {
        let is_pattern = |target: &Target| matches!(target, Target::Pattern { .. } | Target::Unreadable { .. });
        Ok(self.read(|state| state.grants(|spec| spec.kind == *kind && is_pattern(&spec.target))))
    }

    async fn holders(&self) -> Result<Vec<Subject>, StoreError> {
        Ok(self.read(State::holders))
    }

    async fn groups(&self) -> Result<Vec<GroupName>, StoreError> {
        Ok(self.read(State::groups))
    }

    async fn members(&self, group: &GroupName) -> Result<Vec<Username>, StoreError> {
        self.read(|state| state.members(group))
    }

    async fn roles(&self) -> Result<Vec<Role>, StoreError> {
        Ok(self.read(State::roles))
    }

    async fn role_users(&self, role: &RoleKey) -> Result<Vec<Username>, StoreError> {
        self.read(|state| state.role_users(role))
    }

    async fn apply(&self, changes: &[Change]) -> Result<Revision, StoreError> {
        let (_, revision) = self.write(|state| {
            changes.iter().try_for_each(|change| state.make(change))?;
            let subjects: BTreeSet<&Subject> =
                changes.iter().filter_map(|change| state.gets_a_pattern(change)).collect();
            let held = |subject: &Subject| state.grants(|spec| spec.subject == *subject);
            subjects.into_iter().try_for_each(|subject| check_patterns(subject, held(subject), RuleLimits::default()))
        })?;
        Ok(revision)
    }
}

#[async_trait]
impl UserStore for MemoryStore {
    async fn user(&self, name: &Username) -> Result<Option<User>, StoreError> {
        Ok(self.read(|state| state.user(name)).map(|(user, _)| user))
    }

    async fn credentials(&self, name: &Username) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        Ok(self.read(|state| state.user(name)))
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        Ok(self.read(State::users))
    }

    async fn create_user(&self, user: NewUser) -> Result<User, StoreError> {
        Ok(self.write(|state| state.create_user(user))?.0)
    }

    async fn update_user(&self, name: &Username, update: UserUpdate) -> Result<(), StoreError> {
        self.write(|state| state.update_user(name, update)).map(|_| ())
    }

    async fn delete_user(&self, name: &Username) -> Result<(), StoreError> {
        self.write(|state| state.delete_user(name)).map(|_| ())
    }
}

#[cfg(test)]
mod tests;
