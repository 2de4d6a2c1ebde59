//! Users and groups in the REST API of mlflow-oidc-auth, on the layer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use common::plugin::{Api, GROUPS, SPACES, USERS, user};
use mlflow_auth_core::store::{Change, PermissionStore, UserStore};
use mlflow_auth_core::{GroupName, Subject};
use serde_json::{Value, json};

/// Every operation, with what a body must hold.
fn operations() -> Vec<(&'static str, String, Value)> {
    let rule = |holder: &str, name: &str| json!({"regex": "^a", "priority": 1, "permission": "READ", holder: name});
    let at = |root: &str, rest: &str| format!("{root}{rest}");
    vec![
        ("GET", at(USERS, ""), Value::Null),
        ("POST", at(USERS, ""), json!({"username": "eve", "display_name": "Eve"})),
        ("DELETE", at(USERS, ""), json!({"username": "ann"})),
        ("GET", at(USERS, "/details"), Value::Null),
        ("GET", at(USERS, "/ann"), Value::Null),
        ("PATCH", at(USERS, "/ann/active"), json!({"active": false})),
        ("GET", at(GROUPS, ""), Value::Null),
        ("POST", at(GROUPS, ""), json!({"group_name": "ml"})),
        ("GET", at(GROUPS, "/details"), Value::Null),
        ("GET", at(GROUPS, "/ml/users"), Value::Null),
        ("GET", at(GROUPS, "/ml"), Value::Null),
        ("DELETE", at(GROUPS, "/ml"), Value::Null),
        ("GET", at(GROUPS, "/ml/members"), Value::Null),
        ("PUT", at(GROUPS, "/ml/members"), json!({"members": []})),
        ("PUT", at(GROUPS, "/ml/members/ann"), Value::Null),
        ("DELETE", at(GROUPS, "/ml/members/ann"), Value::Null),
        ("GET", at(SPACES, "/regex/user"), Value::Null),
        ("POST", at(SPACES, "/regex/user"), rule("username", "ann")),
        ("PATCH", at(SPACES, "/regex/user/1"), rule("username", "ann")),
        ("DELETE", at(SPACES, "/regex/user/1?username=ann"), Value::Null),
        ("GET", at(SPACES, "/regex/group"), Value::Null),
        ("POST", at(SPACES, "/regex/group"), rule("group_name", "ml")),
        ("PATCH", at(SPACES, "/regex/group/1"), rule("group_name", "ml")),
        ("DELETE", at(SPACES, "/regex/group/1?group_name=ml"), Value::Null),
        ("GET", at(SPACES, "/team-a/users"), Value::Null),
        ("POST", at(SPACES, "/team-a/users"), json!({"username": "ann", "permission": "READ"})),
        ("PATCH", at(SPACES, "/team-a/users/ann"), json!({"permission": "EDIT"})),
        ("DELETE", at(SPACES, "/team-a/users/ann"), Value::Null),
        ("GET", at(SPACES, "/team-a/groups"), Value::Null),
        ("POST", at(SPACES, "/team-a/groups"), json!({"group_name": "ml", "permission": "READ"})),
        ("PATCH", at(SPACES, "/team-a/groups/ml"), json!({"permission": "EDIT"})),
        ("DELETE", at(SPACES, "/team-a/groups/ml"), Value::Null),
    ]
}

#[tokio::test]
async fn nobody_but_admins_and_only_the_names_for_others() {
    let api = Api::new(true).await;
    for (method, target, body) in operations() {
        let is_a_list_of_names = method == "GET" && (target == USERS || target == GROUPS);
        let (status, _) = api.status("", method, &target, body.clone()).await;
        assert_eq!(status, 401, "{method} {target}");
        let (status, answer) = api.status("ann", method, &target, body).await;
        assert_eq!(status, if is_a_list_of_names { 200 } else { 403 }, "{method} {target}: {answer}");
        assert!(is_a_list_of_names || answer["detail"].is_string(), "{method} {target}: {answer}");
    }
    assert!(api.record.lock().unwrap().is_empty(), "these calls are answered here");
}

