//! The objects that the caller may share, as MLflow lists them.

use super::family::{Family, Key};
use super::object::Object;
use crate::api::Call;
use crate::lookup::{PROMPT_TAG, Row};
use crate::reply::Reply;
use mlflow_auth_core::routes::oidc_plugin::Objects;
use serde_json::{Map, Value, json};

impl Call<'_> {
    /// All objects for admins, those that they may manage for others.
    pub(super) async fn shareable(&self, objects: Objects) -> Result<Reply, Reply> {
        let family = Family::of(objects);
        let page = self.page()?;
        let experiment = match family.key {
            Key::Scorer => Some(self.experiment_in_path()?),
            _ => None,
        };
        let more: Vec<(&str, &str)> = experiment.iter().map(|id| ("experiment_id", *id)).collect();
        let found = self.rows(family, &more).await?;
        let within = match experiment {
            Some(id) => Some(self.experiment(id, self.needs_experiment_name()).await?),
            None => None,
        };
        let mut rows: Vec<(String, Value)> = Vec::with_capacity(found.len());
        for row in found {
            let Some(object) = Object::of_row(family, &row) else { continue };
            if self.who.is_admin || self.manages(family, &object, within.as_ref()) {
                rows.push((object.label().to_owned(), shape(objects, &object, &row)));
            }
        }
        Ok(page.of(rows, |(name, _)| name, |(_, shape)| shape.clone()))
    }
}

/// A row, in the shape that mlflow-oidc-auth gives it. Fields that MLflow 3.17.2 does not have any more are empty.
fn shape(objects: Objects, object: &Object, row: &Row) -> Value {
    let field = |name: &str| row.get(name).cloned().unwrap_or_default();
    match objects {
        Objects::Experiments => {
            json!({"name": object.name, "id": object.id, "tags": pairs(row, "tags", "key", "value")})
        }
        Objects::RegisteredModels | Objects::Prompts => json!({
            "name": object.name,
            "tags": registered_tags(row),
            "description": row.get("description").and_then(Value::as_str).unwrap_or_default(),
            "aliases": pairs(row, "aliases", "alias", "version"),
        }),
        Objects::Scorers => json!({
            "experiment_id": object.experiment,
            "name": object.name,
            "version": field("scorer_version"),
            "creation_time": field("creation_time"),
            "scorer_id": field("scorer_id"),
        }),
        Objects::GatewayEndpoints => {
            json!({"name": object.name, "type": "", "description": "", "route_type": "", "auth_type": ""})
        }
        Objects::GatewaySecrets => json!({"key": object.name}),
        Objects::GatewayModelDefinitions => json!({"name": object.name, "source": field("provider")}),
        Objects::McpServers => {
            let names = ["name", "display_name", "description", "status", "latest_version", "workspace"];
            Value::Object(names.into_iter().map(|name| (name.to_owned(), field(name))).collect())
        }
    }
}

/// The tags of a model or a prompt, but for the one that says which of them it is: MLflow's clients do not show it either.
fn registered_tags(row: &Row) -> Map<String, Value> {
    let mut tags = pairs(row, "tags", "key", "value");
    tags.remove(PROMPT_TAG);
    tags
}

/// A list of names and values as an object.
fn pairs(row: &Row, at: &str, name: &str, value: &str) -> Map<String, Value> {
    let items = row.get(at).and_then(Value::as_array).into_iter().flatten();
    let pair = |item: &Value| Some((item.get(name)?.as_str()?.to_owned(), item.get(value)?.clone()));
    items.filter_map(pair).collect()
}
