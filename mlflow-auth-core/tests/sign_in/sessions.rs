//! Sessions: whose they are, when they are over, and what they cost.

use async_trait::async_trait;
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, Request};
use mlflow_auth_core::store::{
    Cached, ChangeFeed, Changes, MemoryStore, NewSession, NewUser, Renewal, Revision, Seconds, SecretDigest, Session,
    SessionStore, StoreError, UserStore, UserUpdate,
};
use mlflow_auth_core::{
    AuthenticationError, Authenticator, Freshness, OpenedSession, Principal, Proof, Rejection, Renewed,
    SessionAuthenticator, SessionRenewal, SessionSettings, Sessions, Unavailable, Username,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

type Store = Cached<MemoryStore>;

/// The store of sessions, counted, and out of order at will.
struct Counted {
    inner: Arc<Store>,
    reads: AtomicUsize,
    away: AtomicBool,
}

impl Counted {
    fn read(&self) -> Result<(), StoreError> {
        self.reads.fetch_add(1, SeqCst);
        match self.away.load(SeqCst) {
            true => Err(StoreError::Unavailable("it is away".into())),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl ChangeFeed for Counted {
    async fn revision(&self) -> Result<Revision, StoreError> {
        self.inner.revision().await
    }

    async fn changes(&self, after: Revision, patience: Duration) -> Result<Changes, StoreError> {
        self.inner.changes(after, patience).await
    }
}

#[async_trait]
impl SessionStore for Counted {
    async fn session(&self, digest: &SecretDigest) -> Result<Option<Session>, StoreError> {
        self.read()?;
        self.inner.session(digest).await
    }

    async fn sessions_of(&self, user: &Username) -> Result<Vec<Session>, StoreError> {
        self.inner.sessions_of(user).await
    }

    async fn open_session(&self, session: NewSession) -> Result<Session, StoreError> {
        self.inner.open_session(session).await
    }

    async fn saw_session(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        self.inner.saw_session(id, at).await
    }

    async fn lease_renewal(&self, id: i64, now: Seconds, until: Seconds) -> Result<Option<Session>, StoreError> {
        self.inner.lease_renewal(id, now, until).await
    }

    async fn renew_session(&self, id: i64, renewal: Renewal) -> Result<(), StoreError> {
        self.inner.renew_session(id, renewal).await
    }

    async fn end_session(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        self.inner.end_session(user, id).await
    }

    async fn end_sessions(&self, user: &Username) -> Result<usize, StoreError> {
        self.inner.end_sessions(user).await
    }

    async fn spend(&self, what: &SecretDigest, until: Seconds) -> Result<bool, StoreError> {
        self.inner.spend(what, until).await
    }

    async fn forget_expired(&self, now: Seconds, idle_since: Seconds) -> Result<usize, StoreError> {
        self.inner.forget_expired(now, idle_since).await
    }
}

/// Says what it is told to say, and counts.
#[derive(Default)]
struct Asked {
    times: AtomicUsize,
    ends: AtomicBool,
    away: AtomicBool,
}

#[async_trait]
impl SessionRenewal for Asked {
    async fn renew(&self, _: &Session) -> Result<Renewed, Unavailable> {
        self.times.fetch_add(1, SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        if self.away.load(SeqCst) {
            return Err(Unavailable::new("the provider", "it is away"));
        }
        match self.ends.load(SeqCst) {
            true => Ok(Renewed::Ends),
            false => Ok(Renewed::Goes(Renewal { renew_at: None, sealed: None })),
        }
    }
}

struct World {
    store: Arc<Store>,
    counted: Arc<Counted>,
    asked: Arc<Asked>,
    sessions: Arc<Sessions>,
}

fn alice() -> Username {
    Username::new("alice").unwrap()
}

async fn world(idle: u64) -> World {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 100));
    store.create_user(NewUser::named(alice())).await.unwrap();
    let counted = Arc::new(Counted { inner: store.clone(), reads: AtomicUsize::new(0), away: AtomicBool::new(false) });
    let asked = Arc::new(Asked::default());
    let settings = SessionSettings { cookie: "s".into(), idle: Duration::from_secs(idle), remembered: 100 };
    let renewal: Arc<dyn SessionRenewal> = asked.clone();
    let sessions = Arc::new(Sessions::new(counted.clone(), store.clone(), freshness, settings, Some(renewal)));
    World { store, counted, asked, sessions }
}

fn cookie(text: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, text.parse().unwrap());
    headers
}

impl World {
    async fn open(&self, lifetime: u64, renew_after: Option<u64>) -> HeaderMap {
        self.open_in(&HeaderMap::new(), lifetime, renew_after).await
    }

    async fn open_in(&self, browser: &HeaderMap, lifetime: u64, renew_after: Option<u64>) -> HeaderMap {
        let session = OpenedSession { user: alice(), provider: "p".into(), lifetime, renew_after, sealed: None };
        cookie(&format!("s={}", self.sessions.open(session, browser).await.unwrap().expose()))
    }

    async fn who(&self, headers: &HeaderMap) -> Option<Arc<Principal>> {
        self.sessions.who(headers).await.unwrap()
    }

    async fn is_in(&self, headers: &HeaderMap) -> bool {
        self.who(headers).await.is_some()
    }

    fn reads(&self) -> usize {
        self.counted.reads.load(SeqCst)
    }
}

#[tokio::test]
async fn a_session_is_its_owners_and_costs_nothing_when_it_is_remembered() {
    let world = world(600).await;
    let browser = world.open(600, None).await;
    let found = world.who(&browser).await.unwrap();
    assert_eq!((found.user.as_str(), found.is_admin, found.proof), ("alice", false, Proof::Session));
    let reads = world.reads();
    for _ in 0..100 {
        assert!(world.is_in(&browser).await);
    }
    assert_eq!(world.reads(), reads);
    // What is remembered goes on while the store is away; what is not is an outage and no refusal.
    world.counted.away.store(true, SeqCst);
    assert!(world.is_in(&browser).await);
    let other = cookie(&format!("s={}", "a".repeat(43)));
    assert!(matches!(world.sessions.who(&other).await, Err(AuthenticationError::Unavailable(_))));
}

#[tokio::test]
async fn a_cookie_that_names_no_session_is_no_credential() {
    let world = world(600).await;
    let good = world.open(600, None).await;
    let value = good[COOKIE].to_str().unwrap()[2..].to_owned();
    let reads = world.reads();
    let unknown = "A".repeat(43);
    let longer = format!("{value}A");
    let escaped = value.replacen(|_| true, "%41", 1);
    // Garbage, a signed cookie of the plugin's kind, a cookie that says who one is.
    for text in
        ["", "garbage", "eyJzZXNzaW9uX2lkIjoieCJ9.aaaa.bbbb", "alice", "{\"username\":\"admin\"}", &longer, &escaped]
    {
        assert!(!world.is_in(&cookie(&format!("s={text}"))).await, "{text}");
    }
    assert_eq!(world.reads(), reads, "what cannot be a secret is not asked for");
    assert!(!world.is_in(&cookie(&format!("s={unknown}"))).await);
    assert!(!world.is_in(&cookie(&format!("S={value}"))).await);
    assert!(!world.is_in(&HeaderMap::new()).await);
    assert!(world.is_in(&good).await);
}

#[tokio::test]
async fn two_cookies_of_our_name_are_refused() {
    let world = world(600).await;
    let good = world.open(600, None).await;
    let good = good[COOKIE].to_str().unwrap();
    for text in [format!("{good}; {good}"), format!("s=x; {good}"), format!("{good}; s=")] {
        let outcome = world.sessions.who(&cookie(&text)).await;
        assert!(matches!(outcome, Err(AuthenticationError::Rejected(Rejection::Malformed))), "{text}");
    }
}

#[tokio::test]
async fn a_cookie_beside_another_credential_is_not_looked_at() {
    let world = world(600).await;
    let browser = world.open(600, None).await;
    let sessions = SessionAuthenticator::new(world.sessions.clone());
    for (credential, expected) in
        [(None, true), (Some("Basic eDp5"), false), (Some("Bearer x"), false), (Some(""), false)]
    {
        let mut request = Request::builder().header(COOKIE, &browser[COOKIE]);
        if let Some(credential) = credential {
            request = request.header(AUTHORIZATION, credential);
        }
        let parts = request.body(()).unwrap().into_parts().0;
        assert_eq!(sessions.authenticate(&parts).await.unwrap().is_some(), expected, "{credential:?}");
    }
}

#[tokio::test]
async fn a_session_is_over_at_its_end_and_after_a_time_without_requests() {
    let world = world(2).await;
    assert!(!world.is_in(&world.open(0, None).await).await);
    let (short, used, unused) = (world.open(3, None).await, world.open(60, None).await, world.open(60, None).await);
    for browser in [&short, &used, &unused] {
        assert!(world.is_in(browser).await);
    }
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(550)).await;
        assert!(world.is_in(&used).await);
        world.is_in(&short).await;
    }
    assert!(!world.is_in(&short).await, "it was used, and its end has come");
    assert!(!world.is_in(&unused).await, "it was not used");
}

