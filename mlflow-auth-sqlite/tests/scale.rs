//! The size of the file costs nothing when it is opened, and little when one subject is read or written.
//!
//! 200,000 grants; `MLFLOW_AUTH_SCALE_GRANTS` sets another number.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{give, open, user};
use mlflow_auth_core::store::PermissionStore;
use mlflow_auth_core::{ResourceType, Workspace};
use rusqlite::Connection;
use std::time::{Duration, Instant};

/// A thousandth as many users hold them, each a thousand.
const FILL: &str = "
    BEGIN;
    INSERT INTO subjects (kind, workspace, name)
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1 / 1000)
        SELECT 'user', '', 'user-' || i FROM n;
    INSERT INTO grants (subject_id, workspace, resource_type, form, text, priority, permission)
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
        SELECT 1 + i / 1000, NULL, 'experiment', 'exact', CAST(i AS TEXT), 0, 'READ' FROM n;
    COMMIT;";

#[tokio::test]
async fn a_large_file_opens_at_once() {
    let count: u32 = std::env::var("MLFLOW_AUTH_SCALE_GRANTS").map_or(200_000, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    drop(open(&path).await);
    Connection::open(&path).unwrap().execute_batch(&FILL.replace("?1", &count.to_string())).unwrap();

    let (store, opening) = timed(open(&path)).await;
    let (held, reading) = timed(store.grants_of(&user("user-7").into())).await;
    let (on, looking) = timed(store.grants_on(&ResourceType::EXPERIMENT, "7500", &Workspace::default())).await;
    let (_, writing) = timed(store.apply(&[give(user("user-7"), "new")])).await;
    let (holders, listing) = timed(store.holders()).await;
    assert_eq!(held.unwrap().grants().len(), 1000);
    assert_eq!(on.unwrap().len(), 1);
    assert_eq!(holders.unwrap().len(), count as usize / 1000);
    println!(
        "{count} grants: open {opening:?}, read a subject's 1000 {reading:?}, who holds a resource {looking:?}, \
         write one {writing:?}, list the holders {listing:?}"
    );
    for took in [opening, reading, looking, writing, listing] {
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    let done = work.await;
    (done, began.elapsed())
}
