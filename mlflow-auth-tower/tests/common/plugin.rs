//! The REST API of mlflow-oidc-auth on a layer of its own.

use super::{Header, Record, Service, recording, request, send};
use mlflow_auth_core::store::{Cached, MemoryStore, NewUser, UserStore};
use mlflow_auth_core::{Authorizer, Freshness, PasswordAuthenticator, PasswordSettings, Policy, Username};
use mlflow_auth_tower::{AuthLayer, Body};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

pub const USERS: &str = "/api/2.0/mlflow/users";
pub const GROUPS: &str = "/ajax-api/2.0/mlflow/permissions/groups";
pub const SPACES: &str = "/api/3.0/mlflow/permissions/workspaces";

pub struct Api {
    pub service: Service,
    pub record: Record,
    pub store: Arc<Cached<MemoryStore>>,
}

pub fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

impl Api {
    /// With the accounts `admin`, which is one, `ann` and `bob`.
    pub async fn new(workspaces: bool) -> Self {
        let freshness = Arc::new(Freshness::new(Duration::from_secs(600)));
        let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 100));
        for name in ["admin", "ann", "bob"] {
            let new = NewUser { is_admin: name == "admin", ..NewUser::named(user(name)) };
            store.create_user(new).await.unwrap();
        }
        let policy = Policy { workspaces, ..Policy::default() };
        let passwords = PasswordAuthenticator::new(store.clone(), freshness, PasswordSettings::default());
        let layer = AuthLayer::mlflow(Authorizer::new(policy, store.clone()))
            .unwrap()
            .with_authenticator(Arc::new(Header))
            .with_accounts(store.clone(), Arc::new(passwords))
            .with_sign_ins(store.clone(), store.clone());
        let (service, record) = recording(&layer);
        Self { service, record, store }
    }

    pub async fn send(&self, who: &str, method: &str, target: &str, body: &Value) -> (u16, http::HeaderMap, Value) {
        let mut builder = request(who, method, target);
        if who.is_empty() {
            builder.headers_mut().unwrap().remove("x-user");
        }
        let text = if body.is_null() { String::new() } else { body.to_string() };
        if !text.is_empty() {
            builder = builder.header("content-length", text.len()).header("content-type", "application/json");
        }
        let (status, headers, text) = send(&self.service, builder.body(Body::from(text)).unwrap()).await;
        (status, headers, text.parse().unwrap_or(Value::Null))
    }

    pub async fn status(&self, who: &str, method: &str, target: &str, body: Value) -> (u16, Value) {
        let (status, _, answer) = self.send(who, method, target, &body).await;
        (status, answer)
    }

    /// As the admin.
    pub async fn call(&self, method: &str, target: &str, body: Value) -> (u16, Value) {
        self.status("admin", method, target, body).await
    }
}