#[tokio::test]
async fn every_operation_is_served_at_both_prefixes() {
    for prefix in ["/api", "/ajax-api"] {
        let api = Api::new(true).await;
        api.call("POST", GROUPS, json!({"group_name": "ml"})).await;
        for (method, target, body) in operations() {
            let (_, rest) = target[1..].split_once('/').unwrap();
            let (status, answer) = api.call(method, &format!("{prefix}/{rest}"), body).await;
            let is_served = status < 300 || answer["detail"].is_string() && status == 404;
            assert!(is_served, "{method} {prefix}/{rest}: {status} {answer}");
        }
        assert!(api.record.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_a_user_is_can_be_seen() {
    let api = Api::new(false).await;
    let eve = json!({"username": "eve", "display_name": "Eve E.", "is_admin": "false"});
    assert_eq!(api.call("POST", USERS, eve.clone()).await.0, 201);
    let bot = json!({"username": "bot", "display_name": "", "is_service_account": true, "service_account_source": "internal"});
    assert_eq!(api.call("POST", USERS, bot.clone()).await.0, 201);
    assert_eq!(api.call("GET", USERS, Value::Null).await, (200, json!(["admin", "ann", "bob", "eve"])));
    assert_eq!(api.call("GET", &format!("{USERS}?service=true"), Value::Null).await, (200, json!(["bot"])));
    let details = |name: &str, display: &str, service: bool, active: bool| {
        json!({
            "username": name, "display_name": display, "is_admin": false, "is_service_account": service,
            "active": active, "managed_by": "manual",
            "service_account_source": if service { json!("internal") } else { Value::Null },
        })
    };
    let (_, rows) = api.call("GET", &format!("{USERS}/details?search=E"), Value::Null).await;
    assert_eq!(rows, json!([details("eve", "Eve E.", false, true)]));
    let (_, rows) = api.call("GET", &format!("{USERS}/details?service=1"), Value::Null).await;
    assert_eq!(rows, json!([details("bot", "bot", true, true)]));
    let answer = api.call("PATCH", &format!("{USERS}/eve/active"), json!({"active": false})).await;
    assert_eq!(answer, (200, details("eve", "Eve E.", false, false)));
    api.call("POST", GROUPS, json!({"group_name": "ml"})).await;
    api.call("PUT", &format!("{GROUPS}/ml/members/eve"), Value::Null).await;
    let (_, profile) = api.call("GET", &format!("{USERS}/eve"), Value::Null).await;
    let id = api.store.user(&user("eve")).await.unwrap().unwrap().id;
    let expected = json!({
        "display_name": "Eve E.", "groups": [{"id": 1, "group_name": "ml"}], "id": id, "is_admin": false,
        "is_service_account": false, "username": "eve",
    });
    assert_eq!(profile, expected);
    let (_, current) = api.status("ann", "GET", &format!("{USERS}/current"), Value::Null).await;
    assert_eq!((&current["user"]["username"], &current["username"]), (&json!("ann"), &json!("ann")));
    assert_eq!((&current["groups"], &current["display_name"]), (&json!([]), &json!("ann")));
}

#[tokio::test]
async fn an_account_is_not_changed_by_asking_for_it_again() {
    let api = Api::new(false).await;
    let again = |more: Value| {
        let mut body = json!({"username": "ann", "display_name": "x"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, expected) in [
        (json!({}), 200),
        (json!({"is_admin": false}), 200),
        (json!({"is_admin": true}), 409),
        (json!({"is_service_account": true}), 409),
        (json!({"password": "long-enough-to-be-one"}), 409),
    ] {
        let (status, answer) = api.call("POST", USERS, again(more.clone())).await;
        assert_eq!(status, expected, "{more}: {answer}");
    }
    assert!(!api.store.user(&user("ann")).await.unwrap().unwrap().is_admin);
}

#[tokio::test]
async fn who_is_not_active_is_not_signed_in() {
    let api = Api::new(false).await;
    let active = |active: bool| json!({"active": active});
    assert_eq!(api.status("ann", "GET", USERS, Value::Null).await.0, 200);
    for (is_active, expected) in [(false, 401), (true, 200), (false, 401)] {
        assert_eq!(api.call("PATCH", &format!("{USERS}/ann/active"), active(is_active)).await.0, 200);
        assert_eq!(api.status("ann", "GET", USERS, Value::Null).await.0, expected);
        assert_eq!(api.status("bob", "GET", USERS, Value::Null).await.0, 200);
    }
}

#[tokio::test]
async fn the_last_active_admin_stays() {
    let api = Api::new(false).await;
    let off = json!({"active": false});
    assert_eq!(api.call("PATCH", &format!("{USERS}/admin/active"), off.clone()).await.0, 409);
    assert_eq!(api.call("DELETE", USERS, json!({"username": "admin", "admin_override": true})).await.0, 409);
    let demote = json!({"username": "admin", "is_admin": false});
    assert_eq!(api.call("PATCH", &format!("{USERS}/update-admin"), demote).await.0, 409);
    let promote = json!({"username": "ann", "is_admin": true});
    assert_eq!(api.call("PATCH", &format!("{USERS}/update-admin"), promote).await.0, 200);
    assert_eq!(api.call("DELETE", USERS, json!({"username": "ann"})).await.0, 200);
    assert_eq!(api.store.user(&user("ann")).await.unwrap(), None);
    assert_eq!(api.call("PATCH", &format!("{USERS}/admin/active"), off).await.0, 409);
}

#[tokio::test]
async fn a_group_is_made_filled_and_removed() {
    let api = Api::new(true).await;
    let group = format!("{GROUPS}/team%2Fml");
    for expected in ["Group team/ml created", "Group team/ml already exists"] {
        let (status, answer) = api.call("POST", GROUPS, json!({"group_name": "team/ml"})).await;
        assert_eq!((status, answer), (200, json!({"status": "success", "message": expected})));
    }
    assert_eq!(api.call("PUT", &format!("{group}/members"), json!({"members": ["ann", "bob", "ann"]})).await.0, 200);
    assert_eq!(api.call("GET", &format!("{group}/members"), Value::Null).await, (200, json!(["ann", "bob"])));
    assert_eq!(api.call("DELETE", &format!("{group}/members/ann"), Value::Null).await.0, 200);
    assert_eq!(api.call("DELETE", &format!("{group}/members/ann"), Value::Null).await.0, 404);
    assert_eq!(api.call("PUT", &format!("{group}/members/admin"), Value::Null).await.0, 201);
    assert_eq!(api.call("PUT", &format!("{group}/members/admin"), Value::Null).await.0, 200);
    let users = json!([{"username": "admin", "is_admin": true}, {"username": "bob", "is_admin": false}]);
    assert_eq!(api.call("GET", &format!("{group}/users"), Value::Null).await, (200, users));
    let to_group = json!({"group_name": "team/ml", "permission": "READ"});
    assert_eq!(api.call("POST", &format!("{SPACES}/team-a/groups"), to_group).await.0, 201);
    let row = json!({"group_name": "team/ml", "external_id": null, "member_count": 2});
    assert_eq!(api.call("GET", &format!("{GROUPS}/details"), Value::Null).await, (200, json!([row])));
    let (_, whole) = api.call("GET", &group, Value::Null).await;
    assert_eq!((&whole["members"], &whole["grant_count"]), (&json!(["admin", "bob"]), &json!(1)));
    assert_eq!(api.call("PUT", &format!("{group}/members"), json!({"members": ["ann"]})).await.0, 200);
    assert_eq!(api.call("GET", &format!("{group}/members"), Value::Null).await.1, json!(["ann"]));
    assert_eq!(api.call("DELETE", &group, Value::Null).await.0, 200);
    assert_eq!(api.call("DELETE", &group, Value::Null).await.0, 404);
    assert!(api.store.holders().await.unwrap().is_empty());
    assert!(api.store.membership(&user("ann")).await.unwrap().groups.is_empty());
}

#[tokio::test]
async fn bad_input_has_its_status() {
    let api = Api::new(true).await;
    api.call("POST", GROUPS, json!({"group_name": "ml"})).await;
    let long = "x".repeat(300);
    let rule = |regex: &str, permission: &str| json!({"regex": regex, "priority": 1, "permission": permission, "username": "ann"});
    for (method, target, body, expected, about) in [
        ("POST", USERS.to_owned(), json!({"username": "eve"}), 422, "display_name"),
        ("POST", USERS.to_owned(), json!({}), 422, "username"),
        ("POST", USERS.to_owned(), json!({"username": 7, "display_name": ""}), 422, "string"),
        ("POST", USERS.to_owned(), json!({"username": "e", "display_name": "", "is_admin": "maybe"}), 422, "is_admin"),
        ("POST", USERS.to_owned(), json!({"username": "a:b", "display_name": ""}), 400, "colon"),
        ("POST", USERS.to_owned(), json!({"username": long, "display_name": ""}), 400, "255"),
        ("POST", USERS.to_owned(), json!({"username": "e", "display_name": "\0"}), 400, "NUL"),
        ("POST", USERS.to_owned(), json!({"username": "e", "display_name": long}), 400, "255"),
        ("POST", USERS.to_owned(), json!({"username": "e", "display_name": "", "password": "short"}), 400, "short"),
        (
            "POST",
            USERS.to_owned(),
            json!({"username": "e", "display_name": "", "service_account_source": "x"}),
            400,
            "`x`",
        ),
        (
            "POST",
            USERS.to_owned(),
            json!({"username": "e", "display_name": "", "service_account_source": "internal"}),
            400,
            "service accounts only",
        ),
        ("POST", USERS.to_owned(), json!({"username": "e", "display_name": "", "subject": "x"}), 400, "subject"),
        ("DELETE", USERS.to_owned(), json!({"username": "nobody"}), 404, "nobody"),
        ("DELETE", USERS.to_owned(), json!({}), 422, "username"),
        ("GET", format!("{USERS}/nobody"), Value::Null, 404, "nobody"),
        ("GET", format!("{USERS}?limit=0"), Value::Null, 422, "limit"),
        ("GET", format!("{USERS}?limit=5&limit=6"), Value::Null, 400, "limit"),
        ("GET", format!("{USERS}?service=perhaps"), Value::Null, 422, "service"),
        ("PATCH", format!("{USERS}/ann/active"), json!({}), 422, "active"),
        ("PATCH", format!("{USERS}/nobody/active"), json!({"active": true}), 404, "nobody"),
        ("PATCH", format!("{USERS}/ann/active"), json!({"active": true, "username": "bob"}), 400, "username"),
        ("POST", GROUPS.to_owned(), json!({"group_name": " "}), 400, "group name"),
        ("POST", GROUPS.to_owned(), json!({"group_name": null}), 422, "group_name"),
        ("GET", format!("{GROUPS}/nowhere/users"), Value::Null, 404, "nowhere"),
        ("PUT", format!("{GROUPS}/nowhere/members/ann"), Value::Null, 404, "nowhere"),
        ("PUT", format!("{GROUPS}/ml/members/nobody"), Value::Null, 404, "nobody"),
        ("PUT", format!("{GROUPS}/ml/members"), json!({"members": ["ann", "nobody"]}), 404, "nobody"),
        ("PUT", format!("{GROUPS}/ml/members"), json!({"members": "ann"}), 422, "list"),
        ("POST", format!("{SPACES}/team-a/users"), json!({"username": "ann", "permission": "OWNER"}), 400, "OWNER"),
        ("POST", format!("{SPACES}/team-a/users"), json!({"username": "ann"}), 422, "permission"),
        ("POST", format!("{SPACES}/team-a/users"), json!({"username": "nobody", "permission": "READ"}), 404, "nobody"),
        ("POST", format!("{SPACES}/team-a/groups"), json!({"group_name": "no", "permission": "READ"}), 404, "no"),
        ("POST", format!("{SPACES}/Team/users"), json!({"username": "ann", "permission": "READ"}), 400, "Team"),
        ("PATCH", format!("{SPACES}/team-a/users/ann"), json!({"permission": "READ"}), 404, "no grant"),
        ("DELETE", format!("{SPACES}/team-a/groups/ml"), Value::Null, 404, "no grant"),
        ("POST", format!("{SPACES}/regex/user"), rule("(", "READ"), 400, "("),
        ("POST", format!("{SPACES}/regex/user"), rule("(?=a)b", "READ"), 400, "(?="),
        ("POST", format!("{SPACES}/regex/user"), rule("^a", "read"), 400, "read"),
        (
            "POST",
            format!("{SPACES}/regex/user"),
            json!({"regex": "a", "permission": "READ", "username": "ann"}),
            422,
            "priority",
        ),
        ("PATCH", format!("{SPACES}/regex/user/seven"), rule("^a", "READ"), 422, "permission_id"),
        ("PATCH", format!("{SPACES}/regex/user/7"), rule("^a", "READ"), 404, "7"),
        ("DELETE", format!("{SPACES}/regex/user/7"), Value::Null, 422, "username"),
    ] {
        let (status, answer) = api.call(method, &target, body.clone()).await;
        assert_eq!(status, expected, "{method} {target} {body}: {answer}");
        assert!(answer["detail"].to_string().contains(about), "{method} {target} {body}: {answer}");
    }
    assert_eq!(api.store.users().await.unwrap().len(), 3);
    assert!(api.store.holders().await.unwrap().is_empty());
    assert!(api.store.members(&GroupName::new("ml").unwrap()).await.unwrap().is_empty());
}

#[tokio::test]
async fn pages_say_how_much_there_is() {
    let api = Api::new(false).await;
    for (query, names, total) in [
        ("", json!(["admin", "ann", "bob"]), None),
        ("?limit=2", json!(["admin", "ann"]), Some("3")),
        ("?limit=2&offset=2", json!(["bob"]), Some("3")),
        ("?search=AN", json!(["ann"]), Some("1")),
    ] {
        let (status, headers, answer) = api.send("ann", "GET", &format!("{USERS}{query}"), &Value::Null).await;
        assert_eq!((status, answer), (200, names), "{query}");
        assert_eq!(headers.get("x-total-count").map(|count| count.to_str().unwrap()), total, "{query}");
    }
}

#[tokio::test]
async fn a_slash_in_a_segment_is_for_these_routes_alone() {
    let api = Api::new(false).await;
    let dots = format!("{GROUPS}/a%2F..%2Fb/users");
    for target in
        ["/api/2.0/mlflow/experiments%2Fget?experiment_id=1", "/a%2Fb", "/a%5Cb", "/api%2F2.0/mlflow/users", &dots]
    {
        assert_eq!(api.call("GET", target, Value::Null).await.0, 400, "{target}");
        assert_eq!(api.status("", "GET", target, Value::Null).await.0, 400, "{target}");
    }
    api.call("POST", GROUPS, json!({"group_name": "CORP\\ml"})).await;
    assert_eq!(api.call("GET", &format!("{GROUPS}/CORP%5Cml"), Value::Null).await.0, 200);
    assert!(api.record.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_workspaces_there_are_no_grants_on_them() {
    let api = Api::new(false).await;
    for (method, target, body) in operations().into_iter().filter(|(_, target, _)| target.starts_with(SPACES)) {
        assert_eq!(api.call(method, &target, body).await.0, 404, "{method} {target}");
    }
}

#[tokio::test]
async fn a_group_that_is_known_elsewhere_can_be_removed() {
    let api = Api::new(true).await;
    let elsewhere = Subject::Group(GroupName::new("ldap").unwrap());
    let mut grant = common::grant("ann", "experiment", "7", mlflow_auth_core::Permission::Read);
    if let Change::Grant(spec, _) = &mut grant {
        spec.subject = elsewhere;
    }
    api.store.apply(&[grant]).await.unwrap();
    assert_eq!(api.call("GET", &format!("{GROUPS}/ldap"), Value::Null).await.1["grant_count"], 1);
    assert_eq!(api.call("DELETE", &format!("{GROUPS}/ldap"), Value::Null).await.0, 200);
    assert!(api.store.holders().await.unwrap().is_empty());
}
