//! Programs of a Kubernetes cluster: its keys, and who they are here.

use crate::keys::{Published, RSA, now};
use crate::server::Server;
use http::Request;
use http::header::AUTHORIZATION;
use mlflow_auth_core::accounts::{AccountRules, Accounts};
use mlflow_auth_core::jwt::{
    BearerAuthenticator, BearerSettings, Issuer, KeyRefresh, KeySource, ServiceAccountRules, TokenRules,
};
use mlflow_auth_core::oidc::{ClusterKeys, FetchSettings, Fetcher};
use mlflow_auth_core::store::{MemoryStore, UserStore, UserUpdate};
use mlflow_auth_core::{Authenticator, Freshness, Principal, Proof, Username};
use serde_json::{Value, json};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const DOCUMENT: &str = "/.well-known/openid-configuration";
const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";
const USER: &str = "trainer.ml@serviceaccount.cluster.local";

fn publish(api: &Server, keys_at: &str) {
    let document = json!({"issuer": ISSUER, "jwks_uri": format!("{keys_at}/openid/v1/jwks")});
    api.answer(DOCUMENT, "200 OK", "", &document.to_string());
    api.answer("/openid/v1/jwks", "200 OK", "", &json!({"keys": [RSA.public()]}).to_string());
}

fn keys(api: &Server, issuer: &str, token_file: Option<&Path>) -> ClusterKeys {
    let settings = FetchSettings { timeout: Duration::from_millis(500), ..FetchSettings::default() };
    let fetcher = Fetcher::new(&settings).unwrap();
    ClusterKeys::new(fetcher, &api.origin, issuer, token_file.map(PathBuf::from)).unwrap()
}

fn credentials(api: &Server) -> Vec<Option<String>> {
    let of = |request: &String| {
        let line = request.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization:"));
        line.map(|line| line.split_once(": ").unwrap().1.to_owned())
    };
    api.asked().iter().map(of).collect()
}

#[tokio::test]
async fn the_token_of_the_pod_is_read_anew_and_goes_to_no_other_address() {
    let (api, elsewhere) = (Server::start().await, Server::start().await);
    publish(&api, &elsewhere.origin);
    publish(&elsewhere, &elsewhere.origin);
    let file = std::env::temp_dir().join(format!("mlflow-auth-pod-token-{}", std::process::id()));
    let keys = keys(&api, ISSUER, Some(&file));
    for token in ["first", "second"] {
        std::fs::write(&file, format!("{token}\n")).unwrap();
        assert_eq!(keys.fetch().await.unwrap().len(), 1);
        let bearer = Some(format!("Bearer {token}"));
        assert_eq!(credentials(&api).split_off(credentials(&api).len() - 2), [bearer.clone(), bearer]);
    }
    assert!(elsewhere.asked().is_empty(), "the token would go elsewhere");
    std::fs::remove_file(&file).unwrap();
    let before = api.asked().len();
    let error = keys.fetch().await.unwrap_err();
    assert!(error.source().unwrap().to_string().contains("the token file"), "{error:?}");
    assert_eq!(api.asked().len(), before, "nothing is asked without the token");
}

#[tokio::test]
async fn without_a_token_the_keys_are_where_the_document_says() {
    let (api, elsewhere) = (Server::start().await, Server::start().await);
    publish(&api, &elsewhere.origin);
    publish(&elsewhere, &elsewhere.origin);
    assert_eq!(keys(&api, ISSUER, None).fetch().await.unwrap().len(), 1);
    assert_eq!((api.asked().len(), credentials(&elsewhere)), (1, vec![None]));
}

#[tokio::test]
async fn a_cluster_of_another_name_is_an_outage_and_its_keys_are_not_used() {
    let api = Server::start().await;
    publish(&api, &api.origin);
    let error = keys(&api, "https://other.example", None).fetch().await.unwrap_err();
    assert!(error.source().unwrap().to_string().contains("names the issuer"), "{error:?}");
    api.answer(DOCUMENT, "401 Unauthorized", "", "");
    let error = keys(&api, ISSUER, None).fetch().await.unwrap_err();
    assert!(error.source().unwrap().to_string().contains("status 401"), "{error:?}");
}

