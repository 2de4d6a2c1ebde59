//! Which pages of a browser may act through the gateway.

use http::header::{HOST, HeaderMap, HeaderValue, ORIGIN};
use http::uri::Authority;
use std::fmt;

/// Tells our own pages from those of others.
///
/// A browser sends the password it remembers with every request, whichever page makes it, and names that page in
/// `Origin`. MLflow's own check cannot be used behind a gateway: it believes every page on `localhost`, and knows
/// nothing of the name that the gateway is reached by. So the gateway asks first: our own page is one whose origin names
/// the host that the request was sent to, or the public address; others pass only if they are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    public: Option<PublicUrl>,
    allowed: Vec<Glob>,
}

/// The address that people type: scheme and authority, such as `https://mlflow.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    pub(crate) https: bool,
    pub(crate) authority: Authority,
    host: HeaderValue,
}

impl PublicUrl {
    /// Reads `http://host[:port]` or `https://host[:port]`.
    /// `None` for anything else: a path, a query, a user name.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let (https, authority) = match text.strip_prefix("https://") {
            Some(authority) => (true, authority),
            None => (false, text.strip_prefix("http://")?),
        };
        let authority: Authority = authority.parse().ok()?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return None;
        }
        let host = HeaderValue::try_from(authority.as_str()).ok()?;
        Some(Self { https, authority, host })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

/// A text in which `*` stands for any characters, as MLflow's lists of hosts and origins have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob(String);

impl Glob {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some((start, rest)) = self.0.split_once('*') else { return self.0 == text };
        let Some(mut text) = text.strip_prefix(start) else { return false };
        let mut pieces = rest.split('*');
        let Some(end) = pieces.next_back() else { return true };
        for piece in pieces {
            match text.split_once(piece) {
                Some((_, after)) => text = after,
                None => return false,
            }
        }
        text.ends_with(end)
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the headers of a request say about the page that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// No browser, or one that does not say.
    Unknown,
    /// Our own.
    Ours,
    /// Another one, which is listed.
    Listed,
    /// Another one.
    Foreign,
}

impl Origins {
    pub(crate) fn new(public: Option<PublicUrl>, allowed: Vec<Glob>) -> Self {
        Self { public, allowed }
    }

    /// Which page makes this request.
    pub(crate) fn page(&self, headers: &HeaderMap) -> Page {
        let mut origins = headers.get_all(ORIGIN).iter();
        let Some(origin) = origins.next() else { return Page::Unknown };
        let Some(origin) = origin.to_str().ok().filter(|_| origins.next().is_none()) else { return Page::Foreign };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        if self.is_ours(origin, host) {
            Page::Ours
        } else if self.allowed.iter().any(|allowed| allowed.matches(origin)) {
            Page::Listed
        } else {
            Page::Foreign
        }
    }

    /// Whether MLflow is told of the origin: only for a page that is listed, which MLflow must then allow as well.
    pub(crate) fn lets_pass(&self, headers: &HeaderMap) -> bool {
        matches!(self.page(headers), Page::Listed)
    }

    /// The host that people type, if it was configured.
    pub(crate) fn public_host(&self) -> Option<&HeaderValue> {
        self.public.as_ref().map(|public| &public.host)
    }

    /// The scheme by which people reach the gateway.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.public.as_ref().is_some_and(|public| public.https) { "https" } else { "http" }
    }

    fn is_ours(&self, origin: &str, host: Option<&str>) -> bool {
        let Some((https, authority)) = split(origin) else { return false };
        let same = |ours: &str| without_port(ours, https).eq_ignore_ascii_case(without_port(authority, https));
        let public = self.public.as_ref();
        host.is_some_and(same) || public.is_some_and(|public| public.https == https && same(public.authority.as_str()))
    }
}

fn split(origin: &str) -> Option<(bool, &str)> {
    match origin.strip_prefix("https://") {
        Some(authority) => Some((true, authority)),
        None => Some((false, origin.strip_prefix("http://")?)),
    }
}

/// The authority without the port that its scheme means anyway.
fn without_port(authority: &str, https: bool) -> &str {
    authority.strip_suffix(if https { ":443" } else { ":80" }).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(origins: &Origins, host: &str, origin: &[&str]) -> Page {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        for origin in origin {
            headers.append(ORIGIN, origin.parse().unwrap());
        }
        origins.page(&headers)
    }

    #[test]
    fn our_own_page_is_known_by_the_host() {
        let plain = Origins::default();
        let listed = Origins::new(PublicUrl::parse("https://ml.example/"), vec![Glob::new("https://*.corp.example")]);
        let table: &[(&Origins, &str, &[&str], Page)] = &[
            (&plain, "127.0.0.1:8080", &[], Page::Unknown),
            (&plain, "127.0.0.1:8080", &["http://127.0.0.1:8080"], Page::Ours),
            (&plain, "127.0.0.1:8080", &["http://127.0.0.1:3000"], Page::Foreign),
            (&plain, "127.0.0.1:8080", &["http://localhost:8080"], Page::Foreign),
            (&plain, "127.0.0.1:8080", &["null"], Page::Foreign),
            (&plain, "127.0.0.1:8080", &["http://127.0.0.1:8080", "http://127.0.0.1:8080"], Page::Foreign),
            (&plain, "ML.example", &["http://ml.example"], Page::Ours),
            (&plain, "ml.example:80", &["http://ml.example"], Page::Ours),
            (&plain, "ml.example", &["https://ml.example:443"], Page::Ours),
            (&plain, "ml.example", &["http://ml.example.evil"], Page::Foreign),
            (&plain, "ml.example", &["http://evil@ml.example"], Page::Foreign),
            (&listed, "10.0.0.7:8080", &["https://ml.example"], Page::Ours),
            (&listed, "10.0.0.7:8080", &["http://ml.example"], Page::Foreign),
            (&listed, "10.0.0.7:8080", &["https://a.corp.example"], Page::Listed),
            (&listed, "10.0.0.7:8080", &["https://a.corp.example.evil"], Page::Foreign),
        ];
        for (origins, host, origin, expected) in table {
            assert_eq!(page(origins, host, origin), *expected, "{host} {origin:?}");
        }
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "x", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("ab*ba", "aba", false),
            ("10.*", "10.0.0.1:5000", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_public_address_is_a_scheme_and_a_host() {
        for bad in
            ["", "ml.example", "ftp://x", "https://", "https://u@x", "https://x/mlflow", "https://x?y", "https:// x"]
        {
            assert_eq!(PublicUrl::parse(bad), None, "{bad}");
        }
        assert!(PublicUrl::parse("http://[::1]:8080").is_some());
    }
}
