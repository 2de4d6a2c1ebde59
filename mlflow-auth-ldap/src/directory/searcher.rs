//! Searches of one sign-in, on one connection: that of the user, or one of the account that searches.

use super::Known;
use super::closed::{MARKS, is_closed};
use super::connection::{Connection, Entry, Search};
use super::groups::{Belonging, belonging, wanted_attributes};
use super::server::Server;
use super::tokens::{TOKEN_GROUPS, filters};
use crate::error::LdapError;
use crate::names::{Dn, Template, in_filter};
use crate::settings::{OwnSearch, Plan, Source, Way};
use ldap3::Scope;
use mlflow_auth_core::Username;
use std::time::{Duration, SystemTime};

const USER: &str = "the search for the user";
const GROUPS: &str = "the search for groups";

pub(super) struct Searcher<'a> {
    plan: &'a Plan,
    server: &'a Server,
    patience: Duration,
    connection: Option<Connection>,
    /// Whether the connection is of the account that searches, and can be kept.
    of_service: bool,
}

impl<'a> Searcher<'a> {
    /// Searches as the user whose connection is `own`, else as the account that searches.
    pub(super) fn new(plan: &'a Plan, server: &'a Server, patience: Duration, own: Option<Connection>) -> Self {
        let of_service = own.is_none();
        Self { plan, server, patience, connection: own, of_service }
    }

    /// No more searches: the connection of the account that searches is kept for others.
    pub(super) fn finish(self) {
        if let (Some(connection), true) = (self.connection, self.of_service) {
            self.server.keep(connection);
        }
    }

    /// Who bound with the name `bound`, and the name of their entry.
    pub(super) async fn bound(&mut self, typed: &Username, bound: &str) -> Result<(Known, String), LdapError> {
        let nobody = || LdapError::Entry(format!("`{bound}` may sign in, but a search does not find their entry"));
        self.look_up(typed, bound).await?.ok_or_else(nobody)
    }

    /// Who binds with the name `bound`, if the directory has them, and the name of their entry.
    pub(super) async fn look_up(
        &mut self,
        typed: &Username,
        bound: &str,
    ) -> Result<Option<(Known, String)>, LdapError> {
        let entry = match &self.plan.own {
            OwnSearch::Filter { .. } => self.user(typed).await?,
            OwnSearch::Bound => self.own_entry(bound).await?,
            OwnSearch::ByGroups => {
                let Some(entry) = self.by_groups(bound).await? else { return Ok(None) };
                self.same(bound, &entry)?;
                let belonging = open(&entry, belonging(self.plan, std::slice::from_ref(&entry))?)?;
                return Ok(Some((Known { user: name_of(self.plan, &entry)?, belonging }, entry.dn)));
            }
        };
        let Some(entry) = entry else { return Ok(None) };
        self.same(bound, &entry)?;
        let known = self.identity(&entry).await?;
        Ok(Some((known, entry.dn)))
    }

    /// Whose entry this is, and what they belong to.
    pub(super) async fn identity(&mut self, entry: &Entry) -> Result<Known, LdapError> {
        let user = name_of(self.plan, entry)?;
        let belonging = open(entry, self.belonging(entry).await?)?;
        Ok(Known { user, belonging })
    }

    async fn belonging(&mut self, entry: &Entry) -> Result<Belonging, LdapError> {
        let plan = self.plan;
        match &plan.source {
            Source::None => belonging(plan, &[]),
            Source::Own { search: None, .. } => belonging(plan, std::slice::from_ref(entry)),
            Source::Own { search: Some(_), .. } => {
                let found = self.by_groups(&entry.dn).await?;
                belonging(plan, found.as_slice())
            }
            Source::Entries { base, filter, .. } => {
                let found = self.below(GROUPS, base, filter, &entry.dn, &wanted_attributes(plan)).await?;
                belonging(plan, &found)
            }
            Source::Tokens { base } => {
                let found = self.of_token(base, &entry.dn).await?;
                belonging(plan, &found)
            }
        }
    }

    /// The groups below `base` that are in the token of the user with this entry.
    async fn of_token(&mut self, base: &str, dn: &str) -> Result<Vec<Entry>, LdapError> {
        let (own, attributes) = (Search::entry(GROUPS, dn, &[TOKEN_GROUPS]), wanted_attributes(self.plan));
        let token = only(self.search(&own).await?)?;
        let identifiers = token.as_ref().map(|entry| entry.bytes(TOKEN_GROUPS)).unwrap_or_default();
        let mut found = Vec::new();
        for filter in filters(&identifiers, dn)? {
            let (what, scope) = (GROUPS, Scope::Subtree);
            found.extend(self.search(&Search { what, base, scope, filter: &filter, attributes: &attributes }).await?);
        }
        Ok(found)
    }

