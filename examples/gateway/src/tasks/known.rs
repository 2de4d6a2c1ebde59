//! Which resources and users there are.

use super::TaskError;
use crate::config::Config;
use crate::proxy::Forward;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use mlflow_auth_core::lint::Known;
use mlflow_auth_core::plan::Snapshot;
use mlflow_auth_core::store::{StoreError, UserStore};
use mlflow_auth_core::{Resource, ResourceType, Subject, Target, Username, Workspace};
use mlflow_auth_tower::Body;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Resources, and of which types these are all.
pub(super) struct Resources {
    kinds: BTreeSet<ResourceType>,
    all: Vec<Resource>,
}

/// Nothing is known.
pub(super) fn nothing() -> Known {
    Known::default()
}

impl Resources {
    pub(super) fn into_known(self) -> Known {
        Known::new(self.kinds, self.all)
    }

    /// All of them, and those that grants name, of types that could not be asked for.
    pub(super) fn with_those_of_grants(mut self, snapshots: &[&Snapshot]) -> Vec<Resource> {
        let mut seen = BTreeSet::new();
        for grant in snapshots.iter().flat_map(|snapshot| snapshot.grants()) {
            let (kind, Target::Exact(id)) = (&grant.spec.kind, &grant.spec.target) else { continue };
            if self.kinds.contains(kind) || !seen.insert((kind, id)) {
                continue;
            }
            let by_number = *kind == ResourceType::EXPERIMENT || *kind == ResourceType::SCORER;
            let resource = match by_number {
                true => Resource::new(kind.clone(), id),
                false => Resource::named(kind.clone(), id),
            };
            self.all.push(match &grant.spec.scope {
                mlflow_auth_core::Scope::In(workspace) => resource.in_workspace(workspace.clone()),
                mlflow_auth_core::Scope::Everywhere => resource,
            });
        }
        self.all
    }
}

/// All users that have an account, hold a grant, or belong to something. Admins are left out: they may do everything.
pub(super) async fn users(store: &dyn UserStore, snapshots: &[&Snapshot]) -> Result<BTreeSet<Username>, StoreError> {
    let accounts = store.users().await?;
    let mut users: BTreeSet<Username> = accounts.iter().map(|user| user.name.clone()).collect();
    for (subject, held) in snapshots.iter().flat_map(|snapshot| snapshot.subjects()) {
        users.extend(held.people.iter().cloned());
        if let Subject::User(name) = subject {
            users.insert(name.clone());
        }
    }
    for admin in accounts.iter().filter(|user| user.is_admin) {
        users.remove(&admin.name);
    }
    Ok(users)
}

/// The resources of `names`, or else those that MLflow has: experiments, registered models and prompts.
pub(super) async fn resources(config: &Config, names: Option<&Path>) -> Result<Resources, TaskError> {
    match names {
        Some(path) => {
            let failed = |source| TaskError::Read { path: path.to_owned(), source };
            let text = std::fs::read_to_string(path).map_err(failed)?;
            listed(&text).map_err(|problem| TaskError::File { file: path.display().to_string(), problem })
        }
        None => asked(config).await,
    }
}

/// One resource a line: its type, and its name; of an experiment and a scorer its id before the name.
fn listed(text: &str) -> Result<Resources, String> {
    let mut resources = Resources { kinds: BTreeSet::new(), all: Vec::new() };
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let wrong = || format!("line {number}: a type, for experiments and scorers an id, and a name: `{line}`");
        let (kind, rest) = line.split_once([' ', '\t']).ok_or_else(wrong)?;
        let kind = ResourceType::from_string(kind);
        let resource = match kind == ResourceType::EXPERIMENT || kind == ResourceType::SCORER {
            false => Resource::named(kind.clone(), rest.trim()),
            true => {
                let (id, name) = rest.trim().split_once([' ', '\t']).ok_or_else(wrong)?;
                Resource::new(kind.clone(), id).with_name(name.trim())
            }
        };
        resources.kinds.insert(kind);
        resources.all.push(resource);
    }
    Ok(resources)
}

/// What MLflow is asked for: the path behind `/api/2.0/mlflow/`, more of the question, and where id and name are.
struct Question {
    kind: ResourceType,
    what: &'static str,
    path: &'static str,
    filter: Option<&'static str>,
    list: &'static str,
    id: &'static str,
}

const QUESTIONS: [Question; 3] = [
    Question {
        kind: ResourceType::EXPERIMENT,
        what: "experiments",
        path: "experiments/search",
        filter: None,
        list: "experiments",
        id: "experiment_id",
    },
    Question {
        kind: ResourceType::REGISTERED_MODEL,
        what: "registered models",
        path: "registered-models/search",
        filter: None,
        list: "registered_models",
        id: "name",
    },
    Question {
        kind: ResourceType::PROMPT,
        what: "prompts",
        path: "registered-models/search",
        filter: Some("tags.`mlflow.prompt.is_prompt` = 'true'"),
        list: "registered_models",
        id: "name",
    },
];

