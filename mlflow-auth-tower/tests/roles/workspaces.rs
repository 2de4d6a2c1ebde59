//! Workspaces that are listed, seen, made and deleted.

use super::world::{World, give, key, space, spec, user};
use bytes::Bytes;
use http::request::Parts;
use mlflow_auth_core::store::{Change, PermissionStore};
use mlflow_auth_core::{Mode, Permission, Policy, Scope};
use serde_json::{Value, json};

const ALL: [&str; 4] = ["default", "blue", "red", "grey"];

/// MLflow's part: it knows [`ALL`], makes `new` and deletes what is not `red`, which is not empty. It resolves the header
/// before all else.
pub(crate) fn mlflow(head: &Parts, body: &Bytes) -> (u16, Value) {
    let asked = head.headers.get("x-mlflow-workspace").map_or("default", |value| value.to_str().unwrap());
    let Some((_, name)) = head.uri.path().split_once("/3.0/mlflow/workspaces") else {
        return if ALL.contains(&asked) { (404, json!({})) } else { (404, json!({"unknown": asked})) };
    };
    if !ALL.contains(&asked) {
        return (404, json!({"unknown": asked}));
    }
    match (head.method.as_str(), name.trim_start_matches('/')) {
        ("GET", "") => (200, json!({"workspaces": ALL.map(|name| json!({"name": name}))})),
        ("POST", "") => {
            let name = serde_json::from_slice::<Value>(body).unwrap()["name"].as_str().unwrap().to_owned();
            if ALL.contains(&name.as_str()) { (400, json!({})) } else { (201, json!({"workspace": {"name": name}})) }
        }
        ("DELETE", "red") => (500, json!({})),
        ("DELETE", _) => (204, Value::Null),
        (_, name) => (200, json!({"workspace": {"name": name}})),
    }
}

