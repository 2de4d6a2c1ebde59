//! From a caller to a verdict: gathers what the caller holds and asks the policy.

use crate::authn::GroupResolver;
use crate::grants::Holdings;
use crate::policy::Policy;
use crate::store::{Membership, PermissionStore, StoreError};
use crate::vocabulary::{GroupName, Principal, RoleKey, Subject, Unavailable, Username};
use std::sync::Arc;

/// Knows what callers hold.
#[derive(Clone)]
pub struct Authorizer {
    policy: Arc<Policy>,
    store: Arc<dyn PermissionStore>,
    resolvers: Vec<Arc<dyn GroupResolver>>,
}

/// Why it cannot be told what somebody holds. Never a refusal: callers answer 503.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizerError {
    /// The store of grants.
    #[error("grants cannot be read")]
    Store(#[from] StoreError),
    /// A source of groups.
    #[error("groups cannot be read")]
    Groups(#[from] Unavailable),
}

impl Authorizer {
    /// Decides by `policy` over what `store` holds.
    pub fn new(policy: Policy, store: Arc<dyn PermissionStore>) -> Self {
        Self { policy: Arc::new(policy), store, resolvers: Vec::new() }
    }

    /// The same with another source of groups, added to those that the caller's proof and the store name.
    pub fn with_groups_from(mut self, resolver: Arc<dyn GroupResolver>) -> Self {
        self.resolvers.push(resolver);
        self
    }

    /// How decisions are made.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The store of grants.
    pub fn store(&self) -> &Arc<dyn PermissionStore> {
        &self.store
    }

    /// All that `who` holds.
    ///
    /// # Errors
    /// [`AuthorizerError`] if any part of it cannot be read: deciding on less could allow what a refusal forbids.
    pub async fn holdings(&self, who: &Principal) -> Result<Holdings, AuthorizerError> {
        Ok(self.gather(who).await?.1)
    }

    /// The same, with what it was gathered through.
    ///
    /// # Errors
    /// As [`Authorizer::holdings`].
    pub async fn gather(&self, who: &Principal) -> Result<(Belongings, Holdings), AuthorizerError> {
        let belongings = self.belongings(who).await?;
        let held = belongings.held(&who.user, self.store.as_ref()).await?;
        Ok((belongings, held))
    }

    /// What `who` belongs to: by the proof, the store and the other sources of groups.
    ///
    /// # Errors
    /// [`AuthorizerError`] if any source cannot be read.
    pub async fn belongings(&self, who: &Principal) -> Result<Belongings, AuthorizerError> {
        let stored = self.store.membership(&who.user).await?;
        let mut named = who.groups.clone();
        for resolver in &self.resolvers {
            named.extend(resolver.groups_of(&who.user).await?);
        }
        Ok(Belongings::new(stored, named))
    }
}

/// What a caller belongs to.
#[derive(Clone, Debug, Default)]
pub struct Belongings {
    stored: Arc<Membership>,
    named: Vec<GroupName>,
    groups: Vec<GroupName>,
}

impl Belongings {
    /// `stored`: what the store says; `named`: groups that somebody else names, such as a token or a directory.
    pub fn new(stored: Arc<Membership>, named: Vec<GroupName>) -> Self {
        let mut groups: Vec<GroupName> = stored.groups.iter().chain(&named).cloned().collect();
        groups.sort_unstable();
        groups.dedup();
        Self { stored, named, groups }
    }

    /// All groups, by name, each once.
    pub fn groups(&self) -> &[GroupName] {
        &self.groups
    }

    /// The roles, by workspace and name.
    pub fn roles(&self) -> &[RoleKey] {
        &self.stored.roles
    }

    /// What the store says.
    pub fn stored(&self) -> &Membership {
        &self.stored
    }

    /// The groups that somebody else names.
    pub fn named(&self) -> &[GroupName] {
        &self.named
    }

    /// What `user` holds through all of them, in their order, and alone.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn held(&self, user: &Username, store: &dyn PermissionStore) -> Result<Holdings, StoreError> {
        let user = store.grants_of(&Subject::User(user.clone())).await?;
        let mut groups = Vec::with_capacity(self.groups.len());
        for name in &self.groups {
            groups.push(store.grants_of(&Subject::Group(name.clone())).await?);
        }
        let mut roles = Vec::with_capacity(self.stored.roles.len());
        for role in &self.stored.roles {
            roles.push(store.grants_of(&Subject::Role(role.clone())).await?);
        }
        Ok(Holdings { user, groups, roles })
    }
}
