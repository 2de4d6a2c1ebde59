//! How each change is written.

mod grants;
mod groups;
mod limits;
mod many;
mod roles;

pub(crate) use many::MOST;

use crate::error::Result;
use crate::feed::Point;
use crate::queries::query;
use crate::rows;
use crate::session::Session;
use crate::{accounts, read};
use mlflow_auth_core::store::Events;
use mlflow_auth_core::store::{Change, Event, moved_on};
use mlflow_auth_core::{RuleLimits, Subject};

/// One transaction, which nobody else writes beside, and what it touched so far.
pub(crate) struct Write {
    pub(crate) session: Session,
    before: Point,
    events: Events,
}

impl Write {
    pub(crate) fn new(session: Session, before: Point) -> Self {
        Self { session, before, events: Events::default() }
    }

    pub(crate) fn into_parts(self) -> (Session, Point, Events) {
        (self.session, self.before, self.events)
    }

    /// Makes a list of changes, all of it.
    pub(crate) async fn apply(&mut self, changes: &[Change], rules: RuleLimits) -> Result<()> {
        let mut rest = changes;
        while let [first, others @ ..] = rest {
            match self.grants_at_once(rest).await? {
                0 => {
                    self.make(first).await?;
                    rest = others;
                }
                made => rest = rest.get(made..).unwrap_or_default(),
            }
        }
        self.check_patterns(changes, rules).await
    }

    async fn make(&mut self, change: &Change) -> Result<()> {
        change.check()?;
        match change {
            Change::Grant(spec, conflict) => self.grant(spec, *conflict).await,
            Change::Revoke { subject, scope, kind, target } => self.revoke(subject, scope, kind, target).await,
            Change::Rewrite { grant, target, permission } => self.rewrite(*grant, target, *permission).await,
            Change::ResourceDeleted { kind, id, workspace } => self.revoke_on(kind, id, workspace).await,
            Change::ResourceRenamed { from, to, .. } if from == to => Ok(()),
            Change::ResourceRenamed { kind, from, to, workspace } => self.move_grants(kind, from, to, workspace).await,
            Change::Forget(subject) => self.forget(subject).await,
            Change::ForgetWorkspace(workspace) => self.forget_workspace(workspace).await,
            Change::CreateGroup(group) => self.create_group(group).await,
            Change::Join(user, group) => self.join(user, group).await,
            Change::Leave(user, group) => self.leave(user, group).await,
            Change::CreateRole { key, description } => self.create_role(key, description.as_deref()).await,
            Change::UpdateRole { key, name, description } => {
                self.update_role(key, name.as_ref(), description.as_deref()).await
            }
            Change::Assign(user, role) => self.assign(user, role).await,
            Change::Unassign(user, role) => self.unassign(user, role).await,
            // The feed is written at the end of a transaction, and locked since its beginning.
            Change::OnlyIfStillAt(revision) if *revision == self.before.revision => Ok(()),
            Change::OnlyIfStillAt(_) => Err(moved_on().into()),
        }
    }

    pub(crate) fn tell(&mut self, event: Event) {
        self.events.tell(event);
    }

    pub(crate) async fn find(&mut self, subject: &Subject) -> Result<Option<i64>> {
        read::find(&mut self.session, subject).await
    }

    /// The number of a subject, which is given one if it has none.
    pub(crate) async fn find_or_add(&mut self, subject: &Subject) -> Result<i64> {
        match self.find(subject).await? {
            Some(id) => Ok(id),
            None => self.add(subject).await,
        }
    }

    async fn add(&mut self, subject: &Subject) -> Result<i64> {
        let (kind, workspace, name) = rows::columns(subject);
        let session = &mut self.session;
        let id = session.first(query!(session, add_subject, kind, workspace, name), rows::id).await?;
        Ok(id.ok_or(sqlx::Error::RowNotFound)?)
    }

    async fn forget(&mut self, subject: &Subject) -> Result<()> {
        let Some(id) = self.find(subject).await? else { return Ok(()) };
        match subject {
            Subject::User(user) => self.forget_user(id, user).await,
            Subject::Group(_) => self.forget_group(id, subject).await,
            Subject::Role(_) => self.forget_role(id, subject).await,
        }
    }

    /// The number of an account, if there is one.
    pub(crate) async fn account_id(&mut self, name: &mlflow_auth_core::Username) -> Result<Option<i64>> {
        Ok(accounts::find(&mut self.session, name).await?.map(|(user, _)| user.id))
    }
}
