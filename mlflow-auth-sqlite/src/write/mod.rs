//! How each change is written.

mod grants;
mod groups;
mod limits;
mod roles;

use crate::error::Result;
use crate::feed;
use crate::queries;
use crate::rows;
use mlflow_auth_core::Subject;
use mlflow_auth_core::store::Events;
use mlflow_auth_core::store::{Change, Event, Revision, moved_on};
use rusqlite::{Connection, Params, Transaction};

/// One transaction, and what it touched so far.
pub(crate) struct Write<'t> {
    transaction: &'t Transaction<'t>,
    events: Events,
}

impl<'t> Write<'t> {
    pub(crate) fn new(transaction: &'t Transaction<'t>) -> Self {
        Self { transaction, events: Events::default() }
    }

    /// What can be read of it so far.
    pub(crate) fn connection(&self) -> &Connection {
        self.transaction
    }

    pub(crate) fn into_events(self) -> Events {
        self.events
    }

    pub(crate) fn make(&mut self, change: &Change) -> Result<()> {
        change.check()?;
        match change {
            Change::Grant(spec, conflict) => self.grant(spec, *conflict),
            Change::Revoke { subject, scope, kind, target } => self.revoke(subject, scope, kind, target),
            Change::Rewrite { grant, target, permission } => self.rewrite(*grant, target, *permission),
            Change::ResourceDeleted { kind, id, workspace } => self.revoke_on(kind, id, workspace),
            Change::ResourceRenamed { from, to, .. } if from == to => Ok(()),
            Change::ResourceRenamed { kind, from, to, workspace } => self.move_grants(kind, from, to, workspace),
            Change::Forget(subject) => self.forget(subject),
            Change::ForgetWorkspace(workspace) => self.forget_workspace(workspace),
            Change::CreateGroup(group) => self.create_group(group),
            Change::Join(user, group) => self.join(user, group),
            Change::Leave(user, group) => self.leave(user, group),
            Change::CreateRole { key, description } => self.create_role(key, description.as_deref()),
            Change::UpdateRole { key, name, description } => {
                self.update_role(key, name.as_ref(), description.as_deref())
            }
            Change::Assign(user, role) => self.assign(user, role),
            Change::Unassign(user, role) => self.unassign(user, role),
            Change::OnlyIfStillAt(revision) => self.only_at(*revision),
        }
    }

    pub(crate) fn tell(&mut self, event: Event) {
        self.events.tell(event);
    }

    /// Fails unless the store is still at a revision. The feed is written at the end of a transaction, so it still says
    /// what was committed before.
    pub(crate) fn only_at(&self, revision: Revision) -> Result<()> {
        match feed::revision(self.transaction)? == revision {
            true => Ok(()),
            false => Err(moved_on().into()),
        }
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) fn run(&self, sql: &str, parameters: impl Params) -> Result<usize> {
        Ok(self.transaction.prepare_cached(sql)?.execute(parameters)?)
    }

    pub(crate) fn find(&self, subject: &Subject) -> Result<Option<i64>> {
        rows::find(self.transaction, subject)
    }

    /// The number of a subject, which is given one if it has none.
    pub(crate) fn find_or_add(&self, subject: &Subject) -> Result<i64> {
        match self.find(subject)? {
            Some(id) => Ok(id),
            None => self.add(subject),
        }
    }

    fn add(&self, subject: &Subject) -> Result<i64> {
        let mut statement = self.transaction.prepare_cached(queries::ADD_SUBJECT)?;
        Ok(statement.query_row(rows::columns(subject), |row| row.get(0))?)
    }

    fn forget(&mut self, subject: &Subject) -> Result<()> {
        let Some(id) = self.find(subject)? else { return Ok(()) };
        match subject {
            Subject::User(user) => self.forget_user(id, user),
            Subject::Group(_) => self.forget_group(id, subject),
            Subject::Role(_) => self.forget_role(id, subject),
        }
    }
}
