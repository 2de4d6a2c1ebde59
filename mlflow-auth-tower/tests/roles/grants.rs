//! Who shares what with whom, and where.

use super::world::{World, give, key, space, spec, user};
use mlflow_auth_core::store::PermissionStore;
use mlflow_auth_core::{Permission, Scope};
use serde_json::{Value, json};

fn grant(kind: &str, id: &str, permission: &str) -> Value {
    json!({"username": "dan", "resource_type": kind, "resource_id": id, "permission": permission})
}

const GRANT: &str = "/api/3.0/mlflow/users/permissions/grant";

/// A grant is checked and written in the workspace of the call, and the resource must be there.
#[tokio::test]
async fn manage_in_one_workspace_writes_no_grant_in_another() {
    let world = World::new().await;
    let owns = spec(user("bob"), Scope::In(space("blue")), "experiment", "7", Permission::Manage);
    world.store.apply(&[give(owns)]).await.unwrap();
    let body = grant("experiment", "7", "READ");
    for (who, at, expected) in [
        ("bob", "red", 403),
        ("bob", "", 403),
        ("rob", "red", 403),
        ("rob", "blue", 403),
        ("dan", "blue", 403),
        ("bob", "blue", 200),
        ("ann", "blue", 400),
    ] {
        assert_eq!(world.call(who, at, "POST", GRANT, body.clone()).await.0, expected, "{who} in `{at}`");
    }
    let (_, held) = world.api("dan", "GET", "users/permissions/list?username=dan", Value::Null).await;
    assert_eq!(held["permissions"].as_array().unwrap().len(), 1);
    assert_eq!(held["permissions"][0]["workspace"], "blue");
}

#[tokio::test]
async fn whatever_has_an_id_is_shared_where_it_is_and_nowhere_else() {
    let world = World::new().await;
    for (kind, id) in [
        ("experiment", "7"),
        ("registered_model", "m"),
        ("prompt", "p"),
        ("scorer", "7/judge"),
        ("gateway_secret", "s-1"),
        ("gateway_endpoint", "e-1"),
        ("gateway_model_definition", "d-1"),
        ("mcp_server", "a/b"),
    ] {
        let owns = spec(user("bob"), Scope::In(space("blue")), kind, id, Permission::Manage);
        let elsewhere = spec(user("bob"), Scope::In(space("red")), kind, id, Permission::Manage);
        world.store.apply(&[give(owns), give(elsewhere)]).await.unwrap();
        assert_eq!(world.call("bob", "red", "POST", GRANT, grant(kind, id, "READ")).await.0, 403, "{kind}");
        assert_eq!(world.call("bob", "blue", "POST", GRANT, grant(kind, id, "READ")).await.0, 200, "{kind}");
        let get = format!("/api/3.0/mlflow/users/permissions/get?username=dan&resource_type={kind}&resource_id={id}");
        let told = json!({"allowed": false, "permission": "READ"});
        assert_eq!(world.call("dan", "blue", "GET", &get, Value::Null).await, (200, told), "{kind}");
        let nothing = json!({"allowed": false, "permission": "NO_PERMISSIONS"});
        assert_eq!(world.call("dan", "red", "GET", &get, Value::Null).await, (200, nothing), "{kind}");
        assert_eq!(world.call("ann", "blue", "GET", &get, Value::Null).await.0, 200, "{kind}");
        assert_eq!(world.call("rob", "blue", "GET", &get, Value::Null).await.0, 403, "{kind}");
        assert_eq!(world.call("rob", "red", "GET", &get, Value::Null).await.0, 403, "{kind}");
        let take = "/api/3.0/mlflow/users/permissions/revoke";
        let mut body = grant(kind, id, "");
        body.as_object_mut().unwrap().remove("permission");
        assert_eq!(world.call("bob", "blue", "POST", take, body.clone()).await.0, 200, "{kind}");
        assert_eq!(world.call("bob", "blue", "POST", take, body).await.0, 404, "{kind}");
    }
}

/// What cannot be asked about now is an outage and no refusal.
#[tokio::test]
async fn what_has_no_id_is_shared_by_who_administers_the_workspace() {
    let world = World::new().await;
    let many = spec(user("bob"), Scope::In(space("blue")), "run", "*", Permission::Manage);
    world.store.apply(&[give(many)]).await.unwrap();
    for (who, at, expected) in
        [("bob", "blue", 403), ("rob", "blue", 403), ("ann", "red", 403), ("ann", "blue", 200), ("rob", "red", 200)]
    {
        let found = world.call(who, at, "POST", GRANT, grant("run", "*", "READ")).await.0;
        assert_eq!(found, expected, "{who} {at}");
    }
    for (kind, id) in [("run", "1"), ("workspace", "*"), ("nonsense", "*"), ("workspace", "blue"), ("scorer", "judge")]
    {
        for who in ["admin", "ann", "dan"] {
            let (status, _) = world.call(who, "blue", "POST", GRANT, grant(kind, id, "READ")).await;
            assert_eq!(status, 400, "{who} {kind} {id}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_said_before_what_else_is_wrong() {
    let world = World::new().await;
    let wrong = json!({"username": "nobody", "resource_type": "experiment", "resource_id": "7", "permission": "X"});
    assert_eq!(world.call("dan", "blue", "POST", GRANT, wrong.clone()).await.0, 403);
    assert_eq!(world.call("ann", "blue", "POST", GRANT, wrong).await.0, 400);
    assert_eq!(world.call("ann", "blue", "POST", GRANT, grant("experiment", "7", "NO_PERMISSIONS")).await.0, 400);
    let create = json!({"workspace": "blue", "name": ""});
    assert_eq!(world.api("dan", "POST", "roles/create", create.clone()).await.0, 403);
    assert_eq!(world.api("ann", "POST", "roles/create", create).await.0, 400);
}

#[tokio::test]
async fn a_workspace_knows_users_and_administrators_alone() {
    let world = World::new().await;
    let role = world.role("blue", "dev").await;
    for (kind, pattern, permission, expected) in [
        ("workspace", "*", "READ", 400),
        ("workspace", "*", "DENY", 400),
        ("workspace", "blue", "USE", 400),
        ("workspace", "*", "USE", 200),
        ("experiment", "*", "NO_PERMISSIONS", 400),
        ("experiment", "*", "DENY", 200),
        ("run", "r", "READ", 400),
        ("experiment", "7", "OWNER", 400),
    ] {
        let body =
            json!({"role_id": role, "resource_type": kind, "resource_pattern": pattern, "permission": permission});
        let found = world.api("ann", "POST", "roles/permissions/add", body).await;
        assert_eq!(found.0, expected, "{kind} {pattern} {permission}: {}", found.1);
    }
    let held = world.store.grants_of(&key("blue", "dev").into()).await.unwrap();
    assert!(held.grants().iter().all(|grant| grant.spec.scope == Scope::In(space("blue"))));
}
