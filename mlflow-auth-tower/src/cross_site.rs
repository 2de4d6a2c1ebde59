//! Whether a page of another origin may have made a browser send a request.

use crate::reply::Reply;
use crate::request::Canonical;
use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, ORIGIN};
use http::{Method, Uri};
use mlflow_auth_core::Proof;
use mlflow_auth_core::routes::{Access, Route};
use std::sync::Arc;

/// Which origins are ours, and which others may act with a password that a browser keeps.
///
/// A browser names the origin of the page that makes a request. A page is ours if its origin names the host that the
/// request was sent to, or stands in the list of addresses that people type.
#[derive(Clone, Default)]
pub struct Origins {
    addresses: Vec<String>,
    listed: Option<Arc<Listed>>,
}

/// Whether an origin stands in a list.
type Listed = dyn Fn(&str) -> bool + Send + Sync;

/// What a browser says about the page that makes a request (Fetch Metadata, section 2.3). It says so to servers with TLS
/// and on the same machine only.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Origins {
    /// Our origins are these, besides the host that a request names. What is no whole `http` or `https` address is left
    /// out; paths do not matter. A host that stands in the list is ours with the scheme that it has there alone.
    pub fn new<A: AsRef<str>>(addresses: impl IntoIterator<Item = A>) -> Self {
        let addresses = addresses.into_iter().filter_map(|address| origin_of(address.as_ref())).collect();
        Self { addresses, listed: None }
    }

    /// Pages of the origins for which `listed` says so may act with a password that the browser keeps; with a session or
    /// the word of a proxy nobody's may but our own.
    pub fn listing(mut self, listed: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.listed = Some(Arc::new(listed));
        self
    }

    fn is_ours(&self, origin: &str, headers: &HeaderMap) -> bool {
        let Some(origin) = origin_of(origin) else { return false };
        if self.addresses.contains(&origin) {
            return true;
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let named = |scheme: &str| origin_of(&format!("{scheme}://{host}"));
        let schemes = ["http", "https"].map(named);
        let has_address = schemes.iter().flatten().any(|named| self.addresses.contains(named));
        !has_address && schemes.contains(&Some(origin))
    }
}

/// Scheme, host and port in one spelling.
fn origin_of(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let usual = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return None;
    }
    let host = authority.host().to_ascii_lowercase();
    match authority.port_u16().filter(|port| *port != usual) {
        Some(port) => Some(format!("{scheme}://{host}:{port}")),
        None => Some(format!("{scheme}://{host}")),
    }
}

/// Refuses a request that changes something and was proved by what a browser sends of itself, unless the browser says that
/// a page of ours makes it. Passwords, which other programs send as well, are refused only if the browser says otherwise.
///
/// # Errors
/// A 403 that says so.
pub(crate) fn check(origins: &Origins, proof: Proof, head: &Canonical, route: Option<&Route>) -> Result<(), Reply> {
    match proof {
        Proof::ProxyHeader if is_a_program(head) => Ok(()),
        Proof::Session | Proof::ProxyHeader => ambient(origins, head, route),
        Proof::Password | Proof::PasswordFile | Proof::Directory if writes(head, route) => password(origins, head),
        // A browser keeps a token as it keeps a password, if it was asked for one.
        Proof::AccessToken if is_basic(head.headers()) && writes(head, route) => password(origins, head),
        _ => Ok(()),
    }
}

/// Refuses what our own page cannot have sent.
///
/// # Errors
/// As [`check`].
pub(crate) fn from_our_page(origins: &Origins, headers: &HeaderMap) -> Result<(), Reply> {
    let ours = match site(headers) {
        Some(site) => site == "same-origin",
        None => text(headers, &ORIGIN).is_some_and(|origin| origins.is_ours(origin, headers)),
    };
    if ours { Ok(()) } else { Err(Reply::cross_site()) }
}

/// What the header says; one that is given more than once says nothing good.
pub(crate) fn site(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(SITE).iter();
    let value = values.next()?;
    Some(value.to_str().ok().filter(|_| values.next().is_none()).unwrap_or("?"))
}

/// Whether no browser sends this: on whatever may write by its method, they say an origin. Programs come through proxies
/// too, with tokens that the proxy has looked at.
fn is_a_program(head: &Canonical) -> bool {
    let says_origin = !matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
    says_origin && site(head.headers()).is_none() && !head.headers().contains_key(ORIGIN)
}

fn ambient(origins: &Origins, head: &Canonical, route: Option<&Route>) -> Result<(), Reply> {
    if writes(head, route) {
        return from_our_page(origins, head.headers());
    }
    // Nobody knows what a route does that is not known; a person may have typed its address.
    let unknown = route.is_none_or(|route| matches!(route.access, Access::Local(_)));
    match site(head.headers()) {
        Some("same-origin" | "none") | None => Ok(()),
        Some(_) if unknown => Err(Reply::cross_site()),
        Some(_) => Ok(()),
    }
}

fn password(origins: &Origins, head: &Canonical) -> Result<(), Reply> {
    let origin = text(head.headers(), &ORIGIN);
    let is_listed = || origin.is_some_and(|origin| origins.listed.as_ref().is_some_and(|listed| listed(origin)));
    match site(head.headers()) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) if is_listed() => Ok(()),
        Some(_) => Err(Reply::cross_site()),
    }
}

fn writes(head: &Canonical, route: Option<&Route>) -> bool {
    let reads = matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
    !reads || route.is_some_and(|route| route.writes)
}

