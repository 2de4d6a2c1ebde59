//! Grants.

use super::Write;
use crate::error::Result;
use crate::queries::query;
use crate::session::Statement;
use crate::{read, rows};
use mlflow_auth_core::store::{Event, GrantConflict, StoreError, grant_name, grant_number};
use mlflow_auth_core::{GrantId, GrantSpec, Permission, ResourceType, Scope, Subject, Target, Workspace};
use std::collections::BTreeSet;

impl Write {
    pub(crate) async fn grant(&mut self, spec: &GrantSpec, conflict: GrantConflict) -> Result<()> {
        let GrantSpec { subject, scope, kind, target, permission } = spec;
        let id = match subject {
            Subject::Role(role) => read::role_id(&mut self.session, role).await?,
            Subject::User(_) | Subject::Group(_) => self.find_or_add(subject).await?,
        };
        let session = &mut self.session;
        let statement = match conflict {
            GrantConflict::Refuse => query!(session, give),
            GrantConflict::Replace => query!(session, give_or_replace),
        };
        let digest = rows::digest(kind, target.text());
        let statement = statement.bind(id).bind(rows::workspace_column(scope)).bind(kind.name()).bind(target.form());
        let statement = statement.bind(target.text()).bind(digest.as_slice()).bind(target.priority());
        if session.run(statement.bind(permission.name())).await? == 0 {
            return Err(StoreError::AlreadyExists(grant_name(subject, scope, kind, target)).into());
        }
        self.tell(Event::Grants(subject.clone()));
        Ok(())
    }

    pub(super) async fn revoke(
        &mut self,
        subject: &Subject,
        scope: &Scope,
        kind: &ResourceType,
        target: &Target,
    ) -> Result<()> {
        let (digest, workspace) = (rows::digest(kind, target.text()), rows::workspace_column(scope));
        let found = self.find(subject).await?;
        let session = &mut self.session;
        let removed = match found {
            Some(id) => session.run(query!(session, revoke, id, digest.as_slice(), target.form(), workspace)).await?,
            None => 0,
        };
        if removed == 0 {
            return Err(StoreError::NotFound(grant_name(subject, scope, kind, target)).into());
        }
        self.tell(Event::Grants(subject.clone()));
        Ok(())
    }

    pub(super) async fn rewrite(&mut self, id: GrantId, target: &Target, permission: Permission) -> Result<()> {
        let session = &mut self.session;
        let found = session.first(query!(session, grant_by_number, id), rows::held_grant).await?;
        let spec = found.ok_or_else(|| StoreError::NotFound(grant_number(id)))?.spec;
        let digest = rows::digest(&spec.kind, target.text());
        let statement = query!(session, rewrite, id, target.form(), target.text(), digest.as_slice());
        if session.run(statement.bind(target.priority()).bind(permission.name())).await? == 0 {
            return Err(StoreError::AlreadyExists(grant_name(&spec.subject, &spec.scope, &spec.kind, target)).into());
        }
        self.tell(Event::Grants(spec.subject));
        Ok(())
    }

    pub(super) async fn revoke_on(&mut self, kind: &ResourceType, id: &str, workspace: &Workspace) -> Result<()> {
        let digest = rows::digest(kind, id);
        let statement = query!(self.session, revoke_on, digest.as_slice(), workspace.as_str());
        self.tell_holders(statement).await
    }

    pub(super) async fn revoke_in(&mut self, workspace: &Workspace) -> Result<()> {
        let statement = query!(self.session, revoke_in, workspace.as_str());
        self.tell_holders(statement).await
    }

    pub(super) async fn move_grants(
        &mut self,
        kind: &ResourceType,
        from: &str,
        to: &str,
        workspace: &Workspace,
    ) -> Result<()> {
        self.revoke_on(kind, to, workspace).await?;
        let (before, after) = (rows::digest(kind, from), rows::digest(kind, to));
        let statement = query!(self.session, move_grants, before.as_slice(), workspace.as_str(), to, after.as_slice());
        self.tell_holders(statement).await
    }

    /// Runs a statement that returns the numbers of the holders it touched.
    async fn tell_holders(&mut self, statement: Statement<'_>) -> Result<()> {
        let session = &mut self.session;
        let touched: BTreeSet<i64> = session.all(statement, rows::id).await?.into_iter().collect();
        let ids: Vec<i64> = touched.into_iter().collect();
        let holders = session.all(query!(session, subject_names, ids), |row| rows::subject(row, 0)).await?;
        holders.into_iter().for_each(|subject| self.tell(Event::Grants(subject)));
        Ok(())
    }
}
