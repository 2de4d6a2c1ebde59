//! MLflow's objects: which experiment they belong to, what they are.

use super::cache::Facts;
use super::gateway::GatewayFacts;
use super::parts::PartFacts;
use super::{Ask, Question};
use bytes::Bytes;
use http::{Method, StatusCode};
use mlflow_auth_core::routes::mlflow::named_by_mlflow;
use mlflow_auth_core::{ResourceType, Unavailable, Workspace};
use serde_json::Value;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// What was learnt from MLflow.
pub(crate) struct Lookups {
    pub(super) prefix: Vec<String>,
    runs: Facts<String>,
    run_roots: Facts<String>,
    logged_model_roots: Facts<String>,
    logged_models: Facts<String>,
    traces: Facts<String>,
    experiment_names: Facts<String>,
    experiment_ids: Facts<String>,
    prompts: Facts<bool>,
    pub(super) gateway: GatewayFacts,
    pub(super) parts: PartFacts,
    turns: Semaphore,
}

/// How many lists are read at once for callers who wait for a turn.
const LISTS_AT_ONCE: usize = 2;

/// Why something is not known.
#[derive(Debug)]
pub(crate) enum LookupError {
    /// MLflow does not know it, or will not say.
    NotFound,
    /// MLflow does not answer, or with an error of its own.
    Unavailable(Unavailable),
}

/// How long what can change is believed. Changes that pass through this layer are forgotten at once; the time is for
/// those that do not.
pub(super) const BRIEFLY: Duration = Duration::from_secs(2);

impl Lookups {
    /// `prefix`: the static prefix of the server, in segments.
    pub(crate) fn new(prefix: Vec<String>) -> Self {
        Self {
            prefix,
            runs: Facts::for_good(),
            run_roots: Facts::for_good(),
            logged_model_roots: Facts::for_good(),
            logged_models: Facts::for_good(),
            traces: Facts::brief(BRIEFLY),
            experiment_names: Facts::brief(BRIEFLY),
            experiment_ids: Facts::brief(BRIEFLY),
            prompts: Facts::brief(BRIEFLY),
            gateway: GatewayFacts::new(),
            parts: PartFacts::new(),
            turns: Semaphore::new(LISTS_AT_ONCE),
        }
    }

    /// The right to read a list, to be kept while it is read; none while others read as many as may be read at once.
    pub(crate) fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.try_acquire().ok()
    }

    /// Looks things up for a request in `workspace`; `None` where there are no workspaces.
    pub(crate) fn within<'a>(&'a self, ask: &'a dyn Ask, workspace: Option<&'a Workspace>) -> Within<'a> {
        Within { lookups: self, ask, workspace }
    }

    /// A registered model was made, changed or removed.
    pub(crate) fn forget_registered(&self, workspace: Option<&Workspace>, name: &str) {
        self.prompts.forget(key(workspace), name);
    }

    /// A trace was made or moved.
    pub(crate) fn forget_trace(&self, workspace: Option<&Workspace>, id: &str) {
        self.traces.forget(key(workspace), id);
    }

    /// An experiment was renamed, deleted or restored: what is known of names is doubtful for this one.
    pub(crate) fn forget_experiment(&self, workspace: Option<&Workspace>, id: &str) {
        if let Some(name) = self.experiment_names.look(key(workspace), id) {
            self.experiment_ids.forget(key(workspace), &name);
        }
        self.experiment_names.forget(key(workspace), id);
    }
}

pub(super) fn key(workspace: Option<&Workspace>) -> &str {
    workspace.map_or("", Workspace::as_str)
}

/// [`Lookups`] for one request.
#[derive(Clone, Copy)]
pub(crate) struct Within<'a> {
    pub(super) lookups: &'a Lookups,
    pub(super) ask: &'a dyn Ask,
    pub(super) workspace: Option<&'a Workspace>,
}

