//! What the directory says of people who are not here with a password.

use crate::directory::{Belonging, Directory};
use crate::error::unavailable;
use crate::outcome::{Outcome, broken_off};
use mlflow_auth_core::kit::{Digest, Flights, LazyDigester};
use mlflow_auth_core::{AuthenticationError, Freshness, Topic, Unavailable, Username};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many users are remembered; the least used go first.
const USERS: usize = 1 << 14;

/// Asks about people by name, with the account that searches, and remembers what it was told.
pub(crate) struct LookUps {
    directory: Arc<Directory>,
    known: Cache<Username, Known>,
    remember: Duration,
    digester: LazyDigester,
    flights: Flights<Digest, Outcome<Known>>,
    clock: Freshness,
}

/// What the directory said of somebody.
#[derive(Clone)]
pub(crate) struct Known {
    /// Nothing at all, if it does not know them.
    pub(crate) belonging: Arc<Belonging>,
    /// When it was asked.
    pub(crate) asked: Instant,
}

impl LookUps {
    /// Asks `directory`, which must have an account that searches.
    pub(crate) fn new(directory: Arc<Directory>, remember: Duration) -> Self {
        Self {
            directory,
            known: Cache::new(USERS),
            remember,
            digester: LazyDigester::default(),
            flights: Flights::new(),
            clock: Freshness::new(remember),
        }
    }

    /// What it says of `user`, as of at most as long ago as it is remembered. Those who ask for one user at the same time
    /// share a question.
    pub(crate) async fn of(self: &Arc<Self>, user: &Username) -> Result<Known, Unavailable> {
        match self.known.get(user).filter(|known| known.asked.elapsed() < self.remember) {
            Some(known) => Ok(known),
            // Apart, so that the future of whoever is remembered stays small.
            None => Box::pin(self.join(user)).await,
        }
    }

    async fn join(self: &Arc<Self>, user: &Username) -> Result<Known, Unavailable> {
        let key = self.digester.get()?.credential(user.as_str(), "");
        let stamp = self.clock.stamp(Topic::Membership(user));
        let (this, asked) = (Arc::clone(self), user.clone());
        let work = || async move { Outcome::from(this.ask(&asked).await.map_err(AuthenticationError::from)) };
        let outcome = self.flights.join(key, stamp, |_| true, work).await;
        match outcome.ok_or_else(broken_off)?.into() {
            Ok(known) => Ok(known),
            Err(AuthenticationError::Unavailable(error)) => Err(error),
            Err(AuthenticationError::Rejected(rejection)) => Err(Unavailable::new("the directory", rejection)),
        }
    }

    async fn ask(&self, user: &Username) -> Result<Known, Unavailable> {
        let asked = Instant::now();
        let belonging = Arc::new(self.directory.belonging(user).await.map_err(unavailable)?);
        let known = Known { belonging, asked };
        self.known.insert(user.clone(), known.clone());
        Ok(known)
    }

    /// When what was said at `asked` is old.
    pub(crate) fn until(&self, asked: Instant) -> Instant {
        asked.checked_add(self.remember).unwrap_or(asked)
    }
}
