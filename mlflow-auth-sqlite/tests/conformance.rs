//! The suite of the core on files, alone and behind a cache.

#![expect(clippy::unwrap_used, reason = "tests")]

use mlflow_auth_core::store::Cached;
use mlflow_auth_core::{Freshness, conformance};
use mlflow_auth_sqlite::{SqliteSettings, SqliteStore};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tempfile::TempDir;

/// Makes stores, each in a file of its own, which go with it.
struct Maker {
    folder: TempDir,
    made: AtomicUsize,
}

impl Maker {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), made: AtomicUsize::new(0) }
    }

    async fn make(&self) -> SqliteStore {
        let path = self.folder.path().join(format!("{}.db", self.made.fetch_add(1, Relaxed)));
        SqliteStore::open(path, SqliteSettings::default()).await.unwrap()
    }

    async fn make_cached(&self) -> Cached<SqliteStore> {
        Cached::new(self.make().await, Arc::new(Freshness::new(Duration::from_secs(3600))), 100)
    }
}

#[tokio::test]
async fn the_sqlite_store_conforms() {
    let maker = Maker::new();
    conformance::all(async || maker.make().await).await;
}

#[tokio::test]
async fn a_cached_sqlite_store_conforms() {
    let maker = Maker::new();
    conformance::all(async || maker.make_cached().await).await;
}

#[tokio::test]
async fn the_sqlite_store_conforms_in_signing_in() {
    let maker = Maker::new();
    conformance::sign_in(async || maker.make().await).await;
}

#[tokio::test]
async fn a_cached_sqlite_store_conforms_in_signing_in() {
    let maker = Maker::new();
    conformance::sign_in(async || maker.make_cached().await).await;
}

#[test]
fn the_sqlite_store_is_like_a_memory_store() {
    let maker = Maker::new();
    conformance::same_as_memory(48, async || maker.make().await);
}

#[test]
fn a_cached_sqlite_store_is_like_a_memory_store() {
    let maker = Maker::new();
    conformance::same_as_memory(16, async || maker.make_cached().await);
}

#[test]
fn the_sqlite_store_is_like_a_memory_store_in_signing_in() {
    let maker = Maker::new();
    conformance::sign_in_same_as_memory(64, async || maker.make().await);
}

#[test]
fn a_cached_sqlite_store_is_like_a_memory_store_in_signing_in() {
    let maker = Maker::new();
    conformance::sign_in_same_as_memory(16, async || maker.make_cached().await);
}

#[tokio::test]
async fn the_sqlite_store_conforms_in_moving() {
    let maker = Maker::new();
    conformance::transfer(async || maker.make().await).await;
}

#[tokio::test]
async fn a_cached_sqlite_store_conforms_in_moving() {
    let maker = Maker::new();
    conformance::transfer(async || maker.make_cached().await).await;
}

#[test]
fn what_a_sqlite_store_holds_is_moved_whole() {
    let maker = Maker::new();
    conformance::moved_same_as_memory(48, async || maker.make().await);
}

#[test]
fn what_a_cached_sqlite_store_holds_is_moved_whole() {
    let maker = Maker::new();
    conformance::moved_same_as_memory(16, async || maker.make_cached().await);
}
