//! Grants on workspaces in the REST API of mlflow-oidc-auth, on the layer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use common::plugin::{Api, GROUPS, SPACES};
use common::{request, send};
use mlflow_auth_tower::Body;
use serde_json::{Value, json};

/// Reads an experiment in a workspace as a user.
async fn reads(api: &Api, who: &str, workspace: &str) -> u16 {
    let target = "/api/2.0/mlflow/experiments/get?experiment_id=7";
    let builder = request(who, "GET", target).header("x-mlflow-workspace", workspace);
    send(&api.service, builder.body(Body::empty()).unwrap()).await.0
}

#[tokio::test]
async fn grants_on_workspaces_decide_as_soon_as_they_are_written() {
    let api = Api::new(true).await;
    api.call("POST", GROUPS, json!({"group_name": "ml"})).await;
    api.call("PUT", &format!("{GROUPS}/ml/members/bob"), Value::Null).await;
    for (holder, name, who) in [("user", "ann", "ann"), ("group", "ml", "bob")] {
        let field = if holder == "user" { "username" } else { "group_name" };
        assert_eq!(reads(&api, who, "team-a").await, 403);
        let rule = |regex: &str, permission: &str| json!({"regex": regex, "priority": 5, "permission": permission, field: name});
        let rules = format!("{SPACES}/regex/{holder}");
        let (status, made) = api.call("POST", &rules, rule("^team-", "READ")).await;
        let id = made["id"].as_i64().unwrap();
        let row = |regex: &str, permission: &str| json!({"id": id, "regex": regex, "priority": 5, "permission": permission, field: name});
        assert_eq!((status, made), (201, row("^team-", "READ")));
        assert_eq!(api.call("POST", &rules, rule("^team-", "EDIT")).await.0, 409);
        assert_eq!((reads(&api, who, "team-a").await, reads(&api, who, "other").await), (200, 403));
        let changed = api.call("PATCH", &format!("{rules}/{id}"), rule("^oth", "EDIT")).await;
        assert_eq!(changed, (200, row("^oth", "EDIT")));
        assert_eq!(api.call("GET", &rules, Value::Null).await, (200, json!([row("^oth", "EDIT")])));
        assert_eq!((reads(&api, who, "team-a").await, reads(&api, who, "other").await), (403, 200));
        assert_eq!(api.call("DELETE", &format!("{rules}/{id}?{field}=somebody"), Value::Null).await.0, 404);
        assert_eq!(api.call("DELETE", &format!("{rules}/{id}?{field}={name}"), Value::Null).await, (204, Value::Null));
        assert_eq!(reads(&api, who, "other").await, 403);

        let exact = format!("{SPACES}/team-a/{holder}s");
        let given = api.call("POST", &exact, json!({field: name, "permission": "READ"})).await;
        assert_eq!((given.0, &given.1["permission"], &given.1[field]), (201, &json!("READ"), &json!(name)));
        assert_eq!(api.call("POST", &exact, json!({field: name, "permission": "EDIT"})).await.0, 409);
        assert_eq!((reads(&api, who, "team-a").await, reads(&api, who, "team-b").await), (200, 403));
        let refusal = json!({field: name, "permission": "NO_PERMISSIONS"});
        assert_eq!(api.call("PATCH", &format!("{exact}/{name}"), refusal).await.0, 200);
        assert_eq!(reads(&api, who, "team-a").await, 403);
        assert_eq!(api.call("DELETE", &format!("{exact}/{name}"), Value::Null).await.0, 204);
        assert_eq!(api.call("GET", &exact, Value::Null).await, (200, json!([])));
    }
}

#[tokio::test]
async fn who_manages_a_workspace_shares_it() {
    let api = Api::new(true).await;
    let users = format!("{SPACES}/team-a/users");
    for (level, lists, gives) in [("READ", 200, 403), ("EDIT", 200, 403), ("MANAGE", 200, 201)] {
        api.call("DELETE", &format!("{users}/ann"), Value::Null).await;
        api.call("POST", &users, json!({"username": "ann", "permission": level})).await;
        assert_eq!(api.status("ann", "GET", &users, Value::Null).await.0, lists, "{level}");
        let give = json!({"username": "bob", "permission": "READ"});
        assert_eq!(api.status("ann", "POST", &users, give).await.0, gives, "{level}");
    }
    assert_eq!(api.status("bob", "GET", &users, Value::Null).await.0, 200);
    assert_eq!(api.status("ann", "GET", &format!("{SPACES}/team-b/users"), Value::Null).await.0, 403);
    assert_eq!(api.status("ann", "GET", &format!("{SPACES}/regex/user"), Value::Null).await.0, 403);
}
