//! What somebody holds, as MLflow's pages and clients show it.

use super::shapes::{own_role, rows};
use super::{Call, store_error};
use crate::reply::Reply;
use mlflow_auth_core::store::User;
use mlflow_auth_core::{Subject, Username, Workspace};
use serde_json::{Value, json};
use std::collections::HashMap;

impl Call<'_> {
    pub(super) async fn current_permissions(&self) -> Result<Reply, Reply> {
        let id = self.accounts.users.user(&self.who.user).await.map_err(store_error)?.map_or(0, |user| user.id);
        let rows = self.rows_of(&self.who.user, id).await?;
        Ok(told(self.who.is_admin, rows))
    }

    /// All of it for oneself and for admins; of others what they hold in workspaces that the caller administers, if they
    /// have anything to do with one of them.
    pub(super) async fn list_permissions(&self) -> Result<Reply, Reply> {
        let name = self.username()?;
        if self.who.is_admin || name == self.who.user {
            let User { id, is_admin, .. } = self.account(&name).await?;
            return Ok(told(is_admin, self.rows_of(&name, id).await?));
        }
        let refused = || self.deny("it takes the administration of a workspace in which the user has a role");
        let User { id, is_admin, .. } =
            self.accounts.users.user(&name).await.map_err(store_error)?.ok_or_else(refused)?;
        let mut rows = self.rows_of(&name, id).await?;
        rows.retain(|(workspace, _)| self.administers(workspace));
        let membership = self.flow.shared.authorizer.store().membership(&name).await.map_err(store_error)?;
        let shares_a_workspace = membership.roles.iter().any(|role| self.administers(&role.workspace));
        match shares_a_workspace || !rows.is_empty() {
            true => Ok(told(is_admin, rows)),
            false => Err(refused()),
        }
    }

    /// Everything that somebody holds, by workspace.
    async fn rows_of(&self, name: &Username, id: i64) -> Result<Vec<(Workspace, Value)>, Reply> {
        let store = self.flow.shared.authorizer.store();
        let own = store.grants_of(&Subject::User(name.clone())).await.map_err(store_error)?;
        let own_role = own_role(id);
        let mut found: Vec<_> = rows(&own).map(|row| (row.workspace(), row.held_through(id, &own_role))).collect();
        let membership = store.membership(name).await.map_err(store_error)?;
        for group in &membership.groups {
            let grants = store.grants_of(&Subject::Group(group.clone())).await.map_err(store_error)?;
            found.extend(rows(&grants).map(|row| (row.workspace(), row.held_through(0, group.as_str()))));
        }
        let roles = store.roles().await.map_err(store_error)?;
        let ids: HashMap<_, _> = roles.into_iter().map(|role| (role.key, role.id)).collect();
        for key in &membership.roles {
            let grants = store.grants_of(&Subject::Role(key.clone())).await.map_err(store_error)?;
            let id = ids.get(key).copied().unwrap_or_default();
            found.extend(rows(&grants).map(|row| (row.workspace(), row.held_through(id, key.name.as_str()))));
        }
        Ok(found)
    }
}

fn told(is_admin: bool, rows: Vec<(Workspace, Value)>) -> Reply {
    let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
    Reply::ok(&json!({"is_admin": is_admin, "permissions": rows}))
}
