//! Answers of our own, with MLflow's bodies, codes and content types (3.17.2), so that its clients raise the same
//! exceptions as behind its own auth.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

/// An answer that does not come from the inner service.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    content: Content,
    challenge: bool,
    retry_after: Option<u32>,
    total: Option<usize>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Clone, Debug)]
enum Content {
    Nothing,
    Whole(&'static str, Bytes),
    /// Written in the words of the API that answers.
    Error(&'static str, String),
}

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// What MLflow 3.17.2 says to whom it does not know.
const UNAUTHENTICATED: &str = "You are not authenticated. Please see \
    https://www.mlflow.org/docs/latest/auth/index.html#authenticating-to-mlflow on how to authenticate.";

impl Reply {
    fn of(status: StatusCode, content: Content) -> Self {
        Self { status, content, challenge: false, retry_after: None, total: None, headers: Vec::new() }
    }

    fn new(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Self {
        Self::of(status, Content::Whole(kind, body.into()))
    }

    /// 200 with a JSON value.
    pub(crate) fn ok(value: &Value) -> Self {
        Self::json(StatusCode::OK, value)
    }

    /// A JSON value.
    pub(crate) fn json(status: StatusCode, value: &Value) -> Self {
        Self::new(status, JSON, value.to_string())
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self::of(StatusCode::NO_CONTENT, Content::Nothing)
    }

    /// The same with the length of the whole list, of which this is a page, in `X-Total-Count`.
    pub(crate) fn with_total(self, total: usize) -> Self {
        Self { total: Some(total), ..self }
    }

    /// The same, to be kept by no cache on its way.
    pub(crate) fn kept_nowhere(self) -> Self {
        self.with_header(CACHE_CONTROL, HeaderValue::from_static("no-store"))
    }

    /// 401, with the challenge that makes browsers ask for a password.
    pub(crate) fn unauthenticated() -> Self {
        Self { challenge: true, ..Self::new(StatusCode::UNAUTHORIZED, HTML, UNAUTHENTICATED) }
    }

    /// 401 for a program of a page, which shows its own way to sign in.
    pub(crate) fn unauthenticated_quietly() -> Self {
        Self { challenge: false, ..Self::unauthenticated() }
    }

    /// 403 for a request that a page of another origin may have made a browser send.
    pub(crate) fn cross_site() -> Self {
        Self::error(
            StatusCode::FORBIDDEN,
            "PERMISSION_DENIED",
            "cross-site request refused: the browser does not say that a page of this server makes it",
        )
    }

    /// A page of our own.
    pub(crate) fn page(status: StatusCode, html: String) -> Self {
        Self::new(status, HTML, html)
    }

    /// A program of such a page.
    pub(crate) fn script(text: &'static str) -> Self {
        Self::new(StatusCode::OK, "text/javascript; charset=utf-8", text)
    }

    /// To another place: 302, or 303 after a `POST`.
    pub(crate) fn redirect(status: StatusCode, place: &str) -> Self {
        match HeaderValue::try_from(place) {
            Ok(place) => Self::of(status, Content::Nothing).with_header(LOCATION, place),
            Err(_) => Self::internal("the place to go on to cannot be written"),
        }
    }

    /// The same, to be tried again after this many seconds.
    pub(crate) fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The same with one more header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// 403, as MLflow says it: plain text.
    pub(crate) fn denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, HTML, "Permission denied")
    }

    /// 403, saying what was missing.
    pub(crate) fn denied_because(why: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "text/plain; charset=utf-8", format!("Permission denied: {why}"))
    }

    /// 400: the request cannot be read without doubt, or says something wrong.
    pub(crate) fn bad_request(message: impl AsRef<str>) -> Self {
        Self::error(StatusCode::BAD_REQUEST, "INVALID_PARAMETER_VALUE", message.as_ref())
    }

    /// 400: it is never done.
    pub(crate) fn not_done(message: &str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// 400 in plain words.
    pub(crate) fn refused_text(text: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, HTML, text)
    }

