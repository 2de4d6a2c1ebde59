//! The suite of the core, alone and behind a cache.

use crate::cluster::shared;
use crate::words::open;
use mlflow_auth_core::store::Cached;
use mlflow_auth_core::{Freshness, conformance};
use mlflow_auth_postgres::PostgresStore;
use std::sync::Arc;
use std::time::Duration;

async fn make() -> PostgresStore {
    open(&shared().settings()).await
}

async fn make_cached() -> Cached<PostgresStore> {
    Cached::new(make().await, Arc::new(Freshness::new(Duration::from_secs(3600))), 100)
}

#[tokio::test]
async fn the_store_conforms() {
    conformance::all(make).await;
}

#[tokio::test]
async fn a_cached_store_conforms() {
    conformance::all(make_cached).await;
}

#[tokio::test]
async fn the_store_conforms_in_signing_in() {
    conformance::sign_in(make).await;
}

#[tokio::test]
async fn a_cached_store_conforms_in_signing_in() {
    conformance::sign_in(make_cached).await;
}

#[test]
fn the_store_is_like_a_memory_store() {
    conformance::same_as_memory(16, make);
}

#[test]
fn a_cached_store_is_like_a_memory_store() {
    conformance::same_as_memory(8, make_cached);
}

#[test]
fn the_store_is_like_a_memory_store_in_signing_in() {
    conformance::sign_in_same_as_memory(16, make);
}

#[test]
fn a_cached_store_is_like_a_memory_store_in_signing_in() {
    conformance::sign_in_same_as_memory(8, make_cached);
}
