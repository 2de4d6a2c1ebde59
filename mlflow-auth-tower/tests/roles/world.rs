//! Two workspaces with an administrator each, in front of a service that plays MLflow.

use super::common::{Header, Service, request, send};
use http::{Request, Response};
use http_body_util::BodyExt;
use mlflow_auth_core::store::{Cached, Change, GrantConflict, MemoryStore, NewUser, PermissionStore, UserStore};
use mlflow_auth_core::{
    Authorizer, Freshness, GrantSpec, Mode, PasswordAuthenticator, PasswordSettings, Permission, Policy, ResourceType,
    RoleKey, RoleName, Scope, Subject, Target, Username, Workspace,
};
use mlflow_auth_tower::{AuthLayer, Body};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tower::util::BoxCloneService;
use tower::{Layer, ServiceExt};

pub(crate) const API: &str = "/api/3.0/mlflow";
pub(crate) const API2: &str = "/api/2.0/mlflow";

/// `ann` administers `blue`, `rob` administers `red`; `bob` and `dan` are nobody in particular.
pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) store: Arc<Cached<MemoryStore>>,
}

pub(crate) fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

pub(crate) fn space(name: &str) -> Workspace {
    Workspace::new(name).unwrap()
}

pub(crate) fn key(workspace: &str, name: &str) -> RoleKey {
    RoleKey { workspace: space(workspace), name: RoleName::new(name).unwrap() }
}

pub(crate) fn spec(
    subject: impl Into<Subject>,
    scope: Scope,
    kind: &str,
    id: &str,
    permission: Permission,
) -> GrantSpec {
    let target = if id == "*" { Target::Every } else { Target::Exact(id.to_owned()) };
    GrantSpec { subject: subject.into(), scope, kind: ResourceType::from_string(kind), target, permission }
}

pub(crate) fn give(spec: GrantSpec) -> Change {
    Change::Grant(spec, GrantConflict::Refuse)
}

fn set_up() -> Vec<Change> {
    let boss = |workspace: &str, who: &str| {
        let key = key(workspace, "boss");
        [
            Change::CreateRole { key: key.clone(), description: None },
            give(spec(key.clone(), Scope::In(space(workspace)), "workspace", "*", Permission::Manage)),
            Change::Assign(user(who), key),
        ]
    };
    [boss("blue", "ann"), boss("red", "rob")].concat()
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Policy { mode: Mode::Union, workspaces: true, ..Policy::default() }).await
    }

    pub(crate) async fn with(policy: Policy) -> Self {
        Self::of(policy, |layer| layer).await
    }

    pub(crate) async fn of(policy: Policy, change: impl FnOnce(AuthLayer) -> AuthLayer) -> Self {
        let freshness = Arc::new(Freshness::new(Duration::from_secs(600)));
        let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 100));
        for name in ["admin", "ann", "rob", "bob", "dan"] {
            let new = NewUser { is_admin: name == "admin", ..NewUser::named(user(name)) };
            store.create_user(new).await.unwrap();
        }
        store.apply(&set_up()).await.unwrap();
        let passwords = PasswordAuthenticator::new(store.clone(), freshness, PasswordSettings::default());
        let layer = AuthLayer::mlflow(Authorizer::new(policy, store.clone()))
            .unwrap()
            .with_authenticator(Arc::new(Header))
            .with_accounts(store.clone(), Arc::new(passwords));
        let inner =
            tower::service_fn(|request: Request<Body>| async move { Ok::<_, Infallible>(mlflow(request).await) });
        let service: BoxCloneService<_, _, _> = change(layer).layer(inner).boxed_clone();
        Self { service, store }
    }

    /// A call in a workspace; `null` is no body.
    pub(crate) async fn call(&self, who: &str, at: &str, method: &str, target: &str, body: Value) -> (u16, Value) {
        let mut builder = request(who, method, target);
        if !at.is_empty() {
            builder = builder.header("x-mlflow-workspace", at);
        }
        let text = if body.is_null() { String::new() } else { body.to_string() };
        if !text.is_empty() {
            builder = builder.header("content-length", text.len()).header("content-type", "application/json");
        }
        let (status, _, text) = send(&self.service, builder.body(Body::from(text)).unwrap()).await;
        (status, text.parse().unwrap_or(Value::String(text)))
    }

    pub(crate) async fn api(&self, who: &str, method: &str, target: &str, body: Value) -> (u16, Value) {
        self.call(who, "", method, &format!("{API}/{target}"), body).await
    }

    /// A new role, by the admin; its number.
    pub(crate) async fn role(&self, workspace: &str, name: &str) -> i64 {
        let (status, made) =
            self.api("admin", "POST", "roles/create", json!({"workspace": workspace, "name": name})).await;
        assert_eq!(status, 200, "{made}");
        made["role"]["id"].as_i64().unwrap()
    }

    /// A new permission of a role, by the admin; its number.
    pub(crate) async fn permission(&self, role: i64, kind: &str, pattern: &str, permission: &str) -> i64 {
        let body =
            json!({"role_id": role, "resource_type": kind, "resource_pattern": pattern, "permission": permission});
        let (status, made) = self.api("admin", "POST", "roles/permissions/add", body).await;
        assert_eq!(status, 200, "{made}");
        made["role_permission"]["id"].as_i64().unwrap()
    }

    /// All roles with what they give, as the admin sees them.
    pub(crate) async fn picture(&self) -> Value {
        self.api("admin", "GET", "roles/list", Value::Null).await.1
    }
}

/// What MLflow has, as (workspace, path, field, id, answer).
fn things() -> Vec<(&'static str, &'static str, &'static str, &'static str, Value)> {
    let model = |tags: Value| json!({"registered_model": {"tags": tags}});
    let prompt = json!([{"key": "mlflow.prompt.is_prompt", "value": "true"}]);
    vec![
        ("blue", "/experiments/get", "experiment_id", "7", json!({"experiment": {"name": "seven"}})),
        ("red", "/experiments/get", "experiment_id", "8", json!({"experiment": {"name": "eight"}})),
        ("new", "/experiments/get", "experiment_id", "7", json!({"experiment": {"name": "seven"}})),
        ("new", "/registered-models/get", "name", "m", model(json!([]))),
        ("blue", "/registered-models/get", "name", "m", model(json!([]))),
        ("blue", "/registered-models/get", "name", "p", model(prompt)),
        ("blue", "/gateway/secrets/get", "secret_id", "s-1", json!({"secret": {"secret_name": "s"}})),
        ("blue", "/gateway/endpoints/get", "endpoint_id", "e-1", json!({"endpoint": {"name": "e"}})),
        (
            "blue",
            "/gateway/model-definitions/get",
            "model_definition_id",
            "d-1",
            json!({"model_definition": {"name": "d"}}),
        ),
    ]
}

async fn mlflow(request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let workspace = head.headers.get("x-mlflow-workspace").map_or("", |value| value.to_str().unwrap());
    let target = head.uri.to_string();
    let found = things()
        .into_iter()
        .find(|(space, path, field, id, _)| *space == workspace && target.ends_with(&format!("{path}?{field}={id}")));
    let (status, answer) = match (found, target.ends_with("/mcp-servers/a/b") && workspace == "blue") {
        (Some((.., answer)), _) => (200, answer),
        (None, true) => (200, json!({"name": "a/b"})),
        (None, false) => super::workspaces::mlflow(&head, &body),
    };
    Response::builder().status(status).body(Body::from(answer.to_string())).unwrap()
}
