//! What happens around an answer: rows are filtered, fields taken out, grants kept up to date.

mod before;
mod by_id;
mod fields;
mod filter;
mod gateway;
mod mcp;
mod narrow;
mod parts;
mod queues;
mod redact;
mod refill;
mod upkeep;
mod workspaces;

use crate::creator_groups::Share;
use crate::lookup::{Ask, Lookups, Within};
use crate::reply::Reply;
use crate::request::{Canonical, Reading, collect};
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use http::response::Parts;
use http::{HeaderValue, Method, Response};
use http_body::Body;
use mlflow_auth_core::routes::{Effect, Route};
use mlflow_auth_core::store::UserStore;
use mlflow_auth_core::{Authorizer, Belongings, Holdings, Principal, Workspace};
use serde_json::{Map, Value};
use std::sync::Arc;

pub(crate) use before::before;
pub(crate) use narrow::Narrowed;

/// All that is known about a request that was allowed.
#[derive(Clone, Copy)]
pub(crate) struct Allowed<'a> {
    pub(crate) route: &'a Route,
    pub(crate) head: &'a Canonical,
    pub(crate) reading: &'a Reading,
    pub(crate) who: &'a Arc<Principal>,
    pub(crate) of: &'a Belongings,
    pub(crate) held: &'a Holdings,
    pub(crate) shares: &'a [Share],
    pub(crate) seeds_roles: bool,
    pub(crate) authorizer: &'a Authorizer,
    pub(crate) lookups: &'a Lookups,
    pub(crate) ask: &'a dyn Ask,
    pub(crate) workspace: &'a Workspace,
    /// The accounts, where some are kept.
    pub(crate) users: Option<&'a dyn UserStore>,
}

/// The largest answer that is read whole.
const LARGEST: usize = 256 * 1024 * 1024;

impl<'a> Allowed<'a> {
    /// Whether the answer must be read.
    pub(crate) fn reads_answer(&self) -> bool {
        self.filters() || self.route.effect.reads_answer()
    }

    /// Whether the answer is changed: never for admins whose proof is whole.
    fn filters(&self) -> bool {
        let filters = matches!(
            self.route.effect,
            Effect::Filter { .. } | Effect::HideGuardrailScorers { .. } | Effect::HideRunDirectories | Effect::Mcp(_)
        );
        !self.who.passes_every_check() && (filters || !self.route.redact.is_empty())
    }

    /// Whether the request goes on and its answer goes back as they are, whatever the answer holds. Not asked for admins.
    pub(crate) fn goes_untouched(&self) -> bool {
        let whole = match self.route.effect {
            Effect::Filter { .. } | Effect::Narrow { .. } | Effect::HideGuardrailScorers { .. } | Effect::Mcp(_) => {
                false
            }
            // The root of all shows the experiments that there are.
            Effect::HideRunDirectories => {
                self.may_see("run") && self.reading.params.text("path").is_ok_and(|path| path.is_some())
            }
            _ => true,
        };
        whole && self.withholds_nothing()
    }

    /// Look-ups for this request.
    pub(crate) fn within(&self) -> Within<'a> {
        let workspaces = self.authorizer.policy().workspaces;
        self.lookups.within(self.ask, workspaces.then_some(self.workspace))
    }

    /// Does what is to be done about an answer of the inner service.
    pub(crate) async fn finish<R>(&self, response: Response<R>) -> Response<R>
    where
        R: Body<Data = Bytes> + From<Bytes>,
    {
        if !response.status().is_success() {
            return response;
        }
        self.forget();
        let finished = match self.reads_answer() {
            true => Box::pin(self.finish_read(response)).await,
            false => self.keep_grants(&Map::new()).await.map(|()| response),
        };
        finished.unwrap_or_else(Reply::into_response)
    }

    async fn finish_read<R>(&self, response: Response<R>) -> Result<Response<R>, Reply>
    where
        R: Body<Data = Bytes> + From<Bytes>,
    {
        let (head, body) = response.into_parts();
        let bytes = read_body(body).await?;
        let mut answer = read_object(&bytes)?;
        self.keep_grants(&answer).await?;
        let changed = self.own_queue(&mut answer).await?;
        if !self.filters() && !changed {
            return Ok(Response::from_parts(head, R::from(bytes)));
        }
        if self.filters() {
            self.filter(&mut answer).await?;
        }
        let mut answer = Value::Object(answer);
        if self.filters() {
            self.redact(&mut answer);
        }
        Ok(rewritten(head, &answer))
    }

    /// What was learnt about the objects that a write names is doubtful now.
    fn forget(&self) {
        if *self.head.judged_method() == Method::GET {
            return;
        }
        let workspace = self.authorizer.policy().workspaces.then_some(self.workspace);
        let params = &self.reading.params;
        for name in ["name", "new_name"].into_iter().filter_map(|field| params.text(field).ok()?) {
            self.lookups.forget_registered(workspace, name);
        }
        if let Ok(Some(id)) = params.text("experiment_id") {
            self.lookups.forget_experiment(workspace, id);
        }
        self.forget_gateway(workspace);
        for field in ["trace_id", "request_id", "trace.trace_info.trace_id"] {
            if let Ok(Some(id)) = params.text(field) {
                self.lookups.forget_trace(workspace, id);
            }
        }
    }
}

/// The answer of the inner service, with other contents.
pub(crate) fn rewritten<R: From<Bytes>>(mut head: Parts, answer: &Value) -> Response<R> {
    let bytes = Bytes::from(answer.to_string());
    head.headers.remove(CONTENT_ENCODING);
    head.headers.remove(ETAG);
    head.headers.insert(CONTENT_LENGTH, bytes.len().into());
    head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(head, R::from(bytes))
}

/// The JSON object in an answer of the inner service.
///
/// # Errors
/// A 502 if there is none.
pub(crate) async fn read_answer<R: Body<Data = Bytes>>(body: R) -> Result<Map<String, Value>, Reply> {
    read_object(&read_body(body).await?)
}

async fn read_body<R: Body<Data = Bytes>>(body: R) -> Result<Bytes, Reply> {
    let broken = |_| Reply::bad_gateway("the answer of the service behind broke off or is too large");
    collect(body, LARGEST).await.map_err(broken)
}

/// An answer that does not parse is never passed on.
fn read_object(bytes: &Bytes) -> Result<Map<String, Value>, Reply> {
    serde_json::from_slice(bytes)
        .map_err(|_| Reply::bad_gateway("the answer of the service behind is not the JSON object it should be"))
}
