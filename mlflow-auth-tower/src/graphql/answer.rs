//! The answer, made of what came back.

use super::plan::{As, Fate, Plan, name};
use super::tree::projected;
use crate::answer::{Allowed, read_answer, rewritten};
use crate::flow::{Asking, Flow};
use crate::reply::Reply;
use crate::request::{Canonical, Reading};
use bytes::Bytes;
use http::Response;
use http_body::Body;
use mlflow_auth_core::routes::{GraphQl, Route};
use mlflow_auth_core::{Belongings, Holdings, Principal, Workspace};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What must be known when the answer comes.
pub(crate) struct Fields {
    pub(super) route: Route,
    pub(super) service: &'static GraphQl,
    pub(super) head: Canonical,
    pub(super) who: Arc<Principal>,
    pub(super) of: Belongings,
    pub(super) held: Holdings,
    pub(super) workspace: Workspace,
    pub(super) plan: Plan,
}

/// An answer as MLflow gives it.
pub(super) fn said(data: Value, problems: Vec<String>) -> Reply {
    let errors = if problems.is_empty() { Value::Null } else { problems.into() };
    Reply::ok(&json!({"data": data, "errors": errors}))
}

impl Plan {
    /// The answer where nothing is asked for behind.
    pub(super) fn answered_here(self) -> Reply {
        let fields = self.fields.into_iter().filter_map(|planned| match planned.fate {
            Fate::Answer(value) => Some((planned.root.asked.key, value)),
            Fate::Send(..) => None,
        });
        said(Value::Object(fields.collect()), self.problems)
    }
}

impl Fields {
    /// Does what is to be done about an answer of the inner service.
    pub(crate) async fn finish<R>(&self, flow: &Flow<'_>, response: Response<R>) -> Response<R>
    where
        R: Body<Data = Bytes> + From<Bytes>,
    {
        if !response.status().is_success() {
            return response;
        }
        Box::pin(self.read(flow, response)).await.unwrap_or_else(Reply::into_response)
    }

    async fn read<R>(&self, flow: &Flow<'_>, response: Response<R>) -> Result<Response<R>, Reply>
    where
        R: Body<Data = Bytes> + From<Bytes>,
    {
        let (head, body) = response.into_parts();
        let mut answer = read_answer(body).await?;
        let mut problems: Vec<Value> = self.plan.problems.iter().map(|problem| problem.as_str().into()).collect();
        if let Some(Value::Array(told)) = answer.remove("errors") {
            problems.extend(told);
        }
        let data = match answer.remove("data") {
            Some(Value::Object(data)) => Value::Object(self.data(flow, data).await?),
            Some(Value::Null) => Value::Null,
            _ => return Err(Reply::bad_gateway("the answer of the service behind is not the GraphQL it should be")),
        };
        let errors = if problems.is_empty() { Value::Null } else { problems.into() };
        Ok(rewritten(head, &json!({"data": data, "errors": errors})))
    }

    async fn data(&self, flow: &Flow<'_>, mut found: Map<String, Value>) -> Result<Map<String, Value>, Reply> {
        let mut data = Map::new();
        for (place, planned) in self.plan.fields.iter().enumerate() {
            let asked = &planned.root.asked;
            let value = match &planned.fate {
                Fate::Answer(value) => value.clone(),
                Fate::Send(tree, judged) => {
                    let mut value = tree.shaped(found.remove(&name(place)).unwrap_or_default());
                    self.as_operation(flow, judged.as_deref(), &mut value).await?;
                    self.nested(flow, tree, &mut value).await?;
                    projected(asked, Some(&value))
                }
            };
            data.insert(asked.key.clone(), value);
        }
        Ok(data)
    }

    /// Does about the value what the operation does about its answer.
    async fn as_operation(&self, flow: &Flow<'_>, judged: Option<&As>, value: &mut Value) -> Result<(), Reply> {
        let (Some(As { route, reading }), Value::Object(object)) = (judged, &mut *value) else { return Ok(()) };
        let allowed = self.allowed(flow, route, reading);
        allowed.filter(object).await?;
        allowed.redact(value);
        Ok(())
    }

    pub(super) fn allowed<'a>(&'a self, flow: &Flow<'a>, route: &'a Route, reading: &'a Reading) -> Allowed<'a> {
        let Self { head, who, of, held, workspace, .. } = self;
        flow.allowed(Asking { head, who, of, held, workspace }, route, reading)
    }
}