impl Within<'_> {
    /// The experiment of a run.
    pub(crate) async fn run(&self, id: &str) -> Result<String, LookupError> {
        let at = ["api", "2.0", "mlflow", "runs", "get"];
        self.known(&self.lookups.runs, id, &at, &[("run_id", id)], "/run/info/experiment_id").await
    }

    /// The experiment of a logged model.
    pub(crate) async fn logged_model(&self, id: &str) -> Result<String, LookupError> {
        let at = ["api", "2.0", "mlflow", "logged-models", id];
        self.known(&self.lookups.logged_models, id, &at, &[], "/model/info/experiment_id").await
    }

    /// Where the artifacts of a run are kept.
    pub(crate) async fn run_root(&self, id: &str) -> Result<String, LookupError> {
        let at = ["api", "2.0", "mlflow", "runs", "get"];
        self.known(&self.lookups.run_roots, id, &at, &[("run_id", id)], "/run/info/artifact_uri").await
    }

    /// Where the artifacts of a logged model are kept.
    pub(crate) async fn logged_model_root(&self, id: &str) -> Result<String, LookupError> {
        let at = ["api", "2.0", "mlflow", "logged-models", id];
        self.known(&self.lookups.logged_model_roots, id, &at, &[], "/model/info/artifact_uri").await
    }

    /// The experiment of a trace.
    pub(crate) async fn trace(&self, id: &str) -> Result<String, LookupError> {
        let at = ["api", "2.0", "mlflow", "traces", id, "info"];
        self.known(&self.lookups.traces, id, &at, &[], "/trace_info/experiment_id").await
    }

    /// The name of an experiment.
    pub(crate) async fn experiment_name(&self, id: &str) -> Result<String, LookupError> {
        self.name_of(&ResourceType::EXPERIMENT, id).await
    }

    /// The name that patterns match, of a resource that is [`named_by_mlflow`].
    pub(crate) async fn name_of(&self, kind: &ResourceType, id: &str) -> Result<String, LookupError> {
        let source = named_by_mlflow(kind).ok_or(LookupError::NotFound)?;
        let facts = match *kind == ResourceType::EXPERIMENT {
            true => &self.lookups.experiment_names,
            false => &self.lookups.gateway.names,
        };
        self.known(facts, id, source.path, &[(source.parameter, id)], source.pointer).await
    }

    /// The id of the experiment that has this name.
    pub(crate) async fn experiment_named(&self, name: &str) -> Result<String, LookupError> {
        let at = ["api", "2.0", "mlflow", "experiments", "get-by-name"];
        let query = [("experiment_name", name)];
        self.known(&self.lookups.experiment_ids, name, &at, &query, "/experiment/experiment_id").await
    }

    /// Whether the registered model of this name is a prompt.
    pub(crate) async fn is_prompt(&self, name: &str) -> Result<bool, LookupError> {
        let at = ["api", "2.0", "mlflow", "registered-models", "get"];
        if let Some(known) = self.lookups.prompts.look(key(self.workspace), name) {
            return Ok(known);
        }
        let answer = self.get(&at, &[("name", name)]).await?;
        let model = answer.get("registered_model").ok_or(LookupError::NotFound)?;
        let found = is_prompt(model.get("tags"));
        self.lookups.prompts.learn(key(self.workspace), name, found);
        Ok(found)
    }

    pub(super) async fn known(
        &self,
        facts: &Facts<String>,
        id: &str,
        at: &[&str],
        query: &[(&str, &str)],
        pointer: &str,
    ) -> Result<String, LookupError> {
        if let Some(known) = self.look(facts, id) {
            return Ok(known);
        }
        let answer = self.get(at, query).await?;
        let found = answer.pointer(pointer).and_then(Value::as_str).ok_or(LookupError::NotFound)?;
        self.learn(facts, id, found);
        Ok(found.to_owned())
    }

    pub(super) fn look(&self, facts: &Facts<String>, id: &str) -> Option<String> {
        facts.look(key(self.workspace), id)
    }

    pub(super) fn learn(&self, facts: &Facts<String>, id: &str, value: &str) {
        facts.learn(key(self.workspace), id, value.to_owned());
    }

    pub(super) async fn get(&self, at: &[&str], query: &[(&str, &str)]) -> Result<Value, LookupError> {
        self.send(Method::GET, at, query, None).await
    }

    pub(super) async fn send(
        &self,
        method: Method,
        at: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, LookupError> {
        // What cannot stand in a path cannot be an id either; it must not become another path.
        if at
            .iter()
            .any(|segment| segment.is_empty() || matches!(*segment, "." | "..") || segment.contains(['/', '\\']))
        {
            return Err(LookupError::NotFound);
        }
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let segments = self.lookups.prefix.iter().cloned().chain(at.iter().map(|text| (*text).to_owned()));
        let question = Question {
            method,
            segments: segments.collect(),
            query: query.iter().map(owned).collect(),
            body: body.map(|body| body.to_string().into()),
            workspace: self.workspace.cloned(),
        };
        let (status, body) = self.ask.ask(question).await.map_err(LookupError::Unavailable)?;
        read(status, &body)
    }
}

fn read(status: StatusCode, body: &Bytes) -> Result<Value, LookupError> {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        let problem = format!("it answered {status}");
        return Err(LookupError::Unavailable(Unavailable::new("the service behind", problem)));
    }
    if !status.is_success() {
        return Err(LookupError::NotFound);
    }
    serde_json::from_slice(body)
        .map_err(|error| LookupError::Unavailable(Unavailable::new("the service behind", error)))
}

/// Whether tags make a registered model a prompt, as MLflow 3.17.2 reads them: the tag `mlflow.prompt.is_prompt`, its
/// value compared without regard to case.
pub(crate) fn is_prompt(tags: Option<&Value>) -> bool {
    let text = |tag: &Value, field: &str| tag.get(field).and_then(Value::as_str).unwrap_or_default().to_lowercase();
    let tags = tags.and_then(Value::as_array).into_iter().flatten();
    let mut marks = tags.filter(|tag| tag.get("key").and_then(Value::as_str) == Some(PROMPT_TAG));
    marks.next_back().is_some_and(|tag| text(tag, "value") == "true")
}

/// The tag that makes a registered model a prompt.
pub(crate) const PROMPT_TAG: &str = "mlflow.prompt.is_prompt";
