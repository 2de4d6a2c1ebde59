//! Groups that come from somewhere else than the token.

use crate::keys::{Published, RSA, now};
use crate::server::Server;
use async_trait::async_trait;
use http::Request;
use http::header::AUTHORIZATION;
use mlflow_auth_core::accounts::{AccountRules, Accounts, UnknownUsers};
use mlflow_auth_core::jwt::{
    BearerAuthenticator, BearerSettings, Identities, IdentityRules, Issuer, KeyRefresh, TokenRules,
};
use mlflow_auth_core::oidc::FetchSettings;
use mlflow_auth_core::store::MemoryStore;
use mlflow_auth_core::{
    AuthenticationError, Authenticator, Freshness, GroupHook, GroupHookSettings, GroupName, GroupResolver, Principal,
    Secret, Unavailable, Username,
};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn names(names: &[&str]) -> Vec<GroupName> {
    names.iter().map(|name| GroupName::new(name).unwrap()).collect()
}

/// The groups of everybody; `None` for an outage.
struct Told(Mutex<Option<Vec<GroupName>>>);

#[async_trait]
impl GroupResolver for Told {
    async fn groups_of(&self, _: &Username) -> Result<Vec<GroupName>, Unavailable> {
        let known = self.0.lock().unwrap().clone();
        known.ok_or_else(|| Unavailable::new("the directory", "no answer"))
    }
}

#[tokio::test]
async fn a_token_that_is_remembered_is_held_against_the_groups_of_now() {
    let told = Arc::new(Told(Mutex::new(None)));
    let rules = IdentityRules {
        admitted_groups: names(&["mlflow"]),
        admin_groups: names(&["admins"]),
        ..IdentityRules::default()
    };
    let store = Arc::new(MemoryStore::new());
    let people = Identities::from(rules).with_groups_from(told.clone(), store.clone());
    let keys = Published::new(&[&RSA]);
    let issuer = Issuer::new(TokenRules::new("https://i.example", "mlflow"), people, keys, KeyRefresh::default());
    let rules =
        AccountRules { unknown_users: UnknownUsers::Admit, trust_admin_groups: true, ..AccountRules::only("corp") };
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let accounts = Accounts::new(store, freshness, rules);
    let bearer = BearerAuthenticator::new(vec![(issuer, accounts)], BearerSettings::default());
    let claims = json!({"iss": "https://i.example", "aud": "mlflow", "sub": "s", "exp": now() + 600, "email": "alice"});
    let header = format!("Bearer {}", RSA.sign(&claims));
    let mut before: Option<Arc<Principal>> = None;
    for (groups, expected) in [
        (None, Err(true)),
        (Some(&["mlflow"][..]), Ok(false)),
        (Some(&["mlflow"]), Ok(false)),
        (Some(&["mlflow", "team"]), Ok(false)),
        (Some(&["team"]), Err(false)),
        (None, Err(true)),
        (Some(&["admins"]), Ok(true)),
        (Some(&[]), Err(false)),
    ] {
        *told.0.lock().unwrap() = groups.map(names);
        let request = Request::builder().header(AUTHORIZATION, &header).body(()).unwrap().into_parts().0;
        let found = bearer.authenticate(&request).await;
        let outcome = match &found {
            Ok(who) => Ok(who.as_ref().unwrap().is_admin),
            Err(error) => Err(matches!(error, AuthenticationError::Unavailable(_))),
        };
        assert_eq!(outcome, expected, "{groups:?}");
        let Ok(Some(who)) = found else { continue };
        assert_eq!(Some(&who.groups), groups.map(names).as_ref());
        let same = before.as_ref().is_some_and(|before| Arc::ptr_eq(before, &who));
        assert_eq!(same, before.is_some_and(|before| before.groups == who.groups));
        before = Some(who);
    }
}

struct Hooked {
    server: Server,
    hook: Arc<GroupHook>,
}

impl Hooked {
    async fn new(path: &str, remember: Duration) -> Self {
        let server = Server::start().await;
        let settings = GroupHookSettings {
            fetch: FetchSettings { timeout: Duration::from_millis(500), longest: 10_000, ..FetchSettings::default() },
            token: Some(Secret::new("a-secret")),
            remember,
            ..GroupHookSettings::default()
        };
        let hook = Arc::new(GroupHook::new(&format!("{}{path}", server.origin), settings).unwrap());
        Self { server, hook }
    }

    async fn groups_of(&self, user: &str) -> Result<Vec<GroupName>, Unavailable> {
        self.hook.groups_of(&Username::new(user).unwrap()).await
    }
}

