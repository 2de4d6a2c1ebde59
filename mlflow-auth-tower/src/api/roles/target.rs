//! Which role a call is about, and whether the caller may.

use crate::api::shapes::rows_of_role;
use crate::api::{Call, store_error};
use crate::reply::Reply;
use crate::request::Source;
use mlflow_auth_core::store::Role;
use mlflow_auth_core::{Grant, RoleKey, Scope, Subject, SubjectGrants, Workspace};
use serde_json::Value;
use std::sync::Arc;

/// What a caller wants to do with a role.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    /// Look at it: whoever has anything to do with its workspace.
    Sight,
    /// Change it, or see who has it: whoever administers its workspace.
    Change,
}

/// Each of these says which workspace a call is about.
const TARGETS: [&str; 3] = ["role_id", "role_permission_id", "workspace"];

impl Call<'_> {
    /// Refuses a call that says in two ways which workspace it is about.
    pub(super) fn names_only(&self, field: &str) -> Result<(), Reply> {
        let from_body = self.reading.source == Source::Json && !self.reading.params.fields().is_empty();
        let in_query = |name: &str| self.head.query.iter().any(|(given, _)| given == name);
        for name in TARGETS {
            let elsewhere = in_query(name) && (name != field || from_body);
            let beside = name != field && self.reading.params.fields().contains_key(name);
            if elsewhere || beside {
                let problem =
                    format!("the parameter `{name}` must not stand beside `{field}`, which says what is meant");
                return Err(Reply::bad_request(problem));
            }
        }
        Ok(())
    }

    /// The whole number at `field`: a number, or a text that is one.
    pub(super) fn number(&self, field: &'static str) -> Result<i64, Reply> {
        let value = self.reading.params.value(field).unwrap_or(&Value::Null);
        let number = match value {
            Value::Null => return Err(self.missing(field)),
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number
            .ok_or_else(|| Reply::bad_request(format!("the parameter `{field}` must be a whole number, not `{value}`")))
    }

    fn may(&self, wants: Wants, workspace: &Workspace) -> bool {
        match wants {
            Wants::Sight => self.is_present_in(workspace),
            Wants::Change => self.administers(workspace),
        }
    }

    /// To everybody but admins, what is not there looks like what they may not touch.
    fn no_such(&self, what: String) -> Reply {
        match self.who.passes_every_check() {
            true => Reply::not_found(what),
            false => self.deny(OUTSIDE),
        }
    }

    /// The workspace that `workspace` names, if the caller administers it.
    pub(super) fn administered_workspace(&self) -> Result<Workspace, Reply> {
        self.names_only("workspace")?;
        let name = self.text("workspace")?;
        if name.trim().is_empty() {
            return Err(Reply::bad_request("the parameter `workspace` must not be blank"));
        }
        let workspace = Workspace::new(name).map_err(|error| Reply::bad_request(error.to_string()))?;
        if self.administers(&workspace) { Ok(workspace) } else { Err(self.deny(OUTSIDE)) }
    }

    /// The role that `role_id` names.
    pub(super) async fn role(&self, wants: Wants) -> Result<Role, Reply> {
        self.names_only("role_id")?;
        let id = self.number("role_id")?;
        let found = self.all_roles().await?.into_iter().find(|role| role.id == id);
        let role = found.ok_or_else(|| self.no_such(format!("Role with id={id} not found")))?;
        if self.may(wants, &role.key.workspace) { Ok(role) } else { Err(self.deny(OUTSIDE)) }
    }

    /// The grant of a role that `role_permission_id` names. One that holds in every workspace is for admins.
    pub(super) async fn role_permission(&self) -> Result<(Role, Grant), Reply> {
        self.names_only("role_permission_id")?;
        let id = self.number("role_permission_id")?;
        for role in self.all_roles().await? {
            let grants = self.grants_of_role(&role.key).await?;
            let found = rows_of_role(&role.key, &grants).find(|row| row.grant.id == id).map(|row| row.grant.clone());
            let Some(grant) = found else { continue };
            let reaches_beyond = grant.spec.scope == Scope::Everywhere && !self.who.passes_every_check();
            return match self.administers(&role.key.workspace) && !reaches_beyond {
                true => Ok((role, grant)),
                false => Err(self.deny(OUTSIDE)),
            };
        }
        Err(self.no_such(format!("Role permission with id={id} not found")))
    }

    pub(super) async fn all_roles(&self) -> Result<Vec<Role>, Reply> {
        self.flow.shared.authorizer.store().roles().await.map_err(store_error)
    }

    pub(super) async fn grants_of_role(&self, key: &RoleKey) -> Result<Arc<SubjectGrants>, Reply> {
        let store = self.flow.shared.authorizer.store();
        store.grants_of(&Subject::Role(key.clone())).await.map_err(store_error)
    }
}

const OUTSIDE: &str = "it takes the administration of the role's workspace";
