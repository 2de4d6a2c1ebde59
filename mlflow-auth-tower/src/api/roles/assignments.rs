//! Who has roles.

use super::target::Wants;
use crate::api::{Call, object, shapes, store_error};
use crate::reply::Reply;
use mlflow_auth_core::store::{Change, Role, StoreError, User};
use mlflow_auth_core::{Scope, Subject, Workspace};
use serde_json::{Value, json};
use std::collections::HashMap;

impl Call<'_> {
    pub(super) async fn assign_role(&self) -> Result<Reply, Reply> {
        let role = self.role(Wants::Change).await?;
        self.reaches_no_further(&role).await?;
        let user = self.account(&self.username()?).await?;
        self.change_assignment(&user, &role, Change::Assign(user.name.clone(), role.key.clone())).await?;
        tracing::info!(by = %self.who.user, user = %user.name, role = role.key.name.as_str(), workspace = %role.key.workspace, "role given");
        Ok(Reply::ok(&json!({"assignment": shapes::assignment(user.id, role.id)})))
    }

    pub(super) async fn unassign_role(&self) -> Result<Reply, Reply> {
        let role = self.role(Wants::Change).await?;
        let user = self.account(&self.username()?).await?;
        self.change_assignment(&user, &role, Change::Unassign(user.name.clone(), role.key.clone())).await?;
        tracing::info!(by = %self.who.user, user = %user.name, role = role.key.name.as_str(), workspace = %role.key.workspace, "role taken back");
        Ok(Reply::ok(&object([])))
    }

    /// A role may have been given, by other ways than this API, what holds outside of its workspace. Whoever administers
    /// that one workspace does not hand it out.
    async fn reaches_no_further(&self, role: &Role) -> Result<(), Reply> {
        if self.who.passes_every_check() || !self.flow.shared.authorizer.policy().workspaces {
            return Ok(());
        }
        let here = Scope::In(role.key.workspace.clone());
        let held = self.grants_of_role(&role.key).await?;
        match held.grants().iter().all(|grant| grant.spec.scope == here) {
            true => Ok(()),
            false => Err(self.deny("the role holds what reaches beyond its workspace")),
        }
    }

    async fn change_assignment(&self, user: &User, role: &Role, change: Change) -> Result<(), Reply> {
        let words = || format!("User role assignment (user_id={}, role_id={})", user.id, role.id);
        match self.flow.shared.authorizer.store().apply(&[change]).await {
            Ok(_) => Ok(()),
            Err(StoreError::AlreadyExists(_)) => Err(Reply::already_exists(format!("{} already exists", words()))),
            Err(StoreError::NotFound(_)) => Err(Reply::not_found(format!("{} not found", words()))),
            Err(error) => Err(store_error(error)),
        }
    }

    /// Who has the role. Somebody without an account here, who signs in elsewhere, has no number: 0.
    pub(super) async fn list_role_users(&self) -> Result<Reply, Reply> {
        let role = self.role(Wants::Change).await?;
        let store = self.flow.shared.authorizer.store();
        let mut assignments = Vec::new();
        for name in store.role_users(&role.key).await.map_err(store_error)? {
            let user = self.accounts.users.user(&name).await.map_err(store_error)?;
            assignments.push(shapes::assignment(user.map_or(0, |user| user.id), role.id));
        }
        Ok(Reply::ok(&json!({"assignments": assignments})))
    }

    /// The roles of a user, and what they hold alone as a role of their own.
    pub(super) async fn list_user_roles(&self) -> Result<Reply, Reply> {
        let name = self.username()?;
        let whole = self.who.is_admin || name == self.who.user;
        let user = self.accounts.users.user(&name).await.map_err(store_error)?;
        let Some(user) = user else {
            return Err(match whole {
                true => Reply::not_found(format!("User with username={name} not found")),
                false => self.deny(OTHERS),
            });
        };
        let mut roles = self.roles_of(&user).await?;
        if !whole {
            if !roles.iter().any(|(workspace, _)| self.administers(workspace)) {
                return Err(self.deny(OTHERS));
            }
            roles.retain(|(workspace, _)| self.administers(workspace));
        }
        let roles: Vec<Value> = roles.into_iter().map(|(_, role)| role).collect();
        Ok(Reply::ok(&json!({"roles": roles})))
    }

    /// The roles of a user, with what each gives, by workspace.
    async fn roles_of(&self, user: &User) -> Result<Vec<(Workspace, Value)>, Reply> {
        let store = self.flow.shared.authorizer.store();
        let own = store.grants_of(&Subject::User(user.name.clone())).await.map_err(store_error)?;
        let mut roles = shapes::own_roles(user, &own);
        let membership = store.membership(&user.name).await.map_err(store_error)?;
        if membership.roles.is_empty() {
            return Ok(roles);
        }
        let known: HashMap<_, _> = self.all_roles().await?.into_iter().map(|role| (role.key.clone(), role)).collect();
        for role in membership.roles.iter().filter_map(|key| known.get(key)) {
            roles.push((role.key.workspace.clone(), self.role_shape(role).await?));
        }
        Ok(roles)
    }

    /// The roles of all users by name, as far as the caller may see them: their own, and those of the workspaces that they
    /// administer.
    pub(in crate::api) async fn roles_of_all(&self) -> Result<HashMap<String, Vec<Value>>, Reply> {
        let store = self.flow.shared.authorizer.store();
        let mut found: HashMap<String, Vec<Value>> = HashMap::new();
        for role in self.all_roles().await? {
            let administers = self.administers(&role.key.workspace);
            if !administers && !self.of.roles().contains(&role.key) {
                continue;
            }
            let shape = self.role_shape(&role).await?;
            for user in store.role_users(&role.key).await.map_err(store_error)? {
                if administers || user == self.who.user {
                    found.entry(user.as_str().to_owned()).or_default().push(shape.clone());
                }
            }
        }
        Ok(found)
    }
}

const OTHERS: &str = "it takes the administration of a workspace in which the user has a role";
