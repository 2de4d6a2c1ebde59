//! Narrowed proofs in front of MLflow's routes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use async_trait::async_trait;
use bytes::Bytes;
use common::{Record, Service, grant, recording, send, store};
use http::request::Parts;
use http::{Request, Response};
use mlflow_auth_core::routes::{Access, Effect, Route, mlflow, oidc_plugin, ours};
use mlflow_auth_core::store::{Change, MemoryStore};
use mlflow_auth_core::{
    AuthenticationError, Authenticator, Authorizer, NarrowedTo, Narrowing, PasswordAuthenticator, Permission, Policy,
    Principal, Proof, Username, Workspace,
};
use mlflow_auth_tower::{AuthLayer, Body};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use tower::{Layer, ServiceExt};

/// Somebody with this proof.
struct Narrowed {
    who: &'static str,
    narrowing: Narrowing,
}

#[async_trait]
impl Authenticator for Narrowed {
    async fn authenticate(&self, _: &Parts) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let who = Principal::new(Username::new(self.who).unwrap(), Proof::AccessToken);
        let narrowing = Some(Arc::new(self.narrowing.clone()));
        Ok(Some(Arc::new(Principal { is_admin: self.who == "admin", narrowing, ..who })))
    }
}

fn reading() -> Narrowing {
    Narrowing { read_only: true, only: None }
}

