//! What the tests of the layer share: a caller, a store, and inner services that record what reaches them.
#![allow(dead_code, unreachable_pub, reason = "each test binary includes it and uses its part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

pub mod plugin;

use async_trait::async_trait;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::BodyExt;
use mlflow_auth_core::accounts::{AccountRules, Accounts, UnknownUsers};
use mlflow_auth_core::routes::{Route, RouteTable};
use mlflow_auth_core::store::{Change, GrantConflict, MemoryStore, PermissionStore};
use mlflow_auth_core::{
    AuthenticationError, Authenticator, Authorizer, Freshness, GrantSpec, Permission, Policy, Principal, Proof,
    ResourceType, Scope, Target, Unavailable, Username,
};
use mlflow_auth_tower::{AuthLayer, Body};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::util::BoxCloneService;
use tower::{Layer, ServiceExt};

pub type Service = BoxCloneService<Request<Body>, Response<Body>, Infallible>;

/// Believes the header `x-user`, where it says something; `outage` stands for a directory that does not answer.
pub struct Header;

#[async_trait]
impl Authenticator for Header {
    async fn authenticate(&self, request: &Parts) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let name = request.headers.get("x-user").and_then(|value| value.to_str().ok()).filter(|name| !name.is_empty());
        let Some(name) = name else { return Ok(None) };
        if name == "outage" {
            return Err(Unavailable::new("the directory", "it is off").into());
        }
        let user = Username::new(name).unwrap();
        Ok(Some(Arc::new(Principal {
            user,
            groups: vec![],
            is_admin: name == "admin",
            proof: Proof::Asserted,
            narrowing: None,
        })))
    }
}

pub fn grant(user: &str, kind: &'static str, id: &str, permission: Permission) -> Change {
    let spec = GrantSpec {
        subject: Username::new(user).unwrap().into(),
        scope: Scope::Everywhere,
        kind: ResourceType::new(kind),
        target: Target::Exact(id.into()),
        permission,
    };
    Change::Grant(spec, GrantConflict::Replace)
}

pub async fn store(changes: &[Change]) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    store.apply(changes).await.unwrap();
    store
}

/// The accounts of a proxy that is believed about everybody.
pub fn admitting(store: Arc<MemoryStore>) -> Accounts {
    let rules = AccountRules { unknown_users: UnknownUsers::Admit, ..AccountRules::only("proxy") };
    Accounts::new(store, Arc::new(Freshness::new(Duration::from_secs(3600))), rules)
}

pub fn layer(routes: &[Route], store: Arc<dyn PermissionStore>) -> AuthLayer {
    let table = RouteTable::new(routes.iter().copied()).unwrap();
    AuthLayer::new(table, Authorizer::new(Policy::default(), store)).with_authenticator(Arc::new(Header))
}

/// What reached the inner service.
#[derive(Clone, Debug)]
pub struct Reached {
    pub method: String,
    pub target: String,
    pub headers: http::HeaderMap,
    pub body: Bytes,
}

pub type Record = Arc<Mutex<Vec<Reached>>>;

/// An inner service that answers 200 `{}` and records.
pub fn recording(layer: &AuthLayer) -> (Service, Record) {
    let record = Record::default();
    let seen = record.clone();
    let inner = tower::service_fn(move |request: Request<Body>| {
        let seen = seen.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let (method, target) = (head.method.to_string(), head.uri.to_string());
            seen.lock().unwrap().push(Reached { method, target, headers: head.headers, body });
            Ok::<_, Infallible>(Response::new(Body::from("{}".to_owned())))
        }
    });
    (layer.layer(inner).boxed_clone(), record)
}

pub async fn send(service: &Service, request: Request<Body>) -> (u16, http::HeaderMap, String) {
    let response = service.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status.as_u16(), head.headers, String::from_utf8(body.to_vec()).unwrap())
}

pub fn request(user: &str, method: &str, target: &str) -> http::request::Builder {
    Request::builder().method(method).uri(target).header("host", "localhost").header("x-user", user)
}
