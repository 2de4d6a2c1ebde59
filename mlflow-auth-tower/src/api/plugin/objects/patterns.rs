//! Patterns of one holder.

use super::family::Family;
use super::owner::Owner;
use crate::api::plugin::permission;
use crate::api::{Call, store_error};
use crate::reply::Reply;
use crate::request::{WORKSPACE, header};
use mlflow_auth_core::routes::oidc_plugin::{Act, Holder};
use mlflow_auth_core::store::{Change, GrantConflict};
use mlflow_auth_core::{Grant, GrantSpec, Permission, ResourceType, RuleSetError, Scope, SubjectGrants, Target};
use serde_json::Value;

impl Call<'_> {
    /// The patterns of one holder, or one of them. For admins alone.
    pub(super) async fn patterns(&self, family: &Family, holder: Holder, act: Act) -> Result<Reply, Reply> {
        self.admin_only("see and change patterns")?;
        let wanted = match act {
            Act::Create | Act::Change => Some(self.wanted_pattern()?),
            Act::List | Act::Get | Act::Revoke => None,
        };
        let number = match act {
            Act::Get | Act::Change | Act::Revoke => Some(self.pattern_in_path(family, holder)?),
            Act::List | Act::Create => None,
        };
        let owner = self.owner(holder).await?;
        let held = self.patterns_of(family, &owner).await?;
        match (number, wanted) {
            (None, None) => Ok(Reply::ok(&held.iter().map(|grant| owner.pattern(family, grant)).collect())),
            (None, Some(wanted)) => self.add_pattern(family, &owner, wanted).await,
            (Some(number), wanted) => {
                let grant = held.into_iter().find(|grant| grant.id == number).ok_or_else(|| not_found(number))?;
                match (act, wanted) {
                    (Act::Change, Some(wanted)) => self.change_pattern(family, &owner, &grant, wanted).await,
                    (Act::Revoke, _) => self.remove_pattern(family, &owner, grant).await,
                    _ => Ok(family.pattern(holder).record(owner.pattern(family, &grant))),
                }
            }
        }
    }

    /// The target and the permission that the body asks for.
    fn wanted_pattern(&self) -> Result<(Target, Permission), Reply> {
        let mut body = self.body();
        let (regex, priority, name) = (body.text("regex"), body.integer("priority"), body.text("permission"));
        body.done()?;
        let target = Target::pattern(regex, priority).map_err(|error| Reply::bad_request(error.to_string()))?;
        Ok((target, permission(name)?))
    }

    /// The number of a pattern. What is none is a 422, or a 400 where mlflow-oidc-auth takes a text.
    fn pattern_in_path(&self, family: &Family, holder: Holder) -> Result<i64, Reply> {
        match family.pattern(holder).text_in_path {
            true => {
                let text = self.in_path("id")?;
                let no_number = || format!("the pattern id `{}` is not a number", text.escape_debug());
                text.parse().map_err(|_| Reply::bad_request(no_number()))
            }
            false => self.number_in_path("id"),
        }
    }

    /// All patterns on this kind of object, whatever the workspace, in the order in which they are asked.
    async fn patterns_of(&self, family: &Family, owner: &Owner) -> Result<Vec<Grant>, Reply> {
        let held = self.flow.shared.authorizer.store().grants_of(&owner.subject).await.map_err(store_error)?;
        let is_one = |grant: &&Grant| grant.spec.target.form() == "pattern" && grant.spec.kind.name() == family.kind;
        let mut found: Vec<Grant> = held.grants().iter().filter(is_one).cloned().collect();
        found.sort_by_key(|grant| (grant.spec.target.priority(), grant.id));
        Ok(found)
    }

    /// Gives a pattern in the workspace that the request names; everywhere, if it names none.
    async fn add_pattern(
        &self,
        family: &Family,
        owner: &Owner,
        (target, permission): (Target, Permission),
    ) -> Result<Reply, Reply> {
        let scope = match header(self.head.headers(), &WORKSPACE) {
            Some(_) => Scope::In(self.workspace.clone()),
            None => Scope::Everywhere,
        };
        let kind = ResourceType::new(family.kind);
        let spec = GrantSpec { subject: owner.subject.clone(), scope, kind, target, permission };
        self.fits(spec.clone(), None).await?;
        self.write(&[Change::Grant(spec.clone(), GrantConflict::Refuse)]).await?;
        tracing::info!(by = %self.who.user, grant = %spec, "pattern given");
        let record = self.pattern_now(family, owner, &spec).await?;
        Ok(family.pattern(owner.holder).created(record, &format!("pattern created: {spec}")))
    }

    async fn change_pattern(
        &self,
        family: &Family,
        owner: &Owner,
        grant: &Grant,
        (target, permission): (Target, Permission),
    ) -> Result<Reply, Reply> {
        let now = GrantSpec { target: target.clone(), permission, ..grant.spec.clone() };
        self.fits(now.clone(), Some(grant.id)).await?;
        self.write(&[Change::Rewrite { grant: grant.id, target, permission }]).await?;
        tracing::info!(by = %self.who.user, was = %grant.spec, grant = %now, "pattern changed");
        let record = self.pattern_now(family, owner, &now).await?;
        Ok(family.pattern(owner.holder).updated(record, &format!("pattern changed: {now}")))
    }

    async fn remove_pattern(&self, family: &Family, owner: &Owner, grant: Grant) -> Result<Reply, Reply> {
        let message = format!("pattern deleted: {}", grant.spec);
        let GrantSpec { subject, scope, kind, target, .. } = grant.spec;
        self.write(&[Change::Revoke { subject, scope, kind, target }]).await?;
        tracing::info!(by = %self.who.user, message, "pattern taken back");
        Ok(family.pattern(owner.holder).revoked(&message))
    }

    /// A pattern that was just written, with its number.
    async fn pattern_now(&self, family: &Family, owner: &Owner, spec: &GrantSpec) -> Result<Value, Reply> {
        let held = self.patterns_of(family, owner).await?;
        let is_it = |grant: &&Grant| grant.spec.scope == spec.scope && grant.spec.target.is_same_place(&spec.target);
        let grant = held.iter().find(is_it);
        let gone = || Reply::conflict("the pattern was written, and taken back by somebody else in the meantime");
        Ok(owner.pattern(family, grant.ok_or_else(gone)?))
    }

    /// Whether the holder's patterns can still be compiled with this one, in place of `instead_of` if it is given. A set
    /// that cannot be would leave the holder without an answer.
    async fn fits(&self, spec: GrantSpec, instead_of: Option<i64>) -> Result<(), Reply> {
        let held = self.flow.shared.authorizer.store().grants_of(&spec.subject).await.map_err(store_error)?;
        let compiles = move || -> Result<(), RuleSetError> {
            let beside = |grant: &&Grant| grant.spec.kind == spec.kind && grant.spec.scope == spec.scope;
            let others = held.grants().iter().filter(beside).filter(|grant| Some(grant.id) != instead_of);
            let mut grants: Vec<Grant> = others.cloned().collect();
            grants.push(Grant { id: 0, spec, fault: None });
            SubjectGrants::new(grants).map(drop)
        };
        match tokio::task::spawn_blocking(compiles).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Reply::bad_request(error.to_string())),
            Err(error) => Err(Reply::unavailable(format!("the patterns could not be compiled: {error}"))),
        }
    }
}

fn not_found(number: i64) -> Reply {
    Reply::not_found(format!("the pattern {number} does not exist"))
}
