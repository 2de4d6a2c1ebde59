//! Where people and their groups come from: what is missing or contradicts itself ends the start.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test is made of may fail as the test itself does"
)]

use mlflow_auth_core::HtpasswdSettings;
use mlflow_auth_core::accounts::UnknownUsers;
use mlflow_auth_gateway::{Flags, Loaded, assemble, load};
use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

fn given(settings: &[(&str, &str)]) -> Result<Loaded, String> {
    let env: BTreeMap<&str, &str> = settings.iter().copied().collect();
    load(&Flags::default(), &|name| env.get(name).map(Into::into)).map_err(|errors| errors.to_string())
}

/// What keeps a gateway with these settings from beginning, with its causes.
async fn fault(settings: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:///{}", folder.path().join("auth.db").display());
    let loaded = given(&[settings, &[("MLFLOW_AUTH_STORE", &store)]].concat()).unwrap();
    let error = assemble(&loaded.config).await.err().expect("it begins");
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

const CLUSTER: [(&str, &str); 3] = [
    ("MLFLOW_AUTH_KUBERNETES_API", "https://kubernetes.default.svc"),
    ("MLFLOW_AUTH_KUBERNETES_NAMESPACES", "ml,data"),
    ("MLFLOW_AUTH_KUBERNETES_AUDIENCE", "mlflow"),
];

/// The settings of the cluster, one of them another.
fn cluster_but(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut settings: BTreeMap<_, _> = CLUSTER.into_iter().collect();
    settings.insert(name, value);
    settings.into_iter().collect()
}

#[test]
fn a_cluster_without_audience_or_namespaces_is_refused() {
    let config = given(&CLUSTER).unwrap().config;
    let cluster = config.tokens.kubernetes.unwrap();
    assert_eq!(cluster.issuer, "https://kubernetes.default.svc.cluster.local");
    assert!(cluster.token_file.is_none() && !cluster.fetch.only_these_authorities);
    let provider = [
        ("OIDC_DISCOVERY_URL", "https://login.example/.well-known/openid-configuration"),
        ("OIDC_ISSUER", "https://login.example"),
        ("OIDC_AUDIENCE", "mlflow"),
    ];
    for (settings, expected) in [([&CLUSTER[..], &provider[..]].concat(), true), (provider.to_vec(), false)] {
        let providers = given(&settings).unwrap().config.tokens.providers;
        assert_eq!(providers[0].identities.refuse_workload_names, expected);
    }
    for (name, value, problem) in [
        ("MLFLOW_AUTH_KUBERNETES_AUDIENCE", "", "the setting `kubernetes_audience`"),
        ("MLFLOW_AUTH_KUBERNETES_NAMESPACES", "", "at least one namespace"),
        ("MLFLOW_AUTH_KUBERNETES_NAMESPACES", "*", "`*` is not the name of a namespace"),
        ("MLFLOW_AUTH_KUBERNETES_NAMESPACES", "ml,Data", "`Data` is not the name of a namespace"),
        ("MLFLOW_AUTH_KUBERNETES_CA_FILE", "/nowhere/ca.crt", "`/nowhere/ca.crt` cannot be read"),
    ] {
        let error = given(&cluster_but(name, value)).err().unwrap();
        assert!(error.contains(problem), "{name}={value}: {error}");
    }
}

#[tokio::test]
async fn a_cluster_in_clear_text_is_refused() {
    let error = fault(&cluster_but("MLFLOW_AUTH_KUBERNETES_API", "http://kubernetes.default.svc")).await;
    assert!(error.contains("`http://kubernetes.default.svc`"), "{error}");
}

#[test]
fn two_issuers_of_one_name_are_refused() {
    let provider = [
        ("OIDC_DISCOVERY_URL", "https://login.example.com/.well-known/openid-configuration"),
        ("OIDC_AUDIENCE", "mlflow"),
    ];
    let error = given(&[&CLUSTER[..], &provider].concat()).err().unwrap();
    assert!(error.contains("`oidc_issuer`") && error.contains("`kubernetes_api`"), "{error}");
    let same = [("OIDC_ISSUER", "https://kubernetes.default.svc.cluster.local")];
    let error = given(&[&CLUSTER[..], &provider, &same].concat()).err().unwrap();
    assert!(error.contains("has the issuer `https://kubernetes.default.svc.cluster.local` as well"), "{error}");
    let secret = [
        ("MLFLOW_AUTH_JWT_SECRET", "0123456789abcdef0123456789abcdef"),
        ("MLFLOW_AUTH_JWT_SECRET_ISSUER", "https://login.example.com"),
        ("OIDC_ISSUER", "https://login.example.com"),
    ];
    let error = given(&[&provider[..], &secret].concat()).err().unwrap();
    assert!(error.contains("has the issuer `https://login.example.com` as well"), "{error}");
}

#[test]
fn an_htpasswd_file_says_what_becomes_of_strangers() {
    assert!(given(&[]).unwrap().config.htpasswd.is_none());
    for (value, unknown_users) in
        [("", UnknownUsers::Create), ("admit", UnknownUsers::Admit), ("refuse", UnknownUsers::Refuse)]
    {
        let settings = [("MLFLOW_AUTH_HTPASSWD_FILE", "/x"), ("MLFLOW_AUTH_HTPASSWD_UNKNOWN_USERS", value)];
        let found = given(&settings).unwrap().config.htpasswd.unwrap();
        assert_eq!(found.settings, HtpasswdSettings { unknown_users, dangerously_allow_weak: false });
    }
    let error = given(&[("MLFLOW_AUTH_HTPASSWD_UNKNOWN_USERS", "all")]).err().unwrap();
    assert!(error.contains("`all` is none of `create`, `admit`, `refuse`"), "{error}");
}

#[tokio::test]
async fn files_that_are_not_there_end_the_start() {
    for name in ["MLFLOW_AUTH_HTPASSWD_FILE", "MLFLOW_AUTH_GROUPS_FILE"] {
        let error = fault(&[(name, "/nowhere/at-all.yaml")]).await;
        assert!(error.starts_with("the file `/nowhere/at-all.yaml` cannot be read"), "{name}: {error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("groups.yaml");
    std::fs::write(&path, "users:\n  alice: mlflow\n").unwrap();
    let error = fault(&[("MLFLOW_AUTH_GROUPS_FILE", path.to_str().unwrap())]).await;
    assert!(error.contains("groups.yaml` cannot be used") && error.contains("line 2"), "{error}");
    let error = fault(&[("MLFLOW_AUTH_GROUPS_FILE", "/nowhere/groups.txt")]).await;
    assert!(error.contains("must end with .yaml, .yml or .toml"), "{error}");
}

#[tokio::test]
async fn a_service_that_anybody_could_speak_for_is_refused() {
    for (address, problem) in [
        ("http://groups.example.com/of", "is no address to ask for groups"),
        ("https://groups.example.com/of/{user}", "behind `?`"),
    ] {
        let error = fault(&[("MLFLOW_AUTH_GROUPS_URL", address)]).await;
        assert!(error.contains(problem) && error.contains(address), "{error}");
    }
    let settings =
        [("MLFLOW_AUTH_GROUPS_URL", "https://g.example/?u={user}"), ("MLFLOW_AUTH_GROUPS_URL_TOKEN", "hunter2")];
    let loaded = given(&settings).unwrap();
    assert!(!loaded.shown.contains("hunter2"), "{}", loaded.shown);
    let (address, hook) = loaded.config.groups.hook.unwrap();
    assert_eq!((address.as_str(), hook.remember), ("https://g.example/?u={user}", Duration::from_secs(60)));
    assert!(hook.token.unwrap().matches("hunter2"));
}