/// How many MLflow gives at once at most.
const PAGE: usize = 1000;

async fn asked(config: &Config) -> Result<Resources, TaskError> {
    let forward = Forward::new(config.forward.clone());
    let workspaces = match config.policy.workspaces {
        false => vec![None],
        true => workspaces(&forward, config).await?.into_iter().map(Some).collect(),
    };
    let mut resources = Resources { kinds: BTreeSet::new(), all: Vec::new() };
    for question in &QUESTIONS {
        for workspace in &workspaces {
            resources.all.extend(pages(&forward, config, question, workspace.as_ref()).await?);
        }
        resources.kinds.insert(question.kind.clone());
    }
    Ok(resources)
}

async fn workspaces(forward: &Forward, config: &Config) -> Result<Vec<Workspace>, TaskError> {
    const WHAT: &str = "workspaces";
    let path = format!("{}/api/3.0/mlflow/workspaces", config.static_prefix);
    let answer = ask(forward, Request::get(path).body(Body::empty()), WHAT).await?;
    let names = answer.get("workspaces").and_then(Value::as_array).into_iter().flatten();
    let names = names.filter_map(|workspace| workspace.get("name")?.as_str());
    Ok(names.filter_map(|name| Workspace::new(name).ok()).collect())
}

async fn pages(
    forward: &Forward,
    config: &Config,
    question: &Question,
    workspace: Option<&Workspace>,
) -> Result<Vec<Resource>, TaskError> {
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let request = page(config, question, workspace, token.as_deref());
        let answer = ask(forward, request, question.what).await?;
        let list = answer.get(question.list).and_then(Value::as_array).into_iter().flatten();
        for entry in list {
            let text = |key: &str| entry.get(key).and_then(Value::as_str);
            if let (Some(id), Some(name)) = (text(question.id), text("name")) {
                let resource = Resource::new(question.kind.clone(), id).with_name(name);
                found.push(resource.in_workspace(workspace.cloned().unwrap_or_default()));
            }
        }
        match answer.get("next_page_token").and_then(Value::as_str).filter(|next| !next.is_empty()) {
            // One that comes again would lead round in circles.
            Some(next) if token.as_deref() != Some(next) => token = Some(next.to_owned()),
            _ => return Ok(found),
        }
    }
}

fn page(
    config: &Config,
    question: &Question,
    workspace: Option<&Workspace>,
    token: Option<&str>,
) -> Result<Request<Body>, http::Error> {
    let path = format!("{}/api/2.0/mlflow/{}", config.static_prefix, question.path);
    let mut request = Request::builder();
    if let Some(workspace) = workspace {
        request = request.header("x-mlflow-workspace", workspace.as_str());
    }
    if question.kind == ResourceType::EXPERIMENT {
        let body = json!({"max_results": PAGE, "page_token": token, "view_type": "ALL"}).to_string();
        let request = request.method(Method::POST).uri(path).header("content-type", "application/json");
        return request.body(Body::from(bytes::Bytes::from(body)));
    }
    let encode = |text| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let mut query = format!("max_results={PAGE}");
    question.filter.into_iter().for_each(|filter| query.push_str(&format!("&filter={}", encode(filter))));
    token.into_iter().for_each(|token| query.push_str(&format!("&page_token={}", encode(token))));
    request.uri(format!("{path}?{query}")).body(Body::empty())
}

async fn ask(
    forward: &Forward,
    request: Result<Request<Body>, http::Error>,
    what: &'static str,
) -> Result<Value, TaskError> {
    let wrong = |problem: String| TaskError::Upstream { what, problem };
    let request = request.map_err(|error| wrong(error.to_string()))?;
    let response = forward.dangerously_forward_unjudged(request).await;
    let status = response.status();
    let body = response.into_body().collect().await.map_err(|error| wrong(error.to_string()))?.to_bytes();
    match status {
        StatusCode::OK => serde_json::from_slice(&body).map_err(|error| wrong(error.to_string())),
        status => Err(wrong(format!("{status} {}", String::from_utf8_lossy(&body).escape_debug()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_listed_one_a_line() {
        let text = "# all\nexperiment 7 a name with spaces\n\nregistered_model churn model\nscorer 7/x x\n";
        let resources = listed(text).unwrap();
        let said: Vec<String> = resources.all.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["experiment `7` (`a name with spaces`)", "registered_model `churn model`", "scorer `7/x` (`x`)"]
        );
        for wrong in ["experiment 7", "prompt"] {
            let error = listed(&format!("prompt x\n{wrong}")).err().unwrap();
            assert!(error.starts_with("line 2: ") && error.ends_with(&format!("`{wrong}`")), "{error}");
        }
    }
}
