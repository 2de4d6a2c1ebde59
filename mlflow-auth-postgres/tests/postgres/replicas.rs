//! Several stores on one schema, as several machines would have them: nothing but the database is shared.

use crate::cluster::{Cluster, shared};
use crate::words::*;
use mlflow_auth_core::Freshness;
use mlflow_auth_core::store::{Cached, Change, ChangeFeed, Event, PermissionStore, StoreError};
use mlflow_auth_postgres::{PostgresListen, PostgresSettings, PostgresStore};
use std::sync::Arc;
use std::time::{Duration, Instant};

async fn two() -> (PostgresStore, PostgresStore) {
    let settings = shared().settings();
    (open(&settings).await, open(&settings).await)
}

#[tokio::test]
async fn each_sees_what_the_other_wrote() {
    let (one, other) = two().await;
    let revision = one.apply(&[give(user("ann"), "1")]).await.unwrap();
    assert_eq!(other.revision().await.unwrap(), revision);
    assert_eq!(other.grants_of(&user("ann").into()).await.unwrap().grants()[0].spec, read(user("ann"), "1"));
    other.apply(&[take(user("ann"), "1")]).await.unwrap();
    assert!(one.grants_of(&user("ann").into()).await.unwrap().grants().is_empty());
}

/// How long after each of some writes by one store another heard of it.
async fn delays(one: PostgresStore, other: &PostgresStore, rounds: u32) -> Vec<Duration> {
    let (one, mut waits) = (Arc::new(one), Vec::new());
    for round in 0..rounds {
        let before = other.revision().await.unwrap();
        let writer = one.clone();
        let write = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(30 + u64::from(round * 13 % 60))).await;
            writer.apply(&[give(user("ann"), &round.to_string())]).await.unwrap();
            Instant::now()
        });
        let changes = other.changes(before, LONG).await.unwrap();
        let heard = Instant::now();
        assert_eq!(changes.events, [Event::Grants(user("ann").into())]);
        waits.push(heard.saturating_duration_since(write.await.unwrap()));
    }
    waits.sort_unstable();
    waits
}

