//! What callers get: the right status for each kind of no.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use async_trait::async_trait;
use common::{grant, layer, recording, request, send, store};
use http::Request;
use mlflow_auth_core::routes::{Access, Id, Need, Route, Takes};
use mlflow_auth_core::store::{
    Change, ChangeFeed, Changes, Membership, MemoryStore, PermissionStore, Revision, Role, StoreError,
};
use mlflow_auth_core::{
    Action, Grant, GroupName, Permission, ResourceType, RoleKey, Subject, SubjectGrants, Username, Workspace,
};
use mlflow_auth_tower::{Body, Limits};
use std::sync::Arc;
use std::time::Duration;

const ID: Id = Id::one("id");

static ROUTES: &[Route] = &[
    Route::get("/public").open_to(Access::Public),
    Route::get("/hello").open_to(Access::SignedIn),
    Route::get("/items/{id}").needs(&[Need::on("item", Action::Read, ID)]),
    Route::post("/items").takes(Takes::Json(&["id"])).needs(&[Need::on("item", Action::Update, ID)]),
    Route::get("/for-admins").open_to(Access::Admin),
    Route::get("/local").open_to(Access::Local("runs programs")),
];

#[tokio::test]
async fn each_no_has_its_status() {
    let layer = layer(ROUTES, store(&[grant("alice", "item", "a", Permission::Read)]).await);
    let (service, record) = recording(&layer.with_limits(Limits { body: 100, spans: 100 }));
    let long = format!(r#"{{"id": "{}"}}"#, "x".repeat(200));
    let rows = [
        ("", "GET", "/public", "", 200),
        ("", "GET", "/hello", "", 401),
        ("outage", "GET", "/hello", "", 503),
        ("alice", "GET", "/hello", "", 200),
        ("alice", "GET", "/items/a", "", 200),
        ("alice", "HEAD", "/items/a", "", 200),
        ("alice", "GET", "/items/b", "", 403),
        ("alice", "POST", "/items", r#"{"id": "a"}"#, 403),
        ("alice", "POST", "/items", r#"{"id": "#, 400),
        ("alice", "POST", "/items", "{}", 400),
        ("alice", "POST", "/items", &long, 413),
        ("alice", "GET", "/for-admins", "", 403),
        ("alice", "GET", "/nowhere", "", 403),
        ("alice", "OPTIONS", "/items/a", "", 403),
        ("alice", "GET", "/local", "", 403),
        ("admin", "GET", "/local", "", 403),
        ("admin", "GET", "/for-admins", "", 200),
        ("admin", "GET", "/nowhere", "", 200),
        ("admin", "GET", "/items/b", "", 200),
        ("admin", "POST", "/items", r#"{"id": "a", "id": "b"}"#, 400),
    ];
    for (user, method, target, body, expected) in rows {
        record.lock().unwrap().clear();
        let mut builder = Request::builder().method(method).uri(target).header("host", "localhost");
        if !user.is_empty() {
            builder = builder.header("x-user", user);
        }
        if !body.is_empty() {
            builder = builder.header("content-length", body.len());
        }
        let (status, headers, text) = send(&service, builder.body(Body::from(body.to_owned())).unwrap()).await;
        assert_eq!(status, expected, "{user} {method} {target}: {text}");
        assert_eq!(record.lock().unwrap().len(), usize::from(expected == 200), "{user} {method} {target}");
        match expected {
            401 => assert_eq!(headers["www-authenticate"], "Basic realm=\"mlflow\""),
            403 => assert_eq!(text, "Permission denied"),
            503 => assert!(headers.contains_key("retry-after")),
            _ => {}
        }
    }
}

/// A store that cannot be reached.
struct Down;

fn down<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable("the network cable is out".into()))
}

#[async_trait]
impl ChangeFeed for Down {
    async fn revision(&self) -> Result<Revision, StoreError> {
        down()
    }
    async fn changes(&self, _: Revision, _: Duration) -> Result<Changes, StoreError> {
        down()
    }
}

#[async_trait]
impl PermissionStore for Down {
    async fn membership(&self, _: &Username) -> Result<Arc<Membership>, StoreError> {
        down()
    }
    async fn grants_of(&self, _: &Subject) -> Result<Arc<SubjectGrants>, StoreError> {
        down()
    }
    async fn grants_on(&self, _: &ResourceType, _: &str, _: &Workspace) -> Result<Vec<Grant>, StoreError> {
        down()
    }
    async fn patterns_on(&self, _: &ResourceType) -> Result<Vec<Grant>, StoreError> {
        down()
    }
    async fn holders(&self) -> Result<Vec<Subject>, StoreError> {
        down()
    }
    async fn groups(&self) -> Result<Vec<GroupName>, StoreError> {
        down()
    }
    async fn members(&self, _: &GroupName) -> Result<Vec<Username>, StoreError> {
        down()
    }
    async fn roles(&self) -> Result<Vec<Role>, StoreError> {
        down()
    }
    async fn role_users(&self, _: &RoleKey) -> Result<Vec<Username>, StoreError> {
        down()
    }
    async fn apply(&self, _: &[Change]) -> Result<Revision, StoreError> {
        down()
    }
}

#[tokio::test]
async fn an_outage_is_not_a_refusal() {
    let (service, record) = recording(&layer(ROUTES, Arc::new(Down)));
    let (status, headers, text) =
        send(&service, request("alice", "GET", "/items/a").body(Body::empty()).unwrap()).await;
    assert_eq!((status, headers.contains_key("retry-after")), (503, true), "{text}");
    assert!(record.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_refusal_says_why_where_it_may() {
    let layer = layer(ROUTES, Arc::new(MemoryStore::new())).saying_why(true);
    let (service, _) = recording(&layer);
    let (_, _, text) = send(&service, request("alice", "GET", "/items/a").body(Body::empty()).unwrap()).await;
    assert!(text.contains("`alice` may not read item `a`") && text.contains("NO_PERMISSIONS"), "{text}");
}
