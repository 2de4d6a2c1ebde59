//! Jobs: whose they are, and what those that start one hand to the server.

use super::embedded::{Seen, visit};
use super::resolve::{Refusal, Requirements, Resolve};
use crate::lookup::LookupError;
use mlflow_auth_core::routes::JobNeed;
use mlflow_auth_core::{Action, Requirement, ResourceType};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

impl Resolve<'_> {
    pub(super) async fn job(&self, need: JobNeed) -> Requirements {
        let params = self.asked.params;
        match need {
            JobNeed::Own(action, id) => self.each(&params.ids(id)?, |id| self.own_job(action, id)).await,
            JobNeed::Optimization(action, id) => self.each(&params.ids(id)?, |id| self.optimization(action, id)).await,
            JobNeed::Named(names) => match names.contains(&self.only("job_name")?) {
                true => Ok(Vec::new()),
                false => Err(Refusal::Denied("only admins submit this job".into())),
            },
            JobNeed::Prompt(field) => self.optimized_prompts(field).await,
            JobNeed::Models(field) => match params.value(field) {
                Some(value) => self.models_in(value).await,
                None => Ok(Vec::new()),
            },
            JobNeed::PlainScorers(field) => match params.value(field) {
                Some(value) => only_plain_scorers(value).map(|()| Vec::new()),
                None => Ok(Vec::new()),
            },
            JobNeed::Runner(field) => match params.text(field)? {
                Some(name) if name != self.asked.who.user.as_str() => {
                    Err(Refusal::Denied("a job runs in the name of nobody but its submitter".into()))
                }
                _ => Ok(Vec::new()),
            },
        }
    }

    async fn own_job(&self, action: Action, id: &str) -> Requirements {
        match self.asked.held.user.gives_exactly(&ResourceType::JOB, id, self.asked.workspace) {
            true => Ok(vec![Requirement::on(action, self.named("job", id))]),
            false => Err(Refusal::Denied("the job was not submitted by the caller".into())),
        }
    }

    async fn optimization(&self, action: Action, id: &str) -> Requirements {
        let found = self.lookups.optimization(id).await;
        let experiment = found.map_err(|error| Refusal::of_lookup(error, "prompt optimization", id))?;
        self.experiment_only(action, &experiment).await
    }

    async fn optimized_prompts(&self, field: &'static str) -> Requirements {
        let address = self.only(field)?;
        let names = prompts_at(address);
        if names.is_empty() {
            return Err(Refusal::Denied("the address of the prompt names none".into()));
        }
        let mut needs = Vec::new();
        let mut found = false;
        for name in names {
            match self.optimized_prompt(name).await {
                Ok(more) => {
                    found = true;
                    needs.extend(more);
                }
                Err(LookupError::NotFound) => {}
                Err(error) => return Err(Refusal::of_lookup(error, "prompt", name)),
            }
        }
        match found {
            true => Ok(needs),
            false => Err(Refusal::Denied(format!("the prompt `{}` is not known", address.escape_debug()))),
        }
    }

    async fn optimized_prompt(&self, name: &str) -> Result<Vec<Requirement>, LookupError> {
        let (kind, version) = super::kinds(self.lookups.is_prompt(name).await?);
        Ok(vec![Requirement::on(Action::Update, self.named(kind, name)), self.not_denied(version)])
    }

    /// The endpoints of the AI gateway that the server would call for a value in which models stand.
    pub(super) async fn models_in(&self, value: &Value) -> Requirements {
        let mut models = BTreeSet::new();
        read_models(value, &mut models)?;
        let models: Vec<&str> = models.iter().map(String::as_str).collect();
        let mut needs = Vec::with_capacity(models.len());
        for model in models {
            needs.extend(self.endpoint_of_model(model).await?);
        }
        Ok(needs)
    }

    /// MLflow itself writes the id in the place of the name where it stores a scorer, so that both are asked for.
    async fn endpoint_of_model(&self, model: &str) -> Requirements {
        let mut needs = Vec::new();
        match self.lookups.name_of(&ResourceType::GATEWAY_ENDPOINT, model).await {
            Ok(name) => {
                let endpoint = self.named("gateway_endpoint", model).with_name(name);
                needs.push(Requirement::on(Action::Use, endpoint));
            }
            Err(LookupError::NotFound) => {}
            Err(error) => return Err(Refusal::of_lookup(error, "gateway endpoint", model)),
        }
        match self.lookups.endpoint_named(model).await {
            Err(LookupError::NotFound) if !needs.is_empty() => Ok(needs),
            _ => {
                needs.extend(self.endpoint_named(Action::Use, model).await?);
                Ok(needs)
            }
        }
    }
}

/// The prompts that an address can mean, as MLflow reads it: `prompts:/<name>/<version>`, `prompts:/<name>@<alias>`, or a
/// name alone, of which what follows an `@` may be meant as an alias.
fn prompts_at(address: &str) -> Vec<&str> {
    // Python's reader of addresses would take these out, or stop there.
    if address.contains(['?', '#', '\t', '\r', '\n']) {
        return Vec::new();
    }
    let Some(path) = address.strip_prefix("prompts:/") else {
        let before = address.rsplit_once('@').map(|(before, _)| before);
        return [Some(address), before].into_iter().flatten().filter(|name| !name.is_empty()).collect();
    };
    let name = match path.split_once('/') {
        Some((name, version)) => Some(name).filter(|_| version.bytes().all(|byte| byte.is_ascii_digit())),
        None => path.rsplit_once('@').map(|(name, _)| name),
    };
    name.filter(|name| !name.trim().is_empty()).into_iter().collect()
}