    /// The entry of who typed this name.
    pub(super) async fn user(&mut self, typed: &Username) -> Result<Option<Entry>, LdapError> {
        let OwnSearch::Filter { base, filter } = &self.plan.own else { return Ok(None) };
        let attributes = self.own_attributes();
        only(self.below(USER, base, filter, typed.as_str(), &attributes).await?)
    }

    /// The entry with this name.
    async fn own_entry(&mut self, name: &str) -> Result<Option<Entry>, LdapError> {
        let attributes = self.own_attributes();
        match self.search(&Search::entry(USER, name, &attributes)).await {
            Err(LdapError::Answered { code: 32, .. }) => Ok(None),
            found => only(found?),
        }
    }

    /// The entry of a user whom the search for groups finds.
    async fn by_groups(&mut self, name: &str) -> Result<Option<Entry>, LdapError> {
        let plan = self.plan;
        let Source::Own { search: Some((base, filter)), .. } = &plan.source else { return Ok(None) };
        only(self.below(GROUPS, base, filter, name, &wanted_attributes(plan)).await?)
    }

    fn own_attributes(&self) -> Vec<&'a str> {
        let plan = self.plan;
        let groups = match &plan.source {
            Source::Own { attribute, search: None } => Some(attribute.as_str()),
            _ => None,
        };
        std::iter::once(plan.identity.as_str()).chain(groups).chain(MARKS).collect()
    }

    async fn below(
        &mut self,
        what: &'static str,
        base: &str,
        filter: &Template,
        name: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, LdapError> {
        let filter = filter.fill(&in_filter(name));
        self.search(&Search { what, base, scope: Scope::Subtree, filter: &filter, attributes }).await
    }

    async fn search(&mut self, search: &Search<'_>) -> Result<Vec<Entry>, LdapError> {
        let (mut connection, kept) = match (self.connection.take(), &self.plan.service) {
            (Some(connection), _) => (connection, false),
            (None, Some(account)) => self.server.service(account).await?,
            (None, None) => return Err(LdapError::Entry("there is no account that searches".to_owned())),
        };
        let mut found = connection.search(search, self.patience).await;
        // The server may have closed a connection that was kept: that is no reason to fail.
        if let (Err(LdapError::Broken { .. }), true, Some(account)) = (&found, kept, &self.plan.service) {
            connection = self.server.new_service(account).await?;
            found = connection.search(search, self.patience).await;
        }
        self.connection = Some(connection);
        found
    }

    /// The entry that a search found must be the one that was bound with.
    fn same(&self, bound: &str, entry: &Entry) -> Result<(), LdapError> {
        match (&self.plan.way, Dn::parse(bound), Dn::parse(&entry.dn)) {
            (Way::Dn(_), Ok(bound), Ok(found)) if bound == found => Ok(()),
            (Way::Dn(_), ..) => {
                Err(LdapError::Entry(format!("the search for `{bound}` found somebody else, `{}`", entry.dn)))
            }
            _ => Ok(()),
        }
    }
}

/// What somebody belongs to, who comes in only with an account that is not closed.
fn open(entry: &Entry, belonging: Belonging) -> Result<Belonging, LdapError> {
    let comes_in = belonging.comes_in && !is_closed(entry, SystemTime::now())?;
    Ok(Belonging { comes_in, ..belonging })
}

/// The one entry that was found, if there is one. With several nobody can tell who it is, and nobody comes in.
fn only(mut found: Vec<Entry>) -> Result<Option<Entry>, LdapError> {
    let entry = found.pop();
    match found.first() {
        None => Ok(entry),
        Some(other) => {
            let one = entry.map(|entry| entry.dn).unwrap_or_default();
            tracing::error!(one, other = other.dn, "a search for one user found several; nobody comes in by it");
            Err(LdapError::InvalidCredentials)
        }
    }
}

/// The user name of the entry: the value of the attribute that is part of its name, else the only one.
fn name_of(plan: &Plan, entry: &Entry) -> Result<Username, LdapError> {
    let values = entry.values(&plan.identity)?;
    let in_dn = Dn::parse(&entry.dn).ok();
    let in_dn = in_dn.as_ref().and_then(|dn| dn.first_value(Some(&plan.identity)));
    let name = match (values, in_dn) {
        ([name], _) => name,
        (several, Some(name)) if several.iter().any(|value| value == name) => name,
        _ => {
            let problem = format!("the entry `{}` has not one value of `{}` for a name", entry.dn, plan.identity);
            return Err(LdapError::Entry(problem));
        }
    };
    Username::new(name).map_err(|error| {
        tracing::error!(%error, dn = entry.dn, "somebody of the directory cannot sign in");
        LdapError::InvalidCredentials
    })
}
