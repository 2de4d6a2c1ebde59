//! What a proxy is told.

use super::judge::Passing;
use crate::reply::Reply;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

const USER: HeaderName = HeaderName::from_static("x-forwarded-user");
const GROUPS: HeaderName = HeaderName::from_static("x-forwarded-groups");
const ADMIN: HeaderName = HeaderName::from_static("x-mlflow-admin");
const WORKSPACE: HeaderName = crate::request::WORKSPACE;

/// What a name in a list could be mistaken with, besides what is not ASCII.
const UNSAFE: &AsciiSet = &CONTROLS.add(b',').add(b'%');

/// The answer about a request.
pub(super) fn answer<R: From<Bytes>>(judged: Result<Option<Passing>, Reply>) -> Response<R> {
    let mut response = match judged.and_then(|passing| allow(passing.as_ref())) {
        Ok(response) => response,
        Err(reply) => refuse(reply),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn allow<R: From<Bytes>>(passing: Option<&Passing>) -> Result<Response<R>, Reply> {
    let mut response = Response::new(R::from(Bytes::new()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    let Some(Passing { who, groups, workspace }) = passing else { return Ok(response) };
    let groups: Vec<String> = groups.iter().map(|group| escape(group.as_str())).collect();
    headers.insert(USER, value(escape(who.user.as_str()))?);
    headers.insert(GROUPS, value(groups.join(","))?);
    headers.insert(ADMIN, HeaderValue::from_static(if who.passes_every_check() { "true" } else { "false" }));
    if let Some(workspace) = workspace {
        headers.insert(WORKSPACE, value(workspace.to_string())?);
    }
    Ok(response)
}

/// 401, 403 or 503: other refusals are 403, for proxies know no others, and other failures are 503.
fn refuse<R: From<Bytes>>(reply: Reply) -> Response<R> {
    let mut response = reply.into_response();
    let status = match response.status() {
        // Whoever would be sent to sign in is not signed in; the proxy may follow the `Location`.
        status if status == StatusCode::UNAUTHORIZED || status.is_redirection() => StatusCode::UNAUTHORIZED,
        status if status.is_server_error() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::FORBIDDEN,
    };
    *response.status_mut() = status;
    response
}

fn escape(name: &str) -> String {
    utf8_percent_encode(name, UNSAFE).to_string()
}

fn value(text: String) -> Result<HeaderValue, Reply> {
    HeaderValue::try_from(text).map_err(|_| Reply::internal("a name cannot be sent in a header"))
}