#[tokio::test]
async fn another_server_sees_that_a_session_is_used() {
    let (one, two) = (world(4).await, world(4).await);
    let other = {
        let freshness = one.store.freshness().clone();
        let settings = SessionSettings { cookie: "s".into(), idle: Duration::from_secs(4), remembered: 100 };
        Sessions::new(one.counted.clone(), one.store.clone(), freshness, settings, None)
    };
    drop(two);
    let browser = one.open(60, None).await;
    assert!(other.who(&browser).await.unwrap().is_some());
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(one.is_in(&browser).await);
    }
    assert!(other.who(&browser).await.unwrap().is_some(), "it was used at the first server all the time");
}

#[tokio::test]
async fn what_ends_an_account_or_a_session_counts_with_the_next_request() {
    for case in ["session", "sessions", "inactive", "deleted", "log-out"] {
        let world = world(600).await;
        let browser = world.open(600, None).await;
        assert!(world.is_in(&browser).await);
        match case {
            "session" => {
                let [session] =
                    world.store.sessions_of(&alice()).await.unwrap().try_into().unwrap_or_else(|_| panic!());
                world.store.end_session(&alice(), session.id).await.unwrap();
            }
            "sessions" => assert_eq!(world.store.end_sessions(&alice()).await.unwrap(), 1),
            "inactive" => {
                let update = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
                world.store.update_user(&alice(), update).await.unwrap();
            }
            "deleted" => world.store.delete_user(&alice()).await.unwrap(),
            _ => assert!(world.sessions.end(&browser).await.unwrap().is_some()),
        }
        assert!(!world.is_in(&browser).await, "{case}");
        // Nor does it come back with the account.
        match case {
            "inactive" => {
                let update = UserUpdate { is_active: Some(true), ..UserUpdate::default() };
                world.store.update_user(&alice(), update).await.unwrap();
            }
            "deleted" => drop(world.store.create_user(NewUser::named(alice())).await.unwrap()),
            _ => {}
        }
        assert!(!world.is_in(&browser).await, "{case}, and again");
    }
}

