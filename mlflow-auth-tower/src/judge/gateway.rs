//! The AI gateway: secrets, model definitions, endpoints, guardrails.

use super::resolve::{Refusal, Requirements, Resolve};
use crate::lookup::{GuardrailScorer, LookupError};
use crate::reply::Reply;
use mlflow_auth_core::routes::{EndpointNamed, GatewayNeed, Id, PathError};
use mlflow_auth_core::{Action, Chain, Requirement, Resource, ResourceType};
use serde_json::Value;

const ENDPOINT: &str = "gateway_endpoint";

impl Resolve<'_> {
    pub(super) async fn gateway(&self, need: GatewayNeed) -> Requirements {
        let params = self.asked.params;
        match need {
            GatewayNeed::On { kind, action, id } => {
                self.each(&params.ids(id)?, |id| self.gateway_object(kind, action, id)).await
            }
            GatewayNeed::Endpoint(action, EndpointNamed { id, name }) => match (params.text(id)?, params.text(name)?) {
                (Some(_), Some(_)) => {
                    Err(Reply::bad_request(format!("give one of the parameters `{id}` and `{name}`")).into())
                }
                (None, Some(name)) => self.endpoint_named(action, name).await,
                (_, None) => self.each(&params.ids(Id::one(id))?, |id| self.gateway_object(ENDPOINT, action, id)).await,
            },
            GatewayNeed::EndpointNamed(action, name) => {
                // A list of one is not a name, whatever it holds.
                if params.value(name.field).is_some_and(Value::is_array) {
                    return Err(PathError::NotText(name.field).into());
                }
                self.each(&params.ids(name)?, |name| self.endpoint_named(action, name)).await
            }
            GatewayNeed::EndpointOrAdmin(action, id) => match params.text(id)? {
                Some(id) => self.gateway_object(ENDPOINT, action, id).await,
                None => Err(Refusal::Denied(format!("only admins ask without `{id}`"))),
            },
            GatewayNeed::Usage { endpoint } => self.usage(endpoint).await,
            GatewayNeed::GuardrailScorer(id) => self.each(&params.ids(id)?, |id| self.guardrail_scorer(id)).await,
        }
    }

    /// With its name where a pattern must judge it. One that is not there has none, and no pattern lets anybody have it.
    async fn gateway_object(&self, kind: &'static str, action: Action, id: &str) -> Requirements {
        let resource = Resource::new(ResourceType::new(kind), id).in_workspace(self.asked.workspace.clone());
        if !self.asked.held.need_name_of(&resource.kind) {
            return Ok(vec![Requirement::on(action, resource)]);
        }
        match self.lookups.name_of(&resource.kind, id).await {
            Ok(name) => Ok(vec![Requirement::on(action, resource.with_name(name))]),
            Err(LookupError::NotFound) => Ok(vec![Requirement::on(action, resource)]),
            Err(error) => Err(Refusal::of_lookup(error, "object of the gateway", id)),
        }
    }

    pub(super) async fn endpoint_named(&self, action: Action, name: &str) -> Requirements {
        let found = self.lookups.endpoint_named(name).await;
        let id = found.map_err(|error| Refusal::of_lookup(error, "gateway endpoint", name))?;
        let resource = Resource::new(ResourceType::GATEWAY_ENDPOINT, id).with_name(name);
        Ok(vec![Requirement::on(action, resource.in_workspace(self.asked.workspace.clone()))])
    }

    /// An endpoint writes a trace of every call into its experiment, so that whoever chooses one writes there.
    async fn usage(&self, endpoint: Option<&'static str>) -> Requirements {
        let params = self.asked.params;
        let tracked = params.value("usage_tracking").and_then(Value::as_bool);
        let named = params.text("experiment_id")?;
        let id = endpoint.map(|field| params.text(field)).transpose()?.flatten();
        let is_new = endpoint.is_none();
        // Left out, a new endpoint is tracked, and one that is there stays as it is.
        if named.is_none() && !tracked.unwrap_or(is_new) {
            return Ok(Vec::new());
        }
        let now = match id {
            Some(id) => self.experiment_of_endpoint(id).await?,
            None => None,
        };
        match named {
            Some(id) if now.as_deref() == Some(id) => self.experiment_only(Action::NotDenied, id).await,
            Some(id) => self.experiment_only(Action::Update, id).await,
            None if now.is_some() => Ok(Vec::new()),
            None => Ok(vec![self.not_denied("experiment")]),
        }
    }

    /// One that is not there has none; that it is not there is for MLflow to say.
    async fn experiment_of_endpoint(&self, id: &str) -> Result<Option<String>, Refusal> {
        match self.lookups.endpoint_experiment(id).await {
            Ok(experiment) => Ok(experiment),
            Err(LookupError::NotFound) => Ok(None),
            Err(error) => Err(Refusal::of_lookup(error, "gateway endpoint", id)),
        }
    }

    async fn guardrail_scorer(&self, id: &str) -> Requirements {
        let found = self.lookups.guardrail_scorer(id).await;
        let scorer = found.map_err(|error| Refusal::of_lookup(error, "guardrail", id))?;
        let scorer = self.scorer_of(&scorer);
        let versions = Chain::of(Action::NotDenied, self.every("scorer_version"));
        let versions = versions.or_else(Action::NotDenied, scorer.clone());
        Ok(vec![Requirement::on(Action::NotDenied, scorer), versions.into()])
    }

    fn scorer_of(&self, scorer: &GuardrailScorer) -> Resource {
        let resource = Resource::new(ResourceType::SCORER, scorer.id()).with_name(scorer.name.as_str());
        resource.in_workspace(self.asked.workspace.clone())
    }
}
