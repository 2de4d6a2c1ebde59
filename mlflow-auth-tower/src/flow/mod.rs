//! The way of a request: canonical form, route, caller, parameters, requirements, verdict, rebuilt request.

mod asking;
mod caller;

pub(crate) use asking::Asking;

use crate::answer::{Allowed, Narrowed, before};
use crate::api;
use crate::creator_groups::Share;
use crate::cross_site;
use crate::denial::Denial;
use crate::graphql::Fields;
use crate::judge::{Spans, read_spans};
use crate::judged::Judged;
use crate::layer::Shared;
use crate::lookup::Ask;
use crate::reply::Reply;
use crate::request::{
    Canonical, Payload, Reading, Source, WORKSPACE, body_of, collect, describe_body, drop_all, drop_nominated, header,
    prefer_gateway_credentials, query_of, read, rebuild, source, target,
};
#[cfg(feature = "sign-in")]
use crate::sign_in;
use bytes::Bytes;
use http::Request;
use mlflow_auth_core::routes::{Access, Found, Need, Route};
use mlflow_auth_core::{AuthorizerError, Belongings, Holdings, Principal, Workspace};
use std::sync::Arc;

/// Judges requests.
#[derive(Clone, Copy)]
pub(crate) struct Flow<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) ask: &'a dyn Ask,
}

/// What becomes of a request.
pub(crate) enum Outcome<B> {
    /// It is answered here.
    Answer(Reply),
    /// It is forwarded, and the answer goes back as it is.
    Forward(Judged<B>),
    /// It is forwarded, and the answer is attended to.
    Attended(Judged<B>, Box<Attended>),
    /// The same for a GraphQL request, of which every field is judged.
    Fields(Judged<B>, Box<Fields>),
}

/// What must be known when the answer comes.
pub(crate) struct Attended {
    route: Route,
    head: Canonical,
    reading: Reading,
    who: Arc<Principal>,
    of: Belongings,
    held: Holdings,
    shares: Vec<Share>,
    workspace: Workspace,
}

impl Attended {
    pub(crate) fn allowed<'a>(&'a self, flow: &Flow<'a>) -> Allowed<'a> {
        let Self { head, who, of, held, workspace, .. } = self;
        let by = Asking { head, who, of, held, workspace };
        Allowed { shares: &self.shares, ..flow.allowed(by, &self.route, &self.reading) }
    }
}

impl<'a> Flow<'a> {
    /// Judges one request.
    pub(crate) async fn judge<B>(&self, request: Request<B>) -> Outcome<B>
    where
        B: http_body::Body<Data = Bytes> + From<Bytes> + Default,
    {
        self.judged(request).await.unwrap_or_else(Outcome::Answer)
    }

