//! The authenticator: whose token, what account, what is remembered.

use crate::keys::{EC, OTHER_RSA, Published, RSA, now};
use http::Request;
use http::header::AUTHORIZATION;
use mlflow_auth_core::accounts::{AccountRules, Accounts, Names, UnknownUsers};
use mlflow_auth_core::jwt::{BearerAuthenticator, BearerSettings, IdentityRules, Issuer, KeyRefresh, TokenRules};
use mlflow_auth_core::store::{MemoryStore, NewUser, PermissionStore, UserStore, UserUpdate};
use mlflow_auth_core::{
    AuthenticationError, Authenticator, Freshness, GroupName, Principal, Proof, Rejection, Username,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const FOREVER: Duration = Duration::from_secs(3600);

struct World {
    store: Arc<MemoryStore>,
    freshness: Arc<Freshness>,
    published: Arc<Published>,
    bearer: BearerAuthenticator,
}

/// The first of two issuers with these rules, beside another.
fn world(rules: AccountRules) -> World {
    let (store, freshness) = (Arc::new(MemoryStore::new()), Arc::new(Freshness::new(FOREVER)));
    let published = Published::new(&[&RSA]);
    let identities = IdentityRules { admin_groups: vec![GroupName::new("admins").unwrap()], ..Default::default() };
    let second =
        AccountRules { provider: "two".into(), names: Names::Separate, names_groups_apart: true, ..rules.clone() };
    let (one, two) = (("https://one.example", published.clone()), ("https://two.example", Published::new(&[&EC])));
    let issuers = [(one, rules), (two, second)].map(|((name, keys), rules)| {
        let issuer = Issuer::new(TokenRules::new(name, "mlflow"), identities.clone(), keys, KeyRefresh::default());
        (issuer, Accounts::new(store.clone(), freshness.clone(), rules))
    });
    let bearer = BearerAuthenticator::new(issuers.into(), BearerSettings::default());
    World { store, freshness, published, bearer }
}

fn first() -> AccountRules {
    AccountRules { names: Names::Adopts, ..AccountRules::only("one") }
}

impl World {
    async fn with_alice(self) -> Self {
        self.store.create_user(NewUser::named(Username::new("alice").unwrap())).await.unwrap();
        self
    }

    async fn authenticate(&self, value: &str) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let request = Request::builder().header(AUTHORIZATION, value).body(()).unwrap();
        self.bearer.authenticate(&request.into_parts().0).await
    }

    async fn sign_in(&self, token: &str) -> Option<Arc<Principal>> {
        match self.authenticate(&format!("Bearer {token}")).await {
            Ok(found) => Some(found.expect("the token is ours to judge")),
            Err(AuthenticationError::Rejected(Rejection::InvalidToken)) => None,
            Err(error) => panic!("{error}"),
        }
    }
}

fn claims(changes: Value) -> Value {
    let mut claims = json!({
        "iss": "https://one.example", "aud": "mlflow", "sub": "s", "exp": now() + 600, "email": "alice",
        "groups": ["b", "a"],
    });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims
}

#[tokio::test]
async fn the_principal_is_whom_the_token_names_with_its_groups() {
    let world = world(first()).with_alice().await;
    let found = world.sign_in(&RSA.sign(&claims(json!({})))).await.unwrap();
    let groups: Vec<&str> = found.groups.iter().map(GroupName::as_str).collect();
    assert_eq!((found.user.as_str(), groups, found.is_admin), ("alice", vec!["a", "b"], false));
    assert_eq!(found.proof, Proof::SignedToken);
}

#[tokio::test]
async fn only_bearer_tokens_with_dots_are_judged() {
    let world = world(first()).with_alice().await;
    let token = RSA.sign(&claims(json!({})));
    for value in [format!("Bearer {token}"), format!("bearer {token}"), format!("BEARER  {token} ")] {
        assert!(world.authenticate(&value).await.unwrap().is_some(), "{value:.12}");
    }
    for value in ["Basic YTpi", "Bearer mlf_0123", "Bearer", "Bearer ", "Bearertoken a.b.c", "Negotiate a.b.c"] {
        assert!(world.authenticate(value).await.unwrap().is_none(), "{value}");
    }
    for value in ["Bearer a.b", "Bearer a.b.c", "Bearer .", "Bearer ..", &format!("Bearer x{token}")] {
        let found = world.authenticate(value).await;
        assert!(matches!(found, Err(AuthenticationError::Rejected(Rejection::InvalidToken))), "{value:.20}");
    }
    let mut request = Request::builder().header(AUTHORIZATION, format!("Bearer {token}"));
    request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    let found = world.bearer.authenticate(&request.body(()).unwrap().into_parts().0).await;
    assert!(matches!(found, Err(AuthenticationError::Rejected(Rejection::Malformed))));
}

