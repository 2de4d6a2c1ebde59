//! What callers get: the right status for each kind of no, and lists without gaps.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use async_trait::async_trait;
use common::{Service, grant, layer, recording, request, send, store};
use http::{Request, Response};
use mlflow_auth_core::routes::{Access, Effect, Id, Need, Page, Route, RowKind, Takes};
use mlflow_auth_core::store::{
    Change, ChangeFeed, Changes, Membership, MemoryStore, PermissionStore, Revision, Role, StoreError,
};
use mlflow_auth_core::{
    Action, Grant, GroupName, Permission, ResourceType, RoleKey, Subject, SubjectGrants, Username, Workspace,
};
use mlflow_auth_tower::{Body, Limits};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tower::{Layer, ServiceExt};

const ID: Id = Id::one("id");

static ROUTES: &[Route] = &[
    Route::get("/public").open_to(Access::Public),
    Route::get("/hello").open_to(Access::SignedIn),
    Route::get("/items/{id}").needs(&[Need::on("item", Action::Read, ID)]),
    Route::post("/items").takes(Takes::Json(&["id"])).needs(&[Need::on("item", Action::Update, ID)]),
    Route::get("/later").open_to(Access::NotYet("item:read")),
    Route::get("/local").open_to(Access::Local("runs programs")),
    Route::get("/rows").open_to(Access::SignedIn).takes(Takes::Query(&["max_results", "page_token"])).then(
        Effect::Filter {
            rows: "rows",
            kind: RowKind::Resource { kind: "item", id: "id", name: "id" },
            page: Page::Refill { size: "max_results", default: 5, most: 1000 },
        },
    ),
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
        ("alice", "GET", "/later", "", 403),
        ("alice", "GET", "/nowhere", "", 403),
        ("alice", "OPTIONS", "/items/a", "", 403),
        ("alice", "GET", "/local", "", 403),
        ("admin", "GET", "/local", "", 403),
        ("admin", "GET", "/later", "", 200),
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

/// A list of numbered rows in pages, with tokens that only it understands.
fn paged(total: usize, store: Arc<MemoryStore>) -> Service {
    let inner = tower::service_fn(move |request: Request<Body>| async move {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let field =
            |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned));
        let size: usize = field("max_results").map_or(5, |size| size.parse().unwrap());
        let from: usize = field("page_token").map_or(0, |token| token.strip_prefix("t").unwrap().parse().unwrap());
        let end = total.min(from + size);
        let rows: Vec<Value> = (from..end).map(|row| json!({"id": row.to_string()})).collect();
        let mut answer = json!({"rows": rows});
        if end < total {
            answer["next_page_token"] = format!("t{end}").into();
        }
        Ok::<_, Infallible>(Response::new(Body::from(answer.to_string())))
    });
    layer(ROUTES, store).layer(inner).boxed_clone()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_filtered_list_is_the_readable_part_of_the_list_in_full_pages(
        readable in prop::collection::vec(any::<bool>(), 0..60),
        size in 1_usize..8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let expected: Vec<String> = (0..readable.len()).filter(|row| readable[*row]).map(|row| row.to_string()).collect();
            let grants: Vec<Change> = expected.iter().map(|id| grant("alice", "item", id, Permission::Read)).collect();
            let service = paged(readable.len(), store(&grants).await);
            let (mut found, mut token) = (Vec::new(), None::<String>);
            loop {
                let token_part = token.map(|token| format!("&page_token={token}")).unwrap_or_default();
                let target = format!("/rows?max_results={size}{token_part}");
                let (status, _, text) = send(&service, request("alice", "GET", &target).body(Body::empty()).unwrap()).await;
                assert_eq!(status, 200, "{text}");
                let page: Value = text.parse().unwrap();
                let rows: Vec<String> =
                    page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
                let next = page["next_page_token"].as_str().map(str::to_owned);
                assert!(rows.len() <= size && (rows.len() == size || next.is_none()), "{rows:?} {next:?}");
                found.extend(rows);
                match next {
                    Some(next) => token = Some(next),
                    None => break,
                }
            }
            assert_eq!(found, expected);
        });
    }
}
