//! The request that a proxy asks about.

use super::{Dialect, ForwardAuthSettings};
use crate::reply::Reply;
use http::header::{CONTENT_LENGTH, FORWARDED, HeaderMap, HeaderName, TRANSFER_ENCODING};
use http::request::Parts;
use http::uri::{PathAndQuery, Uri};
use http::{Method, Version};
use mlflow_auth_core::Peer;

const ORIGINAL_URI: HeaderName = HeaderName::from_static("x-original-uri");
const ORIGINAL_METHOD: HeaderName = HeaderName::from_static("x-original-method");
const FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");
const FORWARDED_METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");

type Described<T> = Result<T, Reply>;

impl ForwardAuthSettings {
    /// The head of the request that the subrequest `parts` describes, without what proxies say in headers. `identity` are
    /// the headers that name users: whoever sent them, they are not believed here.
    ///
    /// # Errors
    /// A 403 for a subrequest of somebody who is not trusted, or one that does not say exactly one thing.
    pub(super) fn describe(&self, mut parts: Parts, identity: &[HeaderName]) -> Described<Parts> {
        if !self.trust.trusts(&parts).unwrap_or(false) {
            tracing::info!(peer = ?parts.extensions.get::<Peer>(), "a subrequest came from nobody who is trusted");
            return Err(Reply::denied());
        }
        if parts.headers.get_all(CONTENT_LENGTH).iter().any(|length| length.as_bytes() != b"0")
            || parts.headers.contains_key(TRANSFER_ENCODING)
        {
            return refuse("a subrequest must come without a body");
        }
        // Here they would be dropped, while what the proxy forwards has them.
        if let Some(name) = parts.headers.keys().find(|name| name.as_str().contains(['_', '.'])) {
            return refuse(&format!("the header `{name}` has a `_` or a `.` in its name"));
        }
        let (method, uri) = (self.method(&parts.method, &parts.headers)?, self.uri(&parts)?);
        (parts.method, parts.uri, parts.version) = (method, uri, Version::HTTP_11);
        clean(&mut parts.headers, identity);
        if let Some(secret) = self.trust.secret_header() {
            parts.headers.remove(secret);
        }
        parts.extensions.remove::<Peer>();
        Ok(parts)
    }

    /// The method of the request that is asked about.
    ///
    /// # Errors
    /// A 403 if it is not said exactly once.
    pub(super) fn method(&self, method: &Method, headers: &HeaderMap) -> Described<Method> {
        let name = match self.dialect {
            Dialect::Nginx => ORIGINAL_METHOD,
            Dialect::Traefik => FORWARDED_METHOD,
            Dialect::Envoy { .. } => return Ok(method.clone()),
        };
        let text = only(headers, &name)?;
        Method::from_bytes(text.as_bytes()).or_else(|_| refuse(&format!("the header `{name}` is no method")))
    }

    fn uri(&self, parts: &Parts) -> Described<Uri> {
        match &self.dialect {
            Dialect::Nginx => target(only(&parts.headers, &ORIGINAL_URI)?),
            Dialect::Traefik => target(only(&parts.headers, &FORWARDED_URI)?),
            Dialect::Envoy { prefix } => {
                let whole = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
                match whole.strip_prefix(prefix.as_str()).filter(|_| parts.uri.scheme().is_none()) {
                    Some(below) => target(below),
                    None => refuse("the path of the subrequest does not begin with the prefix"),
                }
            }
        }
    }
}

/// The value of a header that must stand there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Described<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().or_else(|_| refuse(&format!("the header `{name}` cannot be read"))),
        (Some(_), Some(_)) => refuse(&format!("the header `{name}` is given more than once")),
        (None, _) => refuse(&format!("the header `{name}` is missing")),
    }
}

/// A path with a query, as it stood in the first line of the request. A `#`, behind which some servers stop to read, is
/// no part of one.
fn target(text: &str) -> Described<Uri> {
    let plain = text.starts_with('/') && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    match PathAndQuery::try_from(text) {
        Ok(found) if plain => Ok(Uri::from(found)),
        Ok(_) | Err(_) => refuse("what is asked about is no path"),
    }
}

/// Takes out what is about the subrequest, and what a client could have sent in the place of a proxy.
fn clean(headers: &mut HeaderMap, identity: &[HeaderName]) {
    let of_proxies = |name: &&HeaderName| {
        let text = name.as_str();
        text.starts_with("x-forwarded-") || text.starts_with("x-original-") || text == "x-real-ip"
    };
    let found: Vec<HeaderName> = headers.keys().filter(of_proxies).cloned().collect();
    for name in found.iter().chain(identity).chain(&[FORWARDED, CONTENT_LENGTH]) {
        headers.remove(name);
    }
}

fn refuse<T>(why: &str) -> Described<T> {
    tracing::info!(why, "a subrequest was refused");
    Err(Reply::denied_because(why))
}
