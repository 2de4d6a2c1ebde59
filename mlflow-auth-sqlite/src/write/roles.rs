//! Roles and assignments.

use super::Write;
use crate::error::Result;
use crate::queries;
use crate::read;
use crate::rows;
use mlflow_auth_core::store::{Event, StoreError, assignment_name};
use mlflow_auth_core::{RoleKey, RoleName, Subject, Username, Workspace};
use rusqlite::Row;

impl Write<'_> {
    pub(crate) fn create_role(&mut self, key: &RoleKey, description: Option<&str>) -> Result<()> {
        let subject = Subject::Role(key.clone());
        if self.find(&subject)?.is_some() {
            return Err(StoreError::AlreadyExists(subject.to_string()).into());
        }
        let id = self.add(&subject)?;
        self.run(queries::ADD_ROLE, (id, description))?;
        self.tell(Event::Grants(subject));
        Ok(())
    }

    pub(super) fn update_role(
        &mut self,
        key: &RoleKey,
        name: Option<&RoleName>,
        description: Option<&str>,
    ) -> Result<()> {
        let id = read::role_id(self.transaction, key)?;
        if let Some(name) = name.filter(|name| **name != key.name) {
            self.rename_role(id, RoleKey { workspace: key.workspace.clone(), name: name.clone() })?;
        }
        if description.is_some() {
            self.run(queries::DESCRIBE_ROLE, (id, description))?;
        }
        self.tell(Event::Grants(Subject::Role(key.clone())));
        Ok(())
    }

    fn rename_role(&mut self, id: i64, key: RoleKey) -> Result<()> {
        let users = read::role_users_by_id(self.transaction, id)?;
        let subject = Subject::Role(key);
        if self.find(&subject)?.is_some() {
            return Err(StoreError::AlreadyExists(subject.to_string()).into());
        }
        if let Subject::Role(key) = &subject {
            self.run(queries::RENAME_ROLE, (id, key.name.as_str()))?;
        }
        self.tell(Event::Grants(subject));
        users.into_iter().for_each(|user| self.tell(Event::Membership(user)));
        Ok(())
    }

    pub(crate) fn assign(&mut self, user: &Username, role: &RoleKey) -> Result<()> {
        let id = read::role_id(self.transaction, role)?;
        let user_id = self.find_or_add(&Subject::User(user.clone()))?;
        if self.run(queries::ASSIGN, [id, user_id])? == 0 {
            return Err(StoreError::AlreadyExists(assignment_name(user, role)).into());
        }
        self.tell(Event::Membership(user.clone()));
        Ok(())
    }

    pub(super) fn unassign(&mut self, user: &Username, role: &RoleKey) -> Result<()> {
        let id = read::role_id(self.transaction, role)?;
        let removed = match self.find(&Subject::User(user.clone()))? {
            Some(user_id) => self.run(queries::UNASSIGN, [id, user_id])?,
            None => 0,
        };
        if removed == 0 {
            return Err(StoreError::NotFound(assignment_name(user, role)).into());
        }
        self.tell(Event::Membership(user.clone()));
        Ok(())
    }

    pub(super) fn forget_workspace(&mut self, workspace: &Workspace) -> Result<()> {
        let id_and_subject = |row: &Row<'_>| Ok((row.get(0)?, rows::subject(row, 1)?));
        let roles = read::all(self.transaction, queries::ROLES_IN, [workspace.as_str()], id_and_subject)?;
        for (id, subject) in roles {
            self.forget_role(id, &subject)?;
        }
        self.revoke_in(workspace)
    }

    pub(super) fn forget_role(&mut self, id: i64, subject: &Subject) -> Result<()> {
        let users = read::role_users_by_id(self.transaction, id)?;
        self.run(queries::REMOVE_SUBJECT, [id])?;
        self.tell(Event::Grants(subject.clone()));
        users.into_iter().for_each(|user| self.tell(Event::Membership(user)));
        Ok(())
    }
}