fn is_basic(headers: &HeaderMap) -> bool {
    let scheme = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().get(..6));
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic "))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    static READS: Route = Route::get("/a");
    static WRITES: Route = Route::get("/a").writing();
    static POSTS: Route = Route::post("/a").needs(&[]);
    static UNWRITTEN: Route = Route::get("/a").open_to(Access::Local("nobody knows"));
    static OPEN: Route = Route::get("/a").open_to(Access::SignedIn);

    fn passes(origins: &Origins, proof: Proof, method: &str, headers: &[(&str, &str)], route: Option<&Route>) -> bool {
        let mut request = Request::builder().method(method).uri("/a").header("host", "mlflow.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let head = Canonical::read(request.body(()).unwrap().into_parts().0).unwrap();
        check(origins, proof, &head, route).is_ok()
    }

    fn typed() -> Origins {
        Origins::new(["https://mlflow.example/callback", "not an address"])
            .listing(|origin| origin == "https://listed.example")
    }

    #[test]
    fn what_a_browser_sends_of_itself_counts_only_from_our_own_pages() {
        let plain = Origins::default();
        let typed = typed();
        let site = "sec-fetch-site";
        for (origins, headers, expected) in [
            (&plain, vec![(site, "same-origin")], true),
            (&plain, vec![(site, "same-site")], false),
            (&plain, vec![(site, "cross-site")], false),
            (&plain, vec![(site, "none")], false),
            (&plain, vec![(site, "Same-Origin")], false),
            (&plain, vec![(site, "")], false),
            (&plain, vec![(site, "same-origin"), (site, "cross-site")], false),
            // The browser's word about the site counts more than an origin.
            (&plain, vec![(site, "cross-site"), ("origin", "https://mlflow.example")], false),
            (&plain, vec![], false),
            (&plain, vec![("origin", "http://mlflow.example")], true),
            (&plain, vec![("origin", "https://mlflow.example")], true),
            (&plain, vec![("origin", "https://MLFLOW.example:443")], true),
            (&plain, vec![("origin", "https://mlflow.example:8443")], false),
            (&plain, vec![("origin", "https://mlflow.example.evil.example")], false),
            (&plain, vec![("origin", "https://evil.example")], false),
            (&plain, vec![("origin", "https://mlflow.example@evil.example")], false),
            (&plain, vec![("origin", "null")], false),
            (&plain, vec![("origin", "file://")], false),
            (&plain, vec![("referer", "https://mlflow.example/")], false),
            (&plain, vec![("x-forwarded-host", "evil.example"), ("origin", "https://evil.example")], false),
            (&typed, vec![("origin", "https://mlflow.example")], true),
            // Whoever can change pages in clear text is not who serves them over TLS.
            (&typed, vec![("origin", "http://mlflow.example")], false),
            (&typed, vec![("origin", "https://listed.example")], false),
        ] {
            let from_a_program = |method: &str| method != "GET" && headers.iter().all(|(name, _)| *name == "referer");
            for proof in [Proof::Session, Proof::ProxyHeader] {
                for (method, route) in [("POST", &POSTS), ("PUT", &POSTS), ("DELETE", &POSTS), ("GET", &WRITES)] {
                    let found = passes(origins, proof, method, &headers, Some(route));
                    let expected = expected || (proof == Proof::ProxyHeader && from_a_program(method));
                    assert_eq!(found, expected, "{proof} {method} {headers:?}");
                }
            }
            assert_eq!(passes(origins, Proof::Session, "POST", &headers, None), expected, "{headers:?}");
        }
    }

    #[test]
    fn reading_needs_no_proof_but_what_nobody_knows_is_not_read_for_other_pages() {
        for (value, known, unknown) in [
            (None, true, true),
            (Some("none"), true, true),
            (Some("same-origin"), true, true),
            (Some("cross-site"), true, false),
        ] {
            let headers: Vec<_> = value.map(|value| ("sec-fetch-site", value)).into_iter().collect();
            for (route, expected) in
                [(Some(&OPEN), known), (Some(&READS), known), (Some(&UNWRITTEN), unknown), (None, unknown)]
            {
                for method in ["GET", "HEAD"] {
                    let found = passes(&Origins::default(), Proof::Session, method, &headers, route);
                    assert_eq!(found, expected, "{value:?} {route:?}");
                }
            }
        }
    }

    #[test]
    fn passwords_are_refused_only_if_a_browser_says_that_another_page_uses_them() {
        let site = "sec-fetch-site";
        for (headers, expected) in [
            (vec![], true),
            (vec![(site, "same-origin")], true),
            (vec![(site, "none")], true),
            (vec![(site, "same-site")], false),
            (vec![(site, "cross-site")], false),
            (vec![(site, "cross-site"), ("origin", "https://evil.example")], false),
            (vec![(site, "cross-site"), ("origin", "https://listed.example")], true),
        ] {
            assert_eq!(passes(&typed(), Proof::Password, "POST", &headers, Some(&POSTS)), expected, "{headers:?}");
            assert!(passes(&typed(), Proof::Password, "GET", &headers, Some(&OPEN)), "{headers:?}");
            for proof in [Proof::SignedToken, Proof::AccessToken, Proof::Asserted] {
                assert!(passes(&typed(), proof, "POST", &headers, Some(&POSTS)), "{proof} {headers:?}");
            }
            for (scheme, expected) in [("Basic YTpi", expected), ("basic YTpi", expected), ("Bearer YTpi", true)] {
                let headers = [&headers[..], &[("authorization", scheme)]].concat();
                let found = passes(&typed(), Proof::AccessToken, "POST", &headers, Some(&POSTS));
                assert_eq!(found, expected, "{headers:?}");
            }
        }
    }
}
