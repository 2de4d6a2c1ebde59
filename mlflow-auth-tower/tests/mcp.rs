//! A first version of an MCP server that is not there: who makes the server, whatever happens meanwhile.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use common::{layer, request, send, store};
use http::{Request, Response, StatusCode};
use mlflow_auth_core::routes::mlflow;
use mlflow_auth_core::store::PermissionStore;
use mlflow_auth_core::{Permission, Subject, Target, Username};
use mlflow_auth_tower::Body;
use serde_json::json;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tower::{Layer, ServiceExt};

const SERVERS: &str = "/api/3.0/mlflow/mcp-servers";
const VERSIONS: &str = "/api/3.0/mlflow/mcp-servers/com.example/tools/versions";

/// What the inner service answers to looks at the server, one after the other, and to its creation.
struct Case {
    looks: [u16; 2],
    creation: u16,
    /// The status for the caller.
    expected: u16,
    /// Whether the caller manages the server, and whether the version was forwarded.
    manages: bool,
    forwarded: bool,
}

const fn case(looks: [u16; 2], creation: u16, expected: u16, manages: bool, forwarded: bool) -> Case {
    Case { looks, creation, expected, manages, forwarded }
}

const CASES: [Case; 7] = [
    case([404, 404], 200, 200, true, true),
    // Somebody else was faster: before it was looked at again, or after.
    case([404, 200], 200, 400, false, false),
    case([404, 404], 400, 400, false, false),
    // It was there all the time, and is somebody else's.
    case([200, 200], 200, 403, false, false),
    case([503, 404], 200, 503, false, false),
    case([404, 503], 200, 503, false, false),
    case([404, 404], 503, 503, false, false),
];

#[tokio::test]
async fn only_who_made_the_server_manages_it() {
    for (number, case) in CASES.iter().enumerate() {
        let store = store(&[]).await;
        let routes: Vec<_> = mlflow::routes().copied().collect();
        let looks = Arc::new(Mutex::new(VecDeque::from(case.looks)));
        let (reached, creation) = (Arc::new(Mutex::new(Vec::new())), case.creation);
        let seen = reached.clone();
        let inner = tower::service_fn(move |request: Request<Body>| {
            let status = match (request.method().as_str(), request.uri().path()) {
                ("GET", _) => looks.lock().unwrap().pop_front().unwrap(),
                ("POST", SERVERS) => creation,
                (_, path) => {
                    seen.lock().unwrap().push(path.to_owned());
                    200
                }
            };
            let mut response = Response::new(Body::from("{}".to_owned()));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            async move { Ok::<_, Infallible>(response) }
        });
        let service = layer(&routes, store.clone()).layer(inner).boxed_clone();
        let body = json!({"server_json": {"name": "com.example/tools", "version": "1"}}).to_string();
        let request = request("ann", "POST", VERSIONS).header("content-length", body.len());
        let (status, _, text) = send(&service, request.body(Body::from(body)).unwrap()).await;
        assert_eq!(status, case.expected, "case {number}: {text}");
        assert_eq!(*reached.lock().unwrap() == [VERSIONS], case.forwarded, "case {number}");
        let held = store.grants_of(&Subject::User(Username::new("ann").unwrap())).await.unwrap();
        let held: Vec<_> =
            held.grants().iter().map(|grant| (grant.spec.target.clone(), grant.spec.permission)).collect();
        let expected = [(Target::Exact("com.example/tools".into()), Permission::Manage)];
        assert_eq!(held, &expected[..usize::from(case.manages)], "case {number}");
    }
}
