//! What a proxy is told.

use crate::world::{RUNS, about, ask, settings, world};
use async_trait::async_trait;
use http::request::Parts;
use mlflow_auth_core::{AuthenticationError, Authenticator, GroupName, Narrowing, Policy, Principal, Proof, Username};
use mlflow_auth_tower::Dialect;
use std::sync::Arc;

#[tokio::test]
async fn each_answer_has_one_of_four_statuses() {
    let world = world(&[], Policy::default()).await;
    let service = world.nginx();
    for (user, method, target, expected) in [
        ("", "GET", "/static-files/main.js", 200),
        ("", "GET", "/health", 200),
        ("", "GET", "/version", 401),
        ("", "POST", "/api/2.0/mlflow/experiments/create", 401),
        ("", "GET", "/nowhere", 401),
        ("outage", "GET", "/version", 503),
        ("alice", "GET", "/version", 200),
        ("alice", "GET", "/api/2.0/mlflow/experiments/get?experiment_id=1", 200),
        ("alice", "GET", "/api/2.0/mlflow/experiments/get?experiment_id=2", 403),
        ("alice", "GET", "/api/2.0/mlflow/experiments/get?experiment_id=x", 403),
        ("alice", "GET", "/api/2.0/mlflow/experiments/get?experiment_id=1&experiment_id=1", 403),
        ("alice", "GET", "/nowhere", 403),
        ("alice", "GET", &format!("{RUNS}a"), 200),
        ("alice", "GET", &format!("{RUNS}b"), 403),
        ("alice", "GET", &format!("{RUNS}unknown"), 403),
        ("alice", "GET", &format!("{RUNS}down"), 503),
        ("admin", "GET", &format!("{RUNS}b"), 200),
        ("admin", "GET", "/nowhere", 200),
    ] {
        let (status, headers, text) = about(&service, user, method, target).await;
        assert_eq!(status, expected, "{user} {method} {target}: {text}");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers.contains_key("www-authenticate"), expected == 401);
        assert_eq!(headers.contains_key("retry-after"), expected == 503);
        assert_eq!(text.is_empty(), expected == 200, "{text}");
        assert_eq!(headers.contains_key("x-forwarded-user"), expected == 200 && !user.is_empty());
    }
}

#[tokio::test]
async fn a_run_is_looked_up_through_the_service_behind() {
    let world = world(&[], Policy::default()).await;
    assert_eq!(about(&world.nginx(), "alice", "GET", &format!("{RUNS}b")).await.0, 403);
    assert_eq!(*world.asked.lock().unwrap(), [format!("{RUNS}b")], "a question, and nothing is forwarded");
}

/// Somebody with names that try to be two.
struct Odd;

#[async_trait]
impl Authenticator for Odd {
    async fn authenticate(&self, request: &Parts) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let narrowed = request.headers.get("x-odd").is_some_and(|value| value == "narrowed");
        let named = request.headers.get("x-odd").map(|_| Principal {
            narrowing: narrowed.then(|| Arc::new(Narrowing { read_only: true, only: None })),
            groups: ["a", "b,admins", "c%2C", "größe"].map(|name| GroupName::new(name).unwrap()).to_vec(),
            ..Principal::new(Username::new("alice,admin 50% é").unwrap(), Proof::Asserted)
        });
        Ok(named.map(Arc::new))
    }
}

#[tokio::test]
async fn the_answer_says_who_it_is_so_that_no_name_looks_like_two() {
    let mut world = world(&[], Policy::default()).await;
    world.layer = world.layer.with_authenticator(Arc::new(Odd));
    let service = world.nginx();
    let (_, headers, _) = about(&service, "admin", "GET", "/version").await;
    assert_eq!(
        (&headers["x-forwarded-user"], &headers["x-mlflow-admin"]),
        (&"admin".parse().unwrap(), &"true".parse().unwrap())
    );
    let odd = [("x-odd", "1"), ("x-original-uri", "/version"), ("x-original-method", "GET")];
    let (status, headers, _) = ask(&service, "/forward-auth", &odd).await;
    assert_eq!(status, 200);
    assert_eq!(headers["x-forwarded-user"], "alice%2Cadmin 50%25 %C3%A9");
    assert_eq!(headers["x-forwarded-groups"], "a,b%2Cadmins,c%252C,gr%C3%B6%C3%9Fe");
    assert_eq!(headers["x-mlflow-admin"], "false");
    assert!(!headers.contains_key("x-mlflow-workspace"));
}

#[tokio::test]
async fn the_workspace_that_was_judged_is_told_where_there_are_any() {
    let policy = Policy { workspaces: true, ..Policy::default() };
    let world = world(&[], policy).await;
    let base = [("x-user", "admin"), ("x-original-uri", "/version"), ("x-original-method", "GET")];
    for (named, expected) in [(None, (200, "default")), (Some("team-a"), (200, "team-a")), (Some("a/b"), (403, ""))] {
        let headers: Vec<_> = base.into_iter().chain(named.map(|name| ("x-mlflow-workspace", name))).collect();
        let (status, found, _) = ask(&world.nginx(), "/forward-auth", &headers).await;
        let workspace = found.get("x-mlflow-workspace").map_or("", |value| value.to_str().unwrap());
        assert_eq!((status, workspace), expected);
    }
    let off = crate::world::world(&[], Policy::default()).await;
    let headers = [base[0], base[1], base[2], ("x-mlflow-workspace", "team-a")];
    assert_eq!(ask(&off.nginx(), "/forward-auth", &headers).await.0, 403, "workspaces are off");
}

#[tokio::test]
async fn whoever_asks_only_who_is_calling_is_refused_nothing_else() {
    let world = world(&[], Policy::default()).await;
    let service = world.endpoint(settings(Dialect::Nginx, true));
    for (user, method, target, expected) in [
        ("", "GET", "/health", 200),
        ("", "GET", "/version", 401),
        ("outage", "GET", "/version", 503),
        ("alice", "POST", "/api/2.0/mlflow/experiments/create", 200),
        ("alice", "GET", "/api/2.0/mlflow/experiments/get?experiment_id=2", 200),
        ("alice", "GET", "/nowhere", 200),
        ("alice", "GET", "/static-files/../x", 403),
    ] {
        let (status, headers, text) = about(&service, user, method, target).await;
        assert_eq!(status, expected, "{user} {method} {target}: {text}");
        assert_eq!(headers.get("x-forwarded-user").is_some(), expected == 200 && !user.is_empty());
    }
    let mut world = world;
    world.layer = world.layer.with_authenticator(Arc::new(Odd));
    let service = world.endpoint(settings(Dialect::Nginx, true));
    for (odd, expected) in [("whole", 200), ("narrowed", 403)] {
        let headers = [("x-odd", odd), ("x-original-uri", "/version"), ("x-original-method", "GET")];
        assert_eq!(ask(&service, "/forward-auth", &headers).await.0, expected, "a proof that is {odd}");
    }
}
