//! What befalls the server: outages are told as such, within the bound, and end by themselves.

use crate::cluster::Cluster;
use crate::words::*;
use mlflow_auth_core::Freshness;
use mlflow_auth_core::store::{Cached, Change, ChangeFeed, NewUser, PermissionStore, StoreError, UserStore};
use mlflow_auth_postgres::{PostgresSettings, PostgresStore};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Bounds that a test can wait for.
fn impatient(settings: PostgresSettings) -> PostgresSettings {
    PostgresSettings {
        acquire_timeout: Duration::from_millis(700),
        statement_timeout: Duration::from_millis(1500),
        operation_timeout: Duration::from_secs(2),
        ..settings
    }
}

/// How much later than the bound an answer may come.
const SLACK: Duration = Duration::from_millis(800);

async fn assert_out(store: &PostgresStore, bound: Duration) {
    let began = Instant::now();
    let (ann, holder, change) = (user("ann"), user("ann").into(), [Change::CreateGroup(group("never"))]);
    let (user, held, write, feed) = tokio::join!(
        store.user(&ann),
        store.grants_of(&holder),
        store.apply(&change),
        store.changes(0, Duration::from_millis(50)),
    );
    let outcomes = [user.map(|_| ()), held.map(|_| ()), write.map(|_| ()), feed.map(|_| ())];
    for outcome in outcomes {
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    }
    assert!(began.elapsed() < bound + SLACK, "it took {:?}", began.elapsed());
}

