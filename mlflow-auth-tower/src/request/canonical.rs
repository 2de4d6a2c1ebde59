//! The head of a request in the one form that is judged.

use super::escape::{decode, escapes_needlessly};
use super::headers;
use crate::reply::Reply;
use http::request::Parts;
use http::{HeaderMap, Method};

/// The head of a request, decoded once. What cannot be read without doubt never becomes one.
#[derive(Debug)]
pub(crate) struct Canonical {
    pub(crate) method: Method,
    /// The decoded segments of the path, at least one; the last is empty if the path ends in a slash.
    pub(crate) segments: Vec<String>,
    /// The decoded pairs of the query, in order.
    pub(crate) query: Vec<(String, String)>,
    /// The head as it came, for those who find out who is calling. Its headers are those that mean one thing; its target
    /// is not looked at again. The headers and the extensions go into the rebuilt request, and are gone from here then.
    pub(crate) parts: Parts,
    /// The first segment that holds a slash or a backslash, escaped, as it was written.
    slashed: Option<String>,
}

const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

impl Canonical {
    /// Reads the head.
    ///
    /// # Errors
    /// A 400 that names what is wrong.
    pub(crate) fn read(mut parts: Parts) -> Result<Self, Reply> {
        let method = &parts.method;
        if !METHODS.contains(method) {
            let name = method.as_str().escape_debug().to_string();
            return Err(Reply::bad_request(format!("the method `{name}` is not supported")));
        }
        headers::check(&mut parts.headers, parts.version)?;
        if headers::has_no_body(method) && headers::announces_body(&parts.headers) {
            return Err(Reply::bad_request(format!("a {method} request must not have a body")));
        }
        let uri = &parts.uri;
        if uri.scheme().is_some() && parts.version < http::Version::HTTP_2 || !uri.path().starts_with('/') {
            return Err(Reply::bad_request("the request target must be a path"));
        }
        let (segments, slashed) = read_path(uri.path())?;
        Ok(Self {
            method: method.clone(),
            segments,
            slashed,
            query: uri.query().map_or(Ok(Vec::new()), read_query)?,
            parts,
        })
    }

    /// The headers, until the request is rebuilt.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The method that decides which operation this is: a `HEAD` is judged and executed as the `GET` it stands for.
    pub(crate) fn judged_method(&self) -> &Method {
        if self.method == Method::HEAD { &Method::GET } else { &self.method }
    }

    /// Refuses a slash or a backslash inside a segment: whoever stands behind could take it for the end of one.
    ///
    /// # Errors
    /// A 400 that names the segment.
    pub(crate) fn without_slashes(&self) -> Result<(), Reply> {
        self.slashed.as_ref().map_or(Ok(()), |raw| Err(refuse_segment(raw, "holds a slash or a backslash")))
    }

    /// The path for logs and errors.
    pub(crate) fn path(&self) -> String {
        format!("/{}", self.segments.join("/"))
    }
}

fn read_path(path: &str) -> Result<(Vec<String>, Option<String>), Reply> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let last = path.matches('/').count();
    let (mut segments, mut slashed) = (Vec::with_capacity(last + 1), None);
    for (place, raw) in path.split('/').enumerate() {
        let text = read_segment(raw, place == last)?;
        if slashed.is_none() && text.contains(SLASHES) {
            slashed = Some(raw.to_owned());
        }
        segments.push(text);
    }
    Ok((segments, slashed))
}

const SLASHES: [char; 2] = ['/', '\\'];

fn refuse_segment(raw: &str, problem: &str) -> Reply {
    Reply::bad_request(format!("the path segment `{}` {problem}", raw.escape_debug()))
}

fn read_segment(raw: &str, is_last: bool) -> Result<String, Reply> {
    let refuse = |problem: &str| Err(refuse_segment(raw, problem));
    if raw.is_empty() && !is_last {
        return refuse("is empty");
    }
    if !raw.is_ascii() {
        return refuse("holds characters that must be escaped");
    }
    if escapes_needlessly(raw) {
        return refuse("escapes a character that needs no escape");
    }
    let text = match decode(raw, false) {
        Ok(text) => text,
        Err(error) => return refuse(error.problem()),
    };
    if text.split(SLASHES).any(|part| part == "." || part == "..") {
        return refuse("is a dot segment");
    }
    if text.chars().any(char::is_control) {
        return refuse("holds a control character");
    }
    Ok(text)
}

