//! What somebody gets who is not signed in.

use super::{escaped, with_cookies};
use crate::flow::Flow;
use crate::reply::Reply;
use http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use mlflow_auth_core::cookies;
use mlflow_auth_core::oidc::Returned;

const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// The way to sign in for whoever opens a page, 401 for programs: without the challenge for those of a page, for which the
/// browser would ask for a password in a window of its own.
pub(crate) fn unauthenticated(flow: &Flow<'_>, parts: &Parts) -> Reply {
    let Some(settings) = &flow.shared.sign_in else { return Reply::unauthenticated() };
    let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if parts.headers.contains_key(AUTHORIZATION) {
        return Reply::unauthenticated();
    }
    if !opens_page(parts) {
        return match text(&MODE) {
            Some("cors" | "same-origin" | "no-cors") => Reply::unauthenticated_quietly(),
            _ => Reply::unauthenticated(),
        };
    }
    let asked = parts.uri.path_and_query().and_then(|asked| Returned::new(asked.as_str()));
    let next = asked.map_or_else(String::new, |asked| format!("?next={}", escaped(asked.as_str())));
    let reply = Reply::redirect(StatusCode::FOUND, &format!("{}/login{next}", flow.shared.base()))
        .with_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = settings.cookies.name();
    match cookies::all(&parts.headers).any(|(known, _)| known == name) {
        true => with_cookies(reply, &settings.cookies.closed()),
        false => reply,
    }
}

/// Whether a person opens a page: the browser says so, or where it says nothing wants HTML.
pub(super) fn opens_page(parts: &Parts) -> bool {
    let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let html = || text(&ACCEPT).is_some_and(|accepted| accepted.contains("text/html"));
    matches!(parts.method, Method::GET | Method::HEAD)
        && text(&DESTINATION).map_or_else(html, |kind| kind == "document")
}
