//! Making, showing, changing and removing roles.

use super::target::Wants;
use crate::api::shapes::{self, OF_ONE_USER};
use crate::api::{Call, object, store_error};
use crate::reply::Reply;
use mlflow_auth_core::store::{Change, Role, StoreError};
use mlflow_auth_core::{RoleKey, RoleName, Subject, Workspace};
use serde_json::{Value, json};

impl Call<'_> {
    pub(super) async fn create_role(&self) -> Result<Reply, Reply> {
        let workspace = self.administered_workspace()?;
        let name = self.role_name()?.ok_or_else(|| self.missing("name"))?;
        let description = self.description()?;
        let key = RoleKey { workspace, name };
        self.write_role(&key, Change::CreateRole { key: key.clone(), description }).await?;
        tracing::info!(by = %self.who.user, role = key.name.as_str(), workspace = %key.workspace, "role made");
        self.tell_role(&key).await
    }

    pub(super) async fn get_role(&self) -> Result<Reply, Reply> {
        let role = self.role(Wants::Sight).await?;
        Ok(Reply::ok(&json!({"role": self.role_shape(&role).await?})))
    }

    /// All roles are for admins; those of some workspaces for whoever has anything to do with each of them.
    pub(super) async fn list_roles(&self) -> Result<Reply, Reply> {
        self.names_only("workspace")?;
        let wanted = self.wanted_workspaces()?;
        let mut roles = Vec::new();
        for role in self.all_roles().await? {
            if wanted.is_empty() || wanted.contains(&role.key.workspace) {
                roles.push(self.role_shape(&role).await?);
            }
        }
        Ok(Reply::ok(&json!({"roles": roles})))
    }

    fn wanted_workspaces(&self) -> Result<Vec<Workspace>, Reply> {
        let names = match self.reading.params.value("workspace") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let workspaces: Vec<_> = names.iter().map(Workspace::new).collect();
        let present = |workspace: &Result<Workspace, _>| workspace.as_ref().is_ok_and(|name| self.is_present_in(name));
        let may = match workspaces.is_empty() {
            true => self.who.passes_every_check(),
            false => self.who.passes_every_check() || workspaces.iter().all(present),
        };
        if !may {
            return Err(self.deny("roles are listed for those who have something to do with the workspace"));
        }
        if names.iter().any(|name| name.trim().is_empty()) {
            return Err(Reply::bad_request("the parameter `workspace` must not be blank"));
        }
        workspaces.into_iter().collect::<Result<_, _>>().map_err(|error| Reply::bad_request(error.to_string()))
    }

    pub(super) async fn update_role(&self) -> Result<Reply, Reply> {
        let Role { key, .. } = self.role(Wants::Change).await?;
        let (name, description) = (self.role_name()?, self.description()?);
        if name.is_none() && description.is_none() {
            return Err(Reply::bad_request("the parameter `name` or `description` must say what changes"));
        }
        let renamed = RoleKey { name: name.clone().unwrap_or_else(|| key.name.clone()), ..key.clone() };
        self.write_role(&renamed, Change::UpdateRole { key: key.clone(), name, description }).await?;
        let name = renamed.name.as_str();
        tracing::info!(by = %self.who.user, role = key.name.as_str(), name, workspace = %key.workspace, "role changed");
        self.tell_role(&renamed).await
    }

    pub(super) async fn delete_role(&self) -> Result<Reply, Reply> {
        let Role { key, .. } = self.role(Wants::Change).await?;
        let forget = Change::Forget(Subject::Role(key.clone()));
        self.flow.shared.authorizer.store().apply(&[forget]).await.map_err(store_error)?;
        tracing::info!(by = %self.who.user, role = key.name.as_str(), workspace = %key.workspace, "role removed");
        Ok(Reply::ok(&object([])))
    }

    async fn write_role(&self, key: &RoleKey, change: Change) -> Result<(), Reply> {
        let RoleKey { workspace, name } = key;
        match self.flow.shared.authorizer.store().apply(&[change]).await {
            Ok(_) => Ok(()),
            Err(StoreError::AlreadyExists(_)) => {
                Err(Reply::already_exists(format!("Role (name={name}, workspace={workspace}) already exists.")))
            }
            Err(error) => Err(store_error(error)),
        }
    }

    async fn tell_role(&self, key: &RoleKey) -> Result<Reply, Reply> {
        let found = self.all_roles().await?.into_iter().find(|role| role.key == *key);
        let gone = || Reply::conflict(format!("the role `{}` was changed again in the meantime", key.name));
        let role = found.ok_or_else(gone)?;
        Ok(Reply::ok(&json!({"role": self.role_shape(&role).await?})))
    }

    pub(super) async fn role_shape(&self, role: &Role) -> Result<Value, Reply> {
        Ok(shapes::role(role, self.grants_of_role(&role.key).await?.as_ref()))
    }

    /// The name in the call, if there is one.
    fn role_name(&self) -> Result<Option<RoleName>, Reply> {
        let name = match self.reading.params.value("name") {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(name)) => name,
            Some(_) => return Err(Reply::bad_request("the parameter `name` must be a text")),
        };
        if name.starts_with(OF_ONE_USER) {
            let problem = format!("role names that begin with `{OF_ONE_USER}` stand for what one user holds alone");
            return Err(Reply::bad_request(problem));
        }
        RoleName::new(name).map(Some).map_err(|error| Reply::bad_request(error.to_string()))
    }

    fn description(&self) -> Result<Option<String>, Reply> {
        match self.reading.params.value("description") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.len() > LONGEST_DESCRIPTION => {
                let problem = format!("the parameter `description` is longer than {LONGEST_DESCRIPTION} bytes");
                Err(Reply::bad_request(problem))
            }
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Reply::bad_request("the parameter `description` must be a text or null")),
        }
    }
}

/// In bytes, as MLflow's column has it (`VARCHAR(1024)`).
const LONGEST_DESCRIPTION: usize = 1024;