#[tokio::test]
async fn who_becomes_an_admin_is_one_with_the_next_request() {
    let world = world(600).await;
    let browser = world.open(600, None).await;
    for is_admin in [false, true, false] {
        let update = UserUpdate { is_admin: Some(is_admin), ..UserUpdate::default() };
        world.store.update_user(&alice(), update).await.unwrap();
        assert_eq!(world.who(&browser).await.unwrap().is_admin, is_admin);
    }
}

#[tokio::test]
async fn signing_in_ends_the_session_that_the_browser_brought() {
    let world = world(600).await;
    let planted = world.open(600, None).await;
    let bystander = world.open(600, None).await;
    let fresh = world.open_in(&planted, 600, None).await;
    assert_ne!(planted[COOKIE], fresh[COOKIE]);
    assert!(!world.is_in(&planted).await && world.is_in(&fresh).await && world.is_in(&bystander).await);
}

#[tokio::test]
async fn many_requests_at_once_make_one_renewal() {
    let world = Arc::new(world(600).await);
    let browser = world.open(600, Some(0)).await;
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (world, browser) = (world.clone(), browser.clone());
            tokio::spawn(async move { world.is_in(&browser).await })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    assert!(world.is_in(&browser).await);
    assert_eq!(world.asked.times.load(SeqCst), 1);
}

#[tokio::test]
async fn a_renewal_goes_on_when_the_request_goes_away() {
    let world = Arc::new(world(600).await);
    let browser = world.open(600, Some(0)).await;
    world.asked.ends.store(true, SeqCst);
    let given_up = tokio::time::timeout(Duration::from_millis(10), world.is_in(&browser)).await;
    assert!(given_up.is_err());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(world.store.sessions_of(&alice()).await.unwrap().is_empty());
    assert!(!world.is_in(&browser).await);
}

#[tokio::test]
async fn who_is_no_longer_welcome_is_out_and_an_outage_is_no_refusal() {
    let world = world(600).await;
    let (first, second) = (world.open(600, Some(0)).await, world.open(600, Some(0)).await);
    world.asked.away.store(true, SeqCst);
    for _ in 0..5 {
        assert!(world.is_in(&first).await);
    }
    assert_eq!(world.asked.times.load(SeqCst), 1, "who does not answer is not asked with every request");
    world.asked.away.store(false, SeqCst);
    world.asked.ends.store(true, SeqCst);
    assert!(!world.is_in(&second).await);
    assert_eq!(world.store.sessions_of(&alice()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_renewed() {
    let world = Arc::new(world(600).await);
    let browser = world.open(600, Some(0)).await;
    let asking = {
        let (world, browser) = (world.clone(), browser.clone());
        tokio::spawn(async move { world.is_in(&browser).await })
    };
    tokio::time::sleep(Duration::from_millis(20)).await;
    world.store.end_sessions(&alice()).await.unwrap();
    assert!(!asking.await.unwrap());
    assert!(world.store.sessions_of(&alice()).await.unwrap().is_empty());
}
