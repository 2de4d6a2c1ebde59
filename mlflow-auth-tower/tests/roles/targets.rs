//! Whose workspace a call about a role is about.

use super::world::{World, give, key, space, spec, user};
use mlflow_auth_core::store::{Change, PermissionStore};
use mlflow_auth_core::{Permission, Scope};
use serde_json::{Value, json};

/// Ann administers `blue` alone. Beside the parameter that is acted on she names a role of hers.
#[tokio::test]
async fn a_role_of_ones_own_beside_the_target_opens_no_other_workspace() {
    let world = World::new().await;
    let mine = world.role("blue", "mine").await;
    let my_permission = world.permission(mine, "experiment", "7", "READ").await;
    let theirs = world.role("red", "theirs").await;
    let their_permission = world.permission(theirs, "experiment", "8", "READ").await;
    let before = world.picture().await;
    let raise = json!({"role_permission_id": their_permission, "permission": "MANAGE"});
    let make = json!({"workspace": "red", "name": "new"});
    let grant = json!({"role_id": theirs, "resource_type": "run", "resource_pattern": "*", "permission": "MANAGE"});
    let with = |body: &Value, field: &str, value: Value| {
        let mut body = body.clone();
        body[field] = value;
        body
    };
    for (method, call, body) in [
        ("PATCH", "roles/permissions/update", with(&raise, "role_id", mine.into())),
        ("PATCH", "roles/permissions/update", with(&raise, "workspace", "blue".into())),
        ("DELETE", "roles/permissions/remove", json!({"role_permission_id": their_permission, "role_id": mine})),
        ("POST", "roles/create", with(&make, "role_id", mine.into())),
        ("POST", "roles/create", with(&make, "role_permission_id", my_permission.into())),
        ("POST", "roles/permissions/add", with(&grant, "role_permission_id", my_permission.into())),
        ("POST", "roles/permissions/add", with(&grant, "workspace", "blue".into())),
        ("POST", "roles/assign", json!({"username": "ann", "role_id": theirs, "workspace": "blue"})),
        ("DELETE", "roles/delete", json!({"role_id": theirs, "role_permission_id": my_permission})),
        ("PATCH", "roles/update", json!({"role_id": theirs, "name": "x", "workspace": "blue"})),
    ] {
        assert_eq!(world.api("ann", method, call, body.clone()).await.0, 400, "{method} {call} {body}");
        // Not even who may do both says it in two ways.
        assert_eq!(world.api("admin", method, call, body.clone()).await.0, 400, "{method} {call} {body}");
        for (place, name) in [("role_id", mine), ("role_permission_id", my_permission)] {
            let body = if call.contains("permissions/update") { raise.clone() } else { body.clone() };
            let (status, _) = world.api("ann", method, &format!("{call}?{place}={name}"), body).await;
            assert_eq!(status, 400, "{method} {call}?{place}");
        }
    }
    for target in [
        format!("roles/get?role_id={theirs}&role_permission_id={my_permission}"),
        format!("roles/users/list?role_id={theirs}&workspace=blue"),
        format!("roles/list?workspace=red&role_id={mine}"),
    ] {
        assert_eq!(world.api("ann", "GET", &target, Value::Null).await.0, 400, "{target}");
    }
    assert_eq!(world.api("ann", "PATCH", "roles/permissions/update", raise).await.0, 403);
    assert_eq!(world.picture().await, before);
}

#[tokio::test]
async fn what_is_not_there_looks_like_what_one_may_not_touch() {
    let world = World::new().await;
    let theirs = world.role("red", "theirs").await;
    let their_permission = world.permission(theirs, "experiment", "8", "READ").await;
    for (method, call, field, extra) in [
        ("PATCH", "roles/update", "role_id", json!({"name": "x"})),
        ("DELETE", "roles/delete", "role_id", json!({})),
        ("POST", "roles/assign", "role_id", json!({"username": "nobody"})),
        ("PATCH", "roles/permissions/update", "role_permission_id", json!({"permission": "nonsense"})),
        ("DELETE", "roles/permissions/remove", "role_permission_id", json!({})),
    ] {
        let real = if field == "role_id" { theirs } else { their_permission };
        let mut answers = Vec::new();
        for id in [real, 99_999] {
            let mut body = extra.clone();
            body[field] = id.into();
            answers.push(world.api("ann", method, call, body).await);
        }
        assert_eq!(answers[0].0, 403, "{call}");
        assert_eq!(answers[0], answers[1], "{call}");
        let mut body = extra.clone();
        body[field] = 99_999.into();
        assert_eq!(world.api("admin", method, call, body).await.0, 404, "{call}");
    }
}

