//! The request that is forwarded, made from what was judged.

use super::escape::{push_path, push_query};
use super::headers::WORKSPACE;
use super::{Canonical, Reading, Source};
use crate::reply::Reply;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use mlflow_auth_core::Workspace;
use serde_json::{Map, Value};

/// A body for the rebuilt request.
#[derive(Debug)]
pub(crate) enum Payload<B> {
    /// None.
    Nothing,
    /// These bytes.
    Whole(Bytes),
    /// The body of the request as it comes.
    Through(B),
}

/// Room for nearly every target.
const TYPICAL_TARGET: usize = 256;

/// The head of a request to the inner service: `path` and `query` written in one form.
///
/// # Errors
/// A 400 if they are longer than a URI can be.
pub(crate) fn target<S: AsRef<str>>(segments: &[S], query: &[(String, String)]) -> Result<Uri, Reply> {
    let mut target = String::with_capacity(TYPICAL_TARGET);
    push_path(&mut target, segments);
    push_query(&mut target, query);
    let target = PathAndQuery::try_from(target).map_err(|_| Reply::bad_request("the request target is too long"))?;
    Ok(Uri::from(target))
}

/// The body of what was judged: the JSON of its parameters, or the bytes that were read.
pub(crate) fn body_of<B>(reading: &Reading, read: Bytes, through: Option<B>) -> Payload<B> {
    match (reading.source, through) {
        (Source::Path | Source::Query, _) => Payload::Nothing,
        (Source::Json, _) => Payload::Whole(Value::Object(reading.params.fields().clone()).to_string().into()),
        (Source::Form, _) => Payload::Whole(query_text(&pairs(reading.params.fields())).into()),
        (Source::Spans, _) => Payload::Whole(read),
        (Source::Stream, Some(body)) => Payload::Through(body),
        (Source::Stream, None) => Payload::Nothing,
    }
}

/// Headers that tell of the rebuilt body. MLflow reads a type in other letters as no JSON at all.
pub(crate) fn describe_body(source: Source, headers: &mut HeaderMap) {
    match source {
        Source::Spans => drop(headers.remove(CONTENT_ENCODING)),
        Source::Json if headers.contains_key(CONTENT_TYPE) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Source::Json | Source::Form | Source::Path | Source::Query | Source::Stream => {}
    }
}

/// The query of what was judged.
pub(crate) fn query_of(reading: &Reading) -> Vec<(String, String)> {
    let mut query = match reading.source {
        Source::Query | Source::Stream => pairs(reading.params.fields()),
        Source::Path | Source::Json | Source::Form | Source::Spans => Vec::new(),
    };
    query.extend(reading.other_query.iter().cloned());
    query
}

/// Pairs as the body of a form.
fn query_text(pairs: &[(String, String)]) -> String {
    let mut text = String::new();
    push_query(&mut text, pairs);
    text.trim_start_matches('?').to_owned()
}

/// Parameters as the pairs of a query: a list as one pair for each of its values.
pub(crate) fn pairs(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let values = |value: &Value| match value {
        Value::Array(values) => values.iter().map(text).collect(),
        value => vec![text(value)],
    };
    fields.iter().flat_map(|(name, value)| values(value).into_iter().map(|value| (name.clone(), value))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The request to forward, with the headers and the extensions of `head`, which loses them. `reads_answer`: whether the
/// layer must be able to read the answer, so that it must not be compressed.
pub(crate) fn rebuild<B: From<Bytes> + Default>(
    head: &mut Canonical,
    uri: Uri,
    payload: Payload<B>,
    workspace: Option<&Workspace>,
    reads_answer: bool,
) -> Request<B> {
    let mut headers = std::mem::take(&mut head.parts.headers);
    headers.remove(EXPECT);
    if !matches!(payload, Payload::Through(_)) {
        headers.remove(CONTENT_LENGTH);
        headers.remove(TRANSFER_ENCODING);
    }
    if reads_answer {
        headers.remove(ACCEPT_ENCODING);
    }
    headers.remove(WORKSPACE);
    if let Some(value) = workspace.and_then(|name| HeaderValue::from_str(name.as_str()).ok()) {
        headers.insert(WORKSPACE, value);
    }
    let body = match payload {
        Payload::Nothing => B::default(),
        Payload::Through(body) => body,
        Payload::Whole(bytes) => {
            headers.insert(CONTENT_LENGTH, bytes.len().into());
            B::from(bytes)
        }
    };
    let mut request = Request::new(body);
    *request.method_mut() = head.judged_method().clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    *request.extensions_mut() = std::mem::take(&mut head.parts.extensions);
    request
}

/// A request of our own to the inner service.
pub(crate) fn ask<B: From<Bytes> + Default>(
    method: Method,
    uri: Uri,
    body: Option<Bytes>,
    workspace: Option<&Workspace>,
) -> Request<B> {
    let mut request = Request::new(B::default());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_static("localhost"));
    if let Some(value) = workspace.and_then(|name| HeaderValue::from_str(name.as_str()).ok()) {
        headers.insert(WORKSPACE, value);
    }
    if let Some(bytes) = body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, bytes.len().into());
        *request.body_mut() = B::from(bytes);
    }
    request
}
