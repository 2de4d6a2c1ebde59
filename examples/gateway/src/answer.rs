//! Answers that the gateway gives by itself, in MLflow's shape.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use mlflow_auth_tower::Body;

/// MLflow's error codes that the gateway itself has a use for (MLflow 3.17.2, `mlflow/exceptions.py`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    /// The request cannot be read, or asks for what is not offered.
    BadRequest,
    /// MLflow cannot be reached, or gave no whole answer.
    TemporarilyUnavailable,
    /// A fault of the gateway.
    InternalError,
}

impl ErrorCode {
    const fn fields(self) -> (&'static str, &'static str, &'static str) {
        match self {
            ErrorCode::BadRequest => ("BAD_REQUEST", "KAM00", "INVALID_PARAMETER_VALUE"),
            ErrorCode::TemporarilyUnavailable => ("TEMPORARILY_UNAVAILABLE", "XXM00", "CLIENT_INTERNAL_ERROR"),
            ErrorCode::InternalError => ("INTERNAL_ERROR", "XXM00", "CLIENT_INTERNAL_ERROR"),
        }
    }
}

/// An error object as MLflow's clients read it.
pub(crate) fn error(status: StatusCode, code: ErrorCode, message: &str) -> Response<Body> {
    let (error_code, sqlstate, error_class) = code.fields();
    json(
        status,
        &serde_json::json!({
            "error_code": error_code,
            "message": message,
            "sqlstate": sqlstate,
            "error_class": error_class,
        }),
    )
}

/// Any JSON that must not be kept by a cache.
pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Response<Body> {
    let mut response = with_type(status, value.to_string(), "application/json");
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Plain text.
pub(crate) fn text(status: StatusCode, text: &'static str) -> Response<Body> {
    with_type(status, text, "text/plain; charset=utf-8")
}

fn with_type(status: StatusCode, body: impl Into<Bytes>, kind: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
