//! Several users of one file.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{give, group, open, read, take, user};
use mlflow_auth_core::Freshness;
use mlflow_auth_core::store::{Cached, Change, ChangeFeed, Event, PermissionStore};
use mlflow_auth_sqlite::SqliteStore;
use std::sync::Arc;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(20);

/// Two stores on one file, as two processes would have them: nothing but the file is shared.
async fn two(folder: &tempfile::TempDir) -> (SqliteStore, SqliteStore) {
    let path = folder.path().join("auth.db");
    (open(&path).await, open(&path).await)
}

#[tokio::test]
async fn each_sees_what_the_other_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = two(&folder).await;
    let revision = one.apply(&[give(user("ann"), "1")]).await.unwrap();
    assert_eq!(other.revision().await.unwrap(), revision);
    assert_eq!(other.grants_of(&user("ann").into()).await.unwrap().grants()[0].spec, read(user("ann"), "1"));
    other.apply(&[take(user("ann"), "1")]).await.unwrap();
    assert!(one.grants_of(&user("ann").into()).await.unwrap().grants().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_the_other_is_heard_soon() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = two(&folder).await;
    let one = Arc::new(one);
    let mut waits = Vec::new();
    for round in 0..15 {
        let before = other.revision().await.unwrap();
        let writer = one.clone();
        let write = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(30)).await;
            writer.apply(&[give(user("ann"), &round.to_string())]).await.unwrap();
            Instant::now()
        });
        let changes = other.changes(before, LONG).await.unwrap();
        let heard = Instant::now();
        assert_eq!(changes.events, [Event::Grants(user("ann").into())]);
        waits.push(heard.saturating_duration_since(write.await.unwrap()));
    }
    waits.sort_unstable();
    assert!(waits[waits.len() / 2] < Duration::from_millis(100), "{waits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_in_front_of_one_forgets_what_the_other_takes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = two(&folder).await;
    other.apply(&[give(user("ann"), "1"), Change::Join(user("ann"), group("ml"))]).await.unwrap();
    let cached = Arc::new(Cached::new(one, Arc::new(Freshness::new(Duration::from_secs(3600))), 10));
    let follower = tokio::spawn({
        let cached = cached.clone();
        async move { cached.follow().await }
    });
    let ann = user("ann").into();
    assert_eq!(cached.grants_of(&ann).await.unwrap().grants().len(), 1);
    assert_eq!(cached.membership(&user("ann")).await.unwrap().groups, [group("ml")]);
    other.apply(&[take(user("ann"), "1"), Change::Leave(user("ann"), group("ml"))]).await.unwrap();
    let began = Instant::now();
    let is_forgotten = async || {
        let belongs = cached.membership(&user("ann")).await.unwrap();
        cached.grants_of(&ann).await.unwrap().grants().is_empty() && belongs.groups.is_empty()
    };
    while !is_forgotten().await {
        assert!(began.elapsed() < Duration::from_secs(1), "a revocation is seen within a second");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    follower.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = two(&folder).await;
    let write = |store: SqliteStore, name: &'static str| {
        tokio::spawn(async move {
            for id in 0..50 {
                store.apply(&[give(user(name), &id.to_string())]).await.unwrap();
            }
            store
        })
    };
    let (first, second) = (write(one, "ann"), write(other, "bob"));
    let (store, _) = (first.await.unwrap(), second.await.unwrap());
    for name in ["ann", "bob"] {
        assert_eq!(store.grants_of(&user(name).into()).await.unwrap().grants().len(), 50);
    }
    assert_eq!(store.revision().await.unwrap(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_open_a_new_file_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = Arc::new(folder.path().join("auth.db"));
        let opening = (0..8).map(|number| {
            let path = path.clone();
            tokio::spawn(async move {
                let store = open(&path).await;
                store.apply(&[give(user("ann"), &number.to_string())]).await.unwrap();
            })
        });
        for opened in opening.collect::<Vec<_>>() {
            opened.await.unwrap();
        }
        assert_eq!(open(&path).await.grants_of(&user("ann").into()).await.unwrap().grants().len(), 8);
    }
}

#[tokio::test]
async fn nobody_who_waits_is_left_waiting_when_another_stops() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = two(&folder).await;
    let before = other.revision().await.unwrap();
    {
        let impatient = other.changes(before, LONG);
        let _ = tokio::time::timeout(Duration::from_millis(60), impatient).await;
    }
    let began = Instant::now();
    let (changes, _) = tokio::join!(other.changes(before, LONG), async {
        tokio::time::sleep(Duration::from_millis(60)).await;
        one.apply(&[give(user("ann"), "1")]).await.unwrap()
    });
    assert_eq!(changes.unwrap().events, [Event::Grants(user("ann").into())]);
    assert!(began.elapsed() < LONG / 2);
}
