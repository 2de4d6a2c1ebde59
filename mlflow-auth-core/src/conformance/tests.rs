//! The suite on the memory store, alone and behind a cache.

use crate::store::Freshness;
use crate::store::{Cached, MemoryStore, Store};
use std::sync::Arc;
use std::time::Duration;

async fn cached() -> Cached<MemoryStore> {
    Cached::new(MemoryStore::new(), Arc::new(Freshness::new(Duration::from_secs(3600))), 100)
}

#[tokio::test]
async fn the_memory_store_conforms() {
    super::all(async || MemoryStore::new()).await;
}

#[tokio::test]
async fn a_cached_memory_store_conforms() {
    super::all(cached).await;
}

#[tokio::test]
async fn the_memory_store_conforms_in_signing_in() {
    super::sign_in(async || MemoryStore::new()).await;
}

#[tokio::test]
async fn a_cached_memory_store_conforms_in_signing_in() {
    super::sign_in(cached).await;
}

#[test]
fn a_cached_memory_store_is_like_a_memory_store() {
    super::same_as_memory(64, cached);
}

#[test]
fn a_cached_memory_store_is_like_a_memory_store_in_signing_in() {
    super::sign_in_same_as_memory(64, cached);
}

#[tokio::test]
async fn a_store_that_is_not_named_conforms() {
    let make = async || {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        store
    };
    super::all(make).await;
    super::sign_in(make).await;
}

#[tokio::test]
async fn the_memory_store_conforms_in_moving() {
    super::transfer(async || MemoryStore::new()).await;
}

#[tokio::test]
async fn a_cached_memory_store_conforms_in_moving() {
    super::transfer(cached).await;
}

#[test]
fn what_a_memory_store_holds_is_moved_whole() {
    super::moved_same_as_memory(128, async || MemoryStore::new());
}

#[test]
fn what_a_cached_memory_store_holds_is_moved_whole() {
    super::moved_same_as_memory(32, cached);
}

#[tokio::test]
async fn a_store_that_is_not_named_conforms_in_moving() {
    let make = async || {
        let store: Arc<dyn crate::store::Store> = Arc::new(MemoryStore::new());
        store
    };
    super::transfer(make).await;
}
