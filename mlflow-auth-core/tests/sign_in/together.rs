//! From the first click to the session, with a provider, a browser and a store.

use crate::keys::{RSA, now};
use crate::scripted::{Scripted, parameter, provider};
use http::HeaderMap;
use http::header::COOKIE;
use mlflow_auth_core::accounts::{AccountRules, Accounts, UnknownUsers};
use mlflow_auth_core::jwt::IdentityRules;
use mlflow_auth_core::oidc::{Callback, Finished, Returned, SignIn, SignInError, SignInRules, SignInSettings, Started};
use mlflow_auth_core::store::{Cached, MemoryStore, NewUser, SessionStore, UserStore};
use mlflow_auth_core::{Freshness, GroupName, Sealer, Secret, SessionSettings, Username};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

struct World {
    scripted: Scripted,
    store: Arc<Cached<MemoryStore>>,
    sign_in: Arc<SignIn>,
}

fn sealer(secret: &str, purpose: &str) -> Sealer {
    Sealer::new(&[Secret::new(secret.repeat(32))], purpose).unwrap()
}

/// Two providers, of which the second counts apart; both are the same scripted server.
fn sign_in(scripted: &Scripted, store: &Arc<Cached<MemoryStore>>, key: &str, rules: SignInRules) -> Arc<SignIn> {
    let freshness = store.freshness().clone();
    let identities =
        || IdentityRules { admitted_groups: vec![GroupName::new("mlflow").unwrap()], ..IdentityRules::default() };
    let create = |rules: AccountRules| AccountRules { unknown_users: UnknownUsers::Create, ..rules };
    let of = |id: &str, rules| {
        let made = provider(SignInSettings { identities: identities().into(), ..scripted.settings(id) });
        (made, Accounts::new(store.clone(), freshness.clone(), create(rules)))
    };
    let providers = vec![of("one", AccountRules::only("one")), of("two", AccountRules::beside("two"))];
    let sessions = SessionSettings { cookie: "s".into(), idle: Duration::from_secs(600), remembered: 100 };
    let sealers = (sealer(key, "attempts"), sealer(key, "tokens"));
    Arc::new(SignIn::new(providers, sealers, store.clone(), freshness, (rules, sessions), None))
}

async fn world_with(rules: SignInRules) -> World {
    let scripted = Scripted::start().await;
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let store = Arc::new(Cached::new(MemoryStore::new(), freshness, 100));
    let sign_in = sign_in(&scripted, &store, "a", rules);
    World { scripted, store, sign_in }
}

async fn world() -> World {
    world_with(SignInRules::default()).await
}

impl World {
    async fn begin(&self, id: &str) -> Started {
        let next = Returned::new("/#/experiments/7").unwrap();
        self.sign_in.begin(self.sign_in.provider(id).unwrap(), &next).await.unwrap()
    }

    /// The provider has signed somebody in, of whom it says this besides.
    fn vouches(&self, started: &Started, changes: Value, tokens: Value) {
        let mut claims = json!({
            "iss": self.scripted.origin, "aud": "us", "sub": "s1", "exp": now() + 300, "email": "alice@x.example",
            "name": "Alice", "groups": ["mlflow"], "nonce": parameter(&started.url, "nonce").unwrap(),
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let mut given = json!({"id_token": RSA.sign(&claims)});
        given.as_object_mut().unwrap().extend(tokens.as_object().unwrap().clone());
        self.scripted.gives_all(given);
    }

    async fn finish(&self, id: &str, started: &Started, kept: Option<&str>) -> Result<Finished, SignInError> {
        let provider = self.sign_in.provider(id).unwrap();
        self.sign_in.finish(provider, &callback(started), kept, &HeaderMap::new()).await
    }

    async fn signed_in(&self, tokens: Value) -> HeaderMap {
        let started = self.begin("one").await;
        self.vouches(&started, json!({}), tokens);
        let finished = self.finish("one", &started, Some(&started.kept)).await.unwrap();
        browser(&finished)
    }

    async fn is_in(&self, browser: &HeaderMap) -> bool {
        self.sign_in.sessions().who(browser).await.unwrap().is_some()
    }
}

fn callback(started: &Started) -> Callback {
    let state = parameter(&started.url, "state").unwrap();
    Callback::read(&[("code".into(), "c".into()), ("state".into(), state)]).unwrap()
}

fn browser(finished: &Finished) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, format!("s={}", finished.secret.expose()).parse().unwrap());
    headers
}

fn why(result: Result<Finished, SignInError>) -> String {
    match result {
        Ok(_) => "in".to_owned(),
        Err(SignInError::Forged(forged)) => format!("{forged:?}"),
        Err(error) => error.to_string(),
    }
}

fn alice() -> Username {
    Username::new("alice@x.example").unwrap()
}

