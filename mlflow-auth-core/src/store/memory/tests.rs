//! What the conformance suite cannot ask of a store behind a trait.

use super::*;
use crate::grants::{GrantSpec, Scope, Target};
use crate::store::{Event, GrantConflict};
use crate::vocabulary::Permission;

fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

fn read_for(name: &str, id: &str) -> Change {
    let spec = GrantSpec {
        subject: Subject::User(user(name)),
        scope: Scope::Everywhere,
        kind: ResourceType::EXPERIMENT,
        target: Target::Exact(id.to_owned()),
        permission: Permission::Read,
    };
    Change::Grant(spec, GrantConflict::Refuse)
}

#[tokio::test]
async fn clones_share_what_they_hold() {
    let store = MemoryStore::new();
    let revision = store.clone().apply(&[read_for("ann", "1")]).await.unwrap();
    assert_eq!(store.grants_of(&Subject::User(user("ann"))).await.unwrap().grants().len(), 1);
    assert_eq!(store.revision().await.unwrap(), revision);
}

#[tokio::test]
async fn a_list_that_fails_leaves_nothing_and_tells_nothing() {
    let store = MemoryStore::new();
    store.apply(&[read_for("ann", "1")]).await.unwrap();
    let before = store.revision().await.unwrap();
    let error = store.apply(&[read_for("bob", "1"), read_for("ann", "1")]).await.unwrap_err();
    assert!(matches!(error, StoreError::AlreadyExists(_)), "{error}");
    assert_eq!(store.holders().await.unwrap(), [Subject::User(user("ann"))]);
    assert_eq!(store.revision().await.unwrap(), before);
}

#[tokio::test]
async fn a_reader_too_far_behind_forgets_everything() {
    let store = MemoryStore::new();
    for id in 0..feed::KEPT + 2 {
        store.apply(&[read_for("ann", &id.to_string())]).await.unwrap();
    }
    let revision = store.revision().await.unwrap();
    for (after, expected) in [(1, Event::Everything), (2, Event::Grants(Subject::User(user("ann"))))] {
        let changes = store.changes(after, Duration::ZERO).await.unwrap();
        assert_eq!((changes.revision, &changes.events[0]), (revision, &expected), "after {after}");
    }
    let from_the_future = store.changes(revision + 1, Duration::ZERO).await.unwrap();
    assert_eq!(from_the_future, Changes { revision, events: vec![Event::Everything] });
}
