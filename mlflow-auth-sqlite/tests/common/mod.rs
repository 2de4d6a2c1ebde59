//! Short words for the tests of files and processes.
#![allow(dead_code, unused_imports, reason = "each test takes what it needs")]

pub(crate) use mlflow_auth_core::conformance::words::*;
use mlflow_auth_sqlite::{SqliteSettings, SqliteStore};
use std::path::Path;

pub(crate) async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, SqliteSettings::default()).await.unwrap()
}