#[tokio::test]
async fn somebody_signs_in_and_goes_where_they_wanted_to() {
    let world = world().await;
    let started = world.begin("one").await;
    assert!(
        !started.kept.contains("experiments") && !started.kept.contains(&parameter(&started.url, "state").unwrap())
    );
    world.vouches(&started, json!({}), json!({}));
    let finished = world.finish("one", &started, Some(&started.kept)).await.unwrap();
    assert_eq!((finished.user.as_str(), finished.next.as_str()), ("alice@x.example", "/#/experiments/7"));
    assert!(world.is_in(&browser(&finished)).await);
}

#[tokio::test]
async fn a_state_that_this_browser_did_not_begin_is_refused() {
    let world = world().await;
    let (one, other) = (world.begin("one").await, world.begin("one").await);
    world.vouches(&one, json!({}), json!({}));
    let strange = sign_in(&world.scripted, &world.store, "b", SignInRules::default());
    let foreign = strange.begin(strange.provider("one").unwrap(), &Returned::new("/").unwrap()).await.unwrap();
    let mut changed = one.kept.clone();
    changed.replace_range(40..41, if &changed[40..41] == "A" { "B" } else { "A" });
    for (kept, expected) in [
        (None, "State"),
        (Some(""), "State"),
        (Some("garbage!"), "State"),
        (Some(changed.as_str()), "State"),
        (Some(other.kept.as_str()), "State"),
        (Some(foreign.kept.as_str()), "State"),
        (Some(one.kept.as_str()), "in"),
    ] {
        assert_eq!(why(world.finish("one", &one, kept).await), expected);
    }
    assert_eq!(world.scripted.asked("/token").len(), 1);
}

#[tokio::test]
async fn a_state_is_good_once_even_for_two_at_the_same_time() {
    let world = Arc::new(world().await);
    for _ in 0..10 {
        let started = Arc::new(world.begin("one").await);
        world.vouches(&started, json!({}), json!({}));
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let (world, started) = (world.clone(), started.clone());
                tokio::spawn(async move { why(world.finish("one", &started, Some(&started.kept)).await) })
            })
            .collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        outcomes.sort();
        assert_eq!(outcomes, ["Used", "Used", "Used", "in"]);
        assert_eq!(why(world.finish("one", &started, Some(&started.kept)).await), "Used");
    }
    assert_eq!(world.store.sessions_of(&alice()).await.unwrap().len(), 10);
}

#[tokio::test]
async fn two_tabs_do_not_clobber_each_other() {
    let world = world().await;
    let (first, second) = (world.begin("one").await, world.begin("two").await);
    assert_ne!(first.tag, second.tag);
    world.vouches(&second, json!({"email": "other@x.example"}), json!({}));
    assert_eq!(why(world.finish("two", &second, Some(&second.kept)).await), "in");
    world.vouches(&first, json!({"sub": "s2"}), json!({}));
    assert_eq!(why(world.finish("one", &first, Some(&first.kept)).await), "in");
}

#[tokio::test]
async fn an_attempt_with_one_provider_is_not_finished_at_another() {
    let world = world().await;
    let started = world.begin("one").await;
    world.vouches(&started, json!({}), json!({}));
    assert_eq!(why(world.finish("two", &started, Some(&started.kept)).await), "Provider");
    assert!(world.scripted.asked("/token").is_empty());
}

