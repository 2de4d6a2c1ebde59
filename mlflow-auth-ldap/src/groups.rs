//! Groups of somebody who is not here with a password.

use crate::directory::Directory;
use crate::error::unavailable;
use crate::outcome::{Outcome, broken_off};
use crate::settings::{InvalidLdapSettings, LdapSettings};
use async_trait::async_trait;
use mlflow_auth_core::kit::{Digest, Flights, LazyDigester};
use mlflow_auth_core::{AuthenticationError, Freshness, GroupName, GroupResolver, Topic, Unavailable, Username};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many users are remembered; the least used go first.
const USERS: usize = 1 << 14;

/// Tells the groups of users, with the account that searches ([`LdapSettings::bind_dn`]).
///
/// An answer is remembered for the time given to [`LdapGroups::new`]: who loses a group loses its rights within that.
/// Requests that ask for the same user at the same time cost one look-up. Who is not in the directory has no groups; if
/// it does not answer, that is an outage.
#[derive(Clone)]
pub struct LdapGroups {
    shared: Arc<Shared>,
}

struct Shared {
    directory: Directory,
    known: Cache<Username, Known>,
    remember: Duration,
    digester: LazyDigester,
    flights: Flights<Digest, Outcome<Arc<[GroupName]>>>,
    clock: Freshness,
}

#[derive(Clone)]
struct Known {
    groups: Arc<[GroupName]>,
    /// When the directory was asked.
    asked: Instant,
}

impl LdapGroups {
    /// Asks the directory of these settings. Connects to nobody yet.
    ///
    /// # Errors
    /// [`InvalidLdapSettings`], also if no account searches.
    pub fn new(settings: &LdapSettings, remember: Duration) -> Result<Self, InvalidLdapSettings> {
        let directory = Directory::new(settings)?;
        if !directory.has_service() {
            let problem = "an account that searches is needed: nobody else is asked for the groups of others";
            return Err(InvalidLdapSettings::new("LDAP_BIND_DN", problem));
        }
        let shared = Shared {
            directory,
            known: Cache::new(USERS),
            remember,
            digester: LazyDigester::default(),
            flights: Flights::new(),
            clock: Freshness::new(remember),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    async fn look_up(&self, user: &Username) -> Result<Arc<[GroupName]>, Unavailable> {
        let key = self.shared.digester.get()?.credential(user.as_str(), "");
        let stamp = self.shared.clock.stamp(Topic::Membership(user));
        let (shared, asked) = (Arc::clone(&self.shared), user.clone());
        let work = || async move { Outcome::from(shared.ask(&asked).await.map_err(AuthenticationError::from)) };
        let outcome = self.shared.flights.join(key, stamp, |_| true, work).await;
        match outcome.ok_or_else(broken_off)?.into() {
            Ok(groups) => Ok(groups),
            Err(AuthenticationError::Unavailable(error)) => Err(error),
            Err(AuthenticationError::Rejected(rejection)) => Err(Unavailable::new("the directory", rejection)),
        }
    }
}

impl Shared {
    async fn ask(&self, user: &Username) -> Result<Arc<[GroupName]>, Unavailable> {
        let asked = Instant::now();
        let groups: Arc<[GroupName]> = self.directory.belonging(user).await.map_err(unavailable)?.groups.into();
        self.known.insert(user.clone(), Known { groups: Arc::clone(&groups), asked });
        Ok(groups)
    }
}

#[async_trait]
impl GroupResolver for LdapGroups {
    async fn groups_of(&self, user: &Username) -> Result<Vec<GroupName>, Unavailable> {
        if let Some(known) = self.shared.known.get(user)
            && known.asked.elapsed() < self.shared.remember
        {
            return Ok(known.groups.to_vec());
        }
        Ok(Box::pin(self.look_up(user)).await?.to_vec())
    }
}
