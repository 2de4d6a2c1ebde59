//! What a subrequest cannot judge is refused, and what it allows the layer would allow.

use crate::common::{grant, send};
use crate::world::{ROWS, RUNS, about, world};
use http::Request;
use mlflow_auth_core::routes::mlflow::routes;
use mlflow_auth_core::store::{Change, GrantConflict};
use mlflow_auth_core::{GrantSpec, Permission, Policy, ResourceType, Scope, Target, Username};
use mlflow_auth_tower::Body;
use serde_json::Value;

const API: &str = "/api/2.0/mlflow";

#[tokio::test]
async fn what_a_body_or_an_answer_decides_is_refused_and_says_why() {
    let world = world(&[], Policy::default()).await;
    let service = world.nginx();
    for (users, method, path, why) in [
        ("alice admin", "POST", "/experiments/create", "it creates something"),
        ("alice admin", "POST", "/registered-models/create", "it creates something"),
        ("alice admin", "DELETE", "/registered-models/delete", "it deletes something"),
        ("alice admin", "POST", "/registered-models/rename", "it renames something"),
        ("alice admin", "GET", "/permissions/explain", "nobody else"),
        ("alice admin", "POST", "/users/create", "nobody else"),
        ("alice", "POST", "/runs/create", "its body says"),
        ("alice", "POST", "/runs/log-metric", "its body says"),
        ("alice", "POST", "/experiments/update", "its body says"),
        ("alice", "DELETE", "-artifacts/artifacts/1/x", "its body says"),
        ("alice", "POST", "/runs/search", "its answer shows only"),
        ("alice", "GET", "/experiments/search?max_results=5", "its answer shows only"),
        ("alice", "GET", "/registered-models/search", "its answer shows only"),
    ] {
        for user in users.split(' ') {
            let (status, _, text) = about(&service, user, method, &format!("{API}{path}")).await;
            assert_eq!(status, 403, "{user} {method} {path}: {text}");
            assert!(text.contains(why), "{user} {method} {path}: {text}");
        }
    }
    for (method, path) in [("POST", "/runs/search"), ("POST", "/runs/create"), ("GET", "/experiments/search")] {
        assert_eq!(about(&service, "admin", method, &format!("{API}{path}")).await.0, 200, "{method} {path}");
    }
    assert_eq!(about(&service, "alice", "PUT", &format!("{API}-artifacts/artifacts/1/x")).await.0, 200);
    assert_eq!(about(&service, "alice", "PUT", &format!("{API}-artifacts/artifacts/2/x")).await.0, 403);
}

/// MLflow 3.17.2 reads the body of a `GET` whose query is empty, and of every `HEAD`.
#[tokio::test]
async fn a_read_whose_body_may_name_something_else_is_refused() {
    let world = world(&[grant("alice", "experiment", "2", Permission::NoPermissions)], Policy::default()).await;
    let service = world.nginx();
    for (method, target) in [
        ("HEAD", format!("{RUNS}a")),
        ("HEAD", format!("{API}/experiments/get?experiment_id=1")),
        ("GET", format!("{API}-artifacts/artifacts")),
        ("GET", format!("{API}-artifacts/artifacts?")),
        ("GET", format!("{API}-artifacts/artifacts?&&")),
        ("GET", format!("{API}/runs/get")),
    ] {
        let (status, _, text) = about(&service, "alice", method, &target).await;
        assert_eq!(status, 403, "{method} {target}");
        assert!(text.contains("body may say"), "{method} {target}: {text}");
    }
    assert_eq!(about(&service, "alice", "HEAD", "/version").await.0, 200);
    let artifact = format!("{API}-artifacts/artifacts/1/x");
    assert_eq!(about(&service, "alice", "HEAD", &artifact).await.0, 200, "its path says all");
}

/// What alice may on everything of this kind.
fn of_all(kind: &'static str, permission: Permission) -> Change {
    let spec = GrantSpec {
        subject: Username::new("alice").unwrap().into(),
        scope: Scope::Everywhere,
        kind: ResourceType::new(kind),
        target: Target::Every,
        permission,
    };
    Change::Grant(spec, GrantConflict::Replace)
}

