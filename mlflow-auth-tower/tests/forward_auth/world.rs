//! A fake MLflow behind the endpoint, and somebody who asks.

use crate::common::{Header, Service, grant, send, store};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use mlflow_auth_core::store::{Change, MemoryStore};
use mlflow_auth_core::{Authorizer, Peer, Permission, Policy, Trust, TrustSettings};
use mlflow_auth_tower::{AuthLayer, Body, Dialect, ForwardAuthSettings, Plain};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tower::{Layer, ServiceExt};

pub(crate) const RUNS: &str = "/api/2.0/mlflow/runs/get?run_id=";
/// What MLflow answers to what is forwarded: something in every list that is filtered or redacted.
pub(crate) const ROWS: &str = r#"{
    "experiments": [{"experiment_id": "2", "name": "two"}],
    "registered_models": [{"name": "theirs"}],
    "files": [{"path": "2"}, {"path": "0123456789abcdef0123456789abcdef"}],
    "metrics": [{"key": "m", "model_id": "x"}]
}"#;

pub(crate) struct World {
    pub(crate) layer: AuthLayer,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

/// Alice may read experiment 1, in which run `a` is; `b` is in experiment 2; to ask for `down` is an outage.
fn mlflow(
    asked: Arc<Mutex<Vec<String>>>,
) -> impl Fn(Request<Body>) -> std::future::Ready<Result<Response<Body>, Infallible>> + Clone {
    move |request| {
        let target = request.uri().to_string();
        let experiment = match target.strip_prefix(RUNS).and_then(|rest| rest.split('&').next()) {
            Some("a") => "1",
            Some("b") => "2",
            Some("down") => return answer(503, ""),
            Some(_) => return answer(404, "{}"),
            None => {
                asked.lock().unwrap().push(target);
                return answer(200, ROWS);
            }
        };
        asked.lock().unwrap().push(target);
        answer(
            200,
            &format!(
                r#"{{"run": {{"info": {{"experiment_id": "{experiment}"}}, "inputs": {{"model_inputs": [1]}}}}}}"#
            ),
        )
    }
}

fn answer(status: u16, body: &str) -> std::future::Ready<Result<Response<Body>, Infallible>> {
    let body = Body::from(Bytes::from(body.to_owned()));
    std::future::ready(Ok(Response::builder().status(status).body(body).unwrap()))
}

pub(crate) async fn world(more: &[Change], policy: Policy) -> World {
    let mut grants = vec![grant("alice", "experiment", "1", Permission::Manage)];
    grants.extend_from_slice(more);
    let store: Arc<MemoryStore> = store(&grants).await;
    let layer = AuthLayer::mlflow(Authorizer::new(policy, store)).unwrap().with_authenticator(Arc::new(Header));
    World { layer, asked: Arc::default() }
}

pub(crate) fn settings(dialect: Dialect, authn_only: bool) -> ForwardAuthSettings {
    let networks = vec!["10.0.0.0/24".parse().unwrap()];
    let trust = Trust::new(TrustSettings { networks, ..TrustSettings::default() }).unwrap();
    ForwardAuthSettings { dialect, trust, authn_only }
}

impl World {
    pub(crate) fn endpoint(&self, settings: ForwardAuthSettings) -> Service {
        let inner = tower::service_fn(mlflow(self.asked.clone()));
        self.layer.forward_auth(settings, Plain(inner)).boxed_clone()
    }

    pub(crate) fn nginx(&self) -> Service {
        self.endpoint(settings(Dialect::Nginx, false))
    }

    /// The layer itself, as it stands in front of the same MLflow.
    pub(crate) fn front(&self) -> Service {
        self.layer.layer(tower::service_fn(mlflow(self.asked.clone()))).boxed_clone()
    }
}

/// A subrequest of a proxy at 10.0.0.7.
pub(crate) async fn ask(service: &Service, target: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
    ask_from("10.0.0.7", service, "GET", target, headers).await
}

pub(crate) async fn ask_from(
    peer: &str,
    service: &Service,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
) -> (u16, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(target).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(Peer::from(peer.parse::<IpAddr>().unwrap()));
    send(service, request).await
}

/// What NGINX says of a request of `user`, or of nobody.
pub(crate) async fn about(service: &Service, user: &str, method: &str, target: &str) -> (u16, HeaderMap, String) {
    let mut headers = vec![("x-original-uri", target), ("x-original-method", method)];
    if !user.is_empty() {
        headers.push(("x-user", user));
    }
    ask(service, "/forward-auth", &headers).await
}
