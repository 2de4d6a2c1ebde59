//! What roles give.

use super::target::Wants;
use crate::api::shapes::{Row, rows_of_role};
use crate::api::{Call, object, store_error};
use crate::reply::Reply;
use mlflow_auth_core::store::{Change, GrantConflict, Role, StoreError};
use mlflow_auth_core::{Grant, GrantSpec, Scope, Subject};
use serde_json::json;

impl Call<'_> {
    pub(super) async fn add_role_permission(&self) -> Result<Reply, Reply> {
        let role = self.role(Wants::Change).await?;
        let (kind, target) = self.grantable("resource_pattern")?;
        let permission = self.permission_on(&kind)?;
        let scope = Scope::In(role.key.workspace.clone());
        let grant = GrantSpec { subject: Subject::Role(role.key.clone()), scope, kind, target, permission };
        let words = grant.to_string();
        let change = Change::Grant(grant.clone(), GrantConflict::Refuse);
        match self.flow.shared.authorizer.store().apply(&[change]).await {
            Ok(_) => tracing::info!(by = %self.who.user, grant = words.as_str(), "grant given"),
            Err(StoreError::AlreadyExists(_)) => return Err(Reply::already_exists(already(&role, &grant))),
            Err(error) => return Err(store_error(error)),
        }
        let held = self.grants_of_role(&role.key).await?;
        let is_it = |held: &Grant| {
            held.spec.scope == grant.scope
                && held.spec.kind == grant.kind
                && held.spec.target.is_same_place(&grant.target)
        };
        let row = rows_of_role(&role.key, &held).find(|row| is_it(row.grant));
        let row = row.ok_or_else(|| Reply::conflict(format!("{grant} was taken back in the meantime")))?;
        Ok(Reply::ok(&json!({"role_permission": row.of_role(role.id)})))
    }

    pub(super) async fn remove_role_permission(&self) -> Result<Reply, Reply> {
        let (_, Grant { spec, .. }) = self.role_permission().await?;
        let words = spec.to_string();
        let GrantSpec { subject, scope, kind, target, .. } = spec;
        let change = Change::Revoke { subject, scope, kind, target };
        self.flow.shared.authorizer.store().apply(&[change]).await.map_err(store_error)?;
        tracing::info!(by = %self.who.user, grant = words.as_str(), "grant taken back");
        Ok(Reply::ok(&object([])))
    }

    pub(super) async fn list_role_permissions(&self) -> Result<Reply, Reply> {
        let role = self.role(Wants::Sight).await?;
        let held = self.grants_of_role(&role.key).await?;
        let rows: Vec<_> = rows_of_role(&role.key, &held).map(|row| row.of_role(role.id)).collect();
        Ok(Reply::ok(&json!({"role_permissions": rows})))
    }

    pub(super) async fn update_role_permission(&self) -> Result<Reply, Reply> {
        let (role, Grant { id, spec, .. }) = self.role_permission().await?;
        let permission = self.permission_on(&spec.kind)?;
        let change = Change::Rewrite { grant: id, target: spec.target.clone(), permission };
        self.flow.shared.authorizer.store().apply(&[change]).await.map_err(store_error)?;
        let grant = Grant { id, spec: GrantSpec { permission, ..spec }, fault: None };
        let words = grant.spec.to_string();
        tracing::info!(by = %self.who.user, grant = words.as_str(), "grant changed");
        let row = Row::new(&grant).map(|row| row.of_role(role.id));
        Ok(Reply::ok(&json!({"role_permission": row})))
    }
}

/// In MLflow's words, which people look for.
fn already(role: &Role, grant: &GrantSpec) -> String {
    let (kind, pattern) = (grant.kind.name(), grant.target.text());
    format!("Role permission (role_id={}, resource_type={kind}, resource_pattern={pattern}) already exists.", role.id)
}
