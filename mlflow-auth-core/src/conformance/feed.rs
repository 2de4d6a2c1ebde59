//! The change feed of a store of grants.

use super::fixtures::*;
use crate::grants::{GrantSpec, Scope};
use crate::store::{Change, Event, GrantConflict, PermissionStore};
use crate::vocabulary::{Subject, Workspace};
use std::time::{Duration, Instant};

/// Longer than any change takes to be seen.
const LONG: Duration = Duration::from_secs(20);

fn grants(subject: impl Into<Subject>) -> Event {
    Event::Grants(subject.into())
}

fn belongs(name: &str) -> Event {
    Event::Membership(user(name))
}

/// Every kind of change names whom it touched: holders of what is deleted or renamed, members of what is forgotten.
pub async fn every_change_is_told(store: &dyn PermissionStore) {
    let ops = role("default", "ops");
    let deleted = Change::ResourceDeleted { kind: EXPERIMENT, id: "2".to_owned(), workspace: Workspace::default() };
    let renamed = Change::ResourceRenamed {
        kind: EXPERIMENT,
        from: "1".to_owned(),
        to: "2".to_owned(),
        workspace: Workspace::default(),
    };
    let here = Scope::In(Workspace::default());
    let one = |subject: Subject| read(subject, EXPERIMENT, exact("1"));
    let ann_on_two = read(user("ann"), EXPERIMENT, exact("2"));
    let bob_on_two = read(user("bob"), EXPERIMENT, exact("2"));
    let story = [
        (Change::CreateGroup(group("ml")), vec![grants(group("ml"))]),
        (Change::Join(user("ann"), group("ml")), vec![belongs("ann")]),
        (Change::Join(user("bob"), group("ml")), vec![belongs("bob")]),
        (Change::Leave(user("bob"), group("ml")), vec![belongs("bob")]),
        (new_role(dev()), vec![grants(dev())]),
        (Change::Assign(user("ann"), dev()), vec![belongs("ann")]),
        (Change::Assign(user("bob"), dev()), vec![belongs("bob")]),
        (give(&one(user("ann").into())), vec![grants(user("ann"))]),
        (give(&one(group("ml").into())), vec![grants(group("ml"))]),
        (give(&one(dev().into())), vec![grants(dev())]),
        (Change::Grant(one(dev().into()), GrantConflict::Replace), vec![grants(dev())]),
        (give(&ann_on_two), vec![grants(user("ann"))]),
        (take(&ann_on_two), vec![grants(user("ann"))]),
        (give(&bob_on_two), vec![grants(user("bob"))]),
        (renamed, vec![grants(user("ann")), grants(group("ml")), grants(dev()), grants(user("bob"))]),
        (rename_role(dev(), "ops"), vec![grants(dev()), grants(ops.clone()), belongs("ann"), belongs("bob")]),
        (Change::Unassign(user("bob"), ops.clone()), vec![belongs("bob")]),
        (deleted, vec![grants(user("ann")), grants(group("ml")), grants(ops.clone())]),
        (give(&read(ops.clone(), MODEL, exact("1"))), vec![grants(ops.clone())]),
        (Change::Forget(ops.clone().into()), vec![grants(ops), belongs("ann")]),
        (give(&one(user("ann").into())), vec![grants(user("ann"))]),
        (Change::Forget(user("ann").into()), vec![grants(user("ann")), belongs("ann")]),
        (Change::Join(user("eve"), group("ml")), vec![belongs("eve")]),
        (Change::Forget(group("ml").into()), vec![grants(group("ml")), belongs("eve")]),
        (new_role(dev()), vec![grants(dev())]),
        (Change::Assign(user("eve"), dev()), vec![belongs("eve")]),
        (give(&GrantSpec { scope: here, ..one(user("ann").into()) }), vec![grants(user("ann"))]),
        (Change::ForgetWorkspace(Workspace::default()), vec![grants(dev()), belongs("eve"), grants(user("ann"))]),
    ];
    for (change, expected) in story {
        let before = store.revision().await.unwrap();
        let revision = apply(store, std::slice::from_ref(&change)).await;
        assert!(revision > before, "{change:?}");
        assert_told(store, before, &expected, &format!("{change:?}")).await;
        let changes = store.changes(before, Duration::ZERO).await.unwrap();
        assert_eq!(changes.revision, revision, "{change:?}");
    }
}

