//! Grants in the words of MLflow's clients before 3.17.2.

use super::world::{World, give, space, spec, user};
use mlflow_auth_core::store::PermissionStore;
use mlflow_auth_core::{Permission, Scope};
use serde_json::{Value, json};

/// The path, the fields that name a resource, the field of the answer, and the type and id of the grant.
fn families() -> Vec<(&'static str, Value, &'static str, &'static str, &'static str)> {
    let (secret, endpoint) = ("gateway_secret_permission", "gateway_endpoint_permission");
    vec![
        ("2.0/mlflow/experiments", json!({"experiment_id": "7"}), "experiment_permission", "experiment", "7"),
        ("2.0/mlflow/registered-models", json!({"name": "m"}), "registered_model_permission", "registered_model", "m"),
        ("2.0/mlflow/registered-models", json!({"name": "p"}), "registered_model_permission", "prompt", "p"),
        (
            "3.0/mlflow/scorers",
            json!({"experiment_id": "7", "scorer_name": "a b/c"}),
            "scorer_permission",
            "scorer",
            "7/a%20b%2Fc",
        ),
        ("3.0/mlflow/gateway/secrets", json!({"secret_id": "s-1"}), secret, "gateway_secret", "s-1"),
        ("3.0/mlflow/gateway/endpoints", json!({"endpoint_id": "e-1"}), endpoint, "gateway_endpoint", "e-1"),
        (
            "3.0/mlflow/gateway/model-definitions",
            json!({"model_definition_id": "d-1"}),
            "gateway_model_definition_permission",
            "gateway_model_definition",
            "d-1",
        ),
    ]
}

fn with(fields: &Value, more: Value) -> Value {
    let mut all = fields.as_object().unwrap().clone();
    all.extend(more.as_object().unwrap().clone());
    all.into()
}

fn query(fields: &Value) -> String {
    let pairs = fields.as_object().unwrap().iter();
    pairs
        .map(|(name, value)| format!("{name}={}", value.as_str().unwrap().replace(' ', "%20")))
        .collect::<Vec<_>>()
        .join("&")
}

#[tokio::test]
async fn old_clients_give_read_change_and_take_the_grants_of_today() {
    for family in ["/api", "/ajax-api"] {
        let world = World::new().await;
        let id = world.api("dan", "GET", "users/current/permissions", Value::Null).await.0;
        assert_eq!(id, 200);
        for (path, fields, told, kind, id) in families() {
            let owns = spec(user("bob"), Scope::In(space("blue")), kind, id, Permission::Manage);
            world.store.apply(&[give(owns)]).await.unwrap();
            let call = |who, at, method, act: &str, body: Value| {
                let target = match method {
                    "GET" => format!("{family}/{path}/permissions/{act}?{}", query(&body)),
                    _ => format!("{family}/{path}/permissions/{act}"),
                };
                let body = if method == "GET" { Value::Null } else { body };
                let world = &world;
                async move { world.call(who, at, method, &target, body).await }
            };
            let whom = with(&fields, json!({"username": "dan"}));
            let level = |level: &str| with(&whom, json!({"permission": level}));
            for (who, at) in [("dan", "blue"), ("rob", "blue"), ("rob", "red"), ("bob", "red"), ("bob", "")] {
                for (method, act, body) in [
                    ("POST", "create", level("READ")),
                    ("GET", "get", whom.clone()),
                    ("PATCH", "update", level("MANAGE")),
                    ("DELETE", "delete", whom.clone()),
                ] {
                    assert_eq!(call(who, at, method, act, body).await.0, 403, "{who} in `{at}` {path} {act}");
                }
            }
            let b = "blue";
            assert_eq!(call("bob", b, "GET", "get", whom.clone()).await.0, 404, "{path}");
            assert_eq!(call("bob", b, "PATCH", "update", level("EDIT")).await.0, 404, "{path}");
            let (status, made) = call("bob", b, "POST", "create", level("READ")).await;
            assert_eq!((status, &made[told]["permission"]), (200, &json!("READ")), "{path}: {made}");
            assert!(made[told]["user_id"].is_i64(), "{made}");
            for (name, value) in fields.as_object().unwrap() {
                assert_eq!(made[told][name], *value, "{path}");
            }
            assert_eq!(made[told].get("workspace").is_some(), path.ends_with("registered-models"), "{made}");
            let (status, twice) = call("ann", b, "POST", "create", level("READ")).await;
            assert_eq!((status, &twice["error_code"]), (400, &json!("RESOURCE_ALREADY_EXISTS")), "{path}");
            assert_eq!(call("admin", b, "GET", "get", whom.clone()).await, (200, made.clone()), "{path}");
            assert_eq!(call("bob", b, "PATCH", "update", level("EDIT")).await, (200, json!({})), "{path}");
            let held = world.store.grants_of(&user("dan").into()).await.unwrap();
            let grant = &held.grants()[0].spec;
            assert_eq!((grant.kind.name(), grant.target.text(), grant.permission), (kind, id, Permission::Edit));
            assert_eq!(grant.scope, Scope::In(space("blue")));
            assert_eq!(call("bob", b, "PATCH", "update", level("OWNER")).await.0, 400, "{path}");
            assert_eq!(call("bob", b, "DELETE", "delete", whom.clone()).await, (200, json!({})), "{path}");
            assert_eq!(call("bob", b, "DELETE", "delete", whom).await.0, 404, "{path}");
        }
    }
}

/// They refuse with `NO_PERMISSIONS`, and read no user without lists of grants.
#[tokio::test]
async fn what_old_clients_mean_is_what_they_get() {
    let world = World::new().await;
    let own = spec(user("dan"), Scope::In(space("blue")), "prompt", "p", Permission::Edit);
    world.store.apply(&[give(own)]).await.unwrap();
    let path = "/api/2.0/mlflow/experiments/permissions/create";
    let refuse = json!({"experiment_id": "7", "username": "dan", "permission": "NO_PERMISSIONS"});
    assert_eq!(world.call("ann", "blue", "POST", path, refuse).await.0, 200);
    let (_, told) = world.call("dan", "", "GET", "/api/2.0/mlflow/users/get?username=dan", Value::Null).await;
    let id = told["user"]["id"].clone();
    let experiment = json!({"experiment_id": "7", "user_id": id, "permission": "NO_PERMISSIONS"});
    let model = json!({"workspace": "blue", "name": "p", "user_id": id, "permission": "EDIT"});
    assert_eq!(told["user"]["experiment_permissions"], json!([experiment]));
    assert_eq!(told["user"]["registered_model_permissions"], json!([model]));
    for id in ["*", "x", ""] {
        let all = json!({"experiment_id": id, "username": "dan", "permission": "READ"});
        assert_eq!(world.call("admin", "blue", "POST", path, all).await.0, 400, "{id}");
    }
}
