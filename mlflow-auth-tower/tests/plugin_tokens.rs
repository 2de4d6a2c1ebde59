//! Access tokens in the REST API of mlflow-oidc-auth, on the layer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use async_trait::async_trait;
use common::plugin::{USERS, user};
use common::{Service, recording, request, send};
use http::request::Parts;
use mlflow_auth_core::store::{Cached, MemoryStore, NewUser, TokenStore, UserStore, UserUpdate};
use mlflow_auth_core::{
    AccessTokenAuthenticator, AuthenticationError, Authenticator, Authorizer, Freshness, Narrowing,
    PasswordAuthenticator, Policy, Principal, Proof, TokenLimits, Username,
};
use mlflow_auth_tower::{AuthLayer, Body};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Believes `x-user`, with the proof that `x-proof` names.
struct Proved;

#[async_trait]
impl Authenticator for Proved {
    async fn authenticate(&self, request: &Parts) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let text = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        let Some(name) = text("x-user") else { return Ok(None) };
        let (proof, narrowing) = match text("x-proof").unwrap_or("session") {
            "password" => (Proof::Password, None),
            "session" => (Proof::Session, None),
            "narrowed session" => (Proof::Session, Some(Arc::new(Narrowing::default()))),
            "signed-token" => (Proof::SignedToken, None),
            "access-token" => (Proof::AccessToken, None),
            "proxy-header" => (Proof::ProxyHeader, None),
            _ => (Proof::Asserted, None),
        };
        let who = Principal::new(Username::new(name).unwrap(), proof);
        Ok(Some(Arc::new(Principal { is_admin: name == "admin", narrowing, ..who })))
    }
}

struct Api {
    service: Service,
    store: Arc<Cached<MemoryStore>>,
}

impl Api {
    /// With the accounts `admin`, which is one, `ann`, `bob`, and `ci`, which no person has.
    async fn new() -> Self {
        let freshness = Arc::new(Freshness::new(Duration::from_secs(600)));
        let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 100));
        for name in ["admin", "ann", "bob", "ci"] {
            let new = NewUser { is_admin: name == "admin", is_service: name == "ci", ..NewUser::named(user(name)) };
            store.create_user(new).await.unwrap();
        }
        let tokens = AccessTokenAuthenticator::new(store.clone(), store.clone(), freshness.clone(), Default::default());
        let passwords = PasswordAuthenticator::new(store.clone(), freshness, Default::default());
        let layer = AuthLayer::mlflow(Authorizer::new(Policy::default(), store.clone()))
            .unwrap()
            .with_authenticator(Arc::new(tokens))
            .with_authenticator(Arc::new(Proved))
            .with_accounts(store.clone(), Arc::new(passwords))
            .with_tokens(store.clone(), TokenLimits::default());
        Self { service: recording(&layer).0, store }
    }

    async fn send(
        &self,
        headers: &[(&str, &str)],
        method: &str,
        path: &str,
        body: Value,
    ) -> (u16, http::HeaderMap, Value) {
        let mut builder = request("", method, &format!("{USERS}{path}"));
        builder.headers_mut().unwrap().remove("x-user");
        // As a page of our own, which may use a session.
        builder = builder.header("sec-fetch-site", "same-origin");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let text = if body.is_null() { String::new() } else { body.to_string() };
        if !text.is_empty() {
            builder = builder.header("content-type", "application/json");
        }
        let (status, headers, text) = send(&self.service, builder.body(Body::from(text)).unwrap()).await;
        (status, headers, text.parse().unwrap_or(Value::Null))
    }

    /// As somebody in a browser.
    async fn call(&self, who: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, _, answer) = self.send(&[("x-user", who)], method, path, body).await;
        (status, answer)
    }

    /// The status of somebody who shows a token.
    async fn shows(&self, token: &str) -> u16 {
        let header = format!("Bearer {token}");
        self.send(&[("authorization", &header)], "GET", "/current", Value::Null).await.0
    }
}

