//! What one holder holds, as lists: what a user may do with each object there is, and the exact grants of a group.

use super::exact::in_order;
use super::family::{Family, Key};
use super::object::Object;
use crate::api::{Call, store_error};
use crate::lookup::Row;
use crate::reply::Reply;
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use mlflow_auth_core::routes::oidc_plugin::Holder;
use mlflow_auth_core::{
    Action, Grant, Holdings, Permission, Principal, Proof, Reason, Requirement, Resource, ResourceType, Target,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How many look-ups for one list run at once.
const AT_ONCE: usize = 8;

/// How many objects are looked up for one list of somebody who is no admin. Whose grants they are does not matter, so that
/// without a bound one request of anybody would be as many requests to MLflow as a group holds grants.
const MOST_LOOK_UPS: usize = 500;

impl Call<'_> {
    /// One row for each object of MLflow's: what the user may do with it, and which source says so. Admins see all rows,
    /// users of their own those that are not refused, others those of objects that they may manage.
    pub(super) async fn effective(&self, family: &Family) -> Result<Reply, Reply> {
        let (user, held) = self.user_with_holdings().await?;
        let is_self = user.user == self.who.user;
        let shape = |row: Row| {
            let object = Object::of_row(family, &row)?;
            if !self.who.is_admin && !is_self && !self.manages(family, &object, None) {
                return None;
            }
            let (permission, source) = self.permission_of(&user, &held, family, &object);
            let is_shown = self.who.is_admin || !is_self || !permission.is_refusal();
            is_shown.then(|| effective_row(family, object, permission, source))
        };
        let rows = self.rows(family, &[], shape).await?;
        Ok(Reply::ok(&Value::Array(rows)))
    }

    /// The user whom the path names, and all that they hold. Whether they are an admin does not count: a list of what is
    /// granted tells more.
    async fn user_with_holdings(&self) -> Result<(Principal, Holdings), Reply> {
        let name = self.user_in_path()?;
        let user = match name == self.who.user {
            true => Principal { is_admin: false, ..self.who.as_ref().clone() },
            false => {
                let user = self.account(&name).await?.name;
                Principal::new(user, Proof::Asserted)
            }
        };
        let held = self.flow.holdings(&user).await?;
        Ok((user, held))
    }

    fn permission_of(
        &self,
        user: &Principal,
        held: &Holdings,
        family: &Family,
        object: &Object,
    ) -> (Permission, &'static str) {
        let needs = [self.requirement(family, object, Action::Read, None)];
        let verdict = self.flow.shared.authorizer.policy().decide(user, held, &needs);
        (verdict.permission, source(verdict.reason))
    }

    /// The exact grants of a holder: all of them for admins, those on what they may manage for others. Of the gateway's,
    /// admins see them. A user sees their own on scorers.
    pub(super) async fn granted(&self, family: &Family, holder: Holder) -> Result<Reply, Reply> {
        self.admin_for_the_gateway(family)?;
        let owner = self.owner(holder).await?;
        let held = self.flow.shared.authorizer.store().grants_of(&owner.subject).await.map_err(store_error)?;
        let mut by_id: BTreeMap<&str, Vec<&Grant>> = BTreeMap::new();
        for grant in held.grants() {
            if let Target::Exact(id) = &grant.spec.target
                && family.kinds.contains(&grant.spec.kind.name())
                && self.reaches(&grant.spec.scope)
            {
                by_id.entry(id).or_default().push(grant);
            }
        }
        let sees_all = self.who.is_admin || owner.subject == self.who.user.clone().into();
        let objects = self.objects_of(family, by_id.keys().copied(), sees_all).await?;
        let mut rows = Vec::new();
        for object in objects {
            let grants = by_id.get(object.id.as_str()).into_iter().flatten();
            if let Some(grant) = grants.min_by_key(|grant| in_order(&object, grant)) {
                rows.push(owner.row(family, &object, grant.spec.permission));
            }
        }
        Ok(Reply::ok(&Value::Array(rows)))
    }

    /// The objects with these ids that belong in the list: of the registry those of the family's own kind, and what is
    /// not there; without `sees_all` those that the caller may manage.
    async fn objects_of<'i>(
        &self,
        family: &Family,
        ids: impl Iterator<Item = &'i str>,
        sees_all: bool,
    ) -> Result<Vec<Object>, Reply> {
        let named = match family.key {
            Key::Listed => self.names(family).await?,
            _ => BTreeMap::new(),
        };
        let may_belong = |id: &&str| sees_all || self.may_belong(family, id, named.get(*id));
        let ids: Vec<&str> = ids.filter(may_belong).collect();
        if !sees_all && self.is_looked_up(family) && ids.len() > MOST_LOOK_UPS {
            let problem = format!("more than {MOST_LOOK_UPS} objects would have to be looked up for this list");
            return Err(Reply::unavailable(problem));
        }
        let objects: Vec<_> = ids.iter().map(|id| self.object_of(family, id, named.get(*id), sees_all)).collect();
        let found: Vec<Option<Object>> = iter(objects).buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Whether each object of a list is a request to MLflow.
    fn is_looked_up(&self, family: &Family) -> bool {
        match family.key {
            Key::Experiment | Key::Registered => true,
            Key::Scorer => self.needs_experiment_name(),
            Key::Listed | Key::Name => false,
        }
    }

    /// Whether the caller may manage the object, as far as it can be said without asking MLflow. What they may not is not
    /// looked up.
    fn may_belong(&self, family: &Family, id: &str, name: Option<&String>) -> bool {
        let mut object = Object::of_grant(family, id);
        if let Some(name) = name {
            object.name = Some(name.clone());
        }
        let experiment = match family.key {
            Key::Experiment => Some(id),
            Key::Scorer => object.experiment.as_deref(),
            Key::Registered | Key::Listed | Key::Name => None,
        };
        match experiment {
            Some(_) if self.needs_experiment_name() => true,
            Some(id) => {
                let experiment = Resource::new(ResourceType::EXPERIMENT, id).in_workspace(self.workspace.clone());
                self.may_manage(family, &object, Some(experiment))
            }
            // The kind of an entry of the registry is not known here.
            None => family.kinds.iter().any(|kind| {
                let manage = Requirement::on(Action::Manage, self.resource_of(kind, &object));
                self.flow.shared.authorizer.policy().decide(self.who, &self.held, &[manage]).allowed
            }),
        }
    }

    async fn object_of(
        &self,
        family: &Family,
        id: &str,
        name: Option<&String>,
        sees_all: bool,
    ) -> Result<Option<Object>, Reply> {
        let mut object = match family.key {
            Key::Registered => self.entry(id).await?,
            _ => Object::of_grant(family, id),
        };
        if let Some(name) = name {
            object.name = Some(name.clone());
        }
        if object.registered.is_some_and(|kind| kind != family.kind) {
            return Ok(None);
        }
        let mut experiment = None;
        if family.key == Key::Experiment {
            let resource = self.experiment(id, true).await?;
            object.name = Some(resource.name.clone().unwrap_or_default());
            experiment = Some(resource);
        } else if let Some(id) = object.experiment.as_deref().filter(|_| !sees_all) {
            experiment = Some(self.experiment(id, self.needs_experiment_name()).await?);
        }
        let belongs = sees_all || self.may_manage(family, &object, experiment);
        Ok(belongs.then_some(object))
    }

    /// What a grant on the object is shared by: the experiment, where there is one.
    fn may_manage(&self, family: &Family, object: &Object, experiment: Option<Resource>) -> bool {
        match experiment {
            Some(experiment) => {
                let policy = self.flow.shared.authorizer.policy();
                policy.permits(self.who, &self.held, Action::Manage, experiment.as_ref())
            }
            None => self.manages(family, object, None),
        }
    }

    /// The names of all objects, by id.
    async fn names(&self, family: &Family) -> Result<BTreeMap<String, String>, Reply> {
        let named = |row: Row| Object::of_row(family, &row).and_then(|object| Some((object.id, object.name?)));
        Ok(self.rows(family, &[], named).await?.into_iter().collect())
    }
}

fn effective_row(family: &Family, object: Object, permission: Permission, source: &'static str) -> Value {
    let mut fields = Map::new();
    fields.insert("name".into(), object.label().into());
    if family.key == Key::Experiment {
        fields.insert("id".into(), object.id.into());
    }
    fields.insert("permission".into(), permission.name().into());
    fields.insert("kind".into(), source.into());
    Value::Object(fields)
}

/// What mlflow-oidc-auth calls the source that decided.
fn source(reason: Reason<'_>) -> &'static str {
    match reason {
        Reason::Granted(_, source) | Reason::NameUnknown(source) | Reason::Unjudged(source) => source.name(),
        Reason::Workspace(_) | Reason::WorkspaceAdmin(_) => "workspace",
        Reason::NotInWorkspace => "workspace-deny",
        _ => "fallback",
    }
}
