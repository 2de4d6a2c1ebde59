//! Answers of the AI gateway.

use super::Allowed;
use super::fields::text;
use super::filter::judge;
use crate::lookup::{GuardrailScorer, LookupError};
use crate::reply::Reply;
use mlflow_auth_core::routes::{Redaction, Withheld};
use mlflow_auth_core::{Action, Chain, Mode, Requirement, Resource, ResourceRef, ResourceType, Workspace};
use serde_json::{Map, Value};
use std::collections::HashSet;

impl Allowed<'_> {
    /// Which endpoints the caller may call. A row names an endpoint; grants stand on its id.
    pub(super) async fn usable_gateway_models(&self, rows: &[Value]) -> Result<Vec<bool>, Reply> {
        let ids = self.within().endpoints().await.map_err(|error| match error {
            LookupError::NotFound => Reply::bad_gateway("the service behind does not list its endpoints"),
            LookupError::Unavailable(error) => Reply::unavailable(error.to_string()),
        })?;
        let uses = |name: &str| {
            let (kind, id) = (&ResourceType::GATEWAY_ENDPOINT, Some(ids.get(name)?.as_str()));
            let endpoint = ResourceRef { kind, id, name: Some(name), workspace: self.workspace };
            Some(self.authorizer.policy().permits(self.who, self.held, Action::Use, endpoint))
        };
        Ok(judge(rows, |row| uses(text(row, "id")?)))
    }

    /// Takes out the scorers of guardrails that the caller may not read.
    pub(super) async fn hide_guardrail_scorers(
        &self,
        answer: &mut Map<String, Value>,
        at: &'static str,
    ) -> Result<(), Reply> {
        // In what follows `when` is not asked.
        let hiding = Redaction { at, fields: &["scorer"], kind: "scorer", when: Withheld::ExceptFromAdmins };
        let mut whole = Value::Object(std::mem::take(answer));
        let mut experiments = HashSet::new();
        hiding.apply(&mut whole, |guardrail| {
            experiments.extend(scorer_of(guardrail).map(|scorer| scorer.experiment));
            false
        });
        let readable = self.readable_experiments(experiments.iter().map(String::as_str).collect()).await?;
        let sees_versions = self.may_see("scorer_version");
        hiding.apply(&mut whole, |guardrail| {
            let reads = |scorer: &GuardrailScorer| {
                readable.get(scorer.experiment.as_str()) == Some(&true) && self.reads_scorer(scorer)
            };
            !sees_versions || !scorer_of(guardrail).as_ref().is_some_and(reads)
        });
        if let Value::Object(object) = whole {
            *answer = object;
        }
        Ok(())
    }

    /// In union mode a scorer that nobody speaks about falls to the default, as in MLflow; in first-match mode it is as
    /// its experiment, as in mlflow-oidc-auth, and that is readable by the time this is asked.
    pub(super) fn reads_scorer(&self, scorer: &GuardrailScorer) -> bool {
        let policy = self.authorizer.policy();
        let resource = Resource::new(ResourceType::SCORER, scorer.id()).with_name(scorer.name.as_str());
        let resource = resource.in_workspace(Workspace::clone(self.workspace));
        let chain = Chain::of(Action::Read, resource.clone());
        let need = match policy.mode {
            Mode::Union => Requirement::from(chain),
            Mode::FirstMatch(_) => chain.or_else(Action::NotDenied, resource).into(),
        };
        policy.decide(self.who, self.held, &[need]).allowed
    }

    /// What was learnt about the objects of the AI gateway that a write names is doubtful now.
    pub(super) fn forget_gateway(&self, workspace: Option<&Workspace>) {
        let params = &self.reading.params;
        for id in ["endpoint_id", "secret_id", "model_definition_id"].into_iter().filter_map(|f| params.text(f).ok()?) {
            self.lookups.forget_gateway(workspace, id);
        }
        if let Ok(Some(name)) = params.text("name") {
            self.lookups.forget_endpoint_named(workspace, name);
        }
    }
}

fn scorer_of(guardrail: &Map<String, Value>) -> Option<GuardrailScorer> {
    GuardrailScorer::read(guardrail.get("scorer")?)
}
