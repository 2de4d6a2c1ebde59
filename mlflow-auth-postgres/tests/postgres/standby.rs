//! A server that follows the first, and is read from.

use crate::cluster::{Cluster, shared};
use crate::words::*;
use mlflow_auth_core::store::{ChangeFeed, PermissionStore, StoreError};
use mlflow_auth_postgres::{PostgresSettings, PostgresStore};
use std::time::{Duration, Instant};

async fn held(store: &PostgresStore) -> usize {
    store.grants_of(&user("ann").into()).await.unwrap().grants().len()
}

/// Waits until the second server has all that the first one has.
async fn until_caught_up(first: &Cluster, second: &Cluster) {
    let began = Instant::now();
    let end = first.ask("SELECT pg_current_wal_flush_lsn()");
    while second.ask(&format!("SELECT pg_last_wal_replay_lsn() >= '{end}'")) != "t" {
        assert!(began.elapsed() < LONG, "the second server does not follow");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_follows_is_read_from_only_where_nobody_can_tell() {
    let first = Cluster::start(&["fsync = off"]);
    let second = Cluster::follow(&first);
    second.ask("SELECT 1");
    let settings = PostgresSettings { replica: Some(at(second.port)), ..first.settings() };
    let (store, other) = (open(&settings).await, open(&settings).await);
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    until_caught_up(&first, &second).await;

    // A grant that only the second server does not have would be the first's: who answers is told apart by locking the
    // table on the first.
    let lock = format!("BEGIN; LOCK TABLE {}.grants; SELECT pg_sleep(2); COMMIT", settings.schema);
    let mut locked = first.psql("app").args(["--command", &lock]).stdout(std::process::Stdio::null()).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    store.revision().await.unwrap();
    let began = Instant::now();
    assert_eq!(held(&store).await, 1);
    assert!(began.elapsed() < Duration::from_secs(1), "the second server was not asked: {:?}", began.elapsed());
    locked.wait().unwrap();

    // It stands still: whoever knows of more than it has asks the first.
    second.ask("SELECT pg_wal_replay_pause()");
    for number in 2..6 {
        store.apply(&[give(user("ann"), &number.to_string())]).await.unwrap();
        assert_eq!(held(&store).await, number);
        let heard = other.revision().await.unwrap();
        assert_eq!(usize::try_from(heard).unwrap(), number);
        assert_eq!(held(&other).await, number, "what the feed told is seen");
    }
    second.ask("SELECT pg_wal_replay_resume()");

    // Nobody looked lately: nobody knows what there is to hear, so the first is asked.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    second.stop();
    let began = Instant::now();
    assert_eq!(held(&store).await, 5);
    store.revision().await.unwrap();
    assert_eq!(held(&store).await, 5);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

/// A second server that was made the address of the store takes no writes, which is an outage and not a fault.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_is_an_outage_for_writers() {
    let first = Cluster::start(&["fsync = off"]);
    let settings = first.settings();
    open(&settings).await.apply(&[give(user("ann"), "1")]).await.unwrap();
    let second = Cluster::follow(&first);
    until_caught_up(&first, &second).await;
    let store = open(&PostgresSettings { address: at(second.port), ..settings }).await;
    assert_eq!(held(&store).await, 1);
    let refused = store.apply(&[give(user("ann"), "2")]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{}", in_words(&refused));
}

/// The first server was put back to an older state, and went on from there; the second one stands where the first was.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_another_life_is_not_read_from() {
    let first = Cluster::start(&["fsync = off"]);
    let settings = PostgresSettings { replica: Some(at(shared().port)), ..first.settings() };
    let of_old = PostgresSettings { address: at(shared().port), replica: None, ..settings.clone() };
    let old = open(&of_old).await;
    for number in 0..5 {
        old.apply(&[give(user("ann"), &number.to_string())]).await.unwrap();
    }
    let store = open(&settings).await;
    for number in 1..8 {
        store.apply(&[give(user("ann"), &number.to_string())]).await.unwrap();
        assert_eq!(held(&store).await, number);
    }
}

/// The second server answers, and what it says is an error: its schema is not there.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_is_not_asked_further() {
    let first = Cluster::start(&["fsync = off"]);
    let store = open(&PostgresSettings { replica: Some(at(shared().port)), ..first.settings() }).await;
    for number in 1..4 {
        store.apply(&[give(user("ann"), &number.to_string())]).await.unwrap();
        assert_eq!(held(&store).await, number);
    }
}