struct World {
    store: Arc<MemoryStore>,
    freshness: Arc<Freshness>,
}

impl World {
    fn new() -> Self {
        Self { store: Arc::new(MemoryStore::new()), freshness: Arc::new(Freshness::new(Duration::from_secs(3600))) }
    }

    async fn sign_in(&self, namespaces: &[&str], token: &str) -> Option<Arc<Principal>> {
        let rules = ServiceAccountRules::new(namespaces.iter().copied()).unwrap();
        let issuer =
            Issuer::new(TokenRules::new(ISSUER, "mlflow"), rules, Published::new(&[&RSA]), KeyRefresh::default());
        let rules = AccountRules { trust_admin_groups: true, ..AccountRules::of_programs("kubernetes") };
        let accounts = Accounts::new(self.store.clone(), self.freshness.clone(), rules);
        let bearer = BearerAuthenticator::new(vec![(issuer, accounts)], BearerSettings::default());
        let request = Request::builder().header(AUTHORIZATION, format!("Bearer {token}")).body(()).unwrap();
        bearer.authenticate(&request.into_parts().0).await.ok().map(|found| found.unwrap())
    }
}

fn claims(changes: Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "aud": ["mlflow"], "sub": "system:serviceaccount:ml:trainer", "exp": now() + 600,
        "iat": now(), "nbf": now(), "groups": ["admins"], "email": "admin@example.com",
        "kubernetes.io": {"namespace": "ml", "serviceaccount": {"name": "trainer", "uid": "u"}},
    });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

#[tokio::test]
async fn a_program_is_a_service_account_and_never_an_admin_whatever_its_account_says() {
    let (world, user) = (World::new(), Username::new(USER).unwrap());
    for is_admin in [false, true] {
        let found = world.sign_in(&["ml"], &RSA.sign(&claims(json!({})))).await.unwrap();
        let groups: Vec<&str> = found.groups.iter().map(|group| group.as_str()).collect();
        assert_eq!((found.user.as_str(), groups), (USER, vec!["k8s:ml"]));
        assert_eq!((found.is_admin, found.proof), (false, Proof::Workload), "{is_admin}");
        let account = world.store.user(&user).await.unwrap().unwrap();
        assert!(account.is_service && account.is_admin == is_admin);
        let update = UserUpdate { is_admin: Some(true), ..UserUpdate::default() };
        world.store.update_user(&user, update).await.unwrap();
    }
}

#[tokio::test]
async fn a_namespace_taken_off_the_list_ends_the_access_of_accounts_that_are_there() {
    let (world, token) = (World::new(), RSA.sign(&claims(json!({}))));
    assert!(world.sign_in(&["ml"], &token).await.is_some());
    assert!(world.sign_in(&["data"], &token).await.is_none());
    let update = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    world.store.update_user(&Username::new(USER).unwrap(), update).await.unwrap();
    assert!(world.sign_in(&["ml"], &token).await.is_none(), "an account that is shut stays out");
}

#[tokio::test]
async fn tokens_for_somebody_else_or_without_an_end_are_refused() {
    let world = World::new();
    for changes in [
        json!({"aud": ["https://kubernetes.default.svc"]}),
        json!({"aud": []}),
        json!({"aud": null}),
        json!({"exp": null}),
        json!({"exp": now() - 60}),
        json!({"iss": "kubernetes/serviceaccount"}),
        json!({"iss": null}),
        json!({"sub": null}),
        json!({"sub": 5}),
        json!({"sub": "system:serviceaccount:other:trainer"}),
        json!({"sub": "admin"}),
    ] {
        assert!(world.sign_in(&["ml"], &RSA.sign(&claims(changes.clone()))).await.is_none(), "{changes}");
    }
    assert!(world.store.users().await.unwrap().is_empty(), "no account is made for who is refused");
}
