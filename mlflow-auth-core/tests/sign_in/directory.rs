//! Sessions that a directory opened: they are what it says now, and no longer.

use async_trait::async_trait;
use http::HeaderMap;
use http::header::COOKIE;
use mlflow_auth_core::store::{Cached, MemoryStore, NewUser, SessionStore, UserStore, UserUpdate};
use mlflow_auth_core::{
    AuthenticationError, DIRECTORY, Freshness, GroupName, OpenedSession, Principal, Proof, Secret, SessionDirectory,
    SessionSettings, Sessions, Standing, Unavailable, Username,
};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const HOLDS: Duration = Duration::from_millis(150);

/// What the directory says: groups and the admin flag, nobody, or nothing.
#[derive(Clone)]
enum Says {
    Is(&'static [&'static str], bool),
    Nobody,
    Nothing,
}

struct Scripted {
    says: Mutex<Says>,
    times: AtomicUsize,
}

#[async_trait]
impl SessionDirectory for Scripted {
    async fn verify(&self, _: &Username, _: &Secret) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        unreachable!("sessions have no password")
    }

    async fn standing(&self, user: &Username) -> Result<Option<Standing>, Unavailable> {
        assert_eq!(user.as_str(), "ann");
        self.times.fetch_add(1, SeqCst);
        let says = self.says.lock().unwrap().clone();
        match says {
            Says::Is(groups, is_admin) => {
                let groups = groups.iter().map(|name| GroupName::new(*name).unwrap()).collect();
                Ok(Some(Standing { groups, is_admin, until: Instant::now() + HOLDS }))
            }
            Says::Nobody => Ok(None),
            Says::Nothing => Err(Unavailable::new("the directory", "it is away")),
        }
    }
}

struct World {
    store: Arc<Cached<MemoryStore>>,
    directory: Arc<Scripted>,
    with: Sessions,
    without: Sessions,
}

async fn world() -> World {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 100));
    store.create_user(NewUser::named(Username::new("ann").unwrap())).await.unwrap();
    let directory = Arc::new(Scripted { says: Mutex::new(Says::Is(&["ml"], false)), times: AtomicUsize::new(0) });
    let sessions = || {
        let settings = SessionSettings { cookie: "s".into(), idle: Duration::from_secs(60), remembered: 100 };
        Sessions::new(store.clone(), store.clone(), freshness.clone(), settings, None)
    };
    World { with: sessions().with_directory(directory.clone()), without: sessions(), store, directory }
}

impl World {
    async fn open(&self, provider: &str) -> HeaderMap {
        let user = Username::new("ann").unwrap();
        let session = OpenedSession { user, provider: provider.into(), lifetime: 60, renew_after: None, sealed: None };
        let secret = self.with.open(session, &HeaderMap::new()).await.unwrap();
        HeaderMap::from_iter([(COOKIE, format!("s={}", secret.expose()).parse().unwrap())])
    }

    fn says(&self, says: Says) {
        *self.directory.says.lock().unwrap() = says;
    }

    /// Whose session it is: the groups, and whether they are an admin.
    async fn who(&self, browser: &HeaderMap) -> String {
        match self.with.who(browser).await {
            Ok(Some(who)) => {
                assert_eq!(who.proof, Proof::Session);
                let groups: Vec<_> = who.groups.iter().map(|group| group.as_str()).collect();
                format!("{}{}", groups.join(","), if who.is_admin { ", admin" } else { "" })
            }
            Ok(None) => "nobody".to_owned(),
            Err(error) => error.to_string(),
        }
    }
}

#[tokio::test]
async fn a_session_is_what_the_directory_says_as_long_as_it_says() {
    let world = world().await;
    let browser = world.open(DIRECTORY).await;
    for (says, told) in [
        (Says::Is(&["ml"], false), "ml"),
        (Says::Is(&["ml", "ops"], true), "ml,ops, admin"),
        (Says::Is(&[], false), ""),
    ] {
        world.says(says);
        tokio::time::sleep(HOLDS).await;
        let before = world.directory.times.load(SeqCst);
        assert_eq!(world.who(&browser).await, told);
        for _ in 0..10 {
            assert_eq!(world.who(&browser).await, told);
        }
        assert_eq!(world.directory.times.load(SeqCst), before + 1);
    }
    let user = world.store.user(&Username::new("ann").unwrap()).await.unwrap().unwrap();
    assert!(!user.is_admin, "nothing of it is written");
}

#[tokio::test]
async fn a_directory_that_is_away_lets_nobody_in_and_ends_nothing() {
    let world = world().await;
    let browser = world.open(DIRECTORY).await;
    assert_eq!(world.who(&browser).await, "ml");
    world.says(Says::Nothing);
    assert_eq!(world.who(&browser).await, "ml", "what it said holds");
    tokio::time::sleep(HOLDS).await;
    assert_eq!(world.who(&browser).await, "the directory is unavailable");
    world.says(Says::Is(&["ml"], false));
    assert_eq!(world.who(&browser).await, "ml");
}

#[tokio::test]
async fn who_is_gone_from_the_directory_has_no_session_any_more() {
    let world = world().await;
    let browser = world.open(DIRECTORY).await;
    world.says(Says::Nobody);
    assert_eq!(world.who(&browser).await, "nobody");
    assert!(world.store.sessions_of(&Username::new("ann").unwrap()).await.unwrap().is_empty());
    world.says(Says::Is(&["ml"], true));
    assert_eq!(world.who(&browser).await, "nobody", "it does not come back");
}

#[tokio::test]
async fn without_the_directory_its_sessions_are_over() {
    let world = world().await;
    let browser = world.open(DIRECTORY).await;
    assert!(world.without.who(&browser).await.unwrap().is_none());
    assert_eq!(world.who(&browser).await, "nobody");
}

#[tokio::test]
async fn other_sessions_are_not_the_directorys() {
    let world = world().await;
    let browser = world.open("password").await;
    world.says(Says::Nobody);
    assert_eq!(world.who(&browser).await, "");
    assert_eq!(world.directory.times.load(SeqCst), 0);
}

#[tokio::test]
async fn an_account_that_is_not_active_has_no_session_whatever_the_directory_says() {
    let world = world().await;
    let browser = world.open(DIRECTORY).await;
    assert_eq!(world.who(&browser).await, "ml");
    let update = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    world.store.update_user(&Username::new("ann").unwrap(), update).await.unwrap();
    assert_eq!(world.who(&browser).await, "nobody");
}
