//! Headers that mean one thing.

use crate::reply::Reply;
use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderName, ORIGIN, TRANSFER_ENCODING,
};
use http::{HeaderMap, Method, Version};

/// MLflow's header that names the workspace.
pub(crate) const WORKSPACE: HeaderName = HeaderName::from_static("x-mlflow-workspace");
/// MLflow's header for credentials on calls through the AI gateway.
pub(crate) const GATEWAY_AUTHORIZATION: HeaderName = HeaderName::from_static("x-mlflow-authorization");
/// The experiment that OTLP spans go to.
pub(crate) const EXPERIMENT: HeaderName = HeaderName::from_static("x-mlflow-experiment-id");
/// The run that the traces of OTLP spans are linked to.
pub(crate) const RUN: HeaderName = HeaderName::from_static("x-mlflow-run-id");

/// Headers of which two would be read differently by two readers.
const SINGLE: [HeaderName; 12] = [
    HOST,
    AUTHORIZATION,
    GATEWAY_AUTHORIZATION,
    CONTENT_TYPE,
    CONTENT_LENGTH,
    CONTENT_ENCODING,
    TRANSFER_ENCODING,
    COOKIE,
    ORIGIN,
    WORKSPACE,
    EXPERIMENT,
    RUN,
];

/// Refuses headers that can be read in two ways, and drops those that servers behind WSGI or CGI would mistake for
/// others (a name with `_` or `.`).
pub(super) fn check(headers: &mut HeaderMap, version: Version) -> Result<(), Reply> {
    let repeats = headers.len() > headers.keys_len();
    if repeats && let Some(name) = SINGLE.iter().find(|name| headers.get_all(*name).iter().nth(1).is_some()) {
        return Err(Reply::bad_request(format!("the header `{name}` is given more than once")));
    }
    if let Some((name, _)) = headers.iter().find(|(_, value)| str::from_utf8(value.as_bytes()).is_err()) {
        return Err(Reply::bad_request(format!("the header `{name}` is not UTF-8")));
    }
    let folded: Vec<HeaderName> = headers.keys().filter(|name| is_folded(name)).cloned().collect();
    for name in folded {
        headers.remove(name);
    }
    check_host(headers, version)
}

fn is_folded(name: &HeaderName) -> bool {
    name.as_str().bytes().any(|byte| byte == b'_' || byte == b'.')
}

/// HTTP/1.1 wants exactly one valid `Host` (RFC 9112, 3.2); HTTP/2 carries it as the authority.
fn check_host(headers: &HeaderMap, version: Version) -> Result<(), Reply> {
    let host = match headers.get(HOST) {
        Some(host) => host.to_str().unwrap_or_default(),
        None if version >= Version::HTTP_2 => return Ok(()),
        None => return Err(Reply::bad_request("the header `host` is missing")),
    };
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(ok) {
        return Err(Reply::bad_request(format!("the header `host` is not valid: `{}`", host.escape_debug())));
    }
    Ok(())
}

/// Whether the head announces a body that is not empty.
pub(super) fn announces_body(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    length || headers.contains_key(TRANSFER_ENCODING)
}

/// Whether a body means nothing with this method, so that one reader would act on it and another ignore it.
pub(super) fn has_no_body(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The value of a header of which [`check`] left at most one, without white space around it. Empty counts as absent.
pub(crate) fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let text = headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    text.map(str::trim).filter(|text| !text.is_empty())
}
