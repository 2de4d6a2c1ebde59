//! The suite of the core about moving what a store holds, alone and behind a cache.

use crate::cluster::shared;
use crate::words::*;
use mlflow_auth_core::store::transfer::Transfer;
use mlflow_auth_core::store::{Cached, PermissionStore};
use mlflow_auth_core::{Freshness, conformance};
use mlflow_auth_postgres::{PostgresSettings, PostgresStore};
use std::sync::Arc;
use std::time::{Duration, Instant};

async fn make() -> PostgresStore {
    open(&shared().settings()).await
}

async fn make_cached() -> Cached<PostgresStore> {
    Cached::new(make().await, Arc::new(Freshness::new(Duration::from_secs(3600))), 100)
}

#[tokio::test]
async fn the_store_conforms_in_moving() {
    conformance::transfer(make).await;
}

#[tokio::test]
async fn a_cached_store_conforms_in_moving() {
    conformance::transfer(make_cached).await;
}

#[test]
fn the_store_moves_like_a_memory_store() {
    conformance::moved_same_as_memory(16, make);
}

/// Each statement that gives grants, and the one that reads them all, takes longer than a statement may otherwise. There
/// are few of them.
#[tokio::test(flavor = "multi_thread")]
async fn moving_takes_few_statements_and_each_may_take_long() {
    let cluster = shared();
    let from = make().await;
    let list: Vec<_> = (0..2500).map(|number| give(user("ann"), &number.to_string())).collect();
    from.apply(&list).await.unwrap();
    let (_, contents) = from.contents().await.unwrap();

    let settings = PostgresSettings { statement_timeout: Duration::from_secs(1), ..cluster.settings() };
    let (to, schema) = (open(&settings).await, &settings.schema);
    let wait = "LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END $$";
    cluster.ask(&format!(
        "CREATE FUNCTION {schema}.wait() RETURNS trigger {wait};
        CREATE TRIGGER wait BEFORE INSERT ON {schema}.grants EXECUTE FUNCTION {schema}.wait()"
    ));
    let began = Instant::now();
    to.add_contents(contents, 0).await.unwrap();
    assert!(began.elapsed() < LONG, "{:?}", began.elapsed());
    assert!(to.apply(&[give(user("bob"), "1")]).await.is_err(), "what is no move takes longer than it may");

    cluster.ask(&format!(
        "DROP TRIGGER wait ON {schema}.grants; ALTER TABLE {schema}.grants RENAME TO kept;
        CREATE VIEW {schema}.grants AS SELECT * FROM {schema}.kept WHERE id > 1 OR pg_sleep(1.5) IS NOT NULL"
    ));
    assert_eq!(to.contents().await.unwrap().1.grants.len(), 2500);
    assert!(to.grants_of(&user("ann").into()).await.is_err(), "what is no move takes longer than it may");
}