#[tokio::test]
async fn each_issuer_signs_for_itself_only() {
    let world = world(AccountRules { unknown_users: UnknownUsers::Create, ..first() });
    let two = json!({"iss": "https://two.example", "email": "bob"});
    assert!(world.sign_in(&EC.sign(&claims(two.clone()))).await.is_some());
    assert!(world.sign_in(&RSA.sign(&claims(two))).await.is_none(), "the first issuer's key for the second");
    assert!(world.sign_in(&EC.sign(&claims(json!({})))).await.is_none(), "the second issuer's key for the first");
    for iss in [json!("https://three.example"), json!(""), json!(null), json!(["https://one.example"])] {
        assert!(world.sign_in(&RSA.sign(&claims(json!({"iss": iss})))).await.is_none(), "{iss}");
    }
}

/// Each a name of an account, whom another issuer or another subject of the same asks for.
#[tokio::test]
async fn a_second_issuer_is_nobody_it_names() {
    for unknown_users in [UnknownUsers::Refuse, UnknownUsers::Admit, UnknownUsers::Create] {
        let world = world(AccountRules { unknown_users, trust_admin_groups: true, ..first() }).with_alice().await;
        let admins = json!({"iss": "https://two.example", "groups": ["admins"]});
        assert!(world.sign_in(&EC.sign(&claims(admins.clone()))).await.is_none(), "before anybody was here");
        assert!(world.sign_in(&RSA.sign(&claims(json!({})))).await.is_some());
        assert!(world.sign_in(&EC.sign(&claims(admins))).await.is_none(), "the same subject and name");
        assert!(world.sign_in(&RSA.sign(&claims(json!({"sub": "t"})))).await.is_none(), "another subject of that name");
        let renamed = world.sign_in(&RSA.sign(&claims(json!({"email": "mallory"})))).await.unwrap();
        assert_eq!(renamed.user.as_str(), "alice", "the subject decides");
    }
}

#[tokio::test]
async fn a_token_takes_no_account_of_an_admin() {
    for (trust_admin_groups, groups, comes_in) in
        [(false, "admins", false), (true, "others", false), (true, "admins", true)]
    {
        let world = world(AccountRules { trust_admin_groups, ..first() });
        let admin = NewUser { is_admin: true, ..NewUser::named(Username::new("alice").unwrap()) };
        world.store.create_user(admin).await.unwrap();
        let found = world.sign_in(&RSA.sign(&claims(json!({"groups": [groups]})))).await;
        assert_eq!(found.is_some(), comes_in, "{trust_admin_groups} {groups}");
    }
}

#[tokio::test]
async fn of_racing_first_tokens_only_the_earliest_binds() {
    let world = world(AccountRules { unknown_users: UnknownUsers::Create, ..first() });
    let tokens = ["s", "t", "u"].map(|sub| RSA.sign(&claims(json!({"sub": sub}))));
    let [s, t, u] = &tokens;
    let found = tokio::join!(world.sign_in(s), world.sign_in(t), world.sign_in(u));
    let come_in = [found.0, found.1, found.2].map(|found| found.is_some());
    assert_eq!(come_in.iter().filter(|in_| **in_).count(), 1, "{come_in:?}");
    for (token, came_in) in tokens.iter().zip(come_in) {
        assert_eq!(world.sign_in(token).await.is_some(), came_in);
    }
}

