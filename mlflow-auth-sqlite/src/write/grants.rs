//! Grants.

use super::Write;
use crate::error::Result;
use crate::queries;
use crate::read;
use crate::rows;
use mlflow_auth_core::store::{Event, GrantConflict, StoreError, grant_name, grant_number};
use mlflow_auth_core::{GrantId, GrantSpec, Permission, ResourceType, Scope, Subject, Target, Workspace};
use rusqlite::{Params, Row};
use std::collections::BTreeSet;

impl Write<'_> {
    pub(crate) fn grant(&mut self, spec: &GrantSpec, conflict: GrantConflict) -> Result<()> {
        let GrantSpec { subject, scope, kind, target, permission } = spec;
        let id = match subject {
            Subject::Role(role) => read::role_id(self.transaction, role)?,
            Subject::User(_) | Subject::Group(_) => self.find_or_add(subject)?,
        };
        let sql = match conflict {
            GrantConflict::Refuse => queries::GRANT,
            GrantConflict::Replace => queries::GRANT_OR_REPLACE,
        };
        let (workspace, priority) = (rows::workspace_column(scope), target.priority());
        let row = (id, workspace, kind.name(), target.form(), target.text(), priority, permission.name());
        if self.run(sql, row)? == 0 {
            return Err(StoreError::AlreadyExists(grant_name(subject, scope, kind, target)).into());
        }
        self.tell(Event::Grants(subject.clone()));
        Ok(())
    }

    pub(super) fn revoke(
        &mut self,
        subject: &Subject,
        scope: &Scope,
        kind: &ResourceType,
        target: &Target,
    ) -> Result<()> {
        let workspace = rows::workspace_column(scope);
        let place = |id| (id, workspace, kind.name(), target.form(), target.text());
        let removed = match self.find(subject)? {
            Some(id) => self.run(queries::REVOKE, place(id))?,
            None => 0,
        };
        if removed == 0 {
            return Err(StoreError::NotFound(grant_name(subject, scope, kind, target)).into());
        }
        self.tell(Event::Grants(subject.clone()));
        Ok(())
    }

    pub(super) fn rewrite(&mut self, id: GrantId, target: &Target, permission: Permission) -> Result<()> {
        let read = |row: &Row<'_>| rows::grant(row, rows::subject(row, 7)?);
        let found = read::all(self.transaction, queries::GRANT_BY_NUMBER, [id], read)?.pop();
        let spec = found.ok_or_else(|| StoreError::NotFound(grant_number(id)))?.spec;
        let row = (id, target.form(), target.text(), target.priority(), permission.name());
        if self.run(queries::REWRITE, row)? == 0 {
            return Err(StoreError::AlreadyExists(grant_name(&spec.subject, &spec.scope, &spec.kind, target)).into());
        }
        self.tell(Event::Grants(spec.subject));
        Ok(())
    }

    pub(super) fn revoke_on(&mut self, kind: &ResourceType, id: &str, workspace: &Workspace) -> Result<()> {
        self.tell_holders(queries::REVOKE_ON, (kind.name(), id, workspace.as_str()))
    }

    pub(super) fn revoke_in(&mut self, workspace: &Workspace) -> Result<()> {
        self.tell_holders(queries::REVOKE_IN, [workspace.as_str()])
    }

    pub(super) fn move_grants(
        &mut self,
        kind: &ResourceType,
        from: &str,
        to: &str,
        workspace: &Workspace,
    ) -> Result<()> {
        self.revoke_on(kind, to, workspace)?;
        self.tell_holders(queries::MOVE_GRANTS, (kind.name(), from, workspace.as_str(), to))
    }

    /// Runs a statement that returns the numbers of the holders it touched.
    fn tell_holders(&mut self, sql: &str, parameters: impl Params) -> Result<()> {
        let touched = read::all(self.transaction, sql, parameters, |row| Ok(row.get::<_, i64>(0)?))?;
        for id in touched.into_iter().collect::<BTreeSet<_>>() {
            let holders = read::all(self.transaction, queries::SUBJECT_NAME, [id], |row| rows::subject(row, 0))?;
            holders.into_iter().for_each(|subject| self.tell(Event::Grants(subject)));
        }
        Ok(())
    }
}