const LONG: Duration = Duration::from_secs(600);

#[tokio::test]
async fn a_hook_is_asked_with_the_name_and_nothing_of_the_name_leads_elsewhere() {
    let hooked = Hooked::new("/of?user={user}&x=1", LONG).await;
    hooked.server.answer("/of", "200 OK", "", r#"["b", "a", "b"]"#);
    for (user, encoded) in [
        ("alice@example.com", "alice%40example%2Ecom"),
        ("a&x=2#?/../b c", "a%26x%3D2%23%3F%2F%2E%2E%2Fb%20c"),
        ("å", "%C3%A5"),
    ] {
        assert_eq!(hooked.groups_of(user).await.unwrap(), names(&["a", "b"]));
        let asked = hooked.server.asked().pop().unwrap();
        assert!(asked.starts_with(&format!("GET /of?user={encoded}&x=1 HTTP/1.1\r\n")), "{asked}");
        assert!(asked.to_ascii_lowercase().contains("\r\nauthorization: bearer a-secret\r\n"), "{asked}");
    }
    let hooked = Hooked::new("/of", LONG).await;
    hooked.server.answer("/of", "200 OK", "", "[]");
    assert_eq!(hooked.groups_of("a\"b").await.unwrap(), []);
    let asked = hooked.server.asked().pop().unwrap();
    assert!(asked.starts_with("POST /of HTTP/1.1\r\n") && asked.ends_with("\r\n\r\n{\"user\":\"a\\\"b\"}"), "{asked}");
}

#[tokio::test]
async fn an_answer_is_used_for_a_while_and_many_who_ask_at_once_ask_once() {
    let hooked = Hooked::new("/of", Duration::from_millis(700)).await;
    hooked.server.answer("/of", "200 OK", "", r#"["a"]"#);
    let asking = (0..20).map(|_| {
        let hook = hooked.hook.clone();
        tokio::spawn(async move { hook.groups_of(&Username::new("alice").unwrap()).await.unwrap() })
    });
    for asked in asking.collect::<Vec<_>>() {
        assert_eq!(asked.await.unwrap(), names(&["a"]));
    }
    assert_eq!(hooked.server.asked().len(), 1);
    hooked.groups_of("bob").await.unwrap();
    assert_eq!(hooked.server.asked().len(), 2, "users are told apart");
    hooked.server.answer("/of", "200 OK", "", r#"["b"]"#);
    assert_eq!(hooked.groups_of("alice").await.unwrap(), names(&["a"]));
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(hooked.groups_of("alice").await.unwrap(), names(&["b"]));
    assert_eq!(hooked.server.asked().len(), 3);
}

#[tokio::test]
async fn whatever_is_no_list_of_groups_is_an_outage_and_no_empty_list() {
    let long = format!("[\"{}\"]", "x".repeat(20_000));
    for (status, headers, body) in [
        ("500 Oops", "", "[]"),
        ("404 Not Found", "", "[]"),
        ("204 No Content", "", ""),
        ("302 Found", "location: /other\r\n", "[]"),
        ("200 OK", "", ""),
        ("200 OK", "", "null"),
        ("200 OK", "", "{}"),
        ("200 OK", "", r#"{"groups": ["a"]}"#),
        ("200 OK", "", "[1]"),
        ("200 OK", "", r#"["a", ""]"#),
        ("200 OK", "", r#"["a"] x"#),
        ("200 OK", "", "<html>"),
        ("200 OK", "", long.as_str()),
    ] {
        let hooked = Hooked::new("/of", LONG).await;
        hooked.server.answer("/other", "200 OK", "", "[]");
        hooked.server.answer("/of", status, headers, body);
        assert!(hooked.groups_of("alice").await.is_err(), "{status} {body:.20}");
        assert_eq!(hooked.server.asked().len(), 1);
    }
}

#[tokio::test]
async fn an_outage_is_not_asked_about_again_for_a_moment_and_is_over_when_it_is() {
    let hooked = Hooked::new("/of", LONG).await;
    for _ in 0..5 {
        assert!(hooked.groups_of("alice").await.is_err(), "nobody answers");
    }
    assert_eq!(hooked.server.asked().len(), 1);
    hooked.server.answer("/of", "200 OK", "", r#"["a"]"#);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(hooked.groups_of("alice").await.unwrap(), names(&["a"]));
    hooked.server.answer("/of", "500 Oops", "", "");
    assert_eq!(hooked.groups_of("alice").await.unwrap(), names(&["a"]), "what is remembered goes on");
}
