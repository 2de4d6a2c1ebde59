//! The REST API of mlflow-oidc-auth for grants on the layer: what is asked of MLflow, and where grants stand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use common::{Header, Service, request, send};
use http::{Request, Response, StatusCode};
use mlflow_auth_core::store::{Change, GrantConflict, MemoryStore, NewUser, PermissionStore, UserStore};
use mlflow_auth_core::{
    Authorizer, Freshness, GrantSpec, GroupName, PasswordAuthenticator, PasswordSettings, Permission, Policy,
    ResourceType, Scope, Subject, Target, Username, Workspace,
};
use mlflow_auth_tower::{AuthLayer, Body};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tower::{Layer, ServiceExt};

const ROOT: &str = "/api/2.0/mlflow/permissions";

/// What MLflow answers.
type Answers = fn(&str, &str) -> (u16, Value);

struct Api {
    service: Service,
    store: Arc<MemoryStore>,
}

fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

fn exact(name: &str, scope: Scope, kind: &'static str, id: &str, permission: Permission) -> Change {
    let (kind, target) = (ResourceType::new(kind), Target::Exact(id.into()));
    Change::Grant(GrantSpec { subject: user(name).into(), scope, kind, target, permission }, GrantConflict::Refuse)
}

fn within(workspace: &str) -> Scope {
    Scope::In(Workspace::new(workspace).unwrap())
}

impl Api {
    /// With the accounts `admin`, which is one, `ann` and `bob`, and the group `ml`.
    async fn new(workspaces: bool, answers: Answers) -> Self {
        let freshness = Arc::new(Freshness::new(Duration::from_secs(600)));
        let store = Arc::new(MemoryStore::new());
        for name in ["admin", "ann", "bob"] {
            let new = NewUser { is_admin: name == "admin", ..NewUser::named(user(name)) };
            store.create_user(new).await.unwrap();
        }
        store.apply(&[Change::CreateGroup(GroupName::new("ml").unwrap())]).await.unwrap();
        let policy = Policy { workspaces, ..Policy::default() };
        let passwords = PasswordAuthenticator::new(store.clone(), freshness, PasswordSettings::default());
        let layer = AuthLayer::mlflow(Authorizer::new(policy, store.clone()))
            .unwrap()
            .with_authenticator(Arc::new(Header))
            .with_accounts(store.clone(), Arc::new(passwords));
        let inner = tower::service_fn(move |request: Request<Body>| async move {
            let (status, body) = answers(request.uri().path(), request.uri().query().unwrap_or_default());
            let mut response = Response::new(Body::from(body.to_string()));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            Ok::<_, Infallible>(response)
        });
        Self { service: layer.layer(inner).boxed_clone(), store }
    }

    async fn call(&self, who: &str, method: &str, target: &str, workspace: &str, body: Value) -> (u16, Value) {
        let mut builder = request(who, method, &format!("{ROOT}/{target}"));
        if !workspace.is_empty() {
            builder = builder.header("x-mlflow-workspace", workspace);
        }
        let text = if body.is_null() { String::new() } else { body.to_string() };
        if !text.is_empty() {
            builder = builder.header("content-length", text.len()).header("content-type", "application/json");
        }
        let (status, _, text) = send(&self.service, builder.body(Body::from(text)).unwrap()).await;
        (status, text.parse().unwrap_or(Value::Null))
    }

    async fn get(&self, who: &str, target: &str) -> (u16, Value) {
        self.call(who, "GET", target, "", Value::Null).await
    }

    async fn held(&self, name: &str) -> Vec<GrantSpec> {
        let held = self.store.grants_of(&Subject::User(user(name))).await.unwrap();
        held.grants().iter().map(|grant| grant.spec.clone()).collect()
    }
}

/// Three pages of experiments, and one of everything else.
fn pages(path: &str, query: &str) -> (u16, Value) {
    let row =
        |id: &str| json!({"experiment_id": id, "name": format!("team-{id}"), "tags": [{"key": "a", "value": "b"}]});
    if path.ends_with("/experiments/search") {
        return (
            200,
            match query {
                query if query.contains("page_token=two") => {
                    json!({"experiments": [row("2")], "next_page_token": "three"})
                }
                query if query.contains("page_token=three") => {
                    json!({"experiments": [row("3")], "next_page_token": ""})
                }
                _ => json!({"experiments": [row("1")], "next_page_token": "two"}),
            },
        );
    }
    if path.ends_with("/secrets/list") {
        return (200, json!({"secrets": [{"secret_id": "s-1", "secret_name": "key"}]}));
    }
    (404, json!({"error_code": "RESOURCE_DOES_NOT_EXIST"}))
}

