//! Giving and taking grants of one user on one resource.

use super::{Call, object, store_error};
use crate::lookup::LookupError;
use crate::reply::Reply;
use mlflow_auth_core::routes::mlflow;
use mlflow_auth_core::store::{Change, GrantConflict, StoreError, User};
use mlflow_auth_core::{
    Action, GrantSpec, Holdings, Mode, Permission, Principal, Proof, Resource, ResourceType, Scope, Subject, Target,
    Username,
};
use serde_json::json;

impl Call<'_> {
    pub(super) async fn grant(&self) -> Result<Reply, Reply> {
        let resource = self.shared_resource().await?;
        let name = self.username()?;
        let permission = self.permission_on(&resource.kind)?;
        self.account(&name).await?;
        self.grant_to(&name, &resource, permission, GrantConflict::Refuse).await?;
        Ok(Reply::ok(&object([])))
    }

    pub(super) async fn revoke(&self) -> Result<Reply, Reply> {
        let resource = self.shared_resource().await?;
        let name = self.username()?;
        self.account(&name).await?;
        self.revoke_from(&name, &resource).await?;
        Ok(Reply::ok(&object([])))
    }

    pub(super) async fn get_permission(&self) -> Result<Reply, Reply> {
        let resource = self.named_resource();
        let name = self.username()?;
        let asks_of_others = !self.who.is_admin && name != self.who.user;
        // What is wrong with the resource is told to those who may ask about it.
        if resource.is_err() && asks_of_others && self.names_a_resource() && !self.administers(self.workspace) {
            return Err(self.deny(OTHERS));
        }
        let resource = resource?;
        let user = match asks_of_others {
            true => self.account_of_another(&name, &resource).await?,
            false => self.account(&name).await?,
        };
        let about = Principal { is_admin: user.is_admin, ..Principal::new(name, Proof::Asserted) };
        let held = self.flow.holdings(&about).await?;
        let there = self.found_here(resource, &held).await?;
        let policy = self.flow.shared.authorizer.policy();
        let permission =
            there.map_or(Permission::NoPermissions, |resource| policy.permission(&about, &held, resource.as_ref()));
        let allowed = permission.allows(Action::Use);
        Ok(Reply::ok(&json!({"allowed": allowed, "permission": permission.name()})))
    }

    /// The account of somebody else, if the caller administers the workspace that the resource lives in.
    async fn account_of_another(&self, name: &Username, resource: &Resource) -> Result<User, Reply> {
        let administers = self.administers(self.workspace);
        let user = self.accounts.users.user(name).await.map_err(store_error)?.filter(|_| administers);
        let user = user.ok_or_else(|| self.deny(OTHERS))?;
        match self.lookups().is_there(&resource.kind, resource.id.as_deref()).await {
            Ok(()) => Ok(user),
            Err(LookupError::NotFound) => Err(self.deny(OTHERS)),
            Err(LookupError::Unavailable(error)) => Err(Reply::unavailable(error.to_string())),
        }
    }

    fn names_a_resource(&self) -> bool {
        let is_other = |kind| kind != ResourceType::WORKSPACE.name();
        self.text("resource_type").is_ok_and(is_other) && self.text("resource_id").is_ok()
    }

    /// The resource that the call names, which the caller may share.
    async fn shared_resource(&self) -> Result<Resource, Reply> {
        let resource = self.named_resource()?;
        self.may_share(&resource).await?;
        Ok(resource)
    }

    /// The resource that `resource_type` and `resource_id` name, in the workspace of the call.
    fn named_resource(&self) -> Result<Resource, Reply> {
        let (kind, target) = self.grantable("resource_id")?;
        if kind == ResourceType::WORKSPACE {
            return Err(Reply::bad_request("grants on workspaces are given through roles, not here"));
        }
        self.in_this_workspace(&kind, &target)
    }

    pub(super) fn in_this_workspace(&self, kind: &ResourceType, target: &Target) -> Result<Resource, Reply> {
        let resource = mlflow::resource(kind.name(), target.text());
        let resource = resource.map_err(|error| Reply::bad_request(error.to_string()))?;
        Ok(resource.in_workspace(self.workspace.clone()))
    }

    /// What grants can be given on: the type in `resource_type`, and what stands in the field `id`.
    pub(super) fn grantable(&self, id: &'static str) -> Result<(ResourceType, Target), Reply> {
        let (kind, id) = (self.text("resource_type")?, self.text(id)?);
        let resource = mlflow::resource(kind, id).map_err(|error| Reply::bad_request(error.to_string()))?;
        match resource.id {
            Some(_) if resource.kind == ResourceType::WORKSPACE => {
                Err(Reply::bad_request(format!("a workspace is named by its role: `*` must stand here, not `{id}`")))
            }
            Some(id) => Ok((resource.kind, Target::Exact(id))),
            None => Ok((resource.kind, Target::Every)),
        }
    }

    /// The permission in the call, which must be one that can be given on `kind`. Where grants are folded, to give nothing
    /// is to give no grant, and a workspace knows its users and its administrators alone.
    pub(super) fn permission_on(&self, kind: &ResourceType) -> Result<Permission, Reply> {
        let name = self.text("permission")?;
        let permission: Permission =
            name.parse().map_err(|error: mlflow_auth_core::UnknownPermission| Reply::bad_request(error.to_string()))?;
        let folded = self.flow.shared.authorizer.policy().mode == Mode::Union;
        let can_be_given = match *kind == ResourceType::WORKSPACE {
            true => matches!(permission, Permission::Use | Permission::Manage),
            false => permission != Permission::NoPermissions,
        };
        match can_be_given || !folded {
            true => Ok(permission),
            false => Err(Reply::bad_request(format!("`{permission}` cannot be given on `{kind}`"))),
        }
    }

    /// Whoever has `MANAGE` on a resource shares it, in the workspace where it is; what stands for many is shared by
    /// those who administer the workspace.
    pub(super) async fn may_share(&self, resource: &Resource) -> Result<(), Reply> {
        if self.who.passes_every_check() {
            return Ok(());
        }
        if resource.id.is_none() {
            return match self.administers(self.workspace) {
                true => Ok(()),
                false => Err(self.deny("grants on everything of a type are given by who administers the workspace")),
            };
        }
        let policy = self.flow.shared.authorizer.policy();
        let there = self.found_here(resource.clone(), &self.held).await?;
        match there.is_some_and(|there| policy.permits(self.who, &self.held, Action::Manage, there.as_ref())) {
            true => Ok(()),
            false => Err(self.deny(&format!("sharing takes MANAGE on {resource}"))),
        }
    }

    /// The resource with its name, where patterns of `held` must judge one that only MLflow knows; none if it is not in the
    /// workspace of the call. Without workspaces there is nowhere else that it could be.
    async fn found_here(&self, resource: Resource, held: &Holdings) -> Result<Option<Resource>, Reply> {
        let workspaces = self.flow.shared.authorizer.policy().workspaces;
        let within = self.lookups();
        let Some(id) = resource.id.as_deref() else { return Ok(Some(resource)) };
        if mlflow::named_by_mlflow(&resource.kind).is_some() && (workspaces || held.need_name_of(&resource.kind)) {
            return match within.name_of(&resource.kind, id).await {
                Ok(name) => Ok(Some(resource.clone().with_name(name))),
                Err(LookupError::NotFound) => Ok((!workspaces).then_some(resource)),
                Err(LookupError::Unavailable(error)) => Err(Reply::unavailable(error.to_string())),
            };
        }
        if !workspaces {
            return Ok(Some(resource));
        }
        match within.is_there(&resource.kind, Some(id)).await {
            Ok(()) => Ok(Some(resource)),
            Err(LookupError::NotFound) => Ok(None),
            Err(LookupError::Unavailable(error)) => Err(Reply::unavailable(error.to_string())),
        }
    }

    /// Gives a grant in the workspace of the call.
    pub(super) async fn grant_to(
        &self,
        name: &Username,
        resource: &Resource,
        permission: Permission,
        conflict: GrantConflict,
    ) -> Result<(), Reply> {
        let (kind, target) = (resource.kind.clone(), target_of(resource));
        let (subject, scope) = (Subject::User(name.clone()), Scope::In(self.workspace.clone()));
        let grant = GrantSpec { subject, scope, kind, target, permission };
        // As a text, which subscribers quote: the id in it is the caller's.
        let words = grant.to_string();
        self.apply(Change::Grant(grant, conflict), (name, resource)).await?;
        tracing::info!(by = %self.who.user, grant = words.as_str(), "grant given");
        Ok(())
    }

    /// Takes a grant back.
    pub(super) async fn revoke_from(&self, name: &Username, resource: &Resource) -> Result<(), Reply> {
        let (kind, target) = (resource.kind.clone(), target_of(resource));
        let (subject, scope) = (Subject::User(name.clone()), Scope::In(self.workspace.clone()));
        let change = Change::Revoke { subject, scope, kind: kind.clone(), target: target.clone() };
        self.apply(change, (name, resource)).await?;
        tracing::info!(by = %self.who.user, user = %name, %kind, id = target.text(), "grant taken back");
        Ok(())
    }

    async fn apply(&self, change: Change, (name, resource): (&Username, &Resource)) -> Result<(), Reply> {
        // In MLflow's words, which people look for.
        let words = || {
            let (kind, id) = (&resource.kind, resource.id.as_deref().unwrap_or("*"));
            format!("Permission for user={name} on resource_type={kind}, resource_id={id}")
        };
        match self.flow.shared.authorizer.store().apply(&[change]).await {
            Ok(_) => Ok(()),
            Err(StoreError::AlreadyExists(_)) => Err(Reply::already_exists(format!("{} already exists.", words()))),
            Err(StoreError::NotFound(_)) => Err(Reply::not_found(format!("{} not found.", words()))),
            Err(error) => Err(store_error(error)),
        }
    }
}

const OTHERS: &str = "it takes the administration of the workspace to see what others hold there";

fn target_of(resource: &Resource) -> Target {
    resource.id.clone().map_or(Target::Every, Target::Exact)
}
