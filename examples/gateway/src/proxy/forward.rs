//! The forwarder.

use super::body::{NoTrailers, Outgoing, Progress};
use super::connector::{Answered, Connector};
use super::headers::HeaderRules;
use super::origin::Origins;
use crate::answer::{self, ErrorCode};
use crate::server::UploadError;
use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use mlflow_auth_tower::{Body, Judged};
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;

/// Where and how requests are forwarded.
#[derive(Clone, Debug)]
pub struct ForwardSettings {
    /// MLflow's host and port.
    pub upstream: Authority,
    /// What MLflow is told in `Host`; its own authority if `None`.
    pub host: Option<HeaderValue>,
    /// More names of headers that pass to MLflow.
    pub also: Vec<HeaderName>,
    /// The address that people type, if it is not the one that requests name.
    pub public_url: Option<super::PublicUrl>,
    /// Origins of other pages that may use MLflow through the gateway; `*` stands for any characters.
    pub allowed_origins: Vec<String>,
    /// How long a connection may take to open.
    pub connect_timeout: Duration,
    /// How long MLflow may take to answer, after the last byte of the request moved.
    pub response_timeout: Duration,
    /// How long a connection is kept without use. Shorter than MLflow's server keeps it (uvicorn: 5 s, gunicorn: 2 s),
    /// so that nothing is sent into one that is just being closed.
    pub idle_timeout: Duration,
}

impl ForwardSettings {
    /// The usual settings for an MLflow at `upstream`.
    pub fn new(upstream: Authority) -> Self {
        Self {
            upstream,
            host: None,
            also: Vec::new(),
            public_url: None,
            allowed_origins: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            response_timeout: Duration::from_secs(600),
            idle_timeout: Duration::from_millis(1500),
        }
    }
}

/// Forwards what was judged to MLflow, over connections that are kept and reused.
///
/// Nothing is buffered: bodies stream both ways, each as fast as its receiver takes it. Failures are answers: 502 if
/// MLflow cannot be reached or breaks off, 504 if it does not answer in time, with MLflow's error object.
#[derive(Clone, Debug)]
pub struct Forward(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Client<Connector, Outgoing>,
    upstream: Authority,
    rules: HeaderRules,
    response_timeout: Duration,
}

/// Forwards what nobody judged: everybody may do everything. For benches and tests, which hold the layer against it.
#[derive(Clone, Debug)]
pub struct DangerouslyUnjudged(pub Forward);

/// How often a request without effect is sent, if connections that were idle turn out to be closed.
const ATTEMPTS: u8 = 3;

impl Forward {
    /// A forwarder with a pool of connections of its own. Must be called within a tokio runtime.
    pub fn new(settings: ForwardSettings) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(settings.idle_timeout)
            .set_host(false)
            .build(Connector::new(settings.connect_timeout));
        let mut authorities = vec![settings.upstream.clone()];
        let host = settings.host.or_else(|| HeaderValue::try_from(settings.upstream.as_str()).ok());
        let host = host.unwrap_or_else(|| HeaderValue::from_static("localhost"));
        authorities.extend(Authority::try_from(host.as_bytes()).ok());
        let allowed = settings.allowed_origins.into_iter().map(super::Glob::new).collect();
        let origins = Origins::new(settings.public_url, allowed);
        Self(Arc::new(Inner {
            client,
            upstream: settings.upstream,
            rules: HeaderRules { also: settings.also, host, authorities, origins },
            response_timeout: settings.response_timeout,
        }))
    }

    /// Forwards a request that nobody judged. What stands in front of it must have checked who is calling; to put the
    /// layer there, use the [`Service`] of [`Judged`] requests.
    pub async fn dangerously_forward_unjudged(&self, request: Request<Body>) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        match self.0.send(&mut parts, body).await {
            Ok(response) => self.0.hand_back(&parts.method, response),
            Err(failure) => {
                tracing::warn!(path = parts.uri.path(), %failure, cause = failure.cause(), "MLflow gave no answer");
                failure.answer()
            }
        }
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.0.rules.origins
    }
}

/// After an error of the server its connection is not used again: uvicorn closes it when a program of its own ended with an
/// exception, and does not say so in the answer.
fn leave(connection: &CaptureConnection) {
    if let Some(connection) = connection.connection_metadata().as_ref() {
        connection.poison();
    }
}