    async fn judged<B>(&self, request: Request<B>) -> Result<Outcome<B>, Reply>
    where
        B: http_body::Body<Data = Bytes> + From<Bytes> + Default,
    {
        let (mut parts, body) = request.into_parts();
        drop_nominated(&mut parts.headers, &self.shared.identity_headers);
        let mut head = Canonical::read(parts)?;
        let found = self.shared.routes.find(head.judged_method().as_str(), self.within_prefix(&head.segments));
        let access = found.as_ref().map(|found| found.route.access);
        if !matches!(access, Some(Access::Plugin(_))) {
            head.without_slashes()?;
        }
        if let Some(Access::Public) = access {
            return self.pass(head, Payload::Nothing, None);
        }
        #[cfg(feature = "sign-in")]
        if let (Some(Access::SignIn(operation)), Some(found)) = (access, &found) {
            return Ok(Outcome::Answer(Box::pin(sign_in::answer(self, operation, (&head, found), body)).await));
        }
        prefer_gateway_credentials(&mut head, found.as_ref().map(|found| found.route));
        let who = self.authenticate(&head.parts).await?;
        #[cfg(feature = "sign-in")]
        if let Some(reply) = Box::pin(sign_in::left(self, &head, &who)).await {
            return Ok(Outcome::Answer(reply));
        }
        cross_site::check(&self.shared.origins, who.proof, &head, found.as_ref().map(|found| found.route))?;
        let Some(found) = found else {
            return self.only_for_admins(head, body, who, "the route is not known");
        };
        self.opens_to_narrowed(&who, &head, found.route)?;
        let needs: &[Need] = match found.route.access {
            Access::Needs(needs) => needs,
            Access::SignedIn | Access::Public => &[],
            Access::GraphQl(service) => {
                let route = *found.route;
                let (reading, ..) = self.read(&head, found, body).await?;
                return Box::pin(self.graphql(head, (route, service), reading.params.fields(), who)).await;
            }
            Access::SignIn(_) => return Err(Reply::not_found("nobody signs in here in a browser")),
            Access::Ours => return Box::pin(self.answer_here(&head, found, body, &who)).await.map(Outcome::Answer),
            Access::Plugin(_) => {
                let answer = Box::pin(self.answer_here(&head, found, body, &who)).await;
                return Ok(Outcome::Answer(answer.unwrap_or_else(Reply::in_detail)));
            }
            Access::Admin if who.passes_every_check() && found.route.effect.changes() => &[],
            Access::Admin => return self.only_for_admins(head, body, who, "the route is for admins"),
            Access::Local(_) if self.shared.local => {
                return self.only_for_admins(head, body, who, "the route is for admins");
            }
            Access::Local(_) => {
                return Err(self.deny(&who, &head, "the route works on the server's machine and is closed"));
            }
        };
        let route = *found.route;
        let (reading, whole, through) = self.read(&head, found, body).await?;
        self.decide(Decision { route, needs, head, reading, whole, through, who }).await
    }

    /// Answers what is never forwarded.
    async fn answer_here<B>(
        &self,
        head: &Canonical,
        found: Found<'_>,
        body: B,
        who: &Arc<Principal>,
    ) -> Result<Reply, Reply>
    where
        B: http_body::Body<Data = Bytes>,
    {
        let route = *found.route;
        let (reading, ..) = self.read(head, found, body).await?;
        let workspace = self.workspace(head)?;
        api::answer(self, &route, head, &reading, who, &workspace).await
    }

