//! The store of groups, roles and grants.

use super::{Change, ChangeFeed, Revision, StoreError};
use crate::grants::{Grant, SubjectGrants};
use crate::vocabulary::{GroupName, ResourceType, RoleKey, Subject, Username, Workspace};
use async_trait::async_trait;
use std::sync::Arc;

/// What a user belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// The groups, by name.
    pub groups: Vec<GroupName>,
    /// The roles, by workspace and name.
    pub roles: Vec<RoleKey>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its number in the store, never used again for another.
    pub id: i64,
    /// Its workspace and name.
    pub key: RoleKey,
    /// What it is for.
    pub description: Option<String>,
}

/// Keeps groups, roles and grants.
///
/// # Contract
///
/// * Users are named, not owned: a grant or a membership may name a user whose account is kept elsewhere.
/// * Names are compared byte by byte.
/// * A read that begins after a write was acknowledged sees it, in this process and through this store.
/// * [`apply`](PermissionStore::apply) writes all of its list, in order, or nothing; what it acknowledged survives a
///   crash of the process.
/// * Patterns that cannot be compiled together within the store's [limits](crate::RuleLimits) are refused when they are
///   written, with [`StoreError::Invalid`] ([`check_patterns`](super::check_patterns)); what was stored before goes on.
/// * A row that cannot be read is returned as a refusal ([`Grant::from_stored`]), never left out.
/// * Lists come in a fixed order: by name, or by number where there is no name.
/// * A store that cannot be reached says [`StoreError::Unavailable`], and never answers with less than it holds.
///
/// The conformance suite (feature `conformance`) checks all of this.
#[async_trait]
pub trait PermissionStore: ChangeFeed {
    /// The groups and roles of a user; empty for one that is not known.
    async fn membership(&self, user: &Username) -> Result<Arc<Membership>, StoreError>;

    /// The grants of one subject, compiled; empty for one that is not known.
    async fn grants_of(&self, subject: &Subject) -> Result<Arc<SubjectGrants>, StoreError>;

    /// The exact grants on one resource that hold in `workspace` or everywhere, of whoever holds them, by number.
    async fn grants_on(&self, kind: &ResourceType, id: &str, workspace: &Workspace) -> Result<Vec<Grant>, StoreError>;

    /// The patterns on one type of resource, in whatever scope and of whoever holds them, by number.
    async fn patterns_on(&self, kind: &ResourceType) -> Result<Vec<Grant>, StoreError>;

    /// All subjects that hold a grant, by kind and name.
    async fn holders(&self) -> Result<Vec<Subject>, StoreError>;

    /// All groups.
    async fn groups(&self) -> Result<Vec<GroupName>, StoreError>;

    /// The members of a group.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such group.
    async fn members(&self, group: &GroupName) -> Result<Vec<Username>, StoreError>;

    /// All roles, by workspace and name.
    async fn roles(&self) -> Result<Vec<Role>, StoreError>;

    /// The users that have a role.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such role.
    async fn role_users(&self, role: &RoleKey) -> Result<Vec<Username>, StoreError>;

    /// Makes all of `changes` so, in order, in one transaction, and returns the revision it was committed with.
    ///
    /// # Errors
    /// Whatever the first change that cannot be made says; nothing is changed then.
    async fn apply(&self, changes: &[Change]) -> Result<Revision, StoreError>;
}