#[tokio::test]
async fn lists_are_read_to_their_end() {
    let api = Api::new(false, pages).await;
    api.store.apply(&[exact("ann", within("default"), "experiment", "3", Permission::Manage)]).await.unwrap();
    let (status, rows) = api.get("admin", "users/ann/experiments").await;
    let row = |id: &str, permission: &str, kind: &str| json!({"name": format!("team-{id}"), "id": id, "permission": permission, "kind": kind});
    let fallback = |id| row(id, "NO_PERMISSIONS", "fallback");
    assert_eq!((status, rows), (200, json!([fallback("1"), fallback("2"), row("3", "MANAGE", "user")])));
    assert_eq!(api.get("ann", "users/bob/experiments").await.1, json!([fallback("3")]));
    assert_eq!(api.get("bob", "users/bob/experiments").await.1, json!([]));
    assert_eq!(api.get("ann", "experiments").await.1, json!([{"name": "team-3", "id": "3", "tags": {"a": "b"}}]));
}

#[tokio::test]
async fn an_outage_or_a_list_without_end_is_no_answer() {
    let endless: Answers = |_, query| {
        let next = if query.contains("page_token=a") { "b" } else { "a" };
        (200, json!({"experiments": [{"experiment_id": "1", "name": "x"}], "next_page_token": next}))
    };
    let stuck: Answers = |_, _| (200, json!({"experiments": [], "next_page_token": "again"}));
    let down: Answers = |_, _| (500, json!({}));
    for (answers, target) in [
        (endless, "users/ann/experiments"),
        (stuck, "users/ann/experiments"),
        (down, "users/ann/experiments"),
        (down, "experiments"),
        (down, "users/ann/registered-models/m"),
        (down, "registered-models/m/users"),
        (down, "users/ann/gateways/secrets/key"),
        (down, "groups/ml/gateways/secrets"),
    ] {
        let api = Api::new(false, answers).await;
        assert_eq!(api.get("admin", target).await.0, 503, "{target}");
    }
}

#[tokio::test]
async fn grants_stand_in_the_workspace_that_is_named() {
    let api = Api::new(true, pages).await;
    let read = || json!({"permission": "READ"});
    let models = "users/ann/registered-models/m";
    assert_eq!(api.call("admin", "POST", models, "team-a", read()).await.0, 201);
    assert_eq!(api.call("admin", "POST", models, "team-b", read()).await.0, 201);
    assert_eq!(api.call("admin", "POST", models, "team-a", read()).await.0, 409);
    assert_eq!(api.call("admin", "GET", models, "", Value::Null).await.0, 404);
    let places: Vec<_> =
        api.held("ann").await.into_iter().map(|spec| (spec.scope, spec.kind.name().to_owned())).collect();
    let both = |workspace| ["registered_model", "prompt"].map(|kind| (within(workspace), kind.to_owned()));
    assert_eq!(places, [both("team-a"), both("team-b")].concat());
    assert_eq!(api.call("admin", "DELETE", models, "team-a", Value::Null).await.0, 200);
    assert_eq!(api.held("ann").await.len(), 2);

    let pattern = json!({"regex": "^a", "priority": 1, "permission": "READ"});
    for (workspace, scope) in [("", "*"), ("team-a", "team-a")] {
        assert_eq!(api.call("admin", "POST", "users/bob/scorer-patterns", workspace, pattern.clone()).await.0, 201);
        let (_, rows) = api.get("admin", "users/bob/scorer-patterns").await;
        assert_eq!(rows.as_array().unwrap().last().unwrap()["workspace"], scope);
    }
    let scopes: Vec<Scope> = api.held("bob").await.into_iter().map(|spec| spec.scope).collect();
    assert_eq!(scopes, [Scope::Everywhere, within("team-a")]);
}