fn assert_soon(waits: &[Duration], what: &str) {
    let (median, worst) = (waits[waits.len() / 2], waits[waits.len() - 1]);
    println!("{what}: median {median:?}, worst {worst:?} of {}", waits.len());
    assert!(median < Duration::from_millis(100) && worst < Duration::from_secs(1), "{what}: {waits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_the_other_is_heard_soon() {
    let (one, other) = two().await;
    assert_soon(&delays(one, &other, 40).await, "told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_the_other_is_found_soon_where_nobody_tells() {
    let settings = PostgresSettings { listen: PostgresListen::Nowhere, ..shared().settings() };
    let (one, other) = (open(&settings).await, open(&settings).await);
    assert_soon(&delays(one, &other, 40).await, "looked for");
}

/// Cuts every connection that listens, again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_found_within_a_second_while_those_who_listen_are_cut_off() {
    let cluster = Cluster::start(&["fsync = off"]);
    let settings = cluster.settings();
    let (one, other) = (open(&settings).await, open(&settings).await);
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'";
    let mut worst = Duration::ZERO;
    let mut cuts = 0;
    for round in 0..12 {
        let before = other.revision().await.unwrap();
        let wait = async {
            let changes = other.changes(before, LONG).await.unwrap();
            assert_eq!(changes.events.len(), 1);
            Instant::now()
        };
        let write = async {
            tokio::time::sleep(Duration::from_millis(150)).await;
            cuts += cluster.ask(cut).parse::<u32>().unwrap();
            one.apply(&[give(user("ann"), &round.to_string())]).await.unwrap();
            Instant::now()
        };
        let (heard, written) = tokio::join!(wait, write);
        worst = worst.max(heard.saturating_duration_since(written));
    }
    println!("{cuts} listeners cut off: worst {worst:?}");
    assert!(cuts > 0 && worst < Duration::from_secs(1), "{cuts} cut, {worst:?}");
}

/// A server that says nothing of what is committed: the listener is there and hears nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_not_told_is_found_within_a_second() {
    let settings = shared().settings();
    let silent = PostgresSettings { listen: PostgresListen::Nowhere, ..settings.clone() };
    let (one, other) = (open(&silent).await, open(&settings).await);
    let waits = delays(one, &other, 20).await;
    println!("NOTIFY lost: {waits:?}");
    assert!(waits.iter().all(|wait| *wait < Duration::from_secs(1)), "{waits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_in_front_of_one_forgets_what_the_other_takes_back() {
    let (one, other) = two().await;
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

/// While several write at once, a reader that follows hears of every commit, in order: no number comes after a later one.
#[tokio::test(flavor = "multi_thread")]
async fn no_commit_is_skipped_while_many_write() {
    let settings = shared().settings();
    let reader = open(&settings).await;
    let writers = (0..6).map(|who| {
        let settings = settings.clone();
        tokio::spawn(async move {
            let store = open(&settings).await;
            for number in 0..40 {
                store.apply(&[give(user(&format!("user {who}")), &number.to_string())]).await.unwrap();
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let (mut seen, mut heard) = (0, Vec::new());
    while heard.len() < 240 {
        let changes = reader.changes(seen, LONG).await.unwrap();
        assert!(changes.revision > seen, "the feed stands still at {seen} after {} changes", heard.len());
        assert_eq!(usize::try_from(changes.revision - seen).unwrap(), changes.events.len());
        seen = changes.revision;
        heard.extend(changes.events);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    for who in 0..6 {
        let event = Event::Grants(user(&format!("user {who}")).into());
        assert_eq!(heard.iter().filter(|heard| **heard == event).count(), 40);
    }
    assert_eq!(reader.revision().await.unwrap(), 240);
}

/// Of those who saw the same revision one writes.
#[tokio::test(flavor = "multi_thread")]
async fn a_condition_on_the_revision_holds_across_stores() {
    let settings = shared().settings();
    let stores: Vec<_> = futures_util::future::join_all((0..6).map(|_| open(&settings))).await;
    for round in 0..10 {
        let revision = stores[0].revision().await.unwrap();
        let write = |store: usize| {
            let changes =
                [Change::OnlyIfStillAt(revision), Change::CreateGroup(group(&format!("group {round} of {store}")))];
            let store = &stores[store];
            async move { store.apply(&changes).await }
        };
        let outcomes = futures_util::future::join_all((0..stores.len()).map(write)).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        let conflicts = outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::Conflict(_)))).count();
        assert_eq!(conflicts, stores.len() - 1, "{outcomes:?}");
    }
}

#[tokio::test]
async fn nobody_who_waits_is_left_waiting_when_another_stops() {
    let (one, other) = two().await;
    let before = other.revision().await.unwrap();
    let impatient = other.changes(before, LONG);
    assert!(tokio::time::timeout(Duration::from_millis(60), impatient).await.is_err());
    let began = Instant::now();
    let (changes, _) = tokio::join!(other.changes(before, LONG), async {
        tokio::time::sleep(Duration::from_millis(60)).await;
        one.apply(&[give(user("ann"), "1")]).await.unwrap()
    });
    assert_eq!(changes.unwrap().events, [Event::Grants(user("ann").into())]);
    assert!(began.elapsed() < LONG / 2);
}

/// Whoever is too far behind forgets everything.
#[tokio::test]
async fn the_feed_keeps_what_it_is_told_to_keep() {
    let settings = PostgresSettings { events_kept: 5, ..shared().settings() };
    let store = open(&settings).await;
    for number in 0..20 {
        store.apply(&[give(user("ann"), &number.to_string())]).await.unwrap();
    }
    let events = async |after| store.changes(after, Duration::ZERO).await.unwrap().events;
    assert_eq!(events(15).await.len(), 5);
    assert_eq!(events(14).await, [Event::Everything]);
    assert_eq!(shared().ask(&format!("SELECT count(*) FROM {}.changes", settings.schema)), "6");
}
