//! The two ways in: requests, and questions of a proxy about requests.

use crate::answer;
use crate::config::ForwardAuthConfig;
use crate::proxy::{Forward, Page};
use http::{Method, Request, Response, StatusCode};
use mlflow_auth_tower::{Auth, AuthLayer, Body, Dialect, ForwardAuth, ResponseFuture};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower::Service;

/// The layer around the forwarder, and beside it the endpoint for proxies that ask, if there is one.
#[derive(Clone)]
pub struct Doors {
    requests: Auth<Forward>,
    questions: Option<Questions>,
}

#[derive(Clone)]
struct Questions {
    path: String,
    /// Whether the path is only the beginning.
    is_prefix: bool,
    answers: ForwardAuth<Forward>,
    forward: Forward,
}

impl Doors {
    pub(crate) fn new(layer: &AuthLayer, forward: Forward, config: Option<&ForwardAuthConfig>) -> Self {
        let questions = config.map(|ForwardAuthConfig { path, settings }| Questions {
            path: path.clone(),
            is_prefix: matches!(settings.dialect, Dialect::Envoy { .. }),
            answers: layer.forward_auth(settings.clone(), forward.clone()),
            forward: forward.clone(),
        });
        Self { requests: layer.guard(forward), questions }
    }
}

impl Questions {
    fn is_one(&self, path: &str) -> bool {
        match path.strip_prefix(self.path.as_str()) {
            Some(below) => below.is_empty() || self.is_prefix && below.starts_with('/'),
            None => false,
        }
    }

    /// Whether a page of another origin would write. The server in front has looked at the subrequest, which is a `GET`
    /// whatever it asks about.
    fn is_foreign_write(&self, request: &Request<Body>) -> bool {
        let method = self.answers.described_method(request.method(), request.headers());
        let writes = !matches!(method, Some(Method::GET | Method::HEAD | Method::OPTIONS));
        writes && self.forward.origins().page(request.headers()) == Page::Foreign
    }
}

/// The answer to come.
pub enum Answering {
    /// It is here.
    Here(Option<Response<Body>>),
    /// It comes from behind one of the doors.
    Behind(ResponseFuture<Body, Infallible>),
}

impl Future for Answering {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Answering::Here(answer) => answer.take().map_or(Poll::Pending, |answer| Poll::Ready(Ok(answer))),
            Answering::Behind(answer) => Pin::new(answer).poll(context),
        }
    }
}

impl Service<Request<Body>> for Doors {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.requests.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        match self.questions.as_mut().filter(|questions| questions.is_one(request.uri().path())) {
            Some(questions) if questions.is_foreign_write(&request) => {
                Answering::Here(Some(answer::text(StatusCode::FORBIDDEN, "Cross-origin request blocked")))
            }
            Some(questions) => Answering::Behind(questions.answers.call(request)),
            None => Answering::Behind(self.requests.call(request)),
        }
    }
}