/// Waits until a write goes through, and says how long that took.
async fn until_served(store: &PostgresStore, id: &str) -> Duration {
    let began = Instant::now();
    while let Err(error) = store.apply(&[give(user("back"), id)]).await {
        assert!(matches!(error, StoreError::Unavailable(_)), "{}", in_words(&error));
        assert!(began.elapsed() < LONG, "service does not return: {}", in_words(&error));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_and_starts_again_is_an_outage_and_then_none() {
    let cluster = Cluster::start(&["fsync = off"]);
    let settings = impatient(cluster.settings());
    let store = open(&settings).await;
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    cluster.stop();
    assert_out(&store, settings.operation_timeout).await;
    assert!(matches!(PostgresStore::open(settings.clone()).await, Err(StoreError::Unavailable(_))));
    cluster.go();
    println!("stopped and started: served after {:?}", until_served(&store, "1").await);
    assert_eq!(store.grants_of(&user("ann").into()).await.unwrap().grants().len(), 1);
    assert!(store.members(&group("never")).await.is_err(), "what was not acknowledged here was not made");
}

/// Between two requests: nobody notices.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_between_two_requests_is_not_noticed() {
    let cluster = Cluster::start(&["fsync = off"]);
    let store = open(&cluster.settings()).await;
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    for id in ["2", "3"] {
        cluster.stop();
        cluster.go();
        assert!(!store.grants_of(&user("ann").into()).await.unwrap().grants().is_empty());
        store.apply(&[give(user("ann"), id)]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut_are_made_again() {
    let cluster = Cluster::start(&["fsync = off"]);
    let store = Arc::new(open(&cluster.settings()).await);
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE application_name = 'mlflow-auth' AND pid <> pg_backend_pid()";
    let is_over = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let load = (0..4).map(|who| {
        let (store, is_over) = (store.clone(), is_over.clone());
        tokio::spawn(async move {
            let (mut acknowledged, mut outages, mut number) = (Vec::new(), 0, 0);
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                let id = format!("{who}-{number}");
                match store.apply(&[give(user("ann"), &id)]).await {
                    Ok(_) => acknowledged.push(id),
                    Err(StoreError::Unavailable(_)) => outages += 1,
                    Err(error) => panic!("{}", in_words(&error)),
                }
                number += 1;
            }
            (acknowledged, outages)
        })
    });
    let load: Vec<_> = load.collect();
    let mut cuts = 0;
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        cuts += cluster.ask(cut).parse::<u32>().unwrap();
    }
    is_over.store(true, std::sync::atomic::Ordering::Relaxed);
    let (mut acknowledged, mut outages) = (Vec::new(), 0);
    for task in load {
        let (more, out) = task.await.unwrap();
        acknowledged.extend(more);
        outages += out;
    }
    let held = store.grants_of(&user("ann").into()).await.unwrap();
    let held: Vec<_> = held.grants().iter().map(|grant| grant.spec.target.text().to_owned()).collect();
    println!("{cuts} connections cut: {} writes acknowledged, {outages} outages told", acknowledged.len());
    assert!(cuts > 10 && acknowledged.len() > 10, "{cuts} cut, {} written", acknowledged.len());
    assert!(acknowledged.iter().all(|id| held.contains(id)), "an acknowledged write is lost");
}

/// Every process of the server stands still, as with a machine that is gone without a word.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_holds_nobody_longer_than_the_bound() {
    let cluster = Cluster::start(&["fsync = off"]);
    let settings = impatient(cluster.settings());
    let store = open(&settings).await;
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    cluster.signal("-STOP");
    for _ in 0..2 {
        assert_out(&store, settings.operation_timeout).await;
    }
    cluster.signal("-CONT");
    println!("hung and went on: served after {:?}", until_served(&store, "1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = impatient(settings_at(silent.local_addr().unwrap().port()));
    let began = Instant::now();
    let error = PostgresStore::open(settings.clone()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(began.elapsed() < settings.acquire_timeout + SLACK, "it took {:?}", began.elapsed());
}

/// Somebody holds the lock that every write takes, and does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_not_let_go_is_an_outage_for_writers_alone() {
    let cluster = Cluster::start(&["fsync = off"]);
    let settings = impatient(cluster.settings());
    let store = open(&settings).await;
    let lock = format!("BEGIN; SELECT 1 FROM {}.state FOR UPDATE; SELECT pg_sleep(4); COMMIT", settings.schema);
    let mut holder =
        cluster.psql("app").args(["--command", &lock]).stdout(std::process::Stdio::null()).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    let write = store.apply(&[give(user("ann"), "1")]).await;
    assert!(matches!(write, Err(StoreError::Unavailable(_))), "{write:?}");
    assert!(began.elapsed() < settings.operation_timeout + SLACK, "it took {:?}", began.elapsed());
    assert!(store.grants_of(&user("ann").into()).await.unwrap().grants().is_empty());
    holder.wait().unwrap();
    until_served(&store, "1").await;
}

/// All connections are in use, and nobody lets one go.
#[tokio::test(flavor = "multi_thread")]
async fn a_pool_without_a_free_connection_is_an_outage() {
    let cluster = Cluster::start(&["fsync = off"]);
    let settings = PostgresSettings { pool_size: 2, ..impatient(cluster.settings()) };
    let store = Arc::new(open(&settings).await);
    let lock = format!("BEGIN; SELECT 1 FROM {}.state FOR UPDATE; SELECT pg_sleep(3); COMMIT", settings.schema);
    let mut holder =
        cluster.psql("app").args(["--command", &lock]).stdout(std::process::Stdio::null()).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let writers: Vec<_> = (0..2)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.apply(&[give(user("ann"), &number.to_string())]).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    let read = store.user(&user("ann")).await;
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    assert!(began.elapsed() < settings.acquire_timeout + SLACK, "it took {:?}", began.elapsed());
    for writer in writers {
        let _ = writer.await.unwrap();
    }
    holder.wait().unwrap();
    until_served(&store, "9").await;
}

/// What is remembered is used no longer than the bound while nobody can say what changed, and then is an outage.
#[tokio::test(flavor = "multi_thread")]
async fn a_cache_ages_while_the_server_is_out() {
    let cluster = Cluster::start(&["fsync = off"]);
    let store = open(&impatient(cluster.settings())).await;
    store.create_user(NewUser::named(user("ann"))).await.unwrap();
    let bound = Duration::from_secs(2);
    let cached = Arc::new(Cached::new(store, Arc::new(Freshness::new(bound)), 10));
    let follower = tokio::spawn({
        let cached = cached.clone();
        async move { cached.follow().await }
    });
    // The first look at the feed forgets everything.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(cached.user(&user("ann")).await.unwrap().is_some());
    cluster.stop();
    assert!(cached.user(&user("ann")).await.unwrap().is_some());
    tokio::time::sleep(bound + Duration::from_millis(200)).await;
    let found = cached.user(&user("ann")).await;
    assert!(matches!(found, Err(StoreError::Unavailable(_))), "{found:?}");
    cluster.go();
    until_served(cached.inner(), "1").await;
    assert!(cached.user(&user("ann")).await.unwrap().is_some());
    follower.abort();
}
