//! Every field of the root judged as the operation that its rule names.

use super::answer::{Fields, said};
use super::fields::Judging;
use super::limits::Wrong;
use super::plan::rebuilt;
use super::query::Query;
use crate::flow::{Asking, Flow, Outcome};
use crate::judged::Judged;
use crate::reply::Reply;
use crate::request::{Canonical, Payload, Source, describe_body, drop_all, rebuild, target};
use bytes::Bytes;
use http::{Method, Request};
use mlflow_auth_core::routes::{GraphQl, Route};
use mlflow_auth_core::{Principal, Workspace};
use serde_json::{Map, Value};
use std::sync::Arc;

impl Flow<'_> {
    /// Judges a GraphQL request of somebody who is signed in.
    ///
    /// # Errors
    /// 400 for what cannot be read, 503 if somebody does not answer who is needed to tell.
    pub(crate) async fn graphql<B>(
        &self,
        mut head: Canonical,
        (route, service): (Route, &'static GraphQl),
        params: &Map<String, Value>,
        who: Arc<Principal>,
    ) -> Result<Outcome<B>, Reply>
    where
        B: From<Bytes> + Default,
    {
        if *head.judged_method() == Method::GET {
            return Err(Reply::bad_request("a GraphQL query must be sent in the body of a `POST`"));
        }
        let workspace = self.workspace(&head)?;
        if who.passes_every_check() {
            let request = self.asking(&mut head, params, &workspace, false)?;
            return Ok(Outcome::Forward(Judged::new(request, Some(who))));
        }
        let schema = self.shared.schemas.of(service)?;
        let query = match Query::read(&schema, params) {
            Ok(query) => query,
            Err(Wrong::Unreadable(problem)) => return Err(Reply::bad_request(problem)),
            Err(Wrong::Invalid(problems)) => {
                drop(self.deny(&who, &head, &problems.join("; ")));
                return Ok(Outcome::Answer(said(Value::Null, problems)));
            }
        };
        let (of, held) = self.gather(&who).await?;
        let judging = Judging {
            flow: self,
            service,
            schema: &schema,
            by: Asking { head: &head, who: &who, of: &of, held: &held, workspace: &workspace },
        };
        let plan = Box::pin(judging.all(&query.root, query.fields)).await?;
        let Some(params) = rebuilt(query.does, &plan.fields) else {
            return Ok(Outcome::Answer(plan.answered_here()));
        };
        let request = self.asking(&mut head, &params, &workspace, true)?;
        let judged = Judged::new(request, Some(who.clone()));
        Ok(Outcome::Fields(judged, Box::new(Fields { route, service, head, who, of, held, workspace, plan })))
    }

    /// The request that goes on: these parameters and nothing else.
    fn asking<B>(
        &self,
        head: &mut Canonical,
        params: &Map<String, Value>,
        workspace: &Workspace,
        reads_answer: bool,
    ) -> Result<Request<B>, Reply>
    where
        B: From<Bytes> + Default,
    {
        let known = ["query", "variables", "operationName"];
        let params: Map<String, Value> = params
            .iter()
            .filter(|(name, _)| known.contains(&name.as_str()))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        let named = self.shared.authorizer.policy().workspaces.then_some(workspace);
        let uri = target(&head.segments, &[])?;
        let payload = Payload::Whole(Value::Object(params).to_string().into());
        let mut request = rebuild(head, uri, payload, named, reads_answer);
        describe_body(Source::Json, request.headers_mut());
        drop_all(request.headers_mut(), &self.shared.identity_headers);
        Ok(request)
    }
}
