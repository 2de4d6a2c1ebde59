//! What somebody holds, as MLflow's pages and clients show it.

use super::{Call, store_error};
use crate::reply::Reply;
use mlflow_auth_core::store::Role;
use mlflow_auth_core::{Grant, RoleKey, Scope, Subject, SubjectGrants, Target, Username, Workspace};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A grant in the words of MLflow: a pattern is `*` or an exact id. Regular expressions are not in its language.
struct Row<'g> {
    grant: &'g Grant,
    pattern: &'g str,
}

fn rows(grants: &SubjectGrants) -> impl Iterator<Item = Row<'_>> {
    grants.grants().iter().filter_map(|grant| match &grant.spec.target {
        Target::Exact(_) | Target::Every => Some(Row { grant, pattern: grant.spec.target.text() }),
        Target::Pattern { .. } | Target::Unreadable { .. } => None,
    })
}

impl Row<'_> {
    fn workspace(&self) -> &str {
        match &self.grant.spec.scope {
            Scope::In(workspace) => workspace.as_str(),
            Scope::Everywhere => Workspace::DEFAULT,
        }
    }

    fn held_through(&self, role: i64, name: &str) -> Value {
        json!({
            "role_id": role,
            "role_name": name,
            "workspace": self.workspace(),
            "resource_type": self.grant.spec.kind.name(),
            "resource_pattern": self.pattern,
            "permission": self.grant.spec.permission.name(),
        })
    }

    fn of_role(&self, role: i64) -> Value {
        json!({
            "id": self.grant.id,
            "role_id": role,
            "resource_type": self.grant.spec.kind.name(),
            "resource_pattern": self.pattern,
            "permission": self.grant.spec.permission.name(),
        })
    }
}

impl Call<'_> {
    pub(super) async fn current_permissions(&self) -> Result<Reply, Reply> {
        self.permissions_of(&self.who.user, self.who.is_admin).await
    }

    pub(super) async fn list_permissions(&self) -> Result<Reply, Reply> {
        let name = self.username()?;
        if !self.who.is_admin && name != self.who.user {
            return Err(self.deny("only admins look at what others hold"));
        }
        let user = self.account(&name).await?;
        self.permissions_of(&name, user.is_admin).await
    }

    async fn permissions_of(&self, name: &Username, is_admin: bool) -> Result<Reply, Reply> {
        let store = self.flow.shared.authorizer.store();
        let id = self.accounts.users.user(name).await.map_err(store_error)?.map_or(0, |user| user.id);
        let own = store.grants_of(&Subject::User(name.clone())).await.map_err(store_error)?;
        // Clients tell a user's own grants from those of a role by this name.
        let mut permissions: Vec<Value> =
            rows(&own).map(|row| row.held_through(id, &format!("__user_{id}__"))).collect();
        let membership = store.membership(name).await.map_err(store_error)?;
        for group in &membership.groups {
            let grants = store.grants_of(&Subject::Group(group.clone())).await.map_err(store_error)?;
            permissions.extend(rows(&grants).map(|row| row.held_through(0, group.as_str())));
        }
        let roles = self.roles_by_key().await?;
        for key in &membership.roles {
            let grants = store.grants_of(&Subject::Role(key.clone())).await.map_err(store_error)?;
            let id = roles.get(key).map_or(0, |role| role.id);
            permissions.extend(rows(&grants).map(|row| row.held_through(id, key.name.as_str())));
        }
        Ok(Reply::ok(&json!({"is_admin": is_admin, "permissions": permissions})))
    }

    /// The roles of a user, with what each gives.
    pub(super) async fn roles_of(&self, name: &Username) -> Result<Vec<Value>, Reply> {
        let store = self.flow.shared.authorizer.store();
        let membership = store.membership(name).await.map_err(store_error)?;
        if membership.roles.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.roles_by_key().await?;
        let mut roles = Vec::new();
        for key in &membership.roles {
            let Some(role) = known.get(key) else { continue };
            let grants = store.grants_of(&Subject::Role(key.clone())).await.map_err(store_error)?;
            roles.push(json!({
                "id": role.id,
                "name": key.name.as_str(),
                "workspace": key.workspace.as_str(),
                "description": role.description,
                "permissions": rows(&grants).map(|row| row.of_role(role.id)).collect::<Vec<_>>(),
            }));
        }
        Ok(roles)
    }

    async fn roles_by_key(&self) -> Result<HashMap<RoleKey, Role>, Reply> {
        let roles = self.flow.shared.authorizer.store().roles().await.map_err(store_error)?;
        Ok(roles.into_iter().map(|role| (role.key.clone(), role)).collect())
    }
}