#[tokio::test]
async fn the_root_of_all_artifacts_is_refused_even_to_whoever_may_list_it() {
    let world = world(&[], Policy { default: Permission::Read, ..Policy::default() }).await;
    let list = |path: &str| format!("{API}-artifacts/artifacts?path={path}");
    assert_eq!(about(&world.nginx(), "alice", "GET", &list("2")).await.0, 200);
    let (status, _, text) = about(&world.nginx(), "alice", "GET", &list("")).await;
    assert_eq!((status, text.contains("its answer shows only")), (403, true), "{text}");
}

#[tokio::test]
async fn a_read_of_which_fields_are_withheld_is_refused_to_those_alone() {
    let run = format!("{RUNS}a");
    let free = world(&[], Policy::default()).await;
    assert_eq!(about(&free.nginx(), "alice", "GET", &run).await.0, 200);
    let denied = world(&[of_all("logged_model", Permission::Deny)], Policy::default()).await;
    let (status, _, text) = about(&denied.nginx(), "alice", "GET", &run).await;
    assert_eq!(status, 403);
    assert!(text.contains("its answer shows only"), "{text}");
    assert_eq!(about(&denied.nginx(), "admin", "GET", &run).await.0, 200);
}

const QUERIES: [&str; 8] = [
    "",
    "?run_id=a",
    "?run_id=b",
    "?experiment_id=1",
    "?experiment_id=2",
    "?path=1",
    "?path=2/x",
    "?run_uuid=b&run_id=b",
];
const NAMES: [&str; 3] = ["1", "2", "a"];

/// Every path of MLflow, with one of a few names in each of its places.
fn targets() -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for route in routes() {
        for prefix in route.mount.prefixes() {
            for name in NAMES {
                let mut path = String::new();
                let mut rest = route.path;
                while let Some((before, after)) = rest.split_once('{') {
                    path.push_str(before);
                    path.push_str(name);
                    rest = after.split_once('}').unwrap().1;
                }
                path.push_str(rest);
                found.extend(route.methods.iter().map(|method| (*method, format!("{prefix}{path}"))));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whatever is allowed here, the layer in front would forward as it is and hand back as it comes.
#[tokio::test]
async fn what_a_subrequest_allows_the_layer_would_have_allowed() {
    let model = grant("alice", "registered_model", "a", Permission::Edit);
    for (more, least) in [
        (vec![model.clone()], 50),
        (vec![model.clone(), of_all("logged_model", Permission::Deny)], 30),
        (vec![model, of_all("run", Permission::Deny), of_all("trace", Permission::Deny)], 30),
    ] {
        let world = world(&more, Policy::default()).await;
        let (service, front) = (world.nginx(), world.front());
        let mut allowed = 0;
        for (method, path) in targets() {
            for (method, query) in [method, "HEAD"].into_iter().flat_map(|method| QUERIES.map(|query| (method, query)))
            {
                let target = format!("{path}{query}");
                if about(&service, "alice", method, &target).await.0 != 200 {
                    continue;
                }
                allowed += 1;
                world.asked.lock().unwrap().clear();
                let request = Request::builder().method(method).uri(&target).header("host", "localhost");
                let request = request.header("x-user", "alice").body(Body::empty()).unwrap();
                let (status, _, text) = send(&front, request).await;
                assert_eq!(status, 200, "{method} {target}: {text}");
                let forwarded = world.asked.lock().unwrap().last().cloned().unwrap();
                assert_eq!(forwarded.split('?').next(), Some(path.as_str()), "{method} {target}");
                let answer = |text: &str| serde_json::from_str::<Value>(text).unwrap();
                if method != "HEAD" && !target.contains("/runs/get?") {
                    assert_eq!(answer(&text), answer(ROWS), "{method} {target}");
                }
            }
        }
        assert!(allowed > least, "{allowed}");
    }
}