fn wanted(name: &str) -> Value {
    json!({"name": name, "expiration": in_days(30)})
}

fn in_days(days: u64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let time = time::OffsetDateTime::from_unix_timestamp((now + days * 86_400) as i64).unwrap();
    time.format(&time::format_description::well_known::Rfc3339).unwrap()
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_ends() {
    let api = Api::new().await;
    let (status, headers, made) = api.send(&[("x-user", "ann")], "POST", "/current/tokens", wanted("laptop")).await;
    assert_eq!((status, headers["cache-control"].to_str().unwrap()), (201, "no-store"));
    let token = made["token"].as_str().unwrap().to_owned();
    assert_eq!(token[4..12], *made["token_prefix"].as_str().unwrap());
    assert_eq!(api.shows(&token).await, 200);

    let (status, listed) = api.call("ann", "GET", "/current/tokens", Value::Null).await;
    let (_, by_admin) = api.call("admin", "GET", "/ann/tokens", Value::Null).await;
    assert_eq!((status, &listed), (200, &by_admin));
    let mut row = made.clone();
    row.as_object_mut().unwrap().remove("token");
    let mut seen = listed["tokens"][0].clone();
    seen["last_used_at"] = Value::Null;
    assert_eq!(seen, row);
    assert!(!listed.to_string().contains(&token[13..]));

    let path = format!("/current/tokens/{}", made["id"]);
    assert_eq!(api.call("ann", "DELETE", &path, Value::Null).await, (200, json!({"deleted": 1})));
    assert_eq!(api.shows(&token).await, 401);
    assert_eq!(api.call("ann", "DELETE", &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn the_default_token_is_renewed_and_the_one_before_ends() {
    let api = Api::new().await;
    let renew = |who: &'static str, body: Value| api.call(who, "PATCH", "/access-token", body);
    let (status, first) = renew("ann", Value::Null).await;
    assert_eq!((status, &first["message"]), (200, &json!("Token for ann has been created")));
    let first = first["token"].as_str().unwrap().to_owned();
    assert_eq!(api.shows(&first).await, 200);
    let (_, second) = renew("admin", json!({"username": "ann", "expiration": in_days(1)})).await;
    let second = second["token"].as_str().unwrap().to_owned();
    assert_eq!((api.shows(&first).await, api.shows(&second).await), (401, 200));
    assert_eq!(renew("bob", json!({"username": "ann"})).await.0, 403);
    assert_eq!(renew("admin", json!({"username": "nobody"})).await.0, 404);
    let kept = api.store.tokens_of(&user("ann")).await.unwrap();
    assert_eq!(
        kept.iter().map(|token| (token.name.as_str(), token.created_by.as_str())).collect::<Vec<_>>(),
        [("default", "admin")]
    );
}

/// A token must not mint, rotate or issue for others; an admin's neither; nor whatever a program signs in with.
#[tokio::test]
async fn only_people_who_signed_in_themselves_have_tokens_made() {
    let api = Api::new().await;
    let (_, made) = api.call("admin", "POST", "/current/tokens", wanted("real")).await;
    let real = format!("Bearer {}", made["token"].as_str().unwrap());
    let ways: [(&[(&str, &str)], bool); 10] = [
        (&[("x-user", "admin"), ("x-proof", "session")], true),
        (&[("x-user", "admin"), ("x-proof", "password")], true),
        (&[("x-user", "admin"), ("x-proof", "signed-token")], true),
        (&[("x-user", "admin"), ("x-proof", "access-token")], false),
        (&[("x-user", "admin"), ("x-proof", "proxy-header")], false),
        (&[("x-user", "admin"), ("x-proof", "something else")], false),
        (&[("authorization", &real)], false),
        (&[("x-user", "ci"), ("x-proof", "signed-token")], false),
        (&[("x-user", "ci"), ("x-proof", "password")], false),
        (&[("x-user", "no account"), ("x-proof", "signed-token")], false),
    ];
    for (at, (headers, may)) in ways.into_iter().enumerate() {
        let name = format!("token {at}");
        for (method, path, body) in [
            ("POST", "/current/tokens", wanted(&name)),
            ("POST", "/bob/tokens", wanted(&name)),
            ("PATCH", "/access-token", json!({})),
            ("PATCH", "/access-token", json!({"username": "bob"})),
        ] {
            let (status, _, answer) = api.send(headers, method, path, body).await;
            assert_eq!(status < 300, may, "{headers:?} {method} {path}: {status} {answer}");
            assert!(may || status == 403 && answer.get("token").is_none(), "{headers:?} {method} {path}: {status}");
        }
    }
    let narrowed = [("x-user", "admin"), ("x-proof", "narrowed session")];
    assert_eq!(api.send(&narrowed, "POST", "/current/tokens", wanted("x")).await.0, 403);
    assert_eq!(api.store.tokens_of(&user("bob")).await.unwrap().len(), 4, "three, and `default`");
}

#[tokio::test]
async fn whoever_has_a_token_lists_and_ends_tokens_with_it() {
    let api = Api::new().await;
    let (_, made) = api.call("ann", "POST", "/current/tokens", wanted("own")).await;
    let real = format!("Bearer {}", made["token"].as_str().unwrap());
    let shown: [(&str, &str); 1] = [("authorization", &real)];
    assert_eq!(api.send(&shown, "GET", "/current/tokens", Value::Null).await.0, 200);
    let path = format!("/current/tokens/{}", made["id"]);
    assert_eq!(api.send(&shown, "DELETE", &path, Value::Null).await.0, 200);
    assert_eq!(api.send(&shown, "GET", "/current/tokens", Value::Null).await.0, 401);
}

#[tokio::test]
async fn tokens_of_others_are_for_admins_and_a_foreign_number_is_not_found_by_them_either() {
    let api = Api::new().await;
    let (_, made) = api.call("admin", "POST", "/ann/tokens", wanted("theirs")).await;
    let number = &made["id"];
    for (who, method, path, expected) in [
        ("bob", "GET", "/ann/tokens".to_owned(), 403),
        ("bob", "POST", "/ann/tokens".to_owned(), 403),
        ("bob", "DELETE", "/ann/tokens".to_owned(), 403),
        ("bob", "DELETE", format!("/ann/tokens/{number}"), 403),
        ("bob", "DELETE", format!("/current/tokens/{number}"), 404),
        ("admin", "DELETE", format!("/current/tokens/{number}"), 404),
        ("admin", "DELETE", format!("/bob/tokens/{number}"), 404),
        ("admin", "DELETE", "/ann/tokens/0".to_owned(), 404),
        ("admin", "DELETE", "/ann/tokens/x".to_owned(), 422),
        ("admin", "GET", "/nobody/tokens".to_owned(), 404),
        ("admin", "DELETE", "/nobody/tokens".to_owned(), 404),
        ("", "GET", "/current/tokens".to_owned(), 401),
    ] {
        let body = if method == "POST" { wanted("x") } else { Value::Null };
        let headers = [("x-user", who)];
        let headers = if who.is_empty() { &headers[..0] } else { &headers[..] };
        assert_eq!(api.send(headers, method, &path, body).await.0, expected, "{who}: {method} {path}");
    }
    assert_eq!(api.shows(made["token"].as_str().unwrap()).await, 200);
    assert_eq!(api.call("admin", "DELETE", "/ann/tokens", Value::Null).await, (200, json!({"revoked": 1})));
    assert_eq!(api.shows(made["token"].as_str().unwrap()).await, 401);
}

#[tokio::test]
async fn what_is_no_token_is_not_made() {
    let api = Api::new().await;
    let with = |fields: Value| {
        let mut body = wanted("x");
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body
    };
    api.call("ann", "POST", "/current/tokens", wanted("taken")).await;
    for (body, expected, said) in [
        (json!({}), 422, "name"),
        (json!({"name": "x"}), 422, "expiration"),
        (with(json!({"name": ""})), 400, "empty"),
        (with(json!({"name": "  "})), 400, "empty"),
        (with(json!({"name": "x".repeat(256)})), 400, "255"),
        (with(json!({"name": "a\nb"})), 400, "control"),
        (with(json!({"name": "taken"})), 409, "already exists"),
        (with(json!({"expiration": "tomorrow"})), 400, "ISO 8601"),
        (with(json!({"expiration": "2020-01-01"})), 400, "in the future"),
        (with(json!({"expiration": in_days(367)})), 400, "366 days"),
        (with(json!({"read_only": "perhaps"})), 422, "read_only"),
        (with(json!({"resources": []})), 422, "resources"),
        (with(json!({"resources": "experiment"})), 422, "resources"),
        (with(json!({"resources": [{"type": "experiment"}]})), 422, "resources"),
        (with(json!({"resources": [{"type": "experiment", "id": "7", "name": "x"}]})), 422, "resources"),
        (with(json!({"resources": [{"type": "experiment", "id": "churn"}]})), 400, "decimal"),
        (with(json!({"resources": [{"type": "run", "id": "*"}]})), 400, "belong"),
        (with(json!({"resources": [{"type": "model", "id": "x"}]})), 400, "not a resource type"),
        (with(json!({"resources": [{"type": "prompt", "id": "x", "workspace": "blue"}]})), 400, "switched off"),
    ] {
        let (status, answer) = api.call("ann", "POST", "/current/tokens", body.clone()).await;
        assert!(status == expected && answer.to_string().contains(said), "{body}: {status} {answer}");
    }
    let deactivate = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    api.store.update_user(&user("bob"), deactivate).await.unwrap();
    assert_eq!(api.call("admin", "POST", "/bob/tokens", wanted("x")).await.0, 409);
    for number in 1..20 {
        assert_eq!(api.call("ann", "POST", "/current/tokens", wanted(&format!("{number}"))).await.0, 201);
    }
    assert_eq!(api.call("ann", "POST", "/current/tokens", wanted("one more")).await.0, 409);
}

#[tokio::test]
async fn a_narrowed_token_is_told_and_kept_as_asked() {
    let api = Api::new().await;
    let resources = json!([{"type": "experiment", "id": "7"}, {"type": "prompt", "id": "*", "workspace": null}]);
    let mut body = wanted("narrow");
    body["read_only"] = json!(true);
    body["resources"] = resources;
    let (status, made) = api.call("admin", "POST", "/ci/tokens", body).await;
    assert_eq!((status, &made["read_only"]), (201, &json!(true)));
    let expected = json!([
        {"type": "experiment", "id": "7", "workspace": null},
        {"type": "prompt", "id": "*", "workspace": null},
    ]);
    assert_eq!(made["resources"], expected);
    let kept = api.store.tokens_of(&user("ci")).await.unwrap();
    assert!(kept[0].narrowing.read_only && kept[0].narrowing.only.as_ref().is_some_and(|only| only.len() == 2));
    let (_, whole) = api.call("ann", "POST", "/current/tokens", wanted("whole")).await;
    assert_eq!((&whole["read_only"], &whole["resources"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn lists_are_paged_and_searched_by_name() {
    let api = Api::new().await;
    for name in ["beta", "alpha", "gamma"] {
        api.call("ann", "POST", "/current/tokens", wanted(name)).await;
    }
    let names = |answer: &Value| {
        let rows = answer["tokens"].as_array().unwrap();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (query, expected, total) in [
        ("", vec!["beta", "alpha", "gamma"], None),
        ("?limit=2", vec!["alpha", "beta"], Some("3")),
        ("?limit=2&offset=2", vec!["gamma"], Some("3")),
        ("?search=ALP", vec!["alpha"], Some("1")),
    ] {
        let (_, headers, answer) =
            api.send(&[("x-user", "ann")], "GET", &format!("/current/tokens{query}"), Value::Null).await;
        assert_eq!(names(&answer), expected, "{query}");
        assert_eq!(headers.get("x-total-count").map(|total| total.to_str().unwrap()), total);
    }
}
