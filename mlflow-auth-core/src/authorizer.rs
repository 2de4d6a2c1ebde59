//! From a caller to a verdict: gathers what the caller holds and asks the policy.

use crate::authn::GroupResolver;
use crate::grants::Holdings;
use crate::policy::Policy;
use crate::store::{Membership, PermissionStore, StoreError};
use crate::vocabulary::{GroupName, Principal, Subject, Unavailable};
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
        let membership = self.store.membership(&who.user).await?;
        let names = self.all_groups(who, &membership).await?;
        let user = self.store.grants_of(&Subject::User(who.user.clone())).await?;
        let mut groups = Vec::with_capacity(names.len());
        for name in names {
            groups.push(self.store.grants_of(&Subject::Group(name)).await?);
        }
        let mut roles = Vec::with_capacity(membership.roles.len());
        for role in &membership.roles {
            roles.push(self.store.grants_of(&Subject::Role(role.clone())).await?);
        }
        Ok(Holdings { user, groups, roles })
    }

    /// The groups of `who`: those that the proof, the store and the other sources name, sorted, each once.
    ///
    /// # Errors
    /// [`AuthorizerError`] if any source cannot be read.
    pub async fn groups_of(&self, who: &Principal) -> Result<Vec<GroupName>, AuthorizerError> {
        let membership = self.store.membership(&who.user).await?;
        self.all_groups(who, &membership).await
    }

    async fn all_groups(&self, who: &Principal, membership: &Membership) -> Result<Vec<GroupName>, AuthorizerError> {
        let mut names: Vec<GroupName> = membership.groups.clone();
        names.extend(who.groups.iter().cloned());
        for resolver in &self.resolvers {
            names.extend(resolver.groups_of(&who.user).await?);
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}