impl Inner {
    async fn send(&self, parts: &mut Parts, body: Body) -> Result<Response<Incoming>, Failure> {
        let uri = self.uri(parts.uri.path_and_query())?;
        let is_empty = http_body::Body::is_end_stream(&body);
        let progress = (!is_empty).then(Progress::new);
        let repeatable = is_empty && matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let mut headers = self.rules.towards_mlflow(parts);
        let mut body = Some(body);
        let mut attempt = 1;
        loop {
            let body = Outgoing::new(body.take().unwrap_or_default(), progress.clone());
            let mut request = Request::new(body);
            *request.method_mut() = parts.method.clone();
            *request.uri_mut() = uri.clone();
            *request.version_mut() = Version::HTTP_11;
            *request.headers_mut() = if repeatable { headers.clone() } else { std::mem::take(&mut headers) };
            match self.attempt(request, progress.as_deref()).await {
                Err(Failure::Broken(error)) if repeatable && attempt < ATTEMPTS && was_idle(&error) => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    async fn attempt(
        &self,
        mut request: Request<Outgoing>,
        progress: Option<&Progress>,
    ) -> Result<Response<Incoming>, Failure> {
        let connection = capture_connection(&mut request);
        let mut sent = self.client.request(request);
        let mut late = std::pin::pin!(tokio::time::sleep(self.response_timeout));
        loop {
            tokio::select! {
                biased;
                outcome = &mut sent => {
                    let response = outcome.map_err(|error| Failure::of(error, progress))?;
                    if response.status().is_server_error() {
                        leave(&connection);
                    }
                    return Ok(response);
                }
                () = &mut late => {}
            }
            let deadline =
                progress.map(|progress| tokio::time::Instant::from_std(progress.last()) + self.response_timeout);
            match deadline.filter(|deadline| *deadline > tokio::time::Instant::now()) {
                Some(deadline) => late.as_mut().reset(deadline),
                None => return Err(Failure::Late),
            }
        }
    }

    fn hand_back(&self, method: &Method, response: Response<Incoming>) -> Response<Body> {
        if let Some(answered) = response.extensions().get::<Answered>() {
            answered.set();
        }
        let (mut parts, body) = response.into_parts();
        if parts.status.is_informational() {
            tracing::warn!(status = %parts.status, "MLflow answered with a switch of protocols that nobody asked for");
            return Failure::Protocol.answer();
        }
        let bodiless = method == Method::HEAD || parts.status == StatusCode::NOT_MODIFIED;
        self.rules.towards_client(&mut parts.headers, bodiless);
        parts.extensions.clear();
        parts.version = Version::HTTP_11;
        let empty = http_body::Body::is_end_stream(&body);
        Response::from_parts(parts, if empty { Body::empty() } else { Body::stream(NoTrailers { body }) })
    }

    fn uri(&self, path: Option<&PathAndQuery>) -> Result<Uri, Failure> {
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(self.upstream.clone());
        uri.path_and_query = Some(path.cloned().unwrap_or_else(|| PathAndQuery::from_static("/")));
        Uri::from_parts(uri).map_err(|_| Failure::Target)
    }
}

impl Service<Judged<Body>> for Forward {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, judged: Judged<Body>) -> Self::Future {
        let forward = self.clone();
        Box::pin(async move { Ok(forward.dangerously_forward_unjudged(judged.into_request()).await) })
    }
}

impl Service<Request<Body>> for DangerouslyUnjudged {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let forward = self.0.clone();
        Box::pin(async move { Ok(forward.dangerously_forward_unjudged(request).await) })
    }
}

/// Whether the connection had answered before, so that it may only have been closed while it was idle.
fn was_idle(error: &Error) -> bool {
    let mut extras = http::Extensions::new();
    if let Some(connected) = error.connect_info() {
        connected.get_extras(&mut extras);
    }
    extras.get::<Answered>().is_some_and(Answered::get)
}

fn unreadable() -> Response<Body> {
    answer::error(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, "the body of the request cannot be read")
}

/// Why there is no answer of MLflow.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("MLflow cannot be reached")]
    Unreachable(#[source] Error),
    #[error("MLflow broke off before it answered")]
    Broken(#[source] Error),
    #[error("MLflow did not answer in time")]
    Late,
    #[error("MLflow gave an answer that cannot be understood")]
    Protocol,
    #[error("the body of the request cannot be read")]
    Client(#[source] Error),
    #[error("the target of the request cannot be forwarded")]
    Target,
}

impl Failure {
    fn of(error: Error, progress: Option<&Progress>) -> Self {
        if progress.is_some_and(Progress::has_failed) {
            Failure::Client(error)
        } else if error.is_connect() {
            Failure::Unreachable(error)
        } else {
            Failure::Broken(error)
        }
    }

    fn answer(&self) -> Response<Body> {
        let (status, code) = match self {
            Failure::Unreachable(_) | Failure::Broken(_) | Failure::Protocol => {
                (StatusCode::BAD_GATEWAY, ErrorCode::TemporarilyUnavailable)
            }
            Failure::Late => (StatusCode::GATEWAY_TIMEOUT, ErrorCode::TemporarilyUnavailable),
            Failure::Client(error) => return UploadError::within(error).map_or_else(unreadable, UploadError::answer),
            Failure::Target => (StatusCode::BAD_REQUEST, ErrorCode::BadRequest),
        };
        answer::error(status, code, &self.to_string())
    }

    fn cause(&self) -> String {
        let mut text = String::new();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&error.to_string());
            source = error.source();
        }
        text
    }
}
