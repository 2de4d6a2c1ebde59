//! Grants of one user on one resource, as MLflow's clients before 3.17.2 give, read, change and take them.
//!
//! The grants are those of today: what an old client gives, a new one sees. All of it takes `MANAGE` on the resource.

use super::{Call, object, store_error};
use crate::judge::scorer_id;
use crate::lookup::LookupError;
use crate::reply::Reply;
use mlflow_auth_core::routes::mlflow;
use mlflow_auth_core::store::{Change, GrantConflict, User};
use mlflow_auth_core::{Grant, Permission, Resource, ResourceType, Scope, Subject, Target, Username};
use serde_json::{Map, Value, json};

/// A family of operations: what stands before `/permissions/` in the path, the fields that name the resource, its type, and
/// the field of the answer.
type Family = (&'static str, &'static [&'static str], ResourceType, &'static str);

static FAMILIES: [Family; 6] = [
    ("experiments", &["experiment_id"], ResourceType::EXPERIMENT, "experiment_permission"),
    ("registered-models", &["name"], ResourceType::REGISTERED_MODEL, "registered_model_permission"),
    ("scorers", &["experiment_id", "scorer_name"], ResourceType::SCORER, "scorer_permission"),
    ("gateway/secrets", &["secret_id"], ResourceType::GATEWAY_SECRET, "gateway_secret_permission"),
    ("gateway/endpoints", &["endpoint_id"], ResourceType::GATEWAY_ENDPOINT, "gateway_endpoint_permission"),
    (
        "gateway/model-definitions",
        &["model_definition_id"],
        ResourceType::GATEWAY_MODEL_DEFINITION,
        "gateway_model_definition_permission",
    ),
];

/// Answers one call, if it is one of these.
pub(super) async fn answer(call: &Call<'_>, operation: &str) -> Option<Result<Reply, Reply>> {
    let (name, act) = operation.split_once("/permissions/")?;
    let family = FAMILIES.iter().find(|family| family.0 == name)?;
    Some(match act {
        "create" => call.create_older(family).await,
        "get" => call.get_older(family).await,
        "update" => call.update_older(family).await,
        "delete" => call.delete_older(family).await,
        _ => return None,
    })
}

impl Call<'_> {
    async fn create_older(&self, family: &Family) -> Result<Reply, Reply> {
        let (resource, user) = self.older(family).await?;
        let permission = self.older_permission()?;
        self.grant_to(&user.name, &resource, permission, GrantConflict::Refuse).await?;
        self.tell_older(family, &user, permission)
    }

    async fn get_older(&self, family: &Family) -> Result<Reply, Reply> {
        let (resource, user) = self.older(family).await?;
        let grant = self.older_grant(&user, &resource).await?;
        self.tell_older(family, &user, grant.spec.permission)
    }

    async fn update_older(&self, family: &Family) -> Result<Reply, Reply> {
        let (resource, user) = self.older(family).await?;
        let permission = self.older_permission()?;
        let Grant { id, spec, .. } = self.older_grant(&user, &resource).await?;
        let change = Change::Rewrite { grant: id, target: spec.target, permission };
        self.flow.shared.authorizer.store().apply(&[change]).await.map_err(store_error)?;
        tracing::info!(by = %self.who.user, user = %user.name, %permission, grant = id, "grant changed");
        Ok(Reply::ok(&object([])))
    }

    async fn delete_older(&self, family: &Family) -> Result<Reply, Reply> {
        let (resource, user) = self.older(family).await?;
        self.revoke_from(&user.name, &resource).await?;
        Ok(Reply::ok(&object([])))
    }

    /// What the call is about, which the caller may share, and with whom.
    async fn older(&self, family: &Family) -> Result<(Resource, User), Reply> {
        let resource = self.older_resource(family).await?;
        self.may_share(&resource).await?;
        let user = self.account(&self.username()?).await?;
        Ok((resource, user))
    }

    async fn older_resource(&self, (_, fields, kind, _): &Family) -> Result<Resource, Reply> {
        let texts: Vec<&str> = fields.iter().map(|field| self.text(field)).collect::<Result<_, _>>()?;
        let id = match texts.as_slice() {
            [experiment, scorer] => scorer_id(experiment, scorer),
            texts => texts.concat(),
        };
        let kind = match *kind == ResourceType::REGISTERED_MODEL {
            true => self.registered_kind(&id).await?,
            false => kind.clone(),
        };
        let resource = mlflow::resource(kind.name(), &id).map_err(|error| Reply::bad_request(error.to_string()))?;
        match resource.id {
            Some(_) => Ok(resource.in_workspace(self.workspace.clone())),
            None => Err(Reply::bad_request("one resource must be named here, not all of a type")),
        }
    }

    /// Old clients knew no prompts: they gave grants on registered models, and meant whatever bore the name.
    async fn registered_kind(&self, name: &str) -> Result<ResourceType, Reply> {
        match self.lookups().is_prompt(name).await {
            Ok(true) => Ok(ResourceType::PROMPT),
            Ok(false) | Err(LookupError::NotFound) => Ok(ResourceType::REGISTERED_MODEL),
            Err(LookupError::Unavailable(error)) => Err(Reply::unavailable(error.to_string())),
        }
    }

    /// Every level but `DENY`, which old clients do not know: they refuse with `NO_PERMISSIONS`, also where grants are
    /// folded.
    fn older_permission(&self) -> Result<Permission, Reply> {
        let name = self.text("permission")?;
        name.parse().map_err(|error: mlflow_auth_core::UnknownPermission| Reply::bad_request(error.to_string()))
    }

    async fn older_grant(&self, user: &User, resource: &Resource) -> Result<Grant, Reply> {
        let store = self.flow.shared.authorizer.store();
        let held = store.grants_of(&Subject::User(user.name.clone())).await.map_err(store_error)?;
        let (here, id) = (Scope::In(self.workspace.clone()), resource.id.as_deref().unwrap_or_default());
        let is_it = |grant: &&Grant| {
            let names_it = matches!(&grant.spec.target, Target::Exact(named) if named == id);
            names_it && grant.spec.kind == resource.kind && grant.spec.scope == here
        };
        let found = held.grants().iter().find(is_it).cloned();
        found.ok_or_else(|| Reply::not_found(format!("Permission of user={} on {resource} not found", user.name)))
    }

    fn tell_older(
        &self,
        (_, fields, kind, field): &Family,
        user: &User,
        permission: Permission,
    ) -> Result<Reply, Reply> {
        let mut told = Map::new();
        for name in *fields {
            told.insert((*name).to_owned(), self.text(name)?.into());
        }
        if *kind == ResourceType::REGISTERED_MODEL {
            told.insert("workspace".to_owned(), self.workspace.as_str().into());
        }
        told.insert("user_id".to_owned(), user.id.into());
        told.insert("permission".to_owned(), permission.name().into());
        Ok(Reply::ok(&object([(*field, Value::Object(told))])))
    }

    /// A user with what they hold alone on experiments and registered models: old clients read no user without.
    pub(super) async fn user_for_older(&self, user: &User) -> Result<Value, Reply> {
        let mut shape = super::shapes::user(user);
        let (experiments, models) = self.held_by_older(&user.name, user.id).await?;
        if let Some(fields) = shape.as_object_mut() {
            fields.insert("experiment_permissions".to_owned(), experiments.into());
            fields.insert("registered_model_permissions".to_owned(), models.into());
        }
        Ok(shape)
    }

    async fn held_by_older(&self, name: &Username, id: i64) -> Result<(Vec<Value>, Vec<Value>), Reply> {
        let store = self.flow.shared.authorizer.store();
        let held = store.grants_of(&Subject::User(name.clone())).await.map_err(store_error)?;
        let (mut experiments, mut models) = (Vec::new(), Vec::new());
        for Grant { spec, .. } in held.grants() {
            let (Target::Exact(text), Scope::In(workspace)) = (&spec.target, &spec.scope) else { continue };
            let (space, permission) = (workspace.as_str(), spec.permission.name());
            match spec.kind.name() {
                "experiment" => {
                    experiments.push(json!({"experiment_id": text, "user_id": id, "permission": permission}));
                }
                "registered_model" | "prompt" => {
                    models.push(json!({"workspace": space, "name": text, "user_id": id, "permission": permission}))
                }
                _ => {}
            }
        }
        Ok((experiments, models))
    }
}
