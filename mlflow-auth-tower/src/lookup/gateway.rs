//! What the AI gateway keeps: names of its objects, and whose scorer a guardrail is.

use super::cache::Facts;
use super::mlflow::{BRIEFLY, key};
use super::parts::id_of_experiment;
use super::{Listing, LookupError, Lookups, Within};
use crate::judge::scorer_id;
use mlflow_auth_core::Workspace;
use serde_json::Value;
use std::collections::HashMap;

/// What was learnt of the AI gateway.
pub(super) struct GatewayFacts {
    /// By id. The ids of secrets, endpoints and model definitions begin differently.
    pub(super) names: Facts<String>,
    endpoint_ids: Facts<String>,
    scorers: Facts<GuardrailScorer>,
}

/// A scorer, as a guardrail names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GuardrailScorer {
    pub(crate) experiment: String,
    pub(crate) name: String,
}

const ENDPOINT: [&str; 6] = ["api", "3.0", "mlflow", "gateway", "endpoints", "get"];

static ENDPOINTS: Listing =
    Listing { at: &["api", "3.0", "mlflow", "gateway", "endpoints", "list"], query: &[], rows: "endpoints" };

impl GatewayFacts {
    pub(super) fn new() -> Self {
        Self { names: Facts::brief(BRIEFLY), endpoint_ids: Facts::brief(BRIEFLY), scorers: Facts::for_good() }
    }
}

impl Lookups {
    /// A secret, an endpoint or a model definition was changed or removed: what is known of its name is doubtful.
    pub(crate) fn forget_gateway(&self, workspace: Option<&Workspace>, id: &str) {
        if let Some(name) = self.gateway.names.look(key(workspace), id) {
            self.forget_endpoint_named(workspace, &name);
        }
        self.gateway.names.forget(key(workspace), id);
    }

    /// Another endpoint may have this name now.
    pub(crate) fn forget_endpoint_named(&self, workspace: Option<&Workspace>, name: &str) {
        self.gateway.endpoint_ids.forget(key(workspace), name);
    }
}

impl Within<'_> {
    /// The id of the endpoint that has this name now. Names can be given to others.
    pub(crate) async fn endpoint_named(&self, name: &str) -> Result<String, LookupError> {
        let facts = &self.lookups.gateway;
        let id = self.known(&facts.endpoint_ids, name, &ENDPOINT, &[("name", name)], "/endpoint/endpoint_id").await?;
        // So that a change of the endpoint, which names its id, makes the name forgotten too.
        if facts.names.look(key(self.workspace), &id).as_deref() != Some(name) {
            facts.names.learn(key(self.workspace), &id, name.to_owned());
        }
        Ok(id)
    }

    /// The experiment that an endpoint writes traces of its usage into, if there is one.
    pub(crate) async fn endpoint_experiment(&self, id: &str) -> Result<Option<String>, LookupError> {
        let answer = self.get(&ENDPOINT, &[("endpoint_id", id)]).await?;
        Ok(answer.pointer("/endpoint/experiment_id").and_then(id_of_experiment))
    }

    /// The ids of all endpoints, by their names.
    pub(crate) async fn endpoints(&self) -> Result<HashMap<String, String>, LookupError> {
        let text = |row: &super::Row, field: &str| row.get(field).and_then(Value::as_str).map(str::to_owned);
        let rows = self.list(&ENDPOINTS, &[], |row| Some((text(&row, "name")?, text(&row, "endpoint_id")?))).await?;
        Ok(rows.into_iter().collect())
    }

    /// The scorer that a guardrail calls, which it does for good.
    pub(crate) async fn guardrail_scorer(&self, id: &str) -> Result<GuardrailScorer, LookupError> {
        let facts = &self.lookups.gateway.scorers;
        if let Some(known) = facts.look(key(self.workspace), id) {
            return Ok(known);
        }
        let at = ["api", "3.0", "mlflow", "gateway", "guardrails", "get"];
        let answer = self.get(&at, &[("guardrail_id", id)]).await?;
        let found = answer.pointer("/guardrail/scorer").and_then(GuardrailScorer::read);
        let found = found.ok_or(LookupError::NotFound)?;
        facts.learn(key(self.workspace), id, found.clone());
        Ok(found)
    }
}

impl GuardrailScorer {
    /// Reads the `scorer` of a guardrail.
    pub(crate) fn read(scorer: &Value) -> Option<Self> {
        let name = scorer.get("scorer_name")?.as_str()?.to_owned();
        Some(Self { experiment: scorer.get("experiment_id").and_then(id_of_experiment)?, name })
    }

    /// What exact grants on it name.
    pub(crate) fn id(&self) -> String {
        scorer_id(&self.experiment, &self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_the_scorer_of_a_guardrail() {
        for experiment in [json!(7), json!("7")] {
            let scorer = GuardrailScorer::read(&json!({"experiment_id": experiment, "scorer_name": "a/b c"})).unwrap();
            assert_eq!(scorer.id(), "7/a%2Fb%20c");
        }
        for scorer in [json!({}), json!({"scorer_name": "a"}), json!({"experiment_id": "", "scorer_name": "a"})] {
            assert_eq!(GuardrailScorer::read(&scorer), None);
        }
    }
}
