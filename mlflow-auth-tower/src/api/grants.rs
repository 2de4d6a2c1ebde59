//! Giving and taking grants of one user on one resource.

use super::{Call, object, store_error};
use crate::lookup::LookupError;
use crate::reply::Reply;
use mlflow_auth_core::routes::is_experiment_id;
use mlflow_auth_core::routes::mlflow::{EVERY_ONLY, NAMED_BY_MLFLOW};
use mlflow_auth_core::store::{Change, GrantConflict, StoreError};
use mlflow_auth_core::{
    Action, GrantSpec, Holdings, Permission, Principal, Proof, Resource, ResourceType, Scope, Subject, Target,
};
use serde_json::json;

impl Call<'_> {
    pub(super) async fn grant(&self) -> Result<Reply, Reply> {
        let (kind, target) = self.what()?;
        let permission = self.permission()?;
        self.may_share(&kind, &target).await?;
        let name = self.username()?;
        self.account(&name).await?;
        let grant = GrantSpec {
            subject: Subject::User(name),
            scope: Scope::In(self.workspace.clone()),
            kind,
            target,
            permission,
        };
        // As a text, which subscribers quote: the id in it is the caller's.
        let words = grant.to_string();
        tracing::info!(by = %self.who.user, grant = words.as_str(), "grant given");
        self.apply(Change::Grant(grant, GrantConflict::Refuse)).await
    }

    pub(super) async fn revoke(&self) -> Result<Reply, Reply> {
        let (kind, target) = self.what()?;
        self.may_share(&kind, &target).await?;
        let name = self.username()?;
        self.account(&name).await?;
        tracing::info!(by = %self.who.user, user = %name, %kind, id = target.text(), "grant taken back");
        let (subject, scope) = (Subject::User(name), Scope::In(self.workspace.clone()));
        self.apply(Change::Revoke { subject, scope, kind, target }).await
    }

    pub(super) async fn get_permission(&self) -> Result<Reply, Reply> {
        let name = self.username()?;
        let (kind, target) = self.what()?;
        if !self.who.is_admin && name != self.who.user {
            return Err(self.deny("only admins look at what others hold"));
        }
        let user = self.account(&name).await?;
        let target_user = Principal {
            user: name,
            groups: Vec::new(),
            is_admin: user.is_admin,
            proof: Proof::Asserted,
            narrowing: None,
        };
        let held = self.flow.holdings(&target_user).await?;
        let resource = self.resource(kind, &target, &held).await?;
        let permission = self.flow.shared.authorizer.policy().permission(&target_user, &held, resource.as_ref());
        let allowed = permission.allows(Action::Use);
        Ok(Reply::ok(&json!({"allowed": allowed, "permission": permission.name()})))
    }

    /// The type and the resource that the call is about.
    fn what(&self) -> Result<(ResourceType, Target), Reply> {
        let kind = ResourceType::from_string(self.text("resource_type")?);
        let id = self.text("resource_id")?;
        if kind == ResourceType::WORKSPACE {
            return Err(Reply::bad_request("grants on workspaces are given through roles, not here"));
        }
        if !ResourceType::MLFLOW.contains(&kind) {
            return Err(Reply::bad_request(format!("`{}` is not a resource type", kind.name().escape_debug())));
        }
        if id == "*" {
            return Ok((kind, Target::Every));
        }
        if EVERY_ONLY.contains(&kind) {
            return Err(Reply::bad_request(format!("the resource id of type `{kind}` must be `*`, not `{id}`")));
        }
        if kind == ResourceType::EXPERIMENT && !is_experiment_id(id) {
            return Err(Reply::bad_request(format!(
                "the experiment id `{}` is not a decimal number",
                id.escape_debug()
            )));
        }
        if kind == ResourceType::SCORER && !id.contains('/') {
            return Err(Reply::bad_request(format!("the scorer id `{id}` must be `<experiment id>/<name>`")));
        }
        Ok((kind, Target::Exact(id.to_owned())))
    }

    fn permission(&self) -> Result<Permission, Reply> {
        let name = self.text("permission")?;
        name.parse().map_err(|error: mlflow_auth_core::UnknownPermission| Reply::bad_request(error.to_string()))
    }

    /// Whoever has `MANAGE` on a resource shares it; what stands for many is shared by admins.
    async fn may_share(&self, kind: &ResourceType, target: &Target) -> Result<(), Reply> {
        if self.who.is_admin {
            return Ok(());
        }
        if *target == Target::Every {
            return Err(self.deny("only admins give grants on everything of a type"));
        }
        let resource = self.resource(kind.clone(), target, &self.held).await?;
        let policy = self.flow.shared.authorizer.policy();
        match policy.permits(self.who, &self.held, Action::Manage, resource.as_ref()) {
            true => Ok(()),
            false => Err(self.deny(&format!("sharing takes MANAGE on {resource}"))),
        }
    }

    async fn resource(&self, kind: ResourceType, target: &Target, held: &Holdings) -> Result<Resource, Reply> {
        let resource = match target {
            Target::Exact(id) if NAMED_BY_MLFLOW.contains(&kind) => Resource::new(kind, id),
            Target::Exact(id) if kind == ResourceType::SCORER => {
                let name = id.split_once('/').map_or(id.as_str(), |(_, name)| name);
                Resource::new(kind, id).with_name(percent_encoding::percent_decode_str(name).decode_utf8_lossy())
            }
            Target::Exact(id) => Resource::named(kind, id),
            _ => Resource::every(kind),
        };
        let resource = resource.in_workspace(self.workspace.clone());
        let nameless = NAMED_BY_MLFLOW.contains(&resource.kind) && held.need_name_of(&resource.kind);
        match (&resource.id, nameless) {
            (Some(id), true) => match self.name_of(&resource.kind, id).await? {
                Some(name) => Ok(resource.with_name(name)),
                None => Ok(resource),
            },
            _ => Ok(resource),
        }
    }

    async fn name_of(&self, kind: &ResourceType, id: &str) -> Result<Option<String>, Reply> {
        let workspaces = self.flow.shared.authorizer.policy().workspaces;
        let within = self.flow.shared.lookups.within(self.flow.ask, workspaces.then_some(self.workspace));
        match within.name_of(kind, id).await {
            Ok(name) => Ok(Some(name)),
            Err(LookupError::NotFound) => Ok(None),
            Err(LookupError::Unavailable(error)) => Err(Reply::unavailable(error.to_string())),
        }
    }

    fn grant_in_words(&self) -> String {
        let text = |field| self.text(field).unwrap_or_default();
        let (name, kind, id) = (text("username"), text("resource_type"), text("resource_id"));
        format!("Permission for user={name} on resource_type={kind}, resource_id={id}")
    }

    async fn apply(&self, change: Change) -> Result<Reply, Reply> {
        match self.flow.shared.authorizer.store().apply(&[change]).await {
            Ok(_) => Ok(Reply::ok(&object([]))),
            // In MLflow's words, which people look for.
            Err(StoreError::AlreadyExists(_)) => {
                Err(Reply::already_exists(format!("{} already exists.", self.grant_in_words())))
            }
            Err(StoreError::NotFound(_)) => Err(Reply::not_found(format!("{} not found.", self.grant_in_words()))),
            Err(error) => Err(store_error(error)),
        }
    }
}
