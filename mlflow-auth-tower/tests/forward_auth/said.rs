//! What a proxy says of a request, and what is believed of it.

use crate::world::{RUNS, ask, ask_from, settings, world};
use http::Request;
use mlflow_auth_core::{Peer, Policy, ProxyAuthenticator, ProxyHeaders, ProxySettings, Trust, TrustSettings};
use mlflow_auth_tower::{Body, Dialect};
use std::net::IpAddr;
use std::sync::Arc;

const VERSION: &str = "/version";

fn dialects() -> [(Dialect, [&'static str; 2]); 2] {
    [
        (Dialect::Nginx, ["x-original-uri", "x-original-method"]),
        (Dialect::Traefik, ["x-forwarded-uri", "x-forwarded-method"]),
    ]
}

#[tokio::test]
async fn each_dialect_says_it_in_its_own_headers_and_no_others() {
    let world = world(&[], Policy::default()).await;
    for (dialect, [uri, method]) in dialects() {
        let service = world.endpoint(settings(dialect.clone(), false));
        let good = [("x-user", "alice"), (uri, VERSION), (method, "GET")];
        assert_eq!(ask(&service, "/forward-auth", &good).await.0, 200, "{dialect:?}");
        let mine: &[(&str, &str)] = &[("x-user", "alice"), (uri, VERSION), (method, "POST")];
        assert_eq!(ask(&service, "/forward-auth", mine).await.0, 403, "the method is not that of the subrequest");
        for missing in [&good[..2], &[good[0], good[2]], &good[..1]] {
            let (status, _, text) = ask(&service, "/forward-auth", missing).await;
            assert_eq!(status, 403);
            assert!(text.contains("is missing"), "{text}");
        }
        for other in dialects().iter().filter(|(other, _)| *other != dialect).map(|(_, names)| names) {
            let headers = [("x-user", "alice"), (other[0], VERSION), (other[1], "GET")];
            assert_eq!(ask(&service, VERSION, &headers).await.0, 403, "{dialect:?} believes {other:?}");
        }
    }
    let envoy = world.endpoint(settings(Dialect::Envoy { prefix: "/ask".into() }, false));
    for (method, target, expected) in [
        ("GET", "/ask/version", 200),
        ("POST", "/ask/version", 403),
        ("GET", "/version", 403),
        ("GET", "/ask", 403),
        ("GET", "/askversion", 403),
        ("GET", "/ask//version", 403),
    ] {
        let headers = [("x-user", "alice"), ("x-original-uri", VERSION), ("x-original-method", "GET")];
        assert_eq!(ask_from("10.0.0.7", &envoy, method, target, &headers).await.0, expected, "{method} {target}");
    }
    let run = ask_from("10.0.0.7", &envoy, "GET", &format!("/ask{RUNS}b"), &[("x-user", "alice")]).await;
    assert_eq!(run.0, 403, "the query is judged");
}

#[tokio::test]
async fn a_uri_or_a_method_that_is_said_twice_is_refused() {
    let world = world(&[], Policy::default()).await;
    for (dialect, [uri, method]) in dialects() {
        let service = world.endpoint(settings(dialect, false));
        for headers in [
            [("x-user", "alice"), (uri, VERSION), (uri, VERSION), (method, "GET")],
            [("x-user", "alice"), (uri, VERSION), (method, "GET"), (method, "GET")],
        ] {
            let (status, _, text) = ask(&service, "/forward-auth", &headers).await;
            assert_eq!((status, text.contains("more than once")), (403, true), "{text}");
        }
    }
}

#[tokio::test]
async fn a_uri_that_two_servers_read_differently_is_refused() {
    let world = world(&[], Policy::default()).await;
    let service = world.nginx();
    for uri in [
        "/static-files/../version",
        "/static-files/%2e%2e/version",
        "/static-files%2F..%2Fversion",
        "/static-files/..%2fversion",
        "/static-files\\..\\version",
        "//version",
        "/version#/static-files/x",
        "/%76ersion",
        "/version%00",
        "/version%",
        "http://localhost/version",
        "version",
        "*",
        "",
        "/version?a=%FF",
        "/version ",
        "/ver sion",
        "/versi\u{f6}n",
    ] {
        let headers = [("x-user", "admin"), ("x-original-uri", uri), ("x-original-method", "GET")];
        assert_eq!(ask(&service, "/forward-auth", &headers).await.0, 403, "{uri}");
    }
    for method in ["get", "G E T", "", "CONNECT", "TRACE"] {
        let headers = [("x-user", "admin"), ("x-original-uri", VERSION), ("x-original-method", method)];
        assert_eq!(ask(&service, "/forward-auth", &headers).await.0, 403, "{method}");
    }
}

#[tokio::test]
async fn only_a_proxy_that_is_trusted_is_answered() {
    let world = world(&[], Policy::default()).await;
    let service = world.nginx();
    let headers = [("x-user", "admin"), ("x-original-uri", VERSION), ("x-original-method", "GET")];
    assert_eq!(ask(&service, "/forward-auth", &headers).await.0, 200);
    for peer in ["10.0.1.7", "127.0.0.1", "::1"] {
        let (status, found, text) = ask_from(peer, &service, "GET", "/forward-auth", &headers).await;
        assert_eq!((status, text.as_str()), (403, "Permission denied"), "{peer}");
        assert!(!found.contains_key("x-forwarded-user"));
    }
    let mut request = Request::builder().uri("/forward-auth").header("host", "localhost");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let (status, ..) = crate::common::send(&service, request.body(Body::empty()).unwrap()).await;
    assert_eq!(status, 403, "nobody knows where it comes from");
}

#[tokio::test]
async fn identity_headers_of_a_client_are_never_believed_through_the_proxy() {
    let mut world = world(&[], Policy::default()).await;
    let networks = vec!["10.0.0.0/24".parse().unwrap()];
    let trust = Trust::new(TrustSettings { networks, ..TrustSettings::default() }).unwrap();
    let believing = ProxySettings::new(ProxyHeaders::oauth2_proxy());
    let users = crate::common::store(&[]).await;
    let proxy = ProxyAuthenticator::new(trust, believing, crate::common::admitting(users)).unwrap();
    let names = proxy.identity_headers();
    world.layer = world.layer.with_authenticator(Arc::new(proxy)).with_identity_headers(names);
    let spoofed = [
        ("x-original-uri", VERSION),
        ("x-original-method", "GET"),
        ("x-forwarded-email", "alice@x"),
        ("x-forwarded-user", "alice"),
    ];
    assert_eq!(ask(&world.nginx(), "/forward-auth", &spoofed).await.0, 401);
    // The same proxy is believed where it forwards.
    let mut request = Request::builder().uri(VERSION).header("host", "localhost").header("x-forwarded-email", "a@x");
    request.extensions_mut().unwrap().insert(Peer::from("10.0.0.7".parse::<IpAddr>().unwrap()));
    assert_eq!(crate::common::send(&world.front(), request.body(Body::empty()).unwrap()).await.0, 200);
}

#[tokio::test]
async fn a_header_that_a_server_folds_into_another_is_refused() {
    let world = world(&[], Policy::default()).await;
    for name in ["script_name", "x_mlflow_workspace", "x.forwarded.user"] {
        let headers =
            [("x-original-uri", "/static-files/version"), ("x-original-method", "GET"), (name, "/static-files")];
        let (status, _, text) = ask(&world.nginx(), "/forward-auth", &headers).await;
        assert_eq!((status, text.contains(name)), (403, true), "{text}");
    }
}

#[tokio::test]
async fn a_subrequest_with_a_body_is_refused() {
    let world = world(&[], Policy::default()).await;
    let base = [("x-user", "alice"), ("x-original-uri", VERSION), ("x-original-method", "GET")];
    for (more, expected) in [
        (("content-length", "0"), 200),
        (("content-type", "application/json"), 200),
        (("content-length", "7"), 403),
        (("transfer-encoding", "chunked"), 403),
    ] {
        let headers = [base[0], base[1], base[2], more];
        assert_eq!(ask(&world.nginx(), "/forward-auth", &headers).await.0, expected, "{more:?}");
    }
}
