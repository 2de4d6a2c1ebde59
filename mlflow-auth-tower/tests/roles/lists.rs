//! Who sees whose roles and grants.

use super::world::{API2, World, give, key, space, spec, user};
use mlflow_auth_core::store::{Change, PermissionStore};
use mlflow_auth_core::{Permission, Scope, Target};
use serde_json::{Value, json};

async fn world() -> World {
    let world = World::new().await;
    let (blue, red) = (world.role("blue", "dev").await, world.role("red", "dev").await);
    for (role, id) in [(blue, "7"), (red, "8")] {
        world.permission(role, "experiment", id, "READ").await;
        let assign = json!({"username": "bob", "role_id": role});
        assert_eq!(world.api("admin", "POST", "roles/assign", assign).await.0, 200);
    }
    let own = spec(user("bob"), Scope::In(space("blue")), "prompt", "p", Permission::Edit);
    let pattern = mlflow_auth_core::GrantSpec {
        target: Target::pattern("^team-", 1).unwrap(),
        ..spec(user("bob"), Scope::In(space("blue")), "prompt", "*", Permission::Read)
    };
    world.store.apply(&[give(own), give(pattern)]).await.unwrap();
    world
}

fn names(roles: &Value) -> Vec<String> {
    let name = |role: &Value| format!("{}/{}", role["workspace"].as_str().unwrap(), role["name"].as_str().unwrap());
    let mut names: Vec<_> = roles["roles"].as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn roles_of_a_user_are_shown_where_one_administers() {
    let world = world().await;
    let bob = world.api("admin", "GET", "users/roles/list?username=bob", Value::Null).await.1;
    let own =
        bob["roles"].as_array().unwrap().iter().find(|role| role["description"].is_null() && role["name"] != "dev");
    let own = own.unwrap()["name"].as_str().unwrap().to_owned();
    assert!(own.starts_with("__user_") && own.ends_with("__"), "{own}");
    for (who, expected) in [
        ("bob", vec![format!("blue/{own}"), "blue/dev".to_owned(), "red/dev".to_owned()]),
        ("ann", vec![format!("blue/{own}"), "blue/dev".to_owned()]),
        ("rob", vec!["red/dev".to_owned()]),
    ] {
        let (status, roles) = world.api(who, "GET", "users/roles/list?username=bob", Value::Null).await;
        let mut expected = expected;
        expected.sort();
        assert_eq!((status, names(&roles)), (200, expected), "{who}");
        let (_, rows) = world.api(who, "GET", "users/permissions/list?username=bob", Value::Null).await;
        let spaces: Vec<_> =
            rows["permissions"].as_array().unwrap().iter().map(|row| row["workspace"].clone()).collect();
        assert!(
            spaces.iter().all(|space| who == "bob" || *space == if who == "ann" { "blue" } else { "red" }),
            "{rows}"
        );
    }
    for (who, whom, expected) in
        [("dan", "bob", 403), ("ann", "nobody", 403), ("ann", "rob", 403), ("admin", "nobody", 404)]
    {
        for call in ["users/roles/list", "users/permissions/list"] {
            let (status, _) = world.api(who, "GET", &format!("{call}?username={whom}"), Value::Null).await;
            assert_eq!(status, expected, "{who} {call} {whom}");
        }
    }
}

#[tokio::test]
async fn all_users_are_listed_with_the_roles_that_one_may_see() {
    let world = world().await;
    for (who, at, expected) in [("admin", "", 2), ("ann", "blue", 1), ("rob", "red", 1)] {
        let (status, users) = world.call(who, at, "GET", &format!("{API2}/users/list"), Value::Null).await;
        let users = users["users"].as_array().unwrap().clone();
        let bob = users.iter().find(|user| user["username"] == "bob").unwrap();
        assert_eq!((status, users.len(), bob["roles"].as_array().unwrap().len()), (200, 5, expected), "{who}");
    }
    assert_eq!(world.call("ann", "red", "GET", &format!("{API2}/users/list"), Value::Null).await.0, 403);
    assert_eq!(world.call("dan", "", "GET", &format!("{API2}/users/list"), Value::Null).await.0, 403);
}

#[tokio::test]
async fn roles_are_listed_for_those_who_are_there() {
    let world = world().await;
    for (who, query, expected) in [
        ("admin", "", 200),
        ("ann", "", 403),
        ("ann", "?workspace=blue", 200),
        ("ann", "?workspace=blue&workspace=red", 403),
        ("bob", "?workspace=blue&workspace=red", 200),
        ("bob", "?workspace=green", 403),
        ("dan", "?workspace=blue", 403),
        ("admin", "?workspace=", 400),
        ("admin", "?workspace=blue&workspace=%20", 400),
    ] {
        assert_eq!(
            world.api(who, "GET", &format!("roles/list{query}"), Value::Null).await.0,
            expected,
            "{who} {query}"
        );
    }
    let (_, both) = world.api("bob", "GET", "roles/list?workspace=blue&workspace=red", Value::Null).await;
    assert_eq!(names(&both), ["blue/boss", "blue/dev", "red/boss", "red/dev"]);
    // A grant of one's own is something to do with a workspace.
    let own = spec(user("dan"), Scope::In(space("blue")), "experiment", "7", Permission::Read);
    world.store.apply(&[give(own)]).await.unwrap();
    assert_eq!(world.api("dan", "GET", "roles/list?workspace=blue", Value::Null).await.0, 200);
}

#[tokio::test]
async fn only_what_mlflow_can_say_is_in_its_lists() {
    let world = world().await;
    let pattern = mlflow_auth_core::GrantSpec {
        target: Target::pattern("^team-", 1).unwrap(),
        ..spec(key("blue", "dev"), Scope::In(space("blue")), "experiment", "*", Permission::Read)
    };
    let named = spec(key("blue", "dev"), Scope::In(space("blue")), "workspace", "blue", Permission::Use);
    world.store.apply(&[give(pattern), give(named), Change::Assign(user("dan"), key("blue", "dev"))]).await.unwrap();
    let (_, mine) = world.api("dan", "GET", "users/current/permissions", Value::Null).await;
    let rows: Vec<_> = mine["permissions"].as_array().unwrap().iter().collect();
    assert_eq!(rows.len(), 2);
    let workspace = rows.iter().find(|row| row["resource_type"] == "workspace").unwrap();
    assert_eq!((&workspace["resource_pattern"], &workspace["workspace"]), (&json!("*"), &json!("blue")));
    let held = world.store.grants_of(&key("blue", "dev").into()).await.unwrap();
    let hidden = held.grants().iter().find(|grant| matches!(grant.spec.target, Target::Pattern { .. })).unwrap().id;
    let raise = json!({"role_permission_id": hidden, "permission": "MANAGE"});
    assert_eq!(world.api("ann", "PATCH", "roles/permissions/update", raise.clone()).await.0, 403);
    assert_eq!(world.api("admin", "PATCH", "roles/permissions/update", raise).await.0, 404);
}

#[tokio::test]
async fn assignments_keep_their_number() {
    let world = World::new().await;
    let role = world.role("blue", "dev").await;
    let body = json!({"username": "bob", "role_id": role});
    let (status, made) = world.api("ann", "POST", "roles/assign", body.clone()).await;
    assert_eq!(status, 200);
    let (status, twice) = world.api("ann", "POST", "roles/assign", body.clone()).await;
    assert_eq!((status, &twice["error_code"]), (400, &json!("RESOURCE_ALREADY_EXISTS")));
    let (_, listed) = world.api("ann", "GET", &format!("roles/users/list?role_id={role}"), Value::Null).await;
    assert_eq!(listed["assignments"], json!([made["assignment"]]));
    assert_eq!(world.api("bob", "GET", &format!("roles/users/list?role_id={role}"), Value::Null).await.0, 403);
    assert_eq!(world.api("ann", "DELETE", "roles/unassign", body.clone()).await, (200, json!({})));
    assert_eq!(world.api("ann", "DELETE", "roles/unassign", body.clone()).await.0, 404);
    assert_eq!(world.api("ann", "POST", "roles/assign", body).await.1, made);
    assert_eq!(world.api("ann", "POST", "roles/assign", json!({"username": "nobody", "role_id": role})).await.0, 404);
}
