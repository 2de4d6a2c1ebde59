//! The pages about identity providers: their settings are read by the gateway's own reader, and the tokens that they show
//! become the user, the groups and the admin flag that they should.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test is made of may fail as the test itself does"
)]

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use mlflow_auth_core::jwt::{Issuer, KeyRefresh, KeySet, NotAdmitted, TokenError};
use mlflow_auth_core::store::MemoryStore;
use mlflow_auth_gateway::{Config, Flags, SETTINGS, assemble, load, people, resolvers};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::{SystemTime, UNIX_EPOCH};

const PAGES: [&str; 8] = ["auth0", "cognito", "dex", "entra", "gitlab", "google", "keycloak", "okta"];

static KEY: LazyLock<EncodingKey> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = AsDer::<Pkcs8V1Der>::as_der(&pair).unwrap();
    // What PKCS #8 wraps is the PKCS #1 that is wanted: behind 26 bytes, for a key of this size.
    EncodingKey::from_rsa_der(&der.as_ref()[26..])
});

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/providers")
}

fn page(name: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{name}.md"))).unwrap()
}

/// The blocks of one language on a page.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let begin = format!("```{language}\n");
    page.split(&begin).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

fn settings(page: &str) -> BTreeMap<String, String> {
    let blocks = blocks(page, "env");
    assert_eq!(blocks.len(), 1, "a page has one block of settings");
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    let all: Vec<(String, String)> = blocks[0].lines().map(pair).collect();
    let map: BTreeMap<String, String> = all.iter().cloned().collect();
    assert_eq!(all.len(), map.len(), "a setting stands twice");
    map
}

/// A provider as its page configures it, with a key that exists here only.
struct World {
    config: Config,
    issuer: Issuer,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new(name: &str) -> Self {
        let (page, folder) = (page(name), tempfile::tempdir().unwrap());
        let mut settings = settings(&page);
        if settings.contains_key("MLFLOW_AUTH_GROUPS_FILE") {
            let path = folder.path().join("groups.yaml");
            std::fs::write(&path, &blocks(&page, "yaml")[0]).unwrap();
            settings.insert("MLFLOW_AUTH_GROUPS_FILE".into(), path.to_str().unwrap().into());
        }
        let store = format!("sqlite:///{}/auth.db", folder.path().display());
        settings.insert("MLFLOW_AUTH_STORE".into(), store);
        let loaded = load(&Flags::default(), &|name| settings.get(name).map(Into::into)).map_err(|e| panic!("{e}"));
        let config = loaded.unwrap().config;
        // The gateway starts with them. Nobody is asked yet.
        assemble(&config).await.unwrap();
        let provider = config.tokens.providers.first().unwrap();
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&KEY, Algorithm::RS256).unwrap()).unwrap();
        jwk["kid"] = json!("k");
        let token = &tokens(name)[0];
        // What the discovery document names; that it lives at the address is the rule that the page relies on.
        let issuer = token["iss"].as_str().unwrap();
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        assert_eq!(provider.discovery_url, address, "the issuer of the token lives at the address");
        let keys = KeySet::from_json(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap().published_by(issuer);
        let people =
            people(&provider.identities, &resolvers(&config.groups).await.unwrap(), &Arc::new(MemoryStore::new()));
        let issuer = Issuer::new(provider.rules(), people, Arc::new(keys), KeyRefresh::default());
        Self { config, issuer, _folder: folder }
    }

    /// The user, the groups, and whether they are an admin.
    async fn who(&self, claims: &Value) -> Result<(String, Vec<String>, bool), TokenError> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some("k".into());
        let mut claims = claims.clone();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        claims["iat"] = json!(now);
        claims["exp"] = json!(now + 60);
        let token = jsonwebtoken::encode(&header, &claims, &KEY).unwrap();
        let (found, _) = self.issuer.verify(&token).await?;
        let groups = found.groups.iter().map(ToString::to_string).collect();
        Ok((
            found.user.to_string(),
            groups,
            found.is_admin && self.config.tokens.providers[0].requests.trust_admin_groups,
        ))
    }

    async fn becomes(&self, claims: &Value, user: &str, groups: &[&str], is_admin: bool) {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        assert_eq!(self.who(claims).await.unwrap(), (user.to_owned(), groups, is_admin), "{claims}");
    }

    async fn refuses(&self, claims: &Value, why: &str) {
        let error = self.who(claims).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}: {claims}");
    }
}

