//! The servers of a directory, and what they are asked.

mod closed;
mod connection;
mod groups;
mod places;
mod questions;
mod searcher;
mod server;
mod tokens;

pub(crate) use groups::Belonging;
pub(crate) use tokens::TOKEN_GROUPS;

use crate::error::LdapError;
use crate::settings::{InvalidLdapSettings, LdapSettings, OwnSearch, Plan, Way};
use crate::wire::Limits;
use mlflow_auth_core::{Secret, Username};
use places::Places;
use server::Server;
use std::pin::Pin;
use std::time::Duration;

/// A directory, which can be asked by many at once.
pub(crate) struct Directory {
    plan: Plan,
    servers: Vec<Server>,
    sign_ins: Places,
    /// Apart: whoever sends many wrong passwords keeps nobody else's groups from being asked for.
    look_ups: Places,
    timeout: Duration,
}

/// Who somebody is, as the directory says.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) user: Username,
    pub(crate) belonging: Belonging,
}

type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T, LdapError>> + Send + 'a>>;

impl Directory {
    /// Connects to nobody yet.
    pub(crate) fn new(settings: &LdapSettings) -> Result<Self, InvalidLdapSettings> {
        Self::with_limits(settings, Limits::default())
    }

    fn with_limits(settings: &LdapSettings, limits: Limits) -> Result<Self, InvalidLdapSettings> {
        let mut plan = settings.check()?;
        if !settings.verify_certificates {
            tracing::warn!("LDAP_TLS_VERIFY is none: whoever is between us and the directory learns every password");
        }
        let servers = std::mem::take(&mut plan.servers).into_iter();
        let servers = servers.map(|(name, address, security)| {
            if matches!(security, crate::wire::Security::Insecure) {
                tracing::warn!(server = name, "LDAP_INSECURE_PLAINTEXT: passwords go over the network in clear text");
            }
            Server::new(&name, address, security, settings.connect_timeout, limits)
        });
        let servers = servers.collect();
        let [sign_ins, look_ups] = [(); 2].map(|()| Places::new(settings.connections, settings.waiting));
        Ok(Self { plan, servers, sign_ins, look_ups, timeout: settings.timeout })
    }

    /// Whether people can be looked up by their user name who are not here with a password: an account searches, and what
    /// finds people goes by that name, not by another one that they type.
    pub(crate) fn looks_up(&self) -> bool {
        let goes_by_name = match &self.plan.own {
            OwnSearch::Filter { filter, .. } => filter.tests(&self.plan.identity),
            OwnSearch::Bound | OwnSearch::ByGroups => matches!(self.plan.way, Way::Dn(_)),
        };
        self.plan.service.is_some() && goes_by_name
    }

    /// Who has this name and this password, and may come in.
    ///
    /// # Errors
    /// [`LdapError::InvalidCredentials`] if the directory says so.
    pub(crate) async fn sign_in(&self, typed: &Username, password: &Secret) -> Result<Known, LdapError> {
        if password.expose().is_empty() {
            return Err(LdapError::InvalidCredentials);
        }
        self.ask(&self.sign_ins, &|server| {
            Box::pin(questions::sign_in(&self.plan, server, typed, password, self.timeout))
        })
        .await
    }

    /// The groups of somebody, none if nobody has this name.
    pub(crate) async fn belonging(&self, user: &Username) -> Result<Belonging, LdapError> {
        self.ask(&self.look_ups, &|server| Box::pin(questions::look_up(&self.plan, server, user, self.timeout))).await
    }

    /// Asks the servers in their order, until one can tell.
    async fn ask<'a, T>(
        &'a self,
        places: &Places,
        question: &(dyn Fn(&'a Server) -> Asking<'a, T> + Send + Sync),
    ) -> Result<T, LdapError> {
        let _place = places.enter(self.timeout).await?;
        let mut last = LdapError::Resting;
        for server in self.servers.iter().filter(|server| server.is_due()) {
            let answered = tokio::time::timeout(self.timeout, question(server)).await;
            match answered.unwrap_or_else(|_| Err(LdapError::TimedOut { server: server.name().to_owned() })) {
                Err(error) if error.is_a_failure() => {
                    server.failed();
                    tracing::warn!(%error, "a server of the directory failed");
                    let next = error.is_of_one_server();
                    last = error;
                    if !next {
                        break;
                    }
                }
                outcome => {
                    server.answered();
                    return outcome;
                }
            }
        }
        Err(last)
    }
}