#[tokio::test]
async fn groups_of_a_token_are_kept_for_whom_an_account_is_made() {
    let world = world(AccountRules { unknown_users: UnknownUsers::Create, ..first() });
    let two = world.sign_in(&EC.sign(&claims(json!({"iss": "https://two.example", "email": "bob"})))).await.unwrap();
    let one = world.sign_in(&RSA.sign(&claims(json!({})))).await.unwrap();
    for (principal, expected) in [(one, ["a", "b"]), (two, ["two:a", "two:b"])] {
        assert_eq!(principal.groups.iter().map(GroupName::as_str).collect::<Vec<_>>(), expected);
        assert_eq!(world.store.membership(&principal.user).await.unwrap().groups, principal.groups);
    }
}

#[tokio::test]
async fn who_is_unknown_is_refused_admitted_or_made() {
    let token = RSA.sign(&claims(json!({"groups": ["admins"]})));
    for (unknown_users, comes_in, exists) in
        [(UnknownUsers::Refuse, false, false), (UnknownUsers::Admit, true, false), (UnknownUsers::Create, true, true)]
    {
        let world = world(AccountRules { unknown_users, ..first() });
        let found = world.sign_in(&token).await;
        assert_eq!(found.as_ref().map(|found| found.is_admin), comes_in.then_some(false), "{unknown_users:?}");
        let account = world.store.credentials(&Username::new("alice").unwrap()).await.unwrap();
        assert_eq!(account.is_some(), exists, "{unknown_users:?}");
        if let Some((user, password)) = account {
            assert!(!user.is_admin && password.is_none());
        }
    }
}

#[tokio::test]
async fn groups_make_admins_only_where_they_are_trusted() {
    let token = RSA.sign(&claims(json!({"groups": ["admins"]})));
    for trust_admin_groups in [false, true] {
        let world = world(AccountRules { trust_admin_groups, ..first() }).with_alice().await;
        assert_eq!(world.sign_in(&token).await.unwrap().is_admin, trust_admin_groups);
        let other = world.sign_in(&RSA.sign(&claims(json!({"groups": ["Admins"]})))).await;
        assert!(!other.unwrap().is_admin);
    }
}

#[tokio::test]
async fn a_good_token_is_looked_at_once_and_not_beyond_its_time() {
    let world = world(first()).with_alice().await;
    // With 30 seconds for clocks that differ.
    let expires = now() - 28;
    let token = RSA.sign(&claims(json!({"exp": expires})));
    let first = world.sign_in(&token).await.unwrap();
    assert!(Arc::ptr_eq(&first, &world.sign_in(&token).await.unwrap()));
    let end = tokio::time::Instant::now() + Duration::from_secs(10);
    while world.sign_in(&token).await.is_some() {
        assert!(tokio::time::Instant::now() < end, "it is believed beyond its time");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(now() >= expires + 30, "it is believed for all of its time");
}

#[tokio::test]
async fn a_remembered_token_hears_of_the_account() {
    let world = world(first()).with_alice().await;
    let (token, alice) = (RSA.sign(&claims(json!({}))), Username::new("alice").unwrap());
    world.freshness.catch_up(&*world.store, Duration::ZERO).await.unwrap();
    assert!(!world.sign_in(&token).await.unwrap().is_admin);
    let update = UserUpdate { is_admin: Some(true), ..Default::default() };
    world.store.update_user(&alice, update).await.unwrap();
    world.freshness.catch_up(&*world.store, Duration::ZERO).await.unwrap();
    assert!(world.sign_in(&token).await.unwrap().is_admin);
    for (is_active, comes_in) in [(false, false), (true, true)] {
        let update = UserUpdate { is_active: Some(is_active), ..Default::default() };
        world.store.update_user(&alice, update).await.unwrap();
        world.freshness.catch_up(&*world.store, Duration::ZERO).await.unwrap();
        assert_eq!(world.sign_in(&token).await.is_some(), comes_in);
    }
    world.store.delete_user(&alice).await.unwrap();
    world.freshness.catch_up(&*world.store, Duration::ZERO).await.unwrap();
    assert!(world.sign_in(&token).await.is_none());
}

#[tokio::test]
async fn an_outage_is_no_refusal() {
    let world = world(first()).with_alice().await;
    world.published.go_away();
    let found = world.authenticate(&format!("Bearer {}", RSA.sign(&claims(json!({}))))).await;
    assert!(matches!(found, Err(AuthenticationError::Unavailable(_))));
    assert!(world.sign_in(&OTHER_RSA.sign(&claims(json!({"iss": "https://two.example"})))).await.is_none());
}