fn names(listed: &Value) -> Vec<String> {
    let names = listed["workspaces"].as_array().unwrap().iter();
    names.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn world(policy: Policy) -> World {
    let world = World::with(policy).await;
    let direct = |workspace, permission| spec(user("dan"), Scope::In(space(workspace)), "workspace", "*", permission);
    let one = spec(user("dan"), Scope::In(space("blue")), "experiment", "7", Permission::Manage);
    world.role("grey", "empty").await;
    let assign = Change::Assign(user("bob"), key("grey", "empty"));
    world.store.apply(&[give(direct("red", Permission::Use)), give(one), assign]).await.unwrap();
    world
}

fn union() -> Policy {
    Policy { mode: Mode::Union, workspaces: true, ..Policy::default() }
}

#[tokio::test]
async fn one_sees_the_workspaces_that_one_has_a_role_of_or_may_read() {
    for (open, first_match) in [(false, false), (true, false), (false, true)] {
        let mode = if first_match { Mode::default() } else { Mode::Union };
        let world = world(Policy { mode, default_workspace_access: open, ..union() }).await;
        for (who, mut expected) in
            [("admin", vec!["blue", "red", "grey"]), ("ann", vec!["blue"]), ("bob", vec!["grey"]), ("dan", vec!["red"])]
        {
            if open || who == "admin" {
                expected.insert(0, "default");
            }
            let (status, listed) = world.api(who, "GET", "workspaces", Value::Null).await;
            assert_eq!(
                (status, names(&listed)),
                (200, expected.iter().map(|name| (*name).to_owned()).collect()),
                "{who}"
            );
            for name in ALL {
                let status = world.api(who, "GET", &format!("workspaces/{name}"), Value::Null).await.0;
                assert_eq!(status, if expected.contains(&name) { 200 } else { 403 }, "{who} {name}");
                let change = json!({"description": "text"});
                let status = world.api(who, "PATCH", &format!("workspaces/{name}"), change).await.0;
                assert_eq!(status, if who == "admin" { 200 } else { 403 }, "{who} {name}");
            }
            assert_eq!(
                world.api(who, "GET", "workspaces/NO", Value::Null).await.0,
                if who == "admin" { 200 } else { 400 }
            );
        }
    }
}

#[tokio::test]
async fn a_refusal_on_a_workspace_hides_it_even_from_a_role() {
    let world = world(union()).await;
    let no = spec(user("bob"), Scope::In(space("grey")), "workspace", "*", Permission::Deny);
    world.store.apply(&[give(no)]).await.unwrap();
    assert_eq!(names(&world.api("bob", "GET", "workspaces", Value::Null).await.1), [""; 0]);
    assert_eq!(world.api("bob", "GET", "workspaces/grey", Value::Null).await.0, 403);
}

#[tokio::test]
async fn a_new_workspace_begins_with_two_roles() {
    let world = World::new().await;
    let make = json!({"name": "new"});
    for who in ["ann", "dan"] {
        assert_eq!(world.api(who, "POST", "workspaces", make.clone()).await.0, 403);
    }
    assert_eq!(world.api("admin", "POST", "workspaces", make).await.0, 201);
    let (_, listed) = world.api("admin", "GET", "roles/list?workspace=new", Value::Null).await;
    let roles = listed["roles"].as_array().unwrap();
    assert_eq!((&roles[0]["name"], &roles[1]["name"], roles.len()), (&json!("admin"), &json!("user"), 2));
    for (role, first, count) in [(&roles[0], "MANAGE", 1), (&roles[1], "USE", 9)] {
        let rows = role["permissions"].as_array().unwrap();
        let row = &rows[0];
        assert_eq!((&row["resource_type"], &row["resource_pattern"]), (&json!("workspace"), &json!("*")));
        assert_eq!((&row["permission"], rows.len()), (&json!(first), count), "{role}");
        assert!(rows[1..].iter().all(|row| row["permission"] == "READ" && row["resource_pattern"] == "*"));
    }
    // Not in the others, and not for those who made it.
    assert_eq!(world.api("ann", "GET", "roles/list?workspace=new", Value::Null).await.0, 403);
}

/// What the role `user` says is what it gives: reading what others made, and making things of one's own.
#[tokio::test]
async fn who_has_the_first_role_user_reads_all_and_changes_nothing() {
    for mode in [Mode::Union, Mode::default()] {
        let world = World::with(Policy { mode: mode.clone(), ..union() }).await;
        assert_eq!(world.api("admin", "POST", "workspaces", json!({"name": "new"})).await.0, 201);
        world.store.apply(&[Change::Assign(user("bob"), key("new", "user"))]).await.unwrap();
        for target in ["experiments/get?experiment_id=7", "registered-models/get?name=m"] {
            let target = format!("/api/2.0/mlflow/{target}");
            assert_eq!(world.call("bob", "new", "GET", &target, Value::Null).await.0, 200, "{mode:?} {target}");
            assert_eq!(world.call("bob", "blue", "GET", &target, Value::Null).await.0, 403, "{mode:?} {target}");
            assert_eq!(world.call("dan", "new", "GET", &target, Value::Null).await.0, 403, "{mode:?} {target}");
        }
        let change = json!({"experiment_id": "7", "new_name": "x"});
        let update = world.call("bob", "new", "POST", "/api/2.0/mlflow/experiments/update", change).await;
        assert_eq!(update.0, 403, "{mode:?}");
    }
}

#[tokio::test]
async fn without_first_roles_a_workspace_begins_with_none() {
    let world = World::of(union(), |layer| layer.with_first_roles(false)).await;
    assert_eq!(world.api("admin", "POST", "workspaces", json!({"name": "new"})).await.0, 201);
    let (_, listed) = world.api("admin", "GET", "roles/list?workspace=new", Value::Null).await;
    assert_eq!(listed, json!({"roles": []}));
}

#[tokio::test]
async fn a_deleted_workspace_takes_its_roles_and_grants_along() {
    let world = world(union()).await;
    for (who, name, expected) in [("ann", "blue", 403), ("admin", "red", 500), ("admin", "blue", 204)] {
        let before = world.picture().await;
        assert_eq!(
            world.api(who, "DELETE", &format!("workspaces/{name}"), Value::Null).await.0,
            expected,
            "{who} {name}"
        );
        assert_eq!(world.picture().await == before, expected != 204, "{who} {name}");
    }
    assert!(world.store.membership(&user("ann")).await.unwrap().roles.is_empty());
    let dan = world.store.grants_of(&user("dan").into()).await.unwrap();
    assert!(dan.grants().iter().all(|grant| grant.spec.scope == Scope::In(space("red"))));
}

/// Somebody was cut off between the deletion of a workspace and that of its roles. Who administered the former one is a
/// stranger to the new one.
#[tokio::test]
async fn what_is_left_of_a_former_workspace_opens_no_new_one_of_its_name() {
    let world = World::new().await;
    let boss = key("new", "admin");
    let left = [
        Change::CreateRole { key: boss.clone(), description: None },
        give(spec(boss.clone(), Scope::In(space("new")), "workspace", "*", Permission::Manage)),
        Change::Assign(user("dan"), boss),
        give(spec(user("bob"), Scope::In(space("new")), "experiment", "7", Permission::Manage)),
        give(spec(user("bob"), Scope::Everywhere, "workspace", "new", Permission::Manage)),
    ];
    world.store.apply(&left).await.unwrap();
    assert_eq!(world.api("admin", "POST", "workspaces", json!({"name": "new"})).await.0, 201);
    for who in ["dan", "bob"] {
        assert_eq!(world.api(who, "GET", "workspaces/new", Value::Null).await.0, 403);
        assert_eq!(world.api(who, "GET", "roles/list?workspace=new", Value::Null).await.0, 403);
    }
    assert!(world.store.grants_of(&user("bob").into()).await.unwrap().grants().is_empty());
}

/// MLflow refuses to make what is there already; nobody loses anything by the attempt.
#[tokio::test]
async fn to_make_a_workspace_that_is_there_changes_nothing() {
    let world = World::new().await;
    let before = world.picture().await;
    assert_eq!(world.api("admin", "POST", "workspaces", json!({"name": "blue"})).await.0, 400);
    // Nor does a header that names no workspace make the other ones look gone.
    let lost = world.call("admin", "lost", "POST", "/api/3.0/mlflow/workspaces", json!({"name": "blue"})).await;
    assert_eq!(lost.0, 404);
    assert_eq!(world.picture().await, before);
}

/// Whoever has not said who they are learns nothing of which workspaces there are.
#[tokio::test]
async fn unknown_workspaces_look_like_known_ones_without_credentials() {
    let world = World::new().await;
    for target in
        ["/", "/health", "/version", "/api/2.0/mlflow/experiments/search", "/api/3.0/mlflow/workspaces/red", "/no"]
    {
        let mut told = Vec::new();
        for name in ["red", "lost"] {
            let mut request = super::common::request("", "GET", target).header("x-mlflow-workspace", name);
            request.headers_mut().unwrap().remove("x-user");
            let request = request.body(mlflow_auth_tower::Body::empty()).unwrap();
            told.push(super::common::send(&world.service, request).await);
        }
        assert_eq!(told[0].0, told[1].0, "{target}");
        assert_eq!(told[0].2, told[1].2, "{target}");
    }
}
