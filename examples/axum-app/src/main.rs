//! A service that is not MLflow: datasets behind the same access control, with a resource type and routes of its own.
//!
//! ```text
//! cargo run -p axum-app
//! curl -u alice:correct-horse-battery -X POST -H 'content-type: application/json' \
//!     -d '{"id": "iris"}' http://127.0.0.1:3000/datasets
//! curl -u alice:correct-horse-battery http://127.0.0.1:3000/datasets/iris
//! curl -u bob:correct-horse-battery http://127.0.0.1:3000/datasets/iris       # 403
//! ```

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use mlflow_auth_core::routes::{Effect, Id, Need, Page, Route, RouteTable, RowKind, Takes};
use mlflow_auth_core::store::{Cached, MemoryStore, NewUser, UserStore};
use mlflow_auth_core::{
    Action, Authorizer, Freshness, PasswordAuthenticator, PasswordHash, PasswordSettings, Policy, Secret, Username,
};
use mlflow_auth_tower::{Auth, AuthLayer, CurrentUser, Plain};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tower::Layer;

const ID: Id = Id::one("id");

/// What each operation needs, and what happens around its answer.
static ROUTES: &[Route] = &[
    Route::get("/datasets").open_to(mlflow_auth_core::routes::Access::SignedIn).then(Effect::Filter {
        rows: "datasets",
        kind: RowKind::Resource { kind: "dataset", id: "id", name: "id" },
        page: Page::AsItIs,
    }),
    Route::post("/datasets")
        .takes(Takes::Json(&["id"]))
        .needs(&[Need::create("dataset"), Need::on("dataset", Action::NotDenied, ID)])
        .then(Effect::CreatorManages { kind: "dataset", id: "id" }),
    Route::get("/datasets/{id}").needs(&[Need::on("dataset", Action::Read, ID)]),
    Route::delete("/datasets/{id}")
        .needs(&[Need::on("dataset", Action::Delete, ID)])
        .then(Effect::Deleted { kind: "dataset", id: "id" }),
];

type Datasets = Arc<Mutex<BTreeSet<String>>>;

/// The service itself: it knows nothing of access control but who is calling.
fn datasets() -> Router {
    async fn list(State(datasets): State<Datasets>) -> Json<Value> {
        let datasets = datasets.lock().unwrap_or_else(PoisonError::into_inner);
        let rows: Vec<Value> = datasets.iter().map(|id| json!({"id": id})).collect();
        Json(json!({"datasets": rows}))
    }
    async fn create(State(datasets): State<Datasets>, user: CurrentUser, Json(body): Json<Value>) -> Json<Value> {
        let id = body.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        datasets.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
        Json(json!({"id": id, "created_by": user.0.user.as_str()}))
    }
    async fn show(Path(id): Path<String>) -> Json<Value> {
        Json(json!({"id": id, "rows": 150}))
    }
    async fn delete(State(datasets): State<Datasets>, Path(id): Path<String>) -> Json<Value> {
        datasets.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        Json(json!({}))
    }
    Router::new()
        .route("/datasets", get(list))
        .route("/datasets", post(create))
        .route("/datasets/{id}", get(show).delete(delete))
        .with_state(Datasets::default())
}

/// The service behind the layer, with two users.
async fn app() -> Result<Auth<Plain<Router>>, Box<dyn Error + Send + Sync>> {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(10)));
    let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 10_000));
    for name in ["alice", "bob"] {
        let password = Some(PasswordHash::new(&Secret::new("correct-horse-battery"))?);
        store.create_user(NewUser { password, ..NewUser::named(Username::new(name)?) }).await?;
    }
    let passwords = PasswordAuthenticator::new(store.clone(), freshness, PasswordSettings::default());
    let authorizer = Authorizer::new(Policy::default(), store);
    let layer =
        AuthLayer::new(RouteTable::new(ROUTES.iter().copied())?, authorizer).with_authenticator(Arc::new(passwords));
    Ok(layer.layer(datasets()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, tower::make::Shared::new(app().await?)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use base64::Engine;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn call(
        app: &Auth<Plain<Router>>,
        user: Option<&str>,
        method: &str,
        path: &str,
        body: &str,
    ) -> (StatusCode, String) {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        if let Some(user) = user {
            let credentials = base64::engine::general_purpose::STANDARD.encode(format!("{user}:correct-horse-battery"));
            request = request.header("authorization", format!("Basic {credentials}"));
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json").header("content-length", body.len());
        }
        let response = app.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn who_creates_manages_and_nobody_else_sees_it() {
        let app = app().await.unwrap();
        let (alice, bob) = (Some("alice"), Some("bob"));
        let rows = [
            (None, "GET", "/datasets/iris", "", 401),
            (alice, "GET", "/datasets/iris", "", 403),
            (alice, "POST", "/datasets", r#"{"id": "iris"}"#, 200),
            (alice, "GET", "/datasets/iris", "", 200),
            (bob, "GET", "/datasets/iris", "", 403),
            (bob, "DELETE", "/datasets/iris", "", 403),
            (bob, "GET", "/unknown", "", 403),
            (bob, "GET", "/datasets//iris", "", 400),
            (bob, "POST", "/datasets", r#"{"id": "a", "id": "b"}"#, 400),
        ];
        for (user, method, path, body, expected) in rows {
            let (status, text) = call(&app, user, method, path, body).await;
            assert_eq!(status.as_u16(), expected, "{user:?} {method} {path}: {text}");
        }
        assert_eq!(call(&app, alice, "GET", "/datasets", "").await.1, r#"{"datasets":[{"id":"iris"}]}"#);
        assert_eq!(call(&app, bob, "GET", "/datasets", "").await.1, r#"{"datasets":[]}"#);
    }

    #[tokio::test]
    async fn a_namesake_of_what_was_deleted_is_not_theirs() {
        let app = app().await.unwrap();
        let (alice, bob) = (Some("alice"), Some("bob"));
        for (user, method, path, body, expected) in [
            (alice, "POST", "/datasets", r#"{"id": "iris"}"#, 200),
            (alice, "DELETE", "/datasets/iris", "", 200),
            (bob, "POST", "/datasets", r#"{"id": "iris"}"#, 200),
            (alice, "GET", "/datasets/iris", "", 403),
            (bob, "GET", "/datasets/iris", "", 200),
        ] {
            assert_eq!(call(&app, user, method, path, body).await.0.as_u16(), expected, "{user:?} {method} {path}");
        }
    }
}
