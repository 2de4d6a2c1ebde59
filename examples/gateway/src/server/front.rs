//! What happens to a request before anybody judges it.

use super::unread::{self, Lent};
use super::upload::{Upload, UploadError};
use super::{Readiness, ServerSettings};
use crate::ClientAddress;
use crate::answer::{self, ErrorCode};
use crate::proxy::{Glob, NoTrailers, Page, strip_hop_by_hop};
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use mlflow_auth_core::Peer;
use mlflow_auth_tower::{Body, BoxError};
use std::net::SocketAddr;
use std::time::Duration;
use tower::{Service, ServiceExt};

/// Refuses what the gateway never does, answers for its own health, and hands the rest to the service behind it.
#[derive(Debug)]
pub(crate) struct Front<S> {
    service: S,
    readiness: Readiness,
    allowed_hosts: Vec<Glob>,
    max_upload: Option<u64>,
    body_timeout: Duration,
}

impl<S> Front<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone,
    S::Error: Into<BoxError>,
{
    pub(crate) fn new(service: S, readiness: Readiness, settings: &ServerSettings) -> Self {
        Self {
            service,
            readiness,
            allowed_hosts: settings.allowed_hosts.iter().map(Glob::new).collect(),
            max_upload: settings.max_upload,
            body_timeout: settings.body_timeout,
        }
    }

    /// An answer with `Connection: close` if the client may still be sending the body.
    pub(crate) async fn handle(&self, request: Request<Incoming>, client: SocketAddr) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let waits = parts.headers.contains_key(EXPECT);
        let (body, unread) = unread::lend(body);
        let mut answer = self.answer(Request::from_parts(parts, body), client).await;
        let ended = if waits { unread.has_ended() } else { unread.ends().await };
        if !ended {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }

    async fn answer(&self, request: Request<Lent>, client: SocketAddr) -> Response<Body> {
        match request.uri().path() {
            "/healthz" => return self.own(request.method(), answer::text(StatusCode::OK, "ok\n")),
            "/readyz" => return self.own(request.method(), self.readiness.report().await),
            _ => {}
        }
        if let Some(refusal) = self.refuse(&request) {
            return refusal;
        }
        let (mut parts, body) = request.into_parts();
        strip_hop_by_hop(&mut parts.headers);
        parts.headers.remove(EXPECT);
        parts.extensions.insert(ClientAddress(client));
        parts.extensions.insert(Peer::from(client));
        let body = match http_body::Body::is_end_stream(&body) {
            true => Body::empty(),
            false => Body::stream(NoTrailers { body: Upload::new(body, self.max_upload, self.body_timeout) }),
        };
        let answer = self.service.clone().oneshot(Request::from_parts(parts, body)).await;
        answer.unwrap_or_else(|error| failed(error.into()))
    }

    fn own(&self, method: &Method, answer: Response<Body>) -> Response<Body> {
        match *method {
            Method::GET | Method::HEAD => answer,
            _ => answer::error(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadRequest, "only `GET` is answered here"),
        }
    }

    fn refuse(&self, request: &Request<Lent>) -> Option<Response<Body>> {
        let headers = request.headers();
        let refused = |status, message: &str| Some(answer::error(status, ErrorCode::BadRequest, message));
        if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
            return refused(StatusCode::METHOD_NOT_ALLOWED, "the methods `CONNECT` and `TRACE` are not offered");
        }
        if asks_for_another_protocol(headers) {
            return refused(
                StatusCode::NOT_IMPLEMENTED,
                "this connection stays with HTTP/1.1, MLflow speaks nothing else",
            );
        }
        if headers.get_all(EXPECT).iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
            return refused(StatusCode::EXPECTATION_FAILED, "the header `Expect` can only be `100-continue`");
        }
        if !is_framing_plain(headers) {
            return refused(
                StatusCode::BAD_REQUEST,
                "the header `Transfer-Encoding` can only be `chunked`, once, alone",
            );
        }
        if let Some(limit) = self.max_upload
            && http_body::Body::size_hint(request.body()).lower() > limit
        {
            return Some(UploadError::TooLong(limit).answer());
        }
        if !self.is_host_allowed(headers) {
            return Some(answer::text(StatusCode::FORBIDDEN, "Invalid Host header"));
        }
        let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        if writes && self.readiness.origins().page(headers) == Page::Foreign {
            return Some(answer::text(StatusCode::FORBIDDEN, "Cross-origin request blocked"));
        }
        None
    }

    fn is_host_allowed(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        self.allowed_hosts.is_empty() || self.allowed_hosts.iter().any(|allowed| allowed.matches(host))
    }
}

/// Whether the client cannot go on without another protocol. Offers that are made in passing, of HTTP/2 or TLS on the
/// same connection, are declined by not taking them up (RFC 9110, 7.8).
fn asks_for_another_protocol(headers: &HeaderMap) -> bool {
    let offers = headers.get_all(UPGRADE).iter().map(|value| value.to_str().unwrap_or("?"));
    let mut offers = offers.flat_map(|value| value.split(',')).map(str::trim);
    !offers.all(|offer| {
        offer.eq_ignore_ascii_case("h2c") || offer.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("tls/"))
    })
}

/// Whether there is one way to tell where the body ends. What hyper has resolved by itself is no longer seen here.
fn is_framing_plain(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => headers.get_all(CONTENT_LENGTH).iter().count() < 2,
        (Some(coding), None) => {
            coding.as_bytes().eq_ignore_ascii_case(b"chunked") && !headers.contains_key(CONTENT_LENGTH)
        }
        (Some(_), Some(_)) => false,
    }
}

fn failed(error: BoxError) -> Response<Body> {
    tracing::error!(%error, "a request could not be handled");
    let message = "the gateway failed to handle this request";
    answer::error(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::InternalError, message)
}
