//! Exact grants of one holder on one object.

use super::family::Family;
use super::object::Object;
use super::owner::Owner;
use crate::api::plugin::permission;
use crate::api::{Call, store_error};
use crate::reply::Reply;
use mlflow_auth_core::routes::oidc_plugin::{Act, Holder};
use mlflow_auth_core::store::{Change, GrantConflict};
use mlflow_auth_core::{Grant, GrantSpec, Permission, ResourceType, Scope, Target};
use std::cmp::Reverse;

impl Call<'_> {
    /// One exact grant: looks at it, gives it, changes it or takes it back.
    pub(super) async fn exact_grant(&self, family: &Family, holder: Holder, act: Act) -> Result<Reply, Reply> {
        self.admin_for_the_gateway(family)?;
        let object = self.object(family).await?;
        self.may_share_object(family, &object).await?;
        let wanted = match act {
            Act::Create | Act::Change => Some(self.wanted_permission()?),
            Act::List | Act::Get | Act::Revoke => None,
        };
        let owner = self.owner(holder).await?;
        let one = One { family, owner: &owner, object: &object };
        match (act, wanted) {
            (Act::Create, Some(permission)) => self.give(&one, permission).await,
            (Act::Change, Some(permission)) => self.change(&one, permission).await,
            (Act::Revoke, _) => self.take(&one).await,
            _ => self.look(&one).await,
        }
    }

    fn wanted_permission(&self) -> Result<Permission, Reply> {
        let mut body = self.body();
        let name = body.text("permission");
        body.done()?;
        permission(name)
    }

    async fn look(&self, one: &One<'_>) -> Result<Reply, Reply> {
        let held = self.held_on(one).await?;
        let grant = held.first().ok_or_else(|| one.not_found())?;
        Ok(one.answers().record(one.record(grant.spec.permission)))
    }

    async fn give(&self, one: &One<'_>, permission: Permission) -> Result<Reply, Reply> {
        if let [_, ..] = self.held_on(one).await?.as_slice() {
            return Err(Reply::already_exists(format!("{} already exists", one.name())));
        }
        // A name that MLflow gives to no object stands for none: a grant on it would speak about nothing for ever.
        if one.family.is_of_the_gateway() && one.object.name.is_none() {
            return Err(Reply::not_found(format!("the {} `{}` does not exist", one.family.noun, one.object.id)));
        }
        let scope = Scope::In(self.workspace.clone());
        let changes: Vec<Change> =
            one.kinds().map(|kind| Change::Grant(one.spec(&scope, kind, permission), GrantConflict::Refuse)).collect();
        self.write(&changes).await?;
        tracing::info!(by = %self.who.user, grant = one.name(), %permission, "grant given");
        Ok(one.answers().created(one.record(permission), &format!("{} created: {permission}", one.name())))
    }

    async fn change(&self, one: &One<'_>, permission: Permission) -> Result<Reply, Reply> {
        let held = self.held_on(one).await?;
        let first = held.first().ok_or_else(|| one.not_found())?;
        let mut changes: Vec<Change> = held.iter().map(|grant| amended(grant, permission)).collect();
        let missing = one.kinds().filter(|kind| !held.iter().any(|grant| grant.spec.kind == *kind));
        changes.extend(
            missing.map(|kind| Change::Grant(one.spec(&first.spec.scope, kind, permission), GrantConflict::Replace)),
        );
        self.write(&changes).await?;
        tracing::info!(by = %self.who.user, grant = one.name(), %permission, "grant changed");
        Ok(one.answers().updated(one.record(permission), &format!("{} changed: {permission}", one.name())))
    }

    async fn take(&self, one: &One<'_>) -> Result<Reply, Reply> {
        let held = self.held_on(one).await?;
        if held.is_empty() {
            return Err(one.not_found());
        }
        let revoke = |grant: Grant| {
            let GrantSpec { subject, scope, kind, target, .. } = grant.spec;
            Change::Revoke { subject, scope, kind, target }
        };
        self.write(&held.into_iter().map(revoke).collect::<Vec<_>>()).await?;
        tracing::info!(by = %self.who.user, grant = one.name(), "grant taken back");
        Ok(one.answers().revoked(&format!("{} deleted", one.name())))
    }

    /// What the holder holds on exactly this object: what counts for it comes first.
    async fn held_on(&self, one: &One<'_>) -> Result<Vec<Grant>, Reply> {
        let held = self.flow.shared.authorizer.store().grants_of(&one.owner.subject).await.map_err(store_error)?;
        let is_it = |grant: &&Grant| {
            let GrantSpec { scope, kind, target, .. } = &grant.spec;
            matches!(target, Target::Exact(id) if *id == one.object.id)
                && one.family.kinds.contains(&kind.name())
                && self.reaches(scope)
        };
        let mut found: Vec<Grant> = held.grants().iter().filter(is_it).cloned().collect();
        found.sort_by_key(|grant| in_order(one.object, grant));
        Ok(found)
    }

    /// Whether grants of this scope are this call's to see and to change. With workspaces on, one that holds everywhere
    /// is more than whoever manages an object of one workspace may touch.
    pub(super) fn reaches(&self, scope: &Scope) -> bool {
        match scope {
            Scope::In(workspace) => workspace == self.workspace,
            Scope::Everywhere => self.who.is_admin || !self.flow.shared.authorizer.policy().workspaces,
        }
    }
}

/// What is less comes first where one of several grants on an object is told: what counts for it, then the highest rank.
pub(super) fn in_order(object: &Object, grant: &Grant) -> (bool, Reverse<u8>, i64) {
    (!object.counts(&grant.spec.kind), Reverse(grant.spec.permission.rank()), grant.id)
}

fn amended(grant: &Grant, permission: Permission) -> Change {
    Change::Rewrite { grant: grant.id, target: grant.spec.target.clone(), permission }
}

/// One grant that an operation is about.
struct One<'o> {
    family: &'o Family,
    owner: &'o Owner,
    object: &'o Object,
}

impl One<'_> {
    fn kinds(&self) -> impl Iterator<Item = ResourceType> {
        self.family.kinds.iter().copied().map(ResourceType::new)
    }

    fn spec(&self, scope: &Scope, kind: ResourceType, permission: Permission) -> GrantSpec {
        GrantSpec {
            subject: self.owner.subject.clone(),
            scope: scope.clone(),
            kind,
            target: Target::Exact(self.object.id.clone()),
            permission,
        }
    }

    fn answers(&self) -> super::answers::Answers {
        self.family.exact(self.owner.holder)
    }

    fn record(&self, permission: Permission) -> serde_json::Value {
        self.owner.exact(self.family, self.object, permission)
    }

    fn name(&self) -> String {
        format!("the permission of {} on {} `{}`", self.owner.subject, self.family.noun, self.object.label())
    }

    fn not_found(&self) -> Reply {
        Reply::not_found(format!("{} does not exist", self.name()))
    }
}
