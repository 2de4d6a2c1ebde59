//! Files whose rows nobody of this version wrote, moved to another store.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{open, user};
use mlflow_auth_core::store::transfer::merge;
use mlflow_auth_core::store::{ChangeFeed, MemoryStore, PermissionStore, Transfer};
use mlflow_auth_core::{Permission, RuleLimits};
use rusqlite::Connection;

/// Rows of a later version, or of somebody with an editor: all of them refuse, two of them in one place.
const ROWS: &str = "INSERT INTO subjects (id, kind, workspace, name) VALUES (3, 'user', '', 'ann');
    INSERT INTO grants (subject_id, workspace, resource_type, form, text, priority, permission) VALUES
        (3, NULL, 'experiment', 'exact', '1', 0, 'OWNER'),
        (3, NULL, 'experiment', 'glob', 'a*', 0, 'READ'),
        (3, NULL, 'experiment', 'every', '*', 0, 'MANAGE'),
        (3, 'NOT VALID', 'experiment', 'exact', '2', 0, 'READ'),
        (3, NULL, 'experiment', 'pattern', '(?=b)', 7, 'READ'),
        (3, NULL, 'experiment', 'pattern', CAST(x'5eff' AS TEXT), 7, 'READ');";

#[tokio::test]
async fn rows_that_cannot_be_read_are_moved_as_refusals() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    drop(open(&path).await);
    Connection::open(&path).unwrap().execute_batch(ROWS).unwrap();
    let store = open(&path).await;
    let (_, contents) = store.contents().await.unwrap();
    let readable: Vec<_> = contents.grants.iter().filter(|grant| grant.fault.is_none()).collect();
    assert_eq!((contents.grants.len(), readable.len()), (6, 1), "{:?}", contents.grants);

    let memory = MemoryStore::new();
    let merged = merge(&contents, &memory.contents().await.unwrap().1, RuleLimits::default());
    assert_eq!(merged.widening().count(), 0);
    memory.add_contents(merged.add, memory.revision().await.unwrap()).await.unwrap();
    let held = memory.grants_of(&user("ann").into()).await.unwrap();
    let kept: Vec<_> = held.grants().iter().map(|grant| grant.spec.target.text()).collect();
    assert_eq!(kept, ["1", "*", "2", "(?=b)"]);
    assert!(held.grants().iter().all(|grant| grant.spec.permission == Permission::Deny), "{held:?}");
}