#[tokio::test]
async fn who_may_not_come_in_gets_no_session_and_leaves_nothing() {
    let world = world().await;
    world
        .store
        .create_user(NewUser { is_service: true, ..NewUser::named(Username::new("bot").unwrap()) })
        .await
        .unwrap();
    for (changes, expected) in [
        (json!({"groups": ["others"]}), "`alice@x.example` is in no group that is let in"),
        (json!({"groups": null}), "`alice@x.example` is in no group that is let in"),
        (json!({"email": "bot"}), "the account is a service account"),
    ] {
        let started = world.begin("one").await;
        world.vouches(&started, changes.clone(), json!({}));
        assert_eq!(why(world.finish("one", &started, Some(&started.kept)).await), expected, "{changes}");
    }
    assert!(world.store.user(&alice()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_second_provider_with_the_same_user_name_is_somebody_else() {
    let world = world().await;
    world.signed_in(json!({})).await;
    let started = world.begin("two").await;
    world.vouches(&started, json!({"sub": "of somebody else"}), json!({}));
    let outcome = why(world.finish("two", &started, Some(&started.kept)).await);
    assert_eq!(outcome, "the account of that name belongs to somebody else");
    assert_eq!(world.store.sessions_of(&alice()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn tokens_of_a_provider_are_kept_where_nobody_can_read_them() {
    let world = world_with(SignInRules { refreshes: true, ..SignInRules::default() }).await;
    world.signed_in(json!({"refresh_token": "a-refresh-token", "expires_in": 300})).await;
    let [session] = world.store.sessions_of(&alice()).await.unwrap().try_into().unwrap_or_else(|_| panic!());
    let sealed = String::from_utf8_lossy(session.sealed.as_ref().unwrap()).into_owned();
    // Nothing short: two letters stand in random bytes by chance.
    for part in ["a-refresh-token", "eyJhbGci", "alice@x"] {
        assert!(!sealed.contains(part), "{part}");
    }
    let after = session.renew_at.unwrap() - session.created_at;
    assert!((265..=270).contains(&after), "{after}");
}

#[tokio::test]
async fn a_session_without_a_refresh_token_ends_with_what_the_provider_said() {
    let world = world_with(SignInRules { refreshes: true, ..SignInRules::default() }).await;
    world.signed_in(json!({"expires_in": 300})).await;
    let [session] = world.store.sessions_of(&alice()).await.unwrap().try_into().unwrap_or_else(|_| panic!());
    assert_eq!((session.expires_at - session.created_at, session.renew_at), (270, None));
}

/// What becomes of a session when the provider is asked again and says this.
async fn asked_again(changes: Value, answer: Option<(u16, Value)>) -> (bool, usize) {
    let rules = SignInRules { refreshes: true, leeway: Duration::from_secs(60), ..SignInRules::default() };
    let world = world_with(rules).await;
    let browser = world.signed_in(json!({"refresh_token": "r1", "expires_in": 1})).await;
    let mut claims = json!({
        "iss": world.scripted.origin, "aud": "us", "sub": "s1", "exp": now() + 300, "email": "alice@x.example",
        "groups": ["mlflow"],
    });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    world.scripted.gives_all(json!({"refresh_token": "r2", "id_token": RSA.sign(&claims), "expires_in": 300}));
    if let Some((status, body)) = answer {
        world.scripted.answer("/token", status, body);
    }
    tokio::time::sleep(Duration::from_secs(6)).await;
    let is_in = world.is_in(&browser).await;
    let again = world.is_in(&browser).await;
    assert_eq!(is_in, again);
    let asked = world.scripted.asked("/token");
    assert!(asked[1].contains("refresh_token=r1"), "{asked:?}");
    (is_in, asked.len())
}

#[tokio::test]
async fn who_lost_the_group_or_the_provider_refuses_is_out_at_the_next_refresh() {
    let cases = [
        (json!({}), None, true),
        (json!({"groups": ["others"]}), None, false),
        (json!({"groups": null}), None, false),
        (json!({"sub": "s2"}), None, false),
        (json!({"iss": "https://other.example"}), None, false),
        (json!({}), Some((400, json!({"error": "invalid_grant"}))), false),
        (json!({}), Some((503, json!({}))), true),
        (json!({}), Some((401, json!({"error": "invalid_client"}))), true),
    ];
    let tasks = cases.map(|(changes, answer, expected)| {
        let told = format!("{changes} {answer:?}");
        (told, expected, tokio::spawn(asked_again(changes, answer)))
    });
    for (told, expected, task) in tasks {
        assert_eq!(task.await.unwrap(), (expected, 2), "{told}");
    }
}

#[tokio::test]
async fn stored_tokens_that_cannot_be_opened_end_the_session() {
    let rules = SignInRules { refreshes: true, leeway: Duration::from_secs(60), ..SignInRules::default() };
    let world = world_with(rules.clone()).await;
    let browser = world.signed_in(json!({"refresh_token": "r1", "expires_in": 1})).await;
    let other_key = sign_in(&world.scripted, &world.store, "b", rules);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(other_key.sessions().who(&browser).await.unwrap().is_none());
    assert_eq!(world.scripted.asked("/token").len(), 1);
    assert!(world.store.sessions_of(&alice()).await.unwrap().is_empty());
}

#[tokio::test]
async fn signing_out_ends_the_session_and_tells_the_provider() {
    let world = world_with(SignInRules { refreshes: true, ..SignInRules::default() }).await;
    let browser = world.signed_in(json!({"refresh_token": "r1", "expires_in": 300})).await;
    world.scripted.answer("/revoke", 200, json!({}));
    let url = world.sign_in.end(&browser, Some("https://mlflow.example/logout")).await.unwrap().unwrap();
    assert!(url.starts_with(&format!("{}/end?client_id=us&id_token_hint=eyJ", world.scripted.origin)), "{url}");
    assert!(world.scripted.asked("/revoke")[0].contains("token=r1"));
    assert!(!world.is_in(&browser).await);
    assert_eq!(world.sign_in.end(&browser, None).await.unwrap(), None);
}