    /// The segments below the static prefix, if they are below it.
    pub(crate) fn within_prefix<'s>(&self, segments: &'s [String]) -> &'s [String] {
        match segments.strip_prefix(self.shared.prefix.as_slice()) {
            Some([]) | None => segments,
            Some(below) => below,
        }
    }

    /// Reads all that is judged; what streams through is left.
    pub(crate) async fn read<B>(
        &self,
        head: &Canonical,
        found: Found<'_>,
        body: B,
    ) -> Result<(Reading, Whole, Option<B>), Reply>
    where
        B: http_body::Body<Data = Bytes>,
    {
        let source = source(found.route.takes, head.judged_method());
        let limit = if source == Source::Spans { self.shared.limits.spans } else { self.shared.limits.body };
        let (bytes, through) = match source.reads_body() {
            true => (collect(body, limit).await?, None),
            false => (Bytes::new(), Some(body)),
        };
        let reading = read(head, found, &bytes)?;
        let spans = match source {
            Source::Spans => Some(read_spans(head.headers(), &bytes, limit)?),
            _ => None,
        };
        Ok((reading, Whole { bytes, spans }, through))
    }

    async fn decide<B>(&self, decision: Decision<'_, B>) -> Result<Outcome<B>, Reply>
    where
        B: http_body::Body<Data = Bytes> + From<Bytes> + Default,
    {
        let Decision { route, needs, head, mut reading, whole, through, who } = decision;
        let workspace = self.workspace(&head)?;
        let (of, held) = self.gather(&who).await?;
        let by = Asking { head: &head, who: &who, of: &of, held: &held, workspace: &workspace };
        self.permit(by, (&route, needs), (&reading.params, whole.spans.as_ref())).await?;
        let shares = self.shares(&who, &route.effect).await?;
        let mut attended = Attended { route, head, reading: Reading::default(), who, of, held, shares, workspace };
        let narrowed = before(&Allowed { reading: &reading, ..attended.allowed(self) }).await?;
        match narrowed {
            Narrowed::Whole => {}
            Narrowed::To(fields) => *reading.params.fields_mut() = fields,
            Narrowed::ToNothing => return Ok(Outcome::Answer(Reply::ok(&serde_json::json!({})))),
        }
        let bytes = whole.spans.map_or(whole.bytes, |spans| spans.body);
        let reads_answer = Allowed { reading: &reading, ..attended.allowed(self) }.reads_answer();
        let uri = target(&attended.head.segments, &query_of(&reading))?;
        let payload = body_of(&reading, bytes, through);
        let named = self.shared.authorizer.policy().workspaces.then_some(&attended.workspace);
        let mut request = rebuild(&mut attended.head, uri, payload, named, reads_answer);
        describe_body(reading.source, request.headers_mut());
        drop_all(request.headers_mut(), &self.shared.identity_headers);
        let judged = Judged::new(request, Some(attended.who.clone()));
        Ok(Outcome::Attended(judged, Box::new(Attended { reading, ..attended })))
    }

    /// All that the caller holds; nothing is read for admins, who need nothing, be their proof narrowed or not.
    pub(crate) async fn holdings(&self, who: &Principal) -> Result<Holdings, Reply> {
        Ok(self.gather(who).await?.1)
    }

    /// The same, with what it is held through.
    pub(crate) async fn gather(&self, who: &Principal) -> Result<(Belongings, Holdings), Reply> {
        if who.is_admin {
            return Ok(Default::default());
        }
        self.shared.authorizer.gather(who).await.map_err(unreadable)
    }

    /// A refusal: the log always says why, the answer where the operator allows it.
    pub(crate) fn deny(&self, who: &Principal, head: &Canonical, why: &str) -> Reply {
        Denial::new(who, head).reply(why, self.shared.says_why)
    }

    fn only_for_admins<B>(&self, head: Canonical, body: B, who: Arc<Principal>, why: &str) -> Result<Outcome<B>, Reply>
    where
        B: http_body::Body<Data = Bytes> + From<Bytes> + Default,
    {
        match who.passes_every_check() {
            true => self.pass(head, Payload::Through(body), Some(who)),
            false => Err(self.deny(&who, &head, why)),
        }
    }

    /// Forwards what needs no parameters to be judged.
    fn pass<B>(
        &self,
        mut head: Canonical,
        payload: Payload<B>,
        who: Option<Arc<Principal>>,
    ) -> Result<Outcome<B>, Reply>
    where
        B: From<Bytes> + Default,
    {
        // To those who did not say who they are, MLflow must not say which workspaces there are.
        let workspace = who.is_some().then(|| self.workspace(&head)).transpose()?;
        let named = workspace.as_ref().filter(|_| self.shared.authorizer.policy().workspaces);
        let uri = target(&head.segments, &head.query)?;
        let mut request = rebuild(&mut head, uri, payload, named, false);
        drop_all(request.headers_mut(), &self.shared.identity_headers);
        Ok(Outcome::Forward(Judged::new(request, who)))
    }

    /// The workspace that a request is about: the one it names, or `default`.
    pub(crate) fn workspace(&self, head: &Canonical) -> Result<Workspace, Reply> {
        let Some(name) = header(head.headers(), &WORKSPACE) else { return Ok(Workspace::default()) };
        if !self.shared.authorizer.policy().workspaces {
            return Err(Reply::bad_request(
                "the header `x-mlflow-workspace` is given, but workspaces are switched off",
            ));
        }
        Workspace::new(name).map_err(|error| Reply::bad_request(error.to_string()))
    }
}

/// What a caller holds could not be read.
pub(crate) fn unreadable(error: AuthorizerError) -> Reply {
    tracing::warn!(error = ?error, "what a caller holds could not be read");
    Reply::unavailable(error.to_string())
}

/// What was read of a body.
pub(crate) struct Whole {
    bytes: Bytes,
    spans: Option<Spans>,
}

/// All that a decision takes.
struct Decision<'n, B> {
    route: Route,
    needs: &'n [Need],
    head: Canonical,
    reading: Reading,
    whole: Whole,
    through: Option<B>,
    who: Arc<Principal>,
}
