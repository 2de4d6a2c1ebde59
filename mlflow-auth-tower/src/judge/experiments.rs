//! Experiments, and what stands in them: runs, traces, assessments, logged models.

use super::resolve::{Refusal, Requirements, Resolve};
use crate::lookup::LookupError;
use crate::reply::Reply;
use mlflow_auth_core::{Action, Chain, Requirement, Resource};
use serde_json::Value;

impl Resolve<'_> {
    pub(super) async fn experiment_only(&self, action: Action, id: &str) -> Requirements {
        Ok(vec![Requirement::on(action, self.experiment(id).await?)])
    }

    pub(super) async fn experiment_named(&self, action: Action, name: &str) -> Requirements {
        match self.lookups.experiment_named(name).await {
            Ok(id) => self.experiment_only(action, &id).await,
            // As MLflow's own check: an unknown name is told, or nobody could make sure that one is free.
            Err(LookupError::NotFound) => {
                let message = format!("Could not find experiment with name '{name}'");
                Err(Reply::not_found(message).into())
            }
            Err(error) => Err(Refusal::of_lookup(error, "experiment", name)),
        }
    }

    pub(super) async fn run(&self, action: Action, id: &str) -> Requirements {
        let experiment = self.lookups.run(id).await.map_err(|error| Refusal::of_lookup(error, "run", id))?;
        Ok(self.below(self.experiment(&experiment).await?, "run", action))
    }

    pub(super) async fn trace(&self, action: Action, id: &str) -> Requirements {
        Ok(self.below(self.experiment_of_trace(id).await?, "trace", action))
    }

    pub(super) async fn logged_model(&self, action: Action, id: &str) -> Requirements {
        let found = self.lookups.logged_model(id).await;
        let experiment = found.map_err(|error| Refusal::of_lookup(error, "logged model", id))?;
        Ok(self.below(self.experiment(&experiment).await?, "logged_model", action))
    }

    pub(super) async fn experiment_of_trace(&self, id: &str) -> Result<Resource, Refusal> {
        let experiment = self.lookups.trace(id).await.map_err(|error| Refusal::of_lookup(error, "trace", id))?;
        self.experiment(&experiment).await
    }

    pub(super) async fn assessment(&self, action: Action, fallback: Action, trace: &str) -> Requirements {
        let experiment = self.experiment_of_trace(trace).await?;
        let assessment = self.tier("assessment", action, &experiment, fallback);
        let mut needs = self.below(experiment, "trace", Action::Read);
        needs.push(assessment);
        Ok(needs)
    }

    pub(super) async fn new_assessment(&self, trace: &str) -> Requirements {
        let experiment = self.experiment_of_trace(trace).await?;
        let update = [experiment.clone(), self.every("trace")].map(|resource| Chain::of(Action::Update, resource));
        let mut needs = self.below(experiment, "trace", Action::Read);
        needs.push(self.not_denied("assessment"));
        needs.push(Requirement::Any(update.into()));
        Ok(needs)
    }

    pub(super) async fn within(&self, id: &str, action: Action, kinds: &[(&'static str, Action)]) -> Requirements {
        let experiment = self.experiment(id).await?;
        let tiers = kinds.iter().map(|(kind, fallback)| self.tier(kind, action, &experiment, *fallback));
        Ok(std::iter::once(Requirement::on(Action::Read, experiment.clone())).chain(tiers).collect())
    }

    /// A trace that exists already is changed, and leaves its experiment if it is sent to another one.
    pub(super) async fn trace_upsert(&self, trace: &'static str, experiment: &'static str) -> Requirements {
        let Some(id) = self.asked.params.text(trace)? else { return Ok(Vec::new()) };
        let goes_to = self.asked.params.text(experiment)?;
        match self.lookups.trace(id).await {
            Ok(now) if Some(now.as_str()) == goes_to => self.trace(Action::Update, id).await,
            Ok(_) => self.trace(Action::Delete, id).await,
            Err(LookupError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(Refusal::of_lookup(error, "trace", id)),
        }
    }

    pub(super) async fn tier_of(
        &self,
        kind: &'static str,
        action: Action,
        fallback: Action,
        experiment: &str,
    ) -> Requirements {
        let experiment = self.experiment(experiment).await?;
        Ok(vec![self.tier(kind, action, &experiment, fallback)])
    }

    pub(super) async fn trace_metadata(&self, at: &'static str) -> Requirements {
        let mut needs = Vec::new();
        for (name, id) in metadata(self.asked.params.value(at)) {
            match name {
                "mlflow.sourceRun" => needs.extend(self.run(Action::Update, id).await?),
                "mlflow.modelId" => needs.extend(self.logged_model(Action::Read, id).await?),
                _ => {}
            }
        }
        Ok(needs)
    }
}

/// Names and values, from an object or from a list of objects with a `key` and a `value`.
fn metadata(value: Option<&Value>) -> Vec<(&str, &str)> {
    fn pair(item: &Value) -> Option<(&str, &str)> {
        Some((item.get("key")?.as_str()?, item.get("value")?.as_str()?))
    }
    match value {
        Some(Value::Object(object)) => {
            object.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
        }
        Some(Value::Array(items)) => items.iter().filter_map(pair).collect(),
        _ => Vec::new(),
    }
}