/// The tokens that a page shows.
fn tokens(name: &str) -> Vec<Value> {
    blocks(&page(name), "json").iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

/// `claims` with others in their place; `null` takes one away.
fn but(claims: &Value, changes: Value) -> Value {
    let mut claims = claims.clone();
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

#[test]
fn every_setting_of_a_page_is_one_and_every_page_is_tested() {
    let mut pages: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".md").filter(|name| *name != "README").map(str::to_owned))
        .collect();
    pages.sort();
    assert_eq!(pages, PAGES);
    let known = |name: &str| SETTINGS.iter().any(|setting| setting.env == name);
    for name in PAGES {
        for setting in settings(&page(name)).keys() {
            assert!(known(setting), "{name}: {setting}");
        }
    }
}

#[tokio::test]
async fn auth0() {
    let (world, token) = (World::new("auth0").await, &tokens("auth0")[0]);
    world.becomes(token, "alice@example.com", &["mlflow", "team-a"], false).await;
    let groups = |names: Value| but(token, json!({"https://mlflow.example.com/groups": names}));
    world.becomes(&groups(json!(["mlflow-admin"])), "alice@example.com", &["mlflow-admin"], true).await;
    world.refuses(&groups(json!([])), "in no group").await;
    world
        .refuses(&but(token, json!({"https://mlflow.example.com/groups": null, "groups": ["mlflow"]})), "no group")
        .await;
    world.refuses(&but(token, json!({"https://mlflow.example.com/email": null})), "gives a user name").await;
    world.refuses(&but(token, json!({"azp": "another-application"})), "another audience").await;
    world.refuses(&but(token, json!({"aud": "https://other.example.com/api"})), "another audience").await;
}

#[tokio::test]
async fn google() {
    let (world, token) = (World::new("google").await, &tokens("google")[0]);
    world.becomes(token, "bob@example.com", &["everyone", "example.com", "team-a"], false).await;
    let other = but(token, json!({"email": "carol@example.com"}));
    world.becomes(&other, "carol@example.com", &["everyone", "example.com"], false).await;
    let admin = but(token, json!({"email": "alice@example.com"}));
    let groups = ["everyone", "example.com", "mlflow-admin", "team-a"];
    world.becomes(&admin, "alice@example.com", &groups, true).await;
    world.refuses(&but(token, json!({"hd": null})), "in no group").await;
    world.refuses(&but(token, json!({"hd": "evil.example", "email": "bob@evil.example"})), "in no group").await;
    world.refuses(&but(token, json!({"email_verified": false})), "not verified").await;
}

#[tokio::test]
async fn cognito() {
    let (world, token) = (World::new("cognito").await, &tokens("cognito")[0]);
    world.becomes(token, "alice", &["mlflow", "team-a"], false).await;
    let admin = but(token, json!({"cognito:groups": ["mlflow-admin"]}));
    world.becomes(&admin, "alice", &["mlflow-admin"], true).await;
    world.refuses(&but(token, json!({"client_id": "another-client"})), "another audience").await;
    world.refuses(&but(token, json!({"cognito:groups": null})), "in no group").await;
    let id = json!({"aud": token["client_id"], "client_id": null, "token_use": "id", "cognito:username": "alice"});
    world.refuses(&but(token, id), "another audience").await;
}

