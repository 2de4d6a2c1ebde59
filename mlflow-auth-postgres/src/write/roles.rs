//! Roles and assignments.

use super::Write;
use crate::error::Result;
use crate::queries::query;
use crate::{read, rows};
use mlflow_auth_core::store::{Event, StoreError, assignment_name};
use mlflow_auth_core::{RoleKey, RoleName, Subject, Username, Workspace};
use sqlx::postgres::PgRow;

impl Write {
    pub(crate) async fn create_role(&mut self, key: &RoleKey, description: Option<&str>) -> Result<()> {
        let subject = Subject::Role(key.clone());
        if self.find(&subject).await?.is_some() {
            return Err(StoreError::AlreadyExists(subject.to_string()).into());
        }
        let id = self.add(&subject).await?;
        let session = &mut self.session;
        session.run(query!(session, add_role, id, description)).await?;
        self.tell(Event::Grants(subject));
        Ok(())
    }

    pub(super) async fn update_role(
        &mut self,
        key: &RoleKey,
        name: Option<&RoleName>,
        description: Option<&str>,
    ) -> Result<()> {
        let id = read::role_id(&mut self.session, key).await?;
        if let Some(name) = name.filter(|name| **name != key.name) {
            self.rename_role(id, RoleKey { workspace: key.workspace.clone(), name: name.clone() }).await?;
        }
        if description.is_some() {
            let session = &mut self.session;
            session.run(query!(session, describe_role, id, description)).await?;
        }
        self.tell(Event::Grants(Subject::Role(key.clone())));
        Ok(())
    }

    async fn rename_role(&mut self, id: i64, key: RoleKey) -> Result<()> {
        let users = self.users_of(id).await?;
        let (subject, name) = (Subject::Role(key.clone()), key.name);
        if self.find(&subject).await?.is_some() {
            return Err(StoreError::AlreadyExists(subject.to_string()).into());
        }
        let session = &mut self.session;
        session.run(query!(session, rename_role, id, name.as_str())).await?;
        self.tell(Event::Grants(subject));
        users.into_iter().for_each(|user| self.tell(Event::Membership(user)));
        Ok(())
    }

    async fn users_of(&mut self, role: i64) -> Result<Vec<Username>> {
        let session = &mut self.session;
        session.all(query!(session, role_users_by_id, role), rows::username).await
    }

    pub(crate) async fn assign(&mut self, user: &Username, role: &RoleKey) -> Result<()> {
        let id = read::role_id(&mut self.session, role).await?;
        let user_id = self.find_or_add(&Subject::User(user.clone())).await?;
        let session = &mut self.session;
        if session.run(query!(session, assign, id, user_id)).await? == 0 {
            return Err(StoreError::AlreadyExists(assignment_name(user, role)).into());
        }
        self.tell(Event::Membership(user.clone()));
        Ok(())
    }

    pub(super) async fn unassign(&mut self, user: &Username, role: &RoleKey) -> Result<()> {
        let id = read::role_id(&mut self.session, role).await?;
        let found = self.find(&Subject::User(user.clone())).await?;
        let session = &mut self.session;
        let removed = match found {
            Some(user_id) => session.run(query!(session, unassign, id, user_id)).await?,
            None => 0,
        };
        if removed == 0 {
            return Err(StoreError::NotFound(assignment_name(user, role)).into());
        }
        self.tell(Event::Membership(user.clone()));
        Ok(())
    }

    pub(super) async fn forget_workspace(&mut self, workspace: &Workspace) -> Result<()> {
        let id_and_subject = |row: &PgRow| Ok((rows::id(row)?, rows::subject(row, 1)?));
        let session = &mut self.session;
        let roles = session.all(query!(session, roles_in, workspace.as_str()), id_and_subject).await?;
        for (id, subject) in roles {
            self.forget_role(id, &subject).await?;
        }
        self.revoke_in(workspace).await
    }

    pub(super) async fn forget_role(&mut self, id: i64, subject: &Subject) -> Result<()> {
        let users = self.users_of(id).await?;
        let session = &mut self.session;
        session.run(query!(session, remove_subject, id)).await?;
        self.tell(Event::Grants(subject.clone()));
        users.into_iter().for_each(|user| self.tell(Event::Membership(user)));
        Ok(())
    }
}
