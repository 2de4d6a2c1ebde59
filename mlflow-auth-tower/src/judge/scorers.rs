//! Scorers, and the experiments they belong to.

use super::resolve::{Refusal, Requirements, Resolve};
use crate::lookup::LookupError;
use crate::reply::Reply;
use crate::request::quote;
use mlflow_auth_core::routes::{ScorerNeed, Scorers};
use mlflow_auth_core::{Action, Chain, Mode, Requirement, Resource, ResourceType};
use serde_json::Value;

/// The id of the scorer of this name, in grants: `<experiment id>/<percent-encoded name>`.
pub(crate) fn scorer_id(experiment: &str, name: &str) -> String {
    format!("{experiment}/{}", quote(name))
}

impl Resolve<'_> {
    pub(super) async fn scorer(&self, need: ScorerNeed) -> Requirements {
        let params = self.asked.params;
        match need {
            ScorerNeed::Itself(action, of) => {
                let experiment = self.experiment_of(of)?;
                self.each(&params.ids(of.names)?, |name| self.scorer_itself(action, experiment, name)).await
            }
            ScorerNeed::Versions(action, of) => {
                let experiment = self.experiment_of(of)?;
                self.each(&params.ids(of.names)?, |name| self.scorer_versions(action, experiment, name)).await
            }
            ScorerNeed::OnlineConfigs(ids) => self.online_configs(&params.ids(ids)?).await,
            ScorerNeed::StoredModels { of, version } => {
                let experiment = self.experiment_of(of)?;
                let version = version.and_then(|field| params.value(field)).map(Value::to_string);
                let version = version.as_deref();
                self.each(&params.ids(of.names)?, |name| self.stored_models(experiment, name, version)).await
            }
            ScorerNeed::Listed => self.listed_scorers().await,
        }
    }

    fn experiment_of(&self, scorers: Scorers) -> Result<&str, Refusal> {
        self.only_at(scorers.experiment)
    }

    async fn scorer_itself(&self, action: Action, experiment: &str, name: &str) -> Requirements {
        let scorer = self.scorer_named(experiment, name);
        self.scorer_chain(Chain::of(action, scorer), experiment).await
    }

    async fn scorer_versions(&self, action: Action, experiment: &str, name: &str) -> Requirements {
        let scorer = self.scorer_named(experiment, name);
        let chain = Chain::of(action, self.every("scorer_version")).or_else(action, scorer);
        self.scorer_chain(chain, experiment).await
    }

    fn scorer_named(&self, experiment: &str, name: &str) -> Resource {
        let scorer = Resource::new(ResourceType::SCORER, scorer_id(experiment, name)).with_name(name);
        scorer.in_workspace(self.asked.workspace.clone())
    }

    /// In first-match mode the experiment speaks where nobody else does.
    async fn scorer_chain(&self, chain: Chain, experiment: &str) -> Requirements {
        let experiment = self.experiment(experiment).await?;
        let need = Requirement::from(chain);
        Ok(vec![match self.asked.policy.mode {
            Mode::FirstMatch(_) => need.or_else(&experiment),
            Mode::Union => need,
        }])
    }

    async fn online_configs(&self, ids: &[&str]) -> Requirements {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.lookups.scored_online(ids).await;
        let experiments = found.map_err(|error| Refusal::of_lookup(error, "scorer", &ids.join(", ")))?;
        let mut needs: Vec<Requirement> = Vec::with_capacity(experiments.len());
        for experiment in experiments {
            needs.extend(self.experiment_only(Action::Read, &experiment).await?);
        }
        Ok(needs)
    }

    async fn stored_models(&self, experiment: &str, name: &str, version: Option<&str>) -> Requirements {
        self.experiment(experiment).await?;
        match self.lookups.stored_scorer(experiment, name, version).await {
            Ok(text) => self.models_in(&Value::String(text)).await,
            // Built in, or none: there is nothing that the server could call.
            Err(LookupError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(Refusal::of_lookup(error, "scorer", name)),
        }
    }

    /// Which of the scorers of an evaluation are run as they are stored is told by their places in two lists.
    async fn listed_scorers(&self) -> Requirements {
        let list = |field: &str| self.asked.params.value(field).and_then(Value::as_array);
        let (Some(texts), Some(versions)) = (list("serialized_scorers"), list("scorer_versions")) else {
            return Ok(vec![self.not_denied("scorer_version")]);
        };
        let mut needs = vec![self.not_denied("scorer_version")];
        let experiment = self.only("experiment_id")?;
        for (text, version) in texts.iter().zip(versions).filter(|(_, version)| !version.is_null()) {
            let name = scorer_name(text)?;
            needs.extend(self.scorer_itself(Action::NotDenied, experiment, &name).await?);
            needs.extend(self.scorer_versions(Action::NotDenied, experiment, &name).await?);
            needs.extend(self.stored_models(experiment, &name, Some(&version.to_string())).await?);
        }
        Ok(needs)
    }
}

fn scorer_name(text: &Value) -> Result<String, Refusal> {
    let scorer = text.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let name = scorer.as_ref().and_then(|scorer| scorer.get("name")?.as_str()).filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or_else(|| Reply::bad_request("a stored scorer is named without a name").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlflow_auth_core::routes::mlflow::resource;

    #[test]
    fn ids_of_scorers_are_those_that_people_grant_on() {
        for name in ["judge", "a b/c", "50%", "ünïcode", "a.b_c-d~e", "7/x"] {
            let id = scorer_id("7", name);
            let granted = resource("scorer", &id).unwrap();
            assert_eq!((granted.id.as_deref(), granted.name.as_deref()), (Some(id.as_str()), Some(name)));
            assert_eq!(id.matches('/').count(), 1, "{id}");
        }
    }
}
