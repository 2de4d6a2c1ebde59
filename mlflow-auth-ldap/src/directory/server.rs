//! One server: whether it is well, and the connections of the account that searches.

use super::connection::Connection;
use crate::error::LdapError;
use crate::wire::{Address, Limits, Security, open};
use mlflow_auth_core::Secret;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a server is left alone after its first failure; each further one doubles it.
const FIRST_REST: Duration = Duration::from_millis(500);

/// The longest that a server is left alone.
const LONGEST_REST: Duration = Duration::from_secs(15);

/// How many connections of the searching account are kept.
const KEPT: usize = 4;

/// How long such a connection is used.
const OLDEST: Duration = Duration::from_secs(300);

/// A server of a directory.
pub(super) struct Server {
    name: Arc<str>,
    address: Address,
    security: Security,
    patience: Duration,
    limits: Limits,
    health: Mutex<Health>,
    idle: Mutex<Vec<Connection>>,
}

/// How a server did lately.
#[derive(Default)]
struct Health {
    failures: u32,
    resting_until: Option<Instant>,
}

impl Health {
    fn is_due(&self, now: Instant) -> bool {
        self.resting_until.is_none_or(|until| now >= until)
    }

    fn failed(&mut self, now: Instant) {
        let rest = FIRST_REST.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST_REST);
        self.failures = self.failures.saturating_add(1);
        self.resting_until = now.checked_add(rest);
    }
}

impl Server {
    pub(super) fn new(name: &str, address: Address, security: Security, patience: Duration, limits: Limits) -> Self {
        let (health, idle) = (Mutex::default(), Mutex::default());
        Self { name: name.into(), address, security, patience, limits, health, idle }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it may be asked.
    pub(super) fn is_due(&self) -> bool {
        lock(&self.health).is_due(Instant::now())
    }

    /// It could not tell: it is left alone for a while, and so are the connections to it.
    pub(super) fn failed(&self) {
        lock(&self.health).failed(Instant::now());
        lock(&self.idle).clear();
    }

    /// It could tell.
    pub(super) fn answered(&self) {
        *lock(&self.health) = Health::default();
    }

    /// A connection that is nobody's.
    pub(super) async fn open(&self) -> Result<Connection, LdapError> {
        let stream = open(&self.name, &self.address, &self.security, self.patience).await?;
        Connection::over(stream, &self.name, self.limits).await
    }

    /// A connection of the searching account, and whether it was used before. Give it back with [`Server::keep`] when
    /// its last search came to an end.
    pub(super) async fn service(&self, account: &(String, Secret)) -> Result<(Connection, bool), LdapError> {
        if let Some(connection) = self.kept() {
            return Ok((connection, true));
        }
        Ok((self.new_service(account).await?, false))
    }

    /// A new connection of the searching account.
    pub(super) async fn new_service(&self, (name, password): &(String, Secret)) -> Result<Connection, LdapError> {
        let mut connection = self.open().await?;
        match connection.bind(name, password).await {
            Ok(()) => Ok(connection),
            // Not the caller's password, but ours.
            Err(LdapError::InvalidCredentials) => {
                let (server, text) = (self.name.to_string(), "LDAP_BIND_DN or LDAP_BIND_PASSWORD is wrong".to_owned());
                Err(LdapError::Answered { server, operation: "the bind of the searching account", code: 49, text })
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps a connection of the searching account for the next search, if it is still good.
    pub(super) fn keep(&self, mut connection: Connection) {
        let mut idle = lock(&self.idle);
        if idle.len() < KEPT && !connection.is_closed() {
            idle.push(connection);
        }
    }

    fn kept(&self) -> Option<Connection> {
        let mut idle = lock(&self.idle);
        idle.retain_mut(|connection| !connection.is_closed() && connection.opened.elapsed() < OLDEST);
        idle.pop()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_double_up_to_the_longest_and_end_with_an_answer() {
        let (mut health, mut now, mut rests) = (Health::default(), Instant::now(), Vec::new());
        for _ in 0..8 {
            assert!(health.is_due(now));
            health.failed(now);
            let until = health.resting_until.unwrap();
            assert!(!health.is_due(until - Duration::from_millis(1)));
            rests.push((until - now).as_millis());
            now = until;
        }
        assert_eq!(rests, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
        assert!(Health::default().is_due(now));
    }
}
