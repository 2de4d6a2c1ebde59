//! A schema is dumped and restored with PostgreSQL's own programs.

use crate::cluster::{Cluster, new_name, programs, shared};
use crate::keeper::{as_user, run};
use crate::words::*;
use mlflow_auth_core::Freshness;
use mlflow_auth_core::store::{Cached, Change, ChangeFeed, Event, NewUser, PermissionStore, UserStore};
use mlflow_auth_postgres::{PostgresSettings, PostgresStore};
use std::io::Write;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn dump(cluster: &Cluster, schema: &str) -> String {
    let mut dump = as_user(programs().join("pg_dump"));
    dump.args(["--host", "127.0.0.1", "--username", crate::cluster::OWNER, "--schema", schema, "--dbname", "app"]);
    run(dump.arg("--port").arg(cluster.port.to_string()).env("PGPASSWORD", crate::cluster::PASSWORD))
}

fn restore(cluster: &Cluster, database: &str, text: &str) {
    let mut psql = cluster.psql(database);
    psql.arg("--single-transaction").stdin(Stdio::piped()).stdout(Stdio::null());
    let mut psql = psql.spawn().unwrap();
    psql.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(psql.wait().unwrap().success());
}

/// All that the store says of some.
async fn contents(store: &PostgresStore) -> String {
    let mut said = format!("{:?} {:?}", store.users().await.unwrap(), store.revision().await.unwrap());
    for holder in store.holders().await.unwrap() {
        said = format!("{said} {:?}", store.grants_of(&holder).await.unwrap().grants());
    }
    for group in store.groups().await.unwrap() {
        said = format!("{said} {group}: {:?}", store.members(&group).await.unwrap());
    }
    format!("{said} {:?}", store.roles().await.unwrap())
}

async fn furnish(store: &PostgresStore) {
    store.create_user(NewUser::named(user("ann"))).await.unwrap();
    let role = Change::CreateRole { key: role("dev"), description: Some("all".to_owned()) };
    let list = [give(user("ann"), "1"), Change::Join(user("ann"), group("ml")), role, give(group("ml"), "é'\\")];
    store.apply(&list).await.unwrap();
}

#[tokio::test]
async fn a_dump_restored_into_another_database_is_the_same_store() {
    let cluster = shared();
    let settings = cluster.settings();
    let store = open(&settings).await;
    furnish(&store).await;
    let database = new_name("restored");
    cluster.ask(&format!("CREATE DATABASE {database}"));
    restore(cluster, &database, &dump(cluster, &settings.schema));
    let restored = open(&PostgresSettings { database, ..settings }).await;
    assert_eq!(contents(&restored).await, contents(&store).await);
    let ids = async |store: &PostgresStore| {
        store.create_user(NewUser::named(user("bob"))).await.unwrap();
        store.user(&user("bob")).await.unwrap().unwrap().id
    };
    assert_eq!(ids(&restored).await, ids(&store).await, "numbers go on where they were");
}

/// A replica that runs on while the schema is put back to an older state.
#[tokio::test(flavor = "multi_thread")]
async fn a_cache_forgets_when_the_schema_is_put_back() {
    let cluster = shared();
    let settings = cluster.settings();
    let store = open(&settings).await;
    furnish(&store).await;
    let text = dump(cluster, &settings.schema);
    store.apply(&[give(user("ann"), "2")]).await.unwrap();
    let cached = Arc::new(Cached::new(open(&settings).await, Arc::new(Freshness::new(LONG * 100)), 10));
    let follower = tokio::spawn({
        let cached = cached.clone();
        async move { cached.follow().await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let ann = user("ann").into();
    assert_eq!(cached.grants_of(&ann).await.unwrap().grants().len(), 2);
    cluster.ask(&format!("DROP SCHEMA {} CASCADE", settings.schema));
    restore(cluster, "app", &text);
    let began = Instant::now();
    while cached.grants_of(&ann).await.is_ok_and(|held| held.grants().len() != 1) {
        assert!(began.elapsed() < Duration::from_secs(2), "what was put back is not seen");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    follower.abort();
}

/// The number that was seen last is reached again before anybody looks, by another change.
#[tokio::test]
async fn the_same_number_after_a_restore_is_a_gap() {
    let cluster = shared();
    let settings = cluster.settings();
    let (store, other) = (open(&settings).await, open(&settings).await);
    furnish(&store).await;
    let text = dump(cluster, &settings.schema);
    let seen = store.apply(&[give(user("ann"), "2")]).await.unwrap();
    let heard = other.changes(seen - 1, Duration::ZERO).await.unwrap();
    assert_eq!((heard.revision, heard.events), (seen, vec![Event::Grants(user("ann").into())]));
    cluster.ask(&format!("DROP SCHEMA {} CASCADE", settings.schema));
    restore(cluster, "app", &text);
    let again = open(&settings).await.apply(&[give(user("bob"), "2")]).await.unwrap();
    assert_eq!(again, seen);
    let heard = other.changes(seen, Duration::ZERO).await.unwrap();
    assert_eq!((heard.revision, heard.events), (seen, vec![Event::Everything]));
    assert!(other.changes(seen, Duration::ZERO).await.unwrap().events.is_empty());
}
