//! What one server is asked, in which order.

use super::Known;
use super::connection::Connection;
use super::groups::Belonging;
use super::searcher::Searcher;
use super::server::Server;
use crate::error::LdapError;
use crate::names::in_dn;
use crate::settings::{Plan, Way};
use mlflow_auth_core::{Secret, Username};
use std::time::Duration;

/// Whom nobody is: bound with for somebody who does not exist, so that it takes as long as a wrong password.
const NOBODY: &str = "cn=nobody-by-this-name";

/// Who has this name and password, and comes in.
pub(super) async fn sign_in(
    plan: &Plan,
    server: &Server,
    typed: &Username,
    password: &Secret,
    patience: Duration,
) -> Result<Known, LdapError> {
    let identity = match name_to_bind_with(plan, typed) {
        Some(None) => return Err(LdapError::InvalidCredentials),
        Some(Some(name)) => {
            let connection = bind(server, &name, password).await?;
            let own = plan.service.is_none().then_some(connection);
            let mut searcher = Searcher::new(plan, server, patience, own);
            let found = searcher.bound(typed, &name).await;
            searcher.finish();
            let (identity, dn) = found?;
            if matches!(plan.way, Way::Name(_)) {
                // That name and the search may mean two people: the entry that is found must have this password.
                bind(server, &dn, password).await?;
            }
            identity
        }
        None => {
            let mut searcher = Searcher::new(plan, server, patience, None);
            let entry = searcher.user(typed).await?;
            let bound = bind(server, entry.as_ref().map_or(NOBODY, |entry| &entry.dn), password).await;
            let identity = match (bound, entry) {
                (Ok(_), Some(entry)) => searcher.identity(&entry).await,
                (Ok(_), None) => Err(LdapError::InvalidCredentials),
                (Err(error), _) => Err(error),
            };
            searcher.finish();
            identity?
        }
    };
    if !identity.belonging.comes_in {
        tracing::info!(user = %identity.user, "refused somebody whom no group of the directory lets in");
        return Err(LdapError::InvalidCredentials);
    }
    Ok(identity)
}

/// What somebody belongs to who is not here, by the account that searches.
pub(super) async fn look_up(
    plan: &Plan,
    server: &Server,
    user: &Username,
    patience: Duration,
) -> Result<Belonging, LdapError> {
    let mut searcher = Searcher::new(plan, server, patience, None);
    let found = match name_to_bind_with(plan, user) {
        Some(Some(name)) if matches!(plan.way, Way::Dn(_)) => {
            searcher.look_up(user, &name).await?.map(|(found, _)| found)
        }
        // What somebody binds with says nothing here: nobody binds.
        _ => match searcher.user(user).await? {
            Some(entry) => Some(searcher.identity(&entry).await?),
            None => None,
        },
    };
    searcher.finish();
    // Somebody else whom the directory finds by this name is not this user.
    let found = found.filter(|found| found.user == *user);
    Ok(found.map_or_else(Belonging::default, |found| found.belonging))
}

/// The name that somebody binds with. `Some(None)` for a name that cannot stand in it, `None` if a search tells.
fn name_to_bind_with(plan: &Plan, typed: &Username) -> Option<Option<String>> {
    match &plan.way {
        Way::Dn(template) => Some(Some(template.fill(&in_dn(typed.as_str())))),
        Way::Name(template) => Some(is_plain(typed).then(|| template.fill(typed.as_str()))),
        Way::Found => None,
    }
}

/// Whether a name may stand in one that is no distinguished name, where nothing can be escaped.
fn is_plain(name: &Username) -> bool {
    name.as_str().chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// A new connection of somebody. It is used for nothing after a failure.
async fn bind(server: &Server, name: &str, password: &Secret) -> Result<Connection, LdapError> {
    let mut connection = server.open().await?;
    connection.bind(name, password).await?;
    Ok(connection)
}