#[tokio::test]
async fn entra() {
    let (world, shown) = (World::new("entra").await, tokens("entra"));
    let (user, admin) = ("aaaaaaaa-0000-0000-0000-000000000001", "aaaaaaaa-0000-0000-0000-000000000002");
    let other = "aaaaaaaa-0000-0000-0000-000000000009";
    world.becomes(&shown[0], "alice@example.com", &[user, other], false).await;
    world.becomes(&but(&shown[0], json!({"groups": [admin]})), "alice@example.com", &[admin], true).await;
    world.refuses(&but(&shown[0], json!({"groups": [other]})), "in no group").await;
    let elsewhere = world.who(&shown[1]).await.unwrap_err();
    assert!(matches!(elsewhere, TokenError::NotAdmitted(NotAdmitted::GroupsElsewhere(_))), "{elsewhere}");
    let first = json!({"iss": "https://sts.windows.net/11111111-2222-3333-4444-555555555555/"});
    world.refuses(&but(&shown[0], first), "another issuer").await;
    let email = json!({"preferred_username": null, "email": "admin@example.com"});
    world.refuses(&but(&shown[0], email), "gives a user name").await;
}

#[tokio::test]
async fn keycloak() {
    let (world, token) = (World::new("keycloak").await, &tokens("keycloak")[0]);
    world.becomes(token, "alice@example.com", &["mlflow", "team-a"], false).await;
    world.becomes(&but(token, json!({"groups": ["mlflow-admin"]})), "alice@example.com", &["mlflow-admin"], true).await;
    world.refuses(&but(token, json!({"groups": ["/mlflow", "/teams/mlflow"]})), "in no group").await;
    world.refuses(&but(token, json!({"groups": null})), "in no group").await;
    world.refuses(&but(token, json!({"aud": "account"})), "another audience").await;
    world.refuses(&but(token, json!({"azp": "another-client"})), "another audience").await;
    world.refuses(&but(token, json!({"email_verified": false})), "not verified").await;
    let service = json!({"email": null, "preferred_username": "service-account-mlflow"});
    world.becomes(&but(token, service), "service-account-mlflow", &["mlflow", "team-a"], false).await;
}

#[tokio::test]
async fn okta() {
    let (world, token) = (World::new("okta").await, &tokens("okta")[0]);
    world.becomes(token, "alice@example.com", &["mlflow-team-a", "mlflow-users"], false).await;
    world.becomes(&but(token, json!({"groups": ["mlflow-admin"]})), "alice@example.com", &["mlflow-admin"], true).await;
    world.refuses(&but(token, json!({"groups": null})), "in no group").await;
    world.refuses(&but(token, json!({"email": null})), "gives a user name").await;
    let org = json!({"iss": "https://example.okta.com", "aud": "https://example.okta.com"});
    world.refuses(&but(token, org), "another").await;
}

#[tokio::test]
async fn gitlab() {
    let (world, shown) = (World::new("gitlab").await, tokens("gitlab"));
    world.becomes(&shown[0], "alice@example.com", &["example/mlflow", "example/team-a"], false).await;
    let admin = but(&shown[0], json!({"groups_direct": ["example/mlflow-admin"]}));
    world.becomes(&admin, "alice@example.com", &["example/mlflow-admin"], false).await;
    world.refuses(&shown[1], "gives a user name").await;
    world.refuses(&but(&shown[0], json!({"groups_direct": null, "groups": ["example/mlflow"]})), "in no group").await;
    world.refuses(&but(&shown[0], json!({"groups_direct": ["mallory/mlflow", "mlflow"]})), "in no group").await;
}

#[tokio::test]
async fn dex() {
    let (world, token) = (World::new("dex").await, &tokens("dex")[0]);
    world.becomes(token, "alice@example.com", &["example:mlflow", "example:team-a"], false).await;
    let admin = but(token, json!({"groups": ["example:mlflow-admin"]}));
    world.becomes(&admin, "alice@example.com", &["example:mlflow-admin"], true).await;
    world.refuses(&but(token, json!({"groups": null})), "in no group").await;
    world.refuses(&but(token, json!({"aud": "another-client"})), "another audience").await;
    world.refuses(&but(token, json!({"email_verified": false})), "not verified").await;
}
