//! Which headers pass, and what is made of them.

use super::origin::Origins;
use crate::ClientAddress;
use http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN, SET_COOKIE,
    TRANSFER_ENCODING,
};
use http::request::Parts;
use http::uri::Authority;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Headers that speak of one connection only (RFC 9110, 7.6.1), but for the framing.
const HOP_BY_HOP: [&str; 10] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
    "http2-settings",
];

/// Headers that pass to MLflow: whole names.
const NAMES: [&str; 15] = [
    "access-control-request-headers",
    "access-control-request-method",
    "cache-control",
    "content-encoding",
    "content-type",
    "last-event-id",
    "origin",
    "pragma",
    "range",
    "referer",
    "traceparent",
    "tracestate",
    "user-agent",
    "x-request-id",
    "x-requested-with",
];

/// Headers that pass to MLflow: beginnings of names. `X-MLFLOW-WORKSPACE` is one of them. Those of
/// providers, such as `anthropic-beta`, go with calls through the AI gateway.
const PREFIXES: [&str; 6] = ["accept", "anthropic-", "if-", "openai-", "sec-fetch-", "x-mlflow-"];

/// Headers that never pass, whoever asks for it: credentials are for the gateway, and the rest tells MLflow who is
/// calling, where, or how long the body is, which is for the gateway to say; or it is a word among MLflow's own processes,
/// which lets a call past the guardrails of an endpoint.
const NEVER: [&str; 10] = [
    "authorization",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "transfer-encoding",
    "x-mlflow-authorization",
    "x-mlflow-guardrail-bypass",
    "x-real-ip",
];

/// Whether a header of this name (lower case) may never pass to MLflow.
pub(crate) fn is_forbidden(name: &str) -> bool {
    // A name with `_` or `.` is folded into another one by WSGI servers: `X_Forwarded_For`, `SCRIPT_NAME`.
    name.contains(['_', '.'])
        || name.starts_with("x-forwarded-")
        || name.starts_with("proxy-")
        || NEVER.contains(&name)
        || HOP_BY_HOP.contains(&name)
}

/// Takes out what speaks of this connection only: the hop-by-hop headers, and those that `Connection` names. What tells
/// the host and the length stays, whoever names it: it is checked, and made anew.
///
/// For requests this is done before anybody judges them: a header that `Connection` names, such as the workspace, would
/// else be judged and then not forwarded.
pub(crate) fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<HeaderName> =
        named.flat_map(|value| value.split(',')).filter_map(|name| HeaderName::try_from(name.trim()).ok()).collect();
    for name in named.iter().filter(|name| ![HOST, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name)) {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

/// What is made of headers on their way through.
#[derive(Clone, Debug)]
pub(crate) struct HeaderRules {
    /// More names that pass to MLflow.
    pub(crate) also: Vec<HeaderName>,
    /// The value of `Host` towards MLflow.
    pub(crate) host: HeaderValue,
    /// What redirects to MLflow itself begin with.
    pub(crate) authorities: Vec<Authority>,
    /// Which origins are ours.
    pub(crate) origins: Origins,
}

impl HeaderRules {
    /// The headers of the request that goes to MLflow.
    pub(crate) fn towards_mlflow(&self, parts: &Parts) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(parts.headers.len() + 4);
        headers.insert(HOST, self.host.clone());
        for (name, value) in &parts.headers {
            if self.passes(name) {
                headers.append(name.clone(), value.clone());
            }
        }
        if !self.origins.lets_pass(&parts.headers) {
            headers.remove(ORIGIN);
        }
        self.tell_who_calls(parts, &mut headers);
        headers
    }

    /// Makes an answer of MLflow one of the gateway. `keep_length`: the answer has no body, and its `Content-Length`
    /// tells of the body that another method would get.
    pub(crate) fn towards_client(&self, headers: &mut HeaderMap, keep_length: bool) {
        strip_hop_by_hop(headers);
        headers.remove(TRANSFER_ENCODING);
        if !keep_length {
            headers.remove(CONTENT_LENGTH);
        }
        // MLflow is sent no cookie; one that it sets would only push out one of ours.
        headers.remove(SET_COOKIE);
        if let Some(path) = headers.get(LOCATION).and_then(|location| self.path_of(location)) {
            headers.insert(LOCATION, path);
        }
    }

    fn passes(&self, name: &HeaderName) -> bool {
        let text = name.as_str();
        let known = NAMES.contains(&text) || PREFIXES.iter().any(|prefix| text.starts_with(prefix));
        (known || self.also.contains(name)) && !is_forbidden(text)
    }

    fn tell_who_calls(&self, parts: &Parts, headers: &mut HeaderMap) {
        if let Some(ClientAddress(address)) = parts.extensions.get()
            && let Ok(value) = HeaderValue::try_from(address.ip().to_canonical().to_string())
        {
            headers.insert(FORWARDED_FOR, value);
        }
        if let Some(host) = self.origins.public_host().or_else(|| parts.headers.get(HOST)) {
            headers.insert(FORWARDED_HOST, host.clone());
        }
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static(self.origins.scheme()));
    }

    /// The path of a redirect to MLflow's own address, which the client cannot reach. It never begins with two slashes:
    /// a browser would read the name of another host from them.
    fn path_of(&self, location: &HeaderValue) -> Option<HeaderValue> {
        let (scheme, rest) = location.to_str().ok()?.split_once("//")?;
        let (authority, path) = rest.split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len()))?;
        let authority: Authority = authority.parse().ok()?;
        if !matches!(scheme, "" | "http:" | "https:") || !self.authorities.contains(&authority) {
            return None;
        }
        HeaderValue::try_from(format!("/{}", path.trim_start_matches(['/', '\\']))).ok()
    }
}