/// Whoever manages an object of one workspace must not take back what holds in all of them.
#[tokio::test]
async fn what_holds_everywhere_is_for_admins() {
    for (workspaces, status) in [(true, 404), (false, 200)] {
        let api = Api::new(workspaces, pages).await;
        let grants = [
            exact("ann", within("default"), "experiment", "1", Permission::Manage),
            exact("bob", Scope::Everywhere, "experiment", "1", Permission::Edit),
        ];
        api.store.apply(&grants).await.unwrap();
        let one = "users/bob/experiments/1";
        for (method, body) in [("GET", Value::Null), ("PATCH", json!({"permission": "READ"})), ("DELETE", Value::Null)]
        {
            assert_eq!(api.call("ann", method, one, "", body).await.0, status, "{method}");
        }
        let left = api.held("bob").await.len();
        assert_eq!(left, usize::from(workspaces));
        assert_eq!(api.call("admin", "DELETE", one, "", Value::Null).await.0, if workspaces { 200 } else { 404 });
    }
}

#[tokio::test]
async fn objects_of_the_gateway_are_granted_by_the_id_that_their_name_has() {
    let api = Api::new(false, pages).await;
    let one = "users/ann/gateways/secrets/key";
    let (status, answer) = api.call("admin", "POST", one, "", json!({"permission": "USE"})).await;
    assert_eq!((status, answer), (201, json!({"name": "key", "permission": "USE", "kind": "user"})));
    assert_eq!(api.held("ann").await[0].target, Target::Exact("s-1".into()));
    let missing = "users/ann/gateways/secrets/other";
    assert_eq!(api.call("admin", "POST", missing, "", json!({"permission": "USE"})).await.0, 404);
    // What a deleted secret left behind can be seen and taken back, by its id.
    api.store.apply(&[exact("bob", within("default"), "gateway_secret", "s-0", Permission::Use)]).await.unwrap();
    assert_eq!(api.get("admin", "users/bob/gateways/secrets/s-0").await.1["permission"], "USE");
    assert_eq!(api.call("admin", "DELETE", "users/bob/gateways/secrets/s-0", "", Value::Null).await.0, 200);
}

/// Both kinds of the registry are written together: what stands in the way of one stops both.
#[tokio::test]
async fn a_change_touches_both_kinds_or_none() {
    let api = Api::new(false, pages).await;
    let one = "users/ann/prompts/m";
    api.store.apply(&[exact("ann", within("default"), "prompt", "m", Permission::Read)]).await.unwrap();
    assert_eq!(api.call("admin", "POST", one, "", json!({"permission": "EDIT"})).await.0, 409);
    assert_eq!(api.held("ann").await.len(), 1);
    assert_eq!(api.call("admin", "PATCH", one, "", json!({"permission": "EDIT"})).await.0, 200);
    let held: Vec<_> =
        api.held("ann").await.into_iter().map(|spec| (spec.kind.name().to_owned(), spec.permission)).collect();
    let both = ["prompt", "registered_model"].map(|kind| (kind.to_owned(), Permission::Edit));
    assert_eq!(held, both);
    assert_eq!(api.call("admin", "DELETE", one, "", Value::Null).await.0, 200);
    assert_eq!(api.held("ann").await, []);
}

/// A set that cannot be compiled would leave its holder without an answer, so it is refused as a whole.
#[tokio::test]
async fn patterns_that_cannot_be_compiled_together_are_refused() {
    let api = Api::new(false, pages).await;
    let (path, group) = ("groups/ml/experiment-patterns", Subject::Group(GroupName::new("ml").unwrap()));
    let count = async || api.store.grants_of(&group).await.unwrap().grants().len();
    // Every pattern can be compiled alone; together they tell too many characters apart.
    let strange = |number: u32| -> String {
        let letter = |at: u32| char::from_u32(0x2_0000 + number * 1_000 + at).unwrap();
        (0..250).map(|place| format!("[{}{}]", letter(place * 4), letter(place * 4 + 2))).collect()
    };
    let held = |number: u32| {
        let (kind, target) = (ResourceType::EXPERIMENT, Target::pattern(&strange(number), 1).unwrap());
        let spec =
            GrantSpec { subject: group.clone(), scope: Scope::Everywhere, kind, target, permission: Permission::Read };
        Change::Grant(spec, GrantConflict::Refuse)
    };
    api.store.apply(&(0..198).map(held).collect::<Vec<_>>()).await.unwrap();
    let mut statuses = Vec::new();
    for number in 198..201 {
        let body = json!({"regex": strange(number), "priority": number, "permission": "READ"});
        let before = count().await;
        let (status, answer) = api.call("admin", "POST", path, "", body).await;
        assert_eq!(count().await - before, usize::from(status == 201), "{answer}");
        statuses.push(status);
    }
    assert_eq!((statuses.first(), statuses.last()), (Some(&201), Some(&400)), "{statuses:?}");
}
