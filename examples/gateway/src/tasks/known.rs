//! Which resources and users there are.

use super::TaskError;
use super::rules_file::hint;
use crate::ask::ask;
use crate::config::Config;
use crate::proxy::Forward;
use http::{Method, Request, StatusCode};
use mlflow_auth_core::lint::Known;
use mlflow_auth_core::plan::Snapshot;
use mlflow_auth_core::routes::mlflow;
use mlflow_auth_core::store::{StoreError, UserStore};
use mlflow_auth_core::{Resource, ResourceType, Scope, Subject, Target, Username, Workspace};
use mlflow_auth_tower::Body;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::time::Duration;

/// Resources, and of which types these are all.
pub(super) struct Resources {
    kinds: BTreeSet<ResourceType>,
    all: Vec<Resource>,
    /// Those that MLflow has; `default` if there are none.
    workspaces: BTreeSet<Workspace>,
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
        let mut places = BTreeSet::new();
        for grant in snapshots.iter().flat_map(|snapshot| snapshot.grants()) {
            let (kind, Target::Exact(id)) = (&grant.spec.kind, &grant.spec.target) else { continue };
            match &grant.spec.scope {
                _ if self.kinds.contains(kind) => {}
                Scope::In(workspace) => drop(places.insert((kind, id, workspace.clone()))),
                Scope::Everywhere => places.extend(self.workspaces.iter().map(|name| (kind, id, name.clone()))),
            }
        }
        let named = places.into_iter().map(|(kind, id, workspace)| named_by_grant(kind, id).in_workspace(workspace));
        self.all.extend(named);
        self.all
    }
}

/// A resource with the name that its id tells; what is none of MLflow's has its id alone.
fn named_by_grant(kind: &ResourceType, id: &str) -> Resource {
    mlflow::resource(kind.name(), id)
        .ok()
        .filter(|resource| resource.id.as_deref() == Some(id))
        .unwrap_or_else(|| Resource::new(kind.clone(), id))
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
    let (kinds, workspaces) = (BTreeSet::new(), BTreeSet::from([Workspace::default()]));
    let mut resources = Resources { kinds, all: Vec::new(), workspaces };
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let wrong = || format!("line {number}: a type, for experiments and scorers an id, and a name: `{line}`");
        let (kind, rest) = line.split_once([' ', '\t']).ok_or_else(wrong)?;
        let unknown =
            || format!("line {number}: `{}` is not a resource type of MLflow{}", kind.escape_debug(), hint(kind));
        let kind = ResourceType::MLFLOW.iter().find(|known| known.name() == kind).ok_or_else(unknown)?.clone();
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
    let known = workspaces.iter().map(|workspace| workspace.clone().unwrap_or_default()).collect();
    let mut resources = Resources { kinds: BTreeSet::new(), all: Vec::new(), workspaces: known };
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
    let answer = answer(forward, Request::get(path).body(Body::empty()), WHAT).await?;
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
    let (mut token, mut seen): (Option<String>, _) = (None, HashSet::new());
    loop {
        let request = page(config, question, workspace, token.as_deref());
        let answer = answer(forward, request, question.what).await?;
        let list = answer.get(question.list).and_then(Value::as_array).into_iter().flatten();
        for entry in list {
            let text = |key: &str| entry.get(key).and_then(Value::as_str);
            if let (Some(id), Some(name)) = (text(question.id), text("name")) {
                let resource = Resource::new(question.kind.clone(), id).with_name(name);
                found.push(resource.in_workspace(workspace.cloned().unwrap_or_default()));
            }
        }
        match answer.get("next_page_token").and_then(Value::as_str).filter(|next| !next.is_empty()) {
            None => return Ok(found),
            Some(next) => token = Some(new(next, &mut seen).map_err(|problem| wrong(question.what, problem))?),
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

/// A token for a next page, which leads round in circles if it was there before.
fn new(token: &str, seen: &mut HashSet<String>) -> Result<String, String> {
    match seen.insert(token.to_owned()) {
        true => Ok(token.to_owned()),
        false => Err("a page token comes again".to_owned()),
    }
}

fn wrong(what: &'static str, problem: String) -> TaskError {
    TaskError::Upstream { what, problem }
}

/// How long one page may take.
const PATIENCE: Duration = Duration::from_secs(60);

async fn answer(
    forward: &Forward,
    request: Result<Request<Body>, http::Error>,
    what: &'static str,
) -> Result<Value, TaskError> {
    let request = request.map_err(|error| wrong(what, error.to_string()))?;
    let (status, body) = ask(forward, request, PATIENCE).await.map_err(|problem| wrong(what, problem))?;
    match status {
        StatusCode::OK => serde_json::from_slice(&body).map_err(|error| wrong(what, error.to_string())),
        status => Err(wrong(what, format!("{status} {}", String::from_utf8_lossy(&body).escape_debug()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlflow_auth_core::plan::Held;
    use mlflow_auth_core::{Grant, GrantSpec, Permission};

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
        let error = listed("experiments 7 x").err().unwrap();
        assert_eq!(error, "line 1: `experiments` is not a resource type of MLflow; `experiment` is");
    }

    #[test]
    fn a_page_token_that_comes_again_is_an_error() {
        let mut seen = HashSet::new();
        assert_eq!(["a", "b", "a"].map(|token| new(token, &mut seen).is_ok()), [true, true, false]);
    }

    #[test]
    fn grants_name_resources_in_every_workspace_where_they_hold() {
        let subject = Subject::User(Username::new("ann").unwrap());
        let spaces = ["blue", "red"].map(|name| Workspace::new(name).unwrap());
        let grant = |id, kind: &str, text: &str, scope| {
            let (kind, target) = (ResourceType::from_string(kind), Target::Exact(text.to_owned()));
            let spec = GrantSpec { subject: subject.clone(), scope, kind, target, permission: Permission::Read };
            Grant { id, spec, fault: None }
        };
        let here = |place: usize| Scope::In(spaces[place].clone());
        let grants = vec![
            grant(1, "mcp_server", "a", here(0)),
            grant(2, "mcp_server", "a", here(1)),
            grant(3, "scorer", "7/my%20judge", Scope::Everywhere),
        ];
        let held = Held { grants, ..Held::default() };
        let snapshot = Snapshot::new(1, [(subject.clone(), held)].into());
        let resources = Resources { kinds: BTreeSet::new(), all: Vec::new(), workspaces: spaces.clone().into() };
        let found = resources.with_those_of_grants(&[&snapshot, &snapshot]);
        let found: Vec<_> =
            found.iter().map(|found| (found.name.as_deref().unwrap(), found.workspace.as_str())).collect();
        let expected = [("a", "blue"), ("a", "red"), ("my judge", "blue"), ("my judge", "red")];
        assert_eq!(found, expected);
    }
}
