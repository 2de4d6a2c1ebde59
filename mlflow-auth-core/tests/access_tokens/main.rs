//! Signing in with access tokens: who comes in, who does not, what it costs, and when it ends.
#![cfg(test)]

mod attacks;
mod costs;
mod store;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use mlflow_auth_core::store::{AccessToken, NewUser, Seconds, TokenStore, UserStore, UserUpdate};
use mlflow_auth_core::{
    AccessTokenAuthenticator, AccessTokenSettings, AuthenticationError, Authenticator, Freshness, IssueError,
    Narrowing, Principal, Proof, TokenLimits, TokenOrder, Username, issue_token,
};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use store::Store;

pub(crate) const DAY: Seconds = 86_400;

pub(crate) fn name(name: &str) -> Username {
    Username::new(name).unwrap()
}

pub(crate) fn now() -> Seconds {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

pub(crate) struct Fixture {
    pub(crate) store: Arc<Store>,
    freshness: Arc<Freshness>,
    authenticator: AccessTokenAuthenticator,
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came {
    In(String),
    ToTheNext,
    Rejected,
    Unavailable,
}

impl Fixture {
    /// `alice` and `bob` have accounts, `root` is an admin.
    pub(crate) async fn new() -> Self {
        Self::with(AccessTokenSettings::default()).await
    }

    pub(crate) async fn with(settings: AccessTokenSettings) -> Self {
        let (store, freshness) = (Arc::new(Store::default()), Arc::new(Freshness::new(Duration::from_secs(600))));
        for user in ["alice", "bob", "root"] {
            let new = NewUser { is_admin: user == "root", ..NewUser::named(name(user)) };
            store.create_user(new).await.unwrap();
        }
        let authenticator = AccessTokenAuthenticator::new(store.clone(), store.clone(), freshness.clone(), settings);
        let fixture = Self { store, freshness, authenticator };
        fixture.hear().await;
        fixture
    }

    /// Reads the feed.
    pub(crate) async fn hear(&self) {
        self.freshness.catch_up(&*self.store, Duration::ZERO).await.unwrap();
    }

    pub(crate) fn order(user: &str, called: &str) -> TokenOrder {
        TokenOrder {
            user: name(user),
            name: called.to_owned(),
            narrowing: Narrowing::default(),
            created_by: name(user),
            created_at: now(),
            expires_at: now() + DAY,
            replaces: false,
        }
    }

    pub(crate) async fn issue(&self, order: TokenOrder) -> Result<(AccessToken, String), IssueError> {
        let made = issue_token(&*self.store, &TokenLimits::default(), order).await;
        self.hear().await;
        made.map(|(token, secret)| (token, secret.expose().to_owned()))
    }

    pub(crate) async fn token(&self, user: &str) -> (AccessToken, String) {
        self.issue(Self::order(user, "laptop")).await.unwrap()
    }

    pub(crate) async fn ask(&self, headers: &[&str]) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let mut request = http::Request::new(()).into_parts().0;
        for value in headers {
            request.headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        self.authenticator.authenticate(&request).await
    }

    pub(crate) async fn came(&self, headers: &[&str]) -> Came {
        match self.ask(headers).await {
            Ok(Some(who)) => Came::In(who.user.to_string()),
            Ok(None) => Came::ToTheNext,
            Err(AuthenticationError::Rejected(_)) => Came::Rejected,
            Err(AuthenticationError::Unavailable(_)) => Came::Unavailable,
        }
    }

    /// Whether somebody comes in with this request.
    pub(crate) async fn request(&self, request: &http::request::Parts) -> bool {
        self.authenticator.authenticate(request).await.is_ok_and(|who| who.is_some())
    }

    pub(crate) fn reads(&self) -> usize {
        self.store.reads.load(SeqCst)
    }
}

pub(crate) fn basic(user: &str, token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{token}")))
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn came_in(who: &str) -> Came {
    Came::In(who.to_owned())
}

#[tokio::test]
async fn a_token_signs_its_owner_in_as_a_password_and_as_bearer() {
    let fixture = Fixture::new().await;
    for user in ["alice", "root"] {
        let (_, token) = fixture.token(user).await;
        for header in [basic(user, &token), bearer(&token), format!("bearer  {token} ")] {
            let who = fixture.ask(&[&header]).await.unwrap().unwrap();
            assert_eq!((who.user.as_str(), who.proof), (user, Proof::AccessToken));
            assert_eq!((who.is_admin, who.narrowing.is_none()), (user == "root", true));
        }
    }
}

#[tokio::test]
async fn a_narrowed_token_carries_what_it_was_narrowed_to() {
    let fixture = Fixture::new().await;
    let narrowing = Narrowing { read_only: true, only: Some(Vec::new()) };
    let order = TokenOrder { narrowing: narrowing.clone(), ..Fixture::order("root", "narrow") };
    let (_, token) = fixture.issue(order).await.unwrap();
    let who = fixture.ask(&[&bearer(&token)]).await.unwrap().unwrap();
    assert_eq!(who.narrowing.as_deref(), Some(&narrowing));
    assert!(who.is_admin && !who.passes_every_check());
}

#[tokio::test]
async fn what_does_not_look_like_a_token_is_left_to_the_next() {
    let fixture = Fixture::new().await;
    let (_, token) = fixture.token("alice").await;
    for header in [
        basic("alice", "correct-horse-battery"),
        basic("alice", "mlf_my-dog-is-called-rex-and-my-cat-is-called-tom-and-so-on"),
        basic("alice", &format!("{token}x")),
        basic("alice", &token[..55]),
        bearer("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlIHNpZ25hdHVyZSBzaWduYXR1cmU"),
        bearer(&token.to_uppercase()),
        bearer(""),
        format!("Digest {token}"),
        token.clone(),
    ] {
        assert_eq!(fixture.came(&[&header]).await, Came::ToTheNext, "{header}");
    }
    assert_eq!(fixture.came(&[]).await, Came::ToTheNext);
    assert_eq!(fixture.reads(), 0);
}

#[tokio::test]
async fn a_token_ends_with_its_life_though_it_is_remembered() {
    let fixture = Fixture::new().await;
    let order = TokenOrder { expires_at: now() + 2, ..Fixture::order("alice", "short") };
    let (_, token) = fixture.issue(order).await.unwrap();
    assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(fixture.came(&[&bearer(&token)]).await, Came::Rejected);
    assert_eq!(fixture.came(&[&basic("alice", &token)]).await, Came::Rejected);
}

#[tokio::test]
async fn another_token_of_the_default_name_ends_the_one_before_and_no_other() {
    let fixture = Fixture::new().await;
    let renew = || TokenOrder { replaces: true, ..Fixture::order("alice", "default") };
    let (_, other) = fixture.token("alice").await;
    let (_, first) = fixture.issue(renew()).await.unwrap();
    assert_eq!(fixture.came(&[&bearer(&first)]).await, came_in("alice"));
    let (_, second) = fixture.issue(renew()).await.unwrap();
    for (token, expected) in [(&first, Came::Rejected), (&second, came_in("alice")), (&other, came_in("alice"))] {
        assert_eq!(fixture.came(&[&bearer(token)]).await, expected);
    }
}

/// How an account ends, or changes.
async fn change(fixture: &Fixture, update: UserUpdate) {
    fixture.store.update_user(&name("alice"), update).await.unwrap();
    fixture.hear().await;
}

#[tokio::test]
async fn what_an_admin_loses_the_next_request_with_the_token_has_lost() {
    let fixture = Fixture::new().await;
    change(&fixture, UserUpdate { is_admin: Some(true), ..UserUpdate::default() }).await;
    let (_, token) = fixture.token("alice").await;
    assert!(fixture.ask(&[&bearer(&token)]).await.unwrap().unwrap().is_admin);
    change(&fixture, UserUpdate { is_admin: Some(false), ..UserUpdate::default() }).await;
    assert!(!fixture.ask(&[&bearer(&token)]).await.unwrap().unwrap().is_admin);
}

#[tokio::test]
async fn a_deactivated_owner_is_refused_and_coming_back_revives_no_token() {
    let fixture = Fixture::new().await;
    let (_, token) = fixture.token("alice").await;
    assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
    for is_active in [false, true] {
        change(&fixture, UserUpdate { is_active: Some(is_active), ..UserUpdate::default() }).await;
        assert_eq!(fixture.came(&[&bearer(&token)]).await, Came::Rejected);
    }
}

#[tokio::test]
async fn who_takes_the_name_of_a_removed_account_gets_none_of_its_tokens() {
    let fixture = Fixture::new().await;
    let (_, token) = fixture.token("alice").await;
    assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
    fixture.store.delete_user(&name("alice")).await.unwrap();
    fixture.store.create_user(NewUser::named(name("alice"))).await.unwrap();
    fixture.hear().await;
    for header in [bearer(&token), basic("alice", &token)] {
        assert_eq!(fixture.came(&[&header]).await, Came::Rejected);
    }
}

#[tokio::test]
async fn limits_are_kept() {
    let fixture = Fixture::new().await;
    let order = || Fixture::order("alice", "laptop");
    let said = |outcome: Result<(AccessToken, String), IssueError>| outcome.map(drop).unwrap_err().to_string();
    for expires_at in [0, now()] {
        let past = TokenOrder { created_at: now(), expires_at, ..order() };
        assert_eq!(said(fixture.issue(past).await), "the expiration must be in the future");
    }
    let long = TokenOrder { created_at: now(), expires_at: now() + 367 * DAY, ..order() };
    assert_eq!(said(fixture.issue(long).await), "the expiration must be at most 366 days in the future");
    fixture.issue(order()).await.unwrap();
    assert!(said(fixture.issue(order()).await).ends_with("already exists"));
    for number in 1..20 {
        fixture.issue(Fixture::order("alice", &format!("token {number}"))).await.unwrap();
    }
    assert!(said(fixture.issue(Fixture::order("alice", "one more")).await).starts_with("there are too many"));
    let renewed = TokenOrder { replaces: true, ..order() };
    fixture.issue(renewed).await.expect("what replaces another is not one more");
    fixture.issue(Fixture::order("bob", "laptop")).await.unwrap();
    assert_eq!(fixture.store.tokens_of(&name("alice")).await.unwrap().len(), 20);
}
