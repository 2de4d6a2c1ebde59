//! Headers in which a proxy says who is calling reach nobody behind the layer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use common::{admitting, layer, recording, request, send, store};
use http::{HeaderName, Request};
use mlflow_auth_core::routes::{Access, Effect, Route, Takes};
use mlflow_auth_core::{Peer, ProxyAuthenticator, ProxyHeaders, ProxySettings, Trust, TrustSettings};
use mlflow_auth_tower::{AuthLayer, Body};
use std::net::IpAddr;
use std::sync::Arc;

static ROUTES: &[Route] = &[
    Route::get("/public").open_to(Access::Public),
    Route::get("/hello").open_to(Access::SignedIn),
    Route::put("/upload").open_to(Access::SignedIn).takes(Takes::Stream(&[])).then(Effect::None),
    Route::get("/for-admins").open_to(Access::Admin),
];

fn name(text: &'static str) -> HeaderName {
    HeaderName::from_static(text)
}

#[tokio::test]
async fn no_spelling_of_an_identity_header_reaches_the_service() {
    let layer = layer(ROUTES, store(&[]).await).with_identity_headers([
        name("remote-user"),
        name("x-forwarded-groups"),
        name("x-user"),
    ]);
    let (service, record) = recording(&layer);
    for (user, method, target) in [
        ("alice", "GET", "/public"),
        ("alice", "GET", "/hello"),
        ("alice", "HEAD", "/hello"),
        ("alice", "PUT", "/upload"),
        ("admin", "GET", "/for-admins"),
        ("admin", "GET", "/nowhere"),
    ] {
        let request = request(user, method, target)
            .header("Remote-User", "admin")
            .header("REMOTE-USER", "admin")
            .header("remote_user", "admin")
            .header("Remote.User", "admin")
            .header("X-Forwarded-Groups", "admins")
            .header("x_forwarded-groups", "admins")
            .header("x-other", "stays");
        let (status, ..) = send(&service, request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, 200, "{method} {target}");
        let reached = record.lock().unwrap().pop().unwrap();
        let mut names: Vec<&str> = reached.headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["host", "x-other"], "{method} {target}");
    }
}

/// A layer that believes a proxy at 10.0.0.7.
async fn behind_a_proxy() -> AuthLayer {
    let networks = vec!["10.0.0.7".parse().unwrap()];
    let trust = Trust::new(TrustSettings { networks, ..TrustSettings::default() }).unwrap();
    let settings = ProxySettings::new(ProxyHeaders::authelia());
    let users = store(&[]).await;
    let proxy = ProxyAuthenticator::new(trust, settings, admitting(users.clone())).unwrap();
    let names = proxy.identity_headers();
    layer(ROUTES, users).with_authenticator(Arc::new(proxy)).with_identity_headers(names)
}

async fn status(layer: &AuthLayer, peer: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = Request::builder().method("GET").uri("/hello").header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(Peer::from(peer.parse::<IpAddr>().unwrap()));
    send(&recording(layer).0, request).await.0
}

#[tokio::test]
async fn spoofed_headers_of_an_untrusted_peer_sign_nobody_in() {
    let layer = behind_a_proxy().await;
    assert_eq!(status(&layer, "10.0.0.7", &[("remote-user", "alice")]).await, 200);
    for headers in [
        &[("remote-user", "alice")][..],
        &[("remote-user", "alice"), ("x-forwarded-for", "10.0.0.7")],
        &[("remote-user", "alice"), ("forwarded", "for=10.0.0.7"), ("x-real-ip", "10.0.0.7")],
    ] {
        assert_eq!(status(&layer, "10.0.0.8", headers).await, 401, "{headers:?}");
    }
}

#[tokio::test]
async fn underscores_and_dots_spell_no_identity_even_from_the_proxy() {
    let layer = behind_a_proxy().await;
    for name in ["remote_user", "Remote_User", "remote.user", "REMOTE_USER"] {
        assert_eq!(status(&layer, "10.0.0.7", &[(name, "admin")]).await, 401, "{name}");
    }
    assert_eq!(status(&layer, "10.0.0.7", &[("remote-user", "alice"), ("remote_user", "admin")]).await, 200);
}

#[tokio::test]
async fn a_header_that_connection_names_is_gone_before_it_is_believed() {
    let layer = behind_a_proxy().await;
    for nominated in ["remote-user", "close, Remote-User", "REMOTE-USER , x"] {
        let headers = [("remote-user", "alice"), ("connection", nominated)];
        assert_eq!(status(&layer, "10.0.0.7", &headers).await, 401, "{nominated}");
    }
    let headers = [("remote-user", "alice"), ("connection", "close, remote-users")];
    assert_eq!(status(&layer, "10.0.0.7", &headers).await, 200);
}