/// The same number as a number, a text and in the query; nothing else is one.
#[tokio::test]
async fn numbers_are_read_in_mlflows_ways() {
    let world = World::new().await;
    let role = world.role("blue", "dev").await;
    for id in [json!(role), json!(role.to_string()), json!(format!(" {role} "))] {
        let body = json!({"role_id": id, "description": "text"});
        assert_eq!(world.api("ann", "PATCH", "roles/update", body).await.0, 200, "{id}");
    }
    for id in [json!("x"), json!(1.5), json!(null), json!([role]), json!(true), json!("")] {
        let body = json!({"role_id": id, "description": "text"});
        assert_eq!(world.api("ann", "PATCH", "roles/update", body).await.0, 400, "{id}");
    }
    assert_eq!(world.api("ann", "DELETE", "roles/delete", Value::Null).await.0, 400);
    assert_eq!(world.api("ann", "DELETE", &format!("roles/delete?role_id={role}"), json!({})).await.0, 400);
    assert_eq!(world.api("rob", "DELETE", &format!("roles/delete?role_id={role}"), Value::Null).await.0, 403);
    assert_eq!(world.api("ann", "DELETE", &format!("roles/delete?role_id={role}"), Value::Null).await.0, 200);
    assert_eq!(world.api("ann", "GET", &format!("roles/get?role_id={role}"), Value::Null).await.0, 403);
}

#[tokio::test]
async fn names_that_stand_for_one_user_are_refused() {
    let world = World::new().await;
    let role = world.role("blue", "dev").await;
    for name in ["__user_1__", "__user_", "__user_x"] {
        let make = json!({"workspace": "blue", "name": name});
        assert_eq!(world.api("ann", "POST", "roles/create", make).await.0, 400, "{name}");
        let rename = json!({"role_id": role, "name": name});
        assert_eq!(world.api("admin", "PATCH", "roles/update", rename).await.0, 400, "{name}");
    }
}

/// Roles are filled by other ways than this API too, and may hold what reaches further.
#[tokio::test]
async fn a_role_that_reaches_beyond_its_workspace_is_for_admins() {
    let world = World::new().await;
    let dev = world.role("blue", "dev").await;
    let far = spec(key("blue", "dev"), Scope::Everywhere, "experiment", "*", Permission::Read);
    world.store.apply(&[give(far)]).await.unwrap();
    let assign = json!({"username": "ann", "role_id": dev});
    assert_eq!(world.api("ann", "POST", "roles/assign", assign.clone()).await.0, 403);
    let (_, listed) = world.api("ann", "GET", &format!("roles/permissions/list?role_id={dev}"), Value::Null).await;
    let far = listed["role_permissions"][0]["id"].as_i64().unwrap();
    let raise = json!({"role_permission_id": far, "permission": "MANAGE"});
    assert_eq!(world.api("ann", "PATCH", "roles/permissions/update", raise.clone()).await.0, 403);
    assert_eq!(world.api("admin", "PATCH", "roles/permissions/update", raise).await.0, 200);
    assert_eq!(world.api("admin", "POST", "roles/assign", assign).await.0, 200);
}

/// The default permission makes nobody an administrator, nor does a grant on something else.
#[tokio::test]
async fn an_open_default_administers_nothing() {
    let policy = mlflow_auth_core::Policy {
        mode: mlflow_auth_core::Mode::Union,
        default: Permission::Manage,
        ..mlflow_auth_core::Policy::default()
    };
    let world = World::with(policy).await;
    let role = world.role("default", "dev").await;
    let many = spec(user("bob"), Scope::In(space("default")), "experiment", "*", Permission::Manage);
    world.store.apply(&[give(many), Change::Assign(user("bob"), key("default", "dev"))]).await.unwrap();
    for body in [json!({"role_id": role, "name": "x"})] {
        assert_eq!(world.api("bob", "PATCH", "roles/update", body).await.0, 403);
    }
    let grant = json!({"username": "bob", "resource_type": "run", "resource_id": "*", "permission": "READ"});
    assert_eq!(world.api("bob", "POST", "users/permissions/grant", grant).await.0, 403);
    let create = json!({"username": "new", "password": "a-long-password"});
    assert_eq!(world.call("bob", "", "POST", "/api/2.0/mlflow/users/create", create).await.0, 403);
    assert_eq!(world.api("bob", "GET", &format!("roles/get?role_id={role}"), Value::Null).await.0, 200);
    assert_eq!(world.api("dan", "GET", &format!("roles/get?role_id={role}"), Value::Null).await.0, 403);
}