/// Collects the names of the endpoints that models in `value` name.
fn read_models(value: &Value, found: &mut BTreeSet<String>) -> Result<(), Refusal> {
    visit(value, &mut |seen| {
        if let Seen::Text(text) = seen {
            found.extend(endpoint_of_model(text)?);
        }
        Ok(())
    })
}

/// Refuses scorers that bring code, or settings of another library with them.
fn only_plain_scorers(value: &Value) -> Result<(), Refusal> {
    let brings = |fields: &Map<String, Value>| {
        CHECKED_ELSEWHERE.iter().find(|name| fields.get(**name).is_some_and(|value| !value.is_null())).copied()
    };
    visit(value, &mut |seen| match seen {
        Seen::Object(fields) => brings(fields).map_or(Ok(()), |name| {
            Err(Refusal::Denied(format!("only admins submit a job with a scorer that has `{name}`")))
        }),
        Seen::Text(_) => Ok(()),
    })
}

/// What a scorer is made of that MLflow (3.17.2) checks where it is asked to run scorers, and not in jobs.
const CHECKED_ELSEWHERE: [&str; 2] = ["call_source", "third_party_scorer_data"];

/// The endpoint that a model names, if it is one of the AI gateway: `gateway:/<name>`, read as Python's reader of
/// addresses does.
fn endpoint_of_model(text: &str) -> Result<Option<String>, Refusal> {
    const SCHEME: &str = "gateway:";
    let plain: String = text.chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect();
    let plain = plain.trim_start_matches(|c: char| c <= ' ');
    let Some((_, path)) =
        plain.split_at_checked(SCHEME.len()).filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
    else {
        return Ok(None);
    };
    match path.strip_prefix('/') {
        Some(name) if name.starts_with('/') || name.contains(['?', '#']) || name.is_empty() => {
            Err(Refusal::Denied("the model names an endpoint in a way that can be read in two".into()))
        }
        Some(name) => Ok(Some(name.to_owned())),
        // A text that goes on like this is no model.
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_prompts_as_mlflow_does() {
        let cases: [(&str, &[&str]); 12] = [
            ("prompts:/greet/3", &["greet"]),
            ("prompts:/greet@prod", &["greet"]),
            ("prompts:/a@b@prod", &["a@b"]),
            ("greet", &["greet"]),
            ("greet@prod", &["greet@prod", "greet"]),
            ("@prod", &["@prod"]),
            ("prompts:/greet", &[]),
            ("prompts:/", &[]),
            ("prompts:/greet/latest", &[]),
            ("prompts:/a/b/3", &[]),
            ("prompts:/mine?/../theirs/3", &[]),
            ("prompts:/th\teirs/3", &[]),
        ];
        for (address, expected) in cases {
            assert_eq!(prompts_at(address), expected, "{address}");
        }
    }

    #[test]
    fn finds_the_endpoints_that_models_name_however_deep() {
        let of = |value: Value| {
            let mut found = BTreeSet::new();
            read_models(&value, &mut found).map(|()| found.into_iter().collect::<Vec<_>>())
        };
        let inner = json!({"model": "gateway:/inner"}).to_string();
        let cases = [
            (json!("gateway:/a"), vec!["a"]),
            (json!("openai:/gateway:/a"), vec![]),
            (json!({"judges": [{"model": "GATEWAY:/b"}, {"kwargs": {"model": " gate\tway:/c"}}]}), vec!["b", "c"]),
            (json!(inner), vec!["inner"]),
            (json!({"base": inner}), vec!["inner"]),
            (json!([inner, json!({"model": "gateway:/d"}).to_string()]), vec!["d", "inner"]),
            (json!({"instructions": "{{ inputs }} gateway:/no"}), vec![]),
            (json!(7), vec![]),
        ];
        for (value, expected) in cases {
            assert_eq!(of(value.clone()).unwrap(), expected, "{value}");
        }
        assert!(of(json!("{not json")).is_err() && of(json!(["{\"model\": NaN}"])).is_err());
        for doubtful in ["gateway:///a", "gateway:/a?b", "gateway:/"] {
            assert!(of(json!({"model": doubtful})).is_err(), "{doubtful}");
        }
    }

    #[test]
    fn finds_what_a_scorer_brings_with_it_however_deep() {
        let data = json!({"module": "m", "kwargs": {}});
        let nested = json!({"ensemble_scorer_data": {"scorers": [{"call_source": "return 1"}]}});
        for scorer in [json!({"third_party_scorer_data": data}), json!({"call_source": ""}), nested] {
            let text = json!(scorer.to_string());
            for value in [scorer.clone(), text.clone(), json!([text]), json!({"base": text})] {
                assert!(matches!(only_plain_scorers(&value), Err(Refusal::Denied(_))), "{value}");
            }
        }
        let plain = json!({"name": "call_source", "call_source": null, "third_party_scorer_data": null});
        assert!(only_plain_scorers(&json!([plain.to_string()])).is_ok());
    }
}
