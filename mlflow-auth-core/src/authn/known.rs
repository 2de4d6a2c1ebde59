//! Callers who were let in of late.

use super::accounts::{Accounts, AdmitError, Identity};
use super::{AuthenticationError, Rejection};
use crate::store::Stamp;
use crate::vocabulary::{Principal, Proof};
use quick_cache::sync::Cache;
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Callers whom a proxy vouches for, by what it says of them, as long as nothing changed about their account.
pub(in crate::authn) struct Known<K> {
    accounts: Accounts,
    remember: Duration,
    callers: Cache<K, Caller>,
}

#[derive(Clone)]
struct Caller {
    principal: Arc<Principal>,
    /// Taken before the account was read.
    stamp: Stamp,
    until: Instant,
}

impl<K: Eq + Hash> Known<K> {
    /// Remembers this many callers for this long.
    pub(in crate::authn) fn new(accounts: Accounts, remember: Duration, remembered: usize) -> Self {
        Self { accounts, remember, callers: Cache::new(remembered) }
    }

    /// Whoever was let in with the same.
    pub(in crate::authn) fn get(&self, key: &K) -> Option<Arc<Principal>> {
        let caller = self.callers.get(key)?;
        let current = self.accounts.freshness().is_current(caller.stamp) && Instant::now() < caller.until;
        current.then_some(caller.principal)
    }

    /// Lets `identity` in, and remembers it for as long as the proof holds.
    ///
    /// # Errors
    /// [`Rejection::NotAdmitted`] for whoever is nobody here, and an outage of the store.
    pub(in crate::authn) async fn admit(
        &self,
        key: K,
        identity: &Identity,
        holds: Duration,
    ) -> Result<Arc<Principal>, AuthenticationError> {
        let began = Instant::now();
        let admitted = self.accounts.admit(identity).await.map_err(|error| match error {
            AdmitError::Unavailable(error) => error.into(),
            error => {
                let (provider, user) = (self.accounts.rules().provider.as_str(), identity.user.as_str());
                tracing::info!(provider, user, %error, "somebody whom a proxy names was refused");
                AuthenticationError::from(Rejection::NotAdmitted)
            }
        })?;
        let stamp = admitted.stamp;
        let principal = admitted.principal(Proof::ProxyHeader);
        let until = began + self.remember.min(holds);
        self.callers.insert(key, Caller { principal: Arc::clone(&principal), stamp, until });
        Ok(principal)
    }
}