    /// 400: it is there already.
    pub(crate) fn already_exists(message: impl AsRef<str>) -> Self {
        Self::error(StatusCode::BAD_REQUEST, "RESOURCE_ALREADY_EXISTS", message.as_ref())
    }

    /// 404.
    pub(crate) fn not_found(message: impl AsRef<str>) -> Self {
        Self::error(StatusCode::NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", message.as_ref())
    }

    /// 413: more than is read.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("the request body is larger than {limit} bytes, which is all that is read of it");
        Self::error(StatusCode::PAYLOAD_TOO_LARGE, "INVALID_PARAMETER_VALUE", &message)
    }

    /// 503: somebody whom the decision needs does not answer. Never a refusal.
    pub(crate) fn unavailable(what: impl AsRef<str>) -> Self {
        let reply = Self::error(StatusCode::SERVICE_UNAVAILABLE, "TEMPORARILY_UNAVAILABLE", what.as_ref());
        Self { retry_after: Some(1), ..reply }
    }

    /// 502: the inner service answered with something that cannot be passed on.
    pub(crate) fn bad_gateway(message: impl AsRef<str>) -> Self {
        Self::error(StatusCode::BAD_GATEWAY, "INTERNAL_ERROR", message.as_ref())
    }

    /// 500 of our own.
    pub(crate) fn internal(message: impl AsRef<str>) -> Self {
        Self::error(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", message.as_ref())
    }

    /// 409: it cannot be done as things stand.
    pub(crate) fn conflict(message: impl AsRef<str>) -> Self {
        Self::error(StatusCode::CONFLICT, "BAD_REQUEST", message.as_ref())
    }

    fn error(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self::of(status, Content::Error(code, message.to_owned()))
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// What it says in words of its own: nothing, if it is a refusal that does not say why.
    pub(crate) fn message(&self) -> Option<String> {
        match &self.content {
            Content::Error(_, message) => Some(message.clone()),
            Content::Whole(kind, text) if kind.starts_with("text/plain") => {
                Some(String::from_utf8_lossy(text).into_owned())
            }
            Content::Whole(..) | Content::Nothing => None,
        }
    }

    /// The same in the words of mlflow-oidc-auth: errors are `{detail}`, and what exists already is 409.
    pub(crate) fn in_detail(self) -> Self {
        let (status, detail) = match &self.content {
            Content::Error("RESOURCE_ALREADY_EXISTS", message) => (StatusCode::CONFLICT, message.clone()),
            Content::Error(_, message) => (self.status, message.clone()),
            Content::Whole(kind, text) if *kind != JSON => (self.status, String::from_utf8_lossy(text).into_owned()),
            Content::Whole(..) | Content::Nothing => return self,
        };
        let body = json!({"detail": detail}).to_string();
        Self { status, content: Content::Whole(JSON, body.into()), ..self }
    }

    /// As a response of the type that the inner service gives.
    pub(crate) fn into_response<R: From<Bytes>>(self) -> Response<R> {
        let (kind, body) = match self.content {
            Content::Nothing => (None, Bytes::new()),
            Content::Whole(kind, body) => (Some(kind), body),
            Content::Error(code, message) => (Some(JSON), mlflow_error(code, &message).into()),
        };
        let length = body.len();
        let mut response = Response::new(R::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            headers.insert(CONTENT_LENGTH, length.into());
        }
        if self.challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"mlflow\""));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if let Some(total) = self.total {
            headers.insert(TOTAL, total.into());
        }
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        response
    }
}

fn mlflow_error(code: &str, message: &str) -> String {
    let (state, class) = match code {
        "INVALID_PARAMETER_VALUE" | "BAD_REQUEST" => ("KAM00", "INVALID_PARAMETER_VALUE"),
        "RESOURCE_ALREADY_EXISTS" => ("KAM00", "RESOURCE_ALREADY_EXISTS"),
        "RESOURCE_DOES_NOT_EXIST" => ("KAM00", "RESOURCE_NOT_FOUND"),
        _ => ("XXM00", "CLIENT_INTERNAL_ERROR"),
    };
    json!({"error_code": code, "message": message, "sqlstate": state, "error_class": class}).to_string()
}
