//! Groups, roles and grants.

use crate::error::PostgresError;
use crate::read;
use crate::store::PostgresStore;
use async_trait::async_trait;
use mlflow_auth_core::store::{Change, Membership, PermissionStore, Revision, Role, StoreError};
use mlflow_auth_core::{Grant, GroupName, ResourceType, RoleKey, Subject, SubjectGrants, Username, Workspace};
use std::sync::Arc;
use tokio::task::spawn_blocking;

#[async_trait]
impl PermissionStore for PostgresStore {
    async fn membership(&self, user: &Username) -> Result<Arc<Membership>, StoreError> {
        let read = self.read_anywhere(user.clone(), |session, user| Box::pin(read::membership(session, user)));
        Ok(Arc::new(read.await?))
    }

    async fn grants_of(&self, subject: &Subject) -> Result<Arc<SubjectGrants>, StoreError> {
        let read = self.read_anywhere(subject.clone(), |session, subject| Box::pin(read::grants_of(session, subject)));
        let grants = read.await?;
        // Apart from the reading, so that a long compilation keeps no connection from others, nor a thread.
        let rules = self.rules();
        let compiled = spawn_blocking(move || SubjectGrants::with_limits(grants, rules)).await;
        Ok(Arc::new(compiled.map_err(PostgresError::from)??))
    }

    async fn grants_on(&self, kind: &ResourceType, id: &str, workspace: &Workspace) -> Result<Vec<Grant>, StoreError> {
        self.read_anywhere((kind.clone(), id.to_owned(), workspace.clone()), |session, (kind, id, workspace)| {
            Box::pin(read::grants_on(session, kind, id, workspace))
        })
        .await
    }

    async fn patterns_on(&self, kind: &ResourceType) -> Result<Vec<Grant>, StoreError> {
        self.read_anywhere(kind.clone(), |session, kind| Box::pin(read::patterns_on(session, kind))).await
    }

    async fn holders(&self) -> Result<Vec<Subject>, StoreError> {
        self.read_anywhere((), |session, ()| Box::pin(read::holders(session))).await
    }

    async fn groups(&self) -> Result<Vec<GroupName>, StoreError> {
        self.read_anywhere((), |session, ()| Box::pin(read::groups(session))).await
    }

    async fn members(&self, group: &GroupName) -> Result<Vec<Username>, StoreError> {
        self.read_anywhere(group.clone(), |session, group| Box::pin(read::members(session, group))).await
    }

    async fn roles(&self) -> Result<Vec<Role>, StoreError> {
        self.read_anywhere((), |session, ()| Box::pin(read::roles(session))).await
    }

    async fn role_users(&self, role: &RoleKey) -> Result<Vec<Username>, StoreError> {
        self.read_anywhere(role.clone(), |session, role| Box::pin(read::role_users(session, role))).await
    }

    async fn apply(&self, changes: &[Change]) -> Result<Revision, StoreError> {
        let about = (changes.to_vec(), self.rules());
        let made = self.write_within(self.limit_of(changes.len()), about, |write, (changes, rules)| {
            Box::pin(write.apply(changes, *rules))
        });
        Ok(made.await?.1)
    }
}