fn only(resources: &[(&'static str, &str)]) -> Narrowing {
    let to = |(kind, id): &(&'static str, &str)| mlflow::narrowed_to(kind, id, None).unwrap();
    Narrowing { read_only: false, only: Some(resources.iter().map(to).collect()) }
}

fn layer(who: &'static str, narrowing: Narrowing, store: Arc<MemoryStore>, workspaces: bool) -> AuthLayer {
    let freshness = Arc::new(mlflow_auth_core::Freshness::new(std::time::Duration::from_secs(600)));
    let passwords = PasswordAuthenticator::new(store.clone(), freshness, Default::default());
    let policy = Policy { workspaces, ..Policy::default() };
    let layer = AuthLayer::mlflow(Authorizer::new(policy, store.clone())).unwrap();
    layer.with_authenticator(Arc::new(Narrowed { who, narrowing })).with_accounts(store, Arc::new(passwords))
}

async fn front(who: &'static str, narrowing: Narrowing, grants: &[Change]) -> (Service, Record) {
    recording(&layer(who, narrowing, store(grants).await, false))
}

async fn status(service: &Service, method: &str, target: &str, body: &Value) -> u16 {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let request = Request::builder().method(method).uri(target).header("host", "localhost");
    let request = request.header("content-type", "application/json").header("content-length", text.len());
    send(service, request.body(Body::from(text)).unwrap()).await.0
}

/// A request for each method and prefix of a row, with something in the place of each name.
fn requests(route: &Route) -> Vec<(&'static str, String)> {
    let segment = |segment: &str| match segment.starts_with('{') {
        true => segment.split_once('}').map_or("7".to_owned(), |(_, rest)| format!("7{rest}")),
        false => segment.to_owned(),
    };
    let path = route.path.split('/').map(segment).collect::<Vec<_>>().join("/");
    let full = |method: &&'static str| {
        route.mount.prefixes().iter().map(|prefix| (*method, format!("{prefix}{path}"))).collect::<Vec<_>>()
    };
    route.methods.iter().flat_map(full).collect()
}

/// Rows that are read although they are asked for in another way than by `GET`.
const READ_BY_OTHER_METHODS: [&str; 15] = [
    "/2.0/mlflow/artifacts/presigned-download-url",
    "/2.0/mlflow/experiments/search",
    "/2.0/mlflow/experiments/search-datasets",
    "/2.0/mlflow/logged-models/search",
    "/2.0/mlflow/registered-models/get-latest-versions",
    "/2.0/mlflow/runs/search",
    "/3.0/jobs/search",
    "/3.0/mlflow/datasets/search",
    "/3.0/mlflow/issues/search",
    "/3.0/mlflow/prompt-optimization/jobs/search",
    "/3.0/mlflow/traces/batchGetInfos",
    "/3.0/mlflow/traces/calculate-filter-correlation",
    "/3.0/mlflow/traces/metrics",
    "/3.0/mlflow/traces/search",
    "/graphql",
];

#[test]
fn a_row_that_takes_no_more_than_reading_changes_nothing() {
    let by_other_methods = |route: &&Route| route.methods != ["GET"] && !route.changes();
    let mut found: Vec<&str> = mlflow::routes().filter(by_other_methods).map(|route| route.path).collect();
    found.sort_unstable();
    assert_eq!(found, READ_BY_OTHER_METHODS, "look at what a new row does: its needs take no more than reading");
    for route in mlflow::routes().filter(|route| route.methods == ["GET"]) {
        let is_judged = matches!(route.access, Access::Needs(_) | Access::SignedIn | Access::Public);
        assert!(!is_judged || !route.changes(), "{}", route.path);
    }
}

#[tokio::test]
async fn a_token_for_reading_changes_nothing_on_any_route_though_an_admin_has_it() {
    let (service, record) = front("admin", reading(), &[]).await;
    let mut refused = 0;
    for route in mlflow::routes().filter(|route| route.changes()) {
        for (method, target) in requests(route) {
            let expected = if route.path == "/2.0/mlflow/users/current" { 404 } else { 403 };
            assert_eq!(status(&service, method, &target, &Value::Null).await, expected, "{method} {target}");
            refused += 1;
        }
    }
    assert!(refused > 300, "{refused}");
    assert!(record.lock().unwrap().is_empty(), "nothing of it was forwarded");
}

#[tokio::test]
async fn no_narrowed_token_reaches_accounts_grants_and_tokens_or_what_only_admins_may() {
    for narrowing in [reading(), only(&[("experiment", "*"), ("registered_model", "*"), ("workspace", "*")])] {
        let (service, record) = front("admin", narrowing, &[]).await;
        let rows = mlflow::routes().chain(ours::routes()).chain(oidc_plugin::routes());
        let mut refused = 0;
        for route in rows.filter(|route| route.path != "/2.0/mlflow/users/current") {
            // GraphQL's fields are judged like the rows that they stand for.
            if matches!(route.access, Access::Needs(_) | Access::SignedIn | Access::Public | Access::GraphQl(_)) {
                continue;
            }
            for (method, target) in requests(route) {
                assert_eq!(status(&service, method, &target, &Value::Null).await, 403, "{method} {target}");
                refused += 1;
            }
        }
        assert!(refused > 400, "{refused}");
        assert_eq!(status(&service, "GET", "/api/2.0/mlflow/not-known", &Value::Null).await, 403);
        assert!(record.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_narrowed_token_tells_whose_it_is() {
    let store = store(&[]).await;
    let new = mlflow_auth_core::store::NewUser::named(Username::new("alice").unwrap());
    mlflow_auth_core::store::UserStore::create_user(store.as_ref(), new).await.unwrap();
    let (service, _) = recording(&layer("alice", reading(), store, false));
    assert_eq!(status(&service, "GET", "/api/2.0/mlflow/users/current", &Value::Null).await, 200);
}

/// What a token for experiment 7, and one for the registered model `churn`, may do whose owner manages 7 and 8, and
/// `churn` and `other`.
#[tokio::test]
async fn a_token_reaches_what_it_names_and_nothing_else_that_its_owner_has() {
    let grants = ["7", "8"].map(|id| grant("alice", "experiment", id, Permission::Manage));
    let models = ["churn", "other"].map(|id| grant("alice", "registered_model", id, Permission::Manage));
    let grants: Vec<Change> = grants.into_iter().chain(models).collect();
    let create = |name: &str| ("POST", "/api/2.0/mlflow/registered-models/create", json!({"name": name}));
    let experiment = |id: &str| ("POST", "/api/2.0/mlflow/runs/create", json!({"experiment_id": id}));
    let rename = |to: &str| ("PATCH", "/api/2.0/mlflow/registered-models/update", json!({"name": to}));
    let renamed =
        |to: &str| ("POST", "/api/2.0/mlflow/registered-models/rename", json!({"name": "churn", "new_name": to}));
    let place = |path: &str| ("PUT", format!("/api/2.0/mlflow-artifacts/artifacts/{path}"));
    let (seven, churn) = (only(&[("experiment", "7")]), only(&[("registered_model", "churn")]));
    let both = only(&[("registered_model", "churn"), ("registered_model", "new")]);
    let every = only(&[("experiment", "*")]);
    let make = || ("POST", "/api/2.0/mlflow/experiments/create", json!({"name": "a new one"}));
    for (narrowing, (method, target, body), expected) in [
        (&seven, experiment("7"), 200),
        (&seven, experiment("8"), 403),
        (&seven, rename("churn"), 403),
        (&seven, make(), 403),
        (&seven, create("churn"), 403),
        (&churn, experiment("7"), 403),
        (&churn, rename("churn"), 200),
        (&churn, rename("other"), 403),
        (&churn, renamed("new"), 403),
        (&both, renamed("new"), 200),
        (&churn, create("churn"), 200),
        (&churn, create("another"), 403),
        (&every, make(), 200),
        (&every, experiment("8"), 200),
        (&every, create("churn"), 403),
    ] {
        let (service, _) = front_with_registry(narrowing.clone(), &grants).await;
        assert_eq!(status(&service, method, target, &body).await, expected, "{narrowing:?} {method} {target} {body}");
    }
    let (service, _) = front("alice", seven, &grants).await;
    for (path, expected) in [("7/run/x", 200), ("8/run/x", 403), ("x/y", 403)] {
        let (method, target) = place(path);
        assert_eq!(status(&service, method, &target, &Value::Null).await, expected, "{path}");
    }
    let ui = ("POST", "/ajax-api/3.0/mlflow/ui-telemetry", json!({"records": []}));
    assert_eq!(status(&service, ui.0, ui.1, &ui.2).await, 403, "what names nothing changes nothing");
    for target in ["/version", "/"] {
        assert_eq!(status(&service, "GET", target, &Value::Null).await, 200);
    }
}

/// MLflow with registered models that are no prompts.
async fn front_with_registry(narrowing: Narrowing, grants: &[Change]) -> (Service, ()) {
    let layer = layer("alice", narrowing, store(grants).await, false);
    let inner = tower::service_fn(|_: Request<Body>| async move {
        let answer = json!({"registered_model": {"name": "churn", "tags": []}}).to_string();
        Ok::<_, Infallible>(Response::new(Body::from(Bytes::from(answer))))
    });
    (layer.layer(inner).boxed_clone(), ())
}

/// Of the rows of a search those that the token names are left, for an admin too.
#[tokio::test]
async fn lists_show_what_the_token_names() {
    let rows = ["7", "8", "9"].map(|id| json!({"experiment_id": id, "name": id}));
    let rows = json!({"experiments": rows});
    for (who, granted) in [("alice", vec!["7", "8"]), ("admin", vec![])] {
        let grants: Vec<Change> = granted.iter().map(|id| grant("alice", "experiment", id, Permission::Read)).collect();
        let both = only(&[("experiment", "7"), ("experiment", "70")]);
        for (narrowing, expected) in [
            (both, vec!["7"]),
            (only(&[("prompt", "7")]), vec![]),
            (reading(), if who == "admin" { vec!["7", "8", "9"] } else { vec!["7", "8"] }),
        ] {
            let layer = layer(who, narrowing, store(&grants).await, false);
            let answer = rows.to_string();
            let inner = tower::service_fn(move |_: Request<Body>| {
                let answer = answer.clone();
                async move { Ok::<_, Infallible>(Response::new(Body::from(Bytes::from(answer)))) }
            });
            let service = layer.layer(inner).boxed_clone();
            let request = Request::post("/api/2.0/mlflow/experiments/search").header("host", "localhost");
            let request = request.header("content-type", "application/json").body(Body::from("{}".to_owned())).unwrap();
            let (status, _, text) = send(&service, request).await;
            let found: Value = text.parse().unwrap();
            let found = found["experiments"].as_array().into_iter().flatten();
            let found: Vec<&str> = found.map(|row| row["experiment_id"].as_str().unwrap()).collect();
            assert_eq!((status, found), (200, expected), "{who}");
        }
    }
}

#[tokio::test]
async fn a_search_is_narrowed_before_it_is_made() {
    let (service, record) = front("admin", only(&[("experiment", "7")]), &[]).await;
    let target = "/api/2.0/mlflow/runs/search";
    assert_eq!(status(&service, "POST", target, &json!({"experiment_ids": ["7", "8"]})).await, 200);
    assert_eq!(status(&service, "POST", target, &json!({"experiment_ids": ["8"]})).await, 200);
    let reached = record.lock().unwrap();
    let bodies: Vec<Value> = reached.iter().map(|one| serde_json::from_slice(&one.body).unwrap()).collect();
    assert_eq!(bodies, [json!({"experiment_ids": ["7"]})], "the second one was not even asked");
}

#[tokio::test]
async fn a_token_for_a_workspace_ends_where_it_ends() {
    let blue = Workspace::new("blue").unwrap();
    let to = NarrowedTo { workspace: None, ..mlflow::narrowed_to("workspace", blue.as_str(), None).unwrap() };
    let narrowing = Narrowing { read_only: false, only: Some(vec![to]) };
    let (service, record) = recording(&layer("admin", narrowing, store(&[]).await, true));
    for (workspace, expected) in [("blue", 200), ("red", 403)] {
        let request = Request::post("/api/2.0/mlflow/experiments/create").header("host", "localhost");
        let request = request.header("content-type", "application/json").header("x-mlflow-workspace", workspace);
        let (status, ..) = send(&service, request.body(Body::from(r#"{"name":"x"}"#.to_owned())).unwrap()).await;
        assert_eq!(status, expected, "{workspace}");
    }
    assert_eq!(record.lock().unwrap().len(), 1);
}

#[test]
fn what_creates_changes() {
    for route in
        mlflow::routes().filter(|route| matches!(route.effect, Effect::Deleted { .. }) || route.effect.creates())
    {
        assert!(route.changes(), "{}", route.path);
    }
}