/// Reads the fields of a form (`application/x-www-form-urlencoded`), which are written as a query is.
///
/// # Errors
/// As [`Canonical::read`].
pub(crate) fn form(body: &[u8]) -> Result<Vec<(String, String)>, Reply> {
    read_query(str::from_utf8(body).map_err(|_| Reply::bad_request("the form is not UTF-8"))?)
}

fn read_query(query: &str) -> Result<Vec<(String, String)>, Reply> {
    query.split('&').filter(|pair| !pair.is_empty()).map(read_pair).collect()
}

fn read_pair(pair: &str) -> Result<(String, String), Reply> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let refuse = |problem: &str| {
        let name = name.escape_debug();
        Reply::bad_request(format!("the query parameter `{name}` {problem}"))
    };
    let read = |text: &str| decode(text, true).map_err(|error| refuse(error.problem()));
    let (name, value) = (read(name)?, read(value)?);
    if name.contains('\0') || value.contains('\0') {
        return Err(refuse("holds a NUL"));
    }
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn read(request: Request<()>) -> Result<Canonical, Reply> {
        Canonical::read(request.into_parts().0)
    }

    fn get(target: &str) -> Result<Canonical, String> {
        let request = Request::get(target).header("host", "localhost").body(()).unwrap();
        read(request).map_err(|reply| format!("{reply:?}"))
    }

    #[test]
    fn reads_each_part_once() {
        let read = get("/api/2.0/a%20b%25c/%C3%A5?x=1&y=a+b%26&&z").unwrap();
        assert_eq!(read.segments, ["api", "2.0", "a b%c", "å"]);
        let pairs: Vec<(&str, &str)> = read.query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("x", "1"), ("y", "a b&"), ("z", "")]);
        assert_eq!(get("/").unwrap().segments, [""]);
        assert_eq!(get("/jobs/").unwrap().segments, ["jobs", ""]);
    }

    #[test]
    fn refuses_what_two_readers_read_differently() {
        let targets = [
            "//api",
            "/a//b",
            "/a/../b",
            "/a/./b",
            "/a/%2e%2e/b",
            "/%61pi",
            "/a%2F..",
            "/..%5Ca",
            "/a%00",
            "/a%0Ab",
            "/a%ZZ",
            "/a%2",
            "/a%FF",
            "/a?x=%FF",
            "/a?x=%",
            "/a?%00=1",
            "http://localhost/a",
        ];
        for target in targets {
            assert!(get(target).is_err(), "{target}");
        }
    }

    #[test]
    fn knows_slashes_inside_segments() {
        for (target, segments) in [("/a%2Fb/c", ["a/b", "c"]), ("/x/a%5Cb", ["x", "a\\b"])] {
            let read = get(target).unwrap();
            assert_eq!(read.segments, segments);
            let refusal = format!("{:?}", read.without_slashes().unwrap_err());
            assert!(refusal.contains("holds a slash"), "{refusal}");
        }
        assert!(get("/a/b").unwrap().without_slashes().is_ok());
    }

    #[test]
    fn refuses_headers_that_mean_two_things() {
        let cases: [&[(&str, &str)]; 8] = [
            &[],
            &[("host", "a"), ("host", "b")],
            &[("host", "localhost:80@evil")],
            &[("host", "a"), ("x-mlflow-workspace", "a"), ("x-mlflow-workspace", "b")],
            &[("host", "a"), ("authorization", "a"), ("authorization", "b")],
            &[("host", "a"), ("content-length", "3")],
            &[("host", "a"), ("transfer-encoding", "chunked")],
            &[("host", "")],
        ];
        for headers in cases {
            let mut request = Request::get("/").body(()).unwrap();
            for (name, value) in headers {
                request.headers_mut().append(*name, value.parse().unwrap());
            }
            assert!(read(request).is_err(), "{headers:?}");
        }
    }

    #[test]
    fn drops_headers_that_would_be_folded_into_others() {
        let request = Request::get("/").header("host", "a").header("x_mlflow_workspace", "b").body(()).unwrap();
        assert_eq!(read(request).unwrap().headers().len(), 1);
    }

    #[test]
    fn methods_are_exact() {
        for method in ["get", "TRACE", "CONNECT", "PROPFIND"] {
            let request = Request::builder().method(method).uri("/").header("host", "a").body(()).unwrap();
            assert!(read(request).is_err(), "{method}");
        }
    }
}
