//! What only MLflow knows.

use crate::ask::ask;
use crate::proxy::Forward;
use http::{HeaderName, Request, StatusCode};
use mlflow_auth_core::Workspace;
use mlflow_auth_core::routes::mlflow::NameSource;
use mlflow_auth_tower::Body;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::time::Duration;

/// Asks MLflow by its own API.
pub(super) struct Names {
    forward: Forward,
    prefix: String,
    workspace: Option<Workspace>,
}

/// Why something is not known.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unknown {
    #[error("MLflow does not know it")]
    NotThere,
    #[error("MLflow gives no answer ({0})")]
    NoAnswer(String),
}

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

static WORKSPACE: HeaderName = HeaderName::from_static("x-mlflow-workspace");

impl Names {
    /// `workspace`: none where there are no workspaces.
    pub(super) fn new(forward: Forward, prefix: &str, workspace: Option<Workspace>) -> Self {
        Self { forward, prefix: prefix.to_owned(), workspace }
    }

    /// The name of a resource whose id does not tell it.
    pub(super) async fn name_at(&self, source: &NameSource, id: &str) -> Result<String, Unknown> {
        text(&self.get(&source.path.join("/"), source.parameter, id).await?, source.pointer)
    }

    pub(super) async fn experiment_id(&self, name: &str) -> Result<String, Unknown> {
        let answer = self.get("api/2.0/mlflow/experiments/get-by-name", "experiment_name", name).await?;
        text(&answer, "/experiment/experiment_id")
    }

    /// Whether the entry of the registry is a prompt, by the tag that makes it one (MLflow 3.17.2).
    pub(super) async fn is_prompt(&self, name: &str) -> Result<bool, Unknown> {
        let answer = self.get("api/2.0/mlflow/registered-models/get", "name", name).await?;
        let tags = answer.pointer("/registered_model/tags").and_then(Value::as_array).into_iter().flatten();
        let mut marks = tags.filter(|tag| tag.get("key").and_then(Value::as_str) == Some("mlflow.prompt.is_prompt"));
        let value = |tag: &Value| tag.get("value").and_then(Value::as_str).map(str::to_lowercase);
        Ok(marks.next_back().and_then(value).as_deref() == Some("true"))
    }

    async fn get(&self, operation: &str, name: &str, value: &str) -> Result<Value, Unknown> {
        let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
        let mut request = Request::get(format!("{}/{operation}?{name}={value}", self.prefix));
        if let Some(workspace) = &self.workspace {
            request = request.header(&WORKSPACE, workspace.as_str());
        }
        let request = request.body(Body::empty()).map_err(|error| Unknown::NoAnswer(error.to_string()))?;
        let (status, body) = ask(&self.forward, request, PATIENCE).await.map_err(Unknown::NoAnswer)?;
        read(status, &body)
    }
}

fn read(status: StatusCode, body: &[u8]) -> Result<Value, Unknown> {
    match status {
        status if status.is_success() => {
            serde_json::from_slice(body).map_err(|error| Unknown::NoAnswer(error.to_string()))
        }
        StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => Err(Unknown::NotThere),
        status => Err(Unknown::NoAnswer(status.to_string())),
    }
}

fn text(answer: &Value, pointer: &str) -> Result<String, Unknown> {
    answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned).ok_or(Unknown::NotThere)
}