/// What happened at or before the revision asked for is left out.
pub async fn what_was_told_is_not_told_again(store: &dyn PermissionStore) {
    let first = apply(store, &[give(&read(user("ann"), EXPERIMENT, exact("1")))]).await;
    assert_eq!(told(store, first).await, []);
    let second = apply(store, &[give(&read(user("bob"), EXPERIMENT, exact("1")))]).await;
    assert_eq!(told(store, first).await, [grants(user("bob"))]);
    assert_eq!(told(store, second).await, []);
}

/// Oldest first.
pub async fn events_come_in_order(store: &dyn PermissionStore) {
    let before = store.revision().await.unwrap();
    let names = ["zoe", "ann", "bob"];
    for name in names {
        apply(store, &[give(&read(user(name), EXPERIMENT, exact("1")))]).await;
    }
    assert_eq!(told(store, before).await, names.map(|name| grants(user(name))));
}

/// And answers with the revision it began with.
pub async fn a_quiet_feed_waits_no_longer_than_patience(store: &dyn PermissionStore) {
    let revision = apply(store, &[Change::Join(user("ann"), group("ml"))]).await;
    let patience = Duration::from_millis(150);
    let began = Instant::now();
    let changes = store.changes(revision, patience).await.unwrap();
    let waited = began.elapsed();
    assert_eq!((changes.revision, changes.events), (revision, vec![]));
    assert!(waited >= patience.mul_f32(0.9) && waited < LONG, "waited {waited:?}");
}

/// Everybody who waits, at once.
pub async fn a_change_wakes_who_waits(store: &dyn PermissionStore) {
    let revision = store.revision().await.unwrap();
    let change = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        apply(store, &[give(&read(user("ann"), EXPERIMENT, exact("1")))]).await
    };
    let began = Instant::now();
    let (one, other, now) = tokio::join!(store.changes(revision, LONG), store.changes(revision, LONG), change);
    for changes in [one.unwrap(), other.unwrap()] {
        assert_eq!((changes.revision, changes.events), (now, vec![grants(user("ann"))]));
    }
    assert!(began.elapsed() < LONG / 2, "waited {:?}", began.elapsed());
}

/// Nobody hears of what did not happen.
pub async fn a_failed_list_is_not_told(store: &dyn PermissionStore) {
    let before = apply(store, &[Change::CreateGroup(group("ml"))]).await;
    let list = [Change::Join(user("ann"), group("ml")), Change::CreateGroup(group("ml"))];
    assert_refused!(store.apply(&list).await, AlreadyExists);
    assert_eq!(store.revision().await.unwrap(), before);
    assert_eq!(told(store, before).await, []);
}

/// The store was put back to an older state: whoever remembers something of the newer one forgets everything, at once.
pub async fn a_revision_to_come_is_a_gap(store: &dyn PermissionStore) {
    let revision = apply(store, &[Change::CreateGroup(group("ml"))]).await;
    let changes = store.changes(revision + 1000, LONG).await.unwrap();
    assert_eq!((changes.revision, changes.events), (revision, vec![Event::Everything]));
}

/// And are those that `apply` and `revision` name.
pub async fn revisions_grow(store: &dyn PermissionStore) {
    let mut last = store.revision().await.unwrap();
    for number in 0..5 {
        let revision = apply(store, &[Change::CreateGroup(group(&format!("group {number}")))]).await;
        assert!(revision > last, "{revision} after {last}");
        assert_eq!(store.revision().await.unwrap(), revision);
        last = revision;
    }
}
