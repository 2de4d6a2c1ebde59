//! Lists of changes: all of it, in order, or nothing.

use super::fixtures::*;
use crate::grants::Target;
use crate::store::{Change, GrantConflict, PermissionStore};
use crate::vocabulary::{Subject, Workspace};

/// Each change finds what those before it left.
pub async fn a_list_is_made_in_order(store: &dyn PermissionStore) {
    let (one, two) = (read(dev(), EXPERIMENT, exact("1")), read(dev(), EXPERIMENT, exact("2")));
    let rename = |from: &str, to: &str| Change::ResourceRenamed {
        kind: EXPERIMENT,
        from: from.to_owned(),
        to: to.to_owned(),
        workspace: Workspace::default(),
    };
    let changes = [
        Change::CreateGroup(group("ml")),
        Change::Join(user("ann"), group("ml")),
        Change::Forget(Subject::Group(group("ml"))),
        Change::CreateGroup(group("ml")),
        new_role(dev()),
        Change::Assign(user("ann"), dev()),
        give(&one),
        take(&one),
        give(&one),
        rename("1", "x"),
        give(&one),
        rename("x", "2"),
    ];
    apply(store, &changes).await;
    assert_eq!(store.members(&group("ml")).await.unwrap(), []);
    let mut found = held(store, dev()).await;
    found.sort_by_key(|spec| spec.target.text().to_owned());
    assert_eq!(found, [one, two]);
}

/// A list that asks for a revision is made at that one, and at no other; asking changes nothing and tells nothing.
pub async fn a_condition_on_the_revision_must_hold(store: &dyn PermissionStore) {
    let first = apply(store, &[give(&read(user("ann"), EXPERIMENT, exact("1")))]).await;
    let more = give(&read(user("ann"), EXPERIMENT, exact("2")));
    let second = apply(store, &[Change::OnlyIfStillAt(first), more]).await;
    assert!(second > first);
    assert_eq!(apply(store, &[Change::OnlyIfStillAt(second)]).await, second);
    assert!(told(store, second).await.is_empty());
    let before = picture(store).await;
    for wrong in [first, second + 1, -1] {
        let more = give(&read(user("ann"), EXPERIMENT, exact("3")));
        assert_refused!(store.apply(&[more.clone(), Change::OnlyIfStillAt(wrong)]).await, Conflict, "behind a change");
        assert_refused!(store.apply(&[Change::OnlyIfStillAt(wrong), more]).await, Conflict, "before a change");
    }
    assert_eq!(picture(store).await, before);
}

/// Whatever the first change that cannot be made says; those before and after it leave no trace.
pub async fn a_list_that_fails_changes_nothing(store: &dyn PermissionStore) {
    let held_already = read(user("ann"), EXPERIMENT, exact("1"));
    let there = [
        give(&held_already),
        Change::Join(user("ann"), group("ml")),
        new_role(dev()),
        Change::Assign(user("ann"), dev()),
    ];
    apply(store, &there).await;
    let before = picture(store).await;
    let fine = [
        give(&read(user("bob"), EXPERIMENT, exact("1"))),
        Change::Grant(read(user("ann"), EXPERIMENT, exact("1")), GrantConflict::Replace),
        Change::Join(user("bob"), group("new")),
        Change::Leave(user("ann"), group("ml")),
        new_role(role("default", "new")),
        rename_role(dev(), "renamed"),
        Change::Forget(Subject::User(user("ann"))),
        Change::ResourceDeleted { kind: EXPERIMENT, id: "1".to_owned(), workspace: Workspace::default() },
    ];
    let nowhere = role("default", "nowhere");
    let failing = [
        (take(&read(user("eve"), EXPERIMENT, exact("1"))), "NotFound"),
        (give(&read(nowhere.clone(), EXPERIMENT, exact("1"))), "NotFound"),
        (rename_role(nowhere.clone(), "x"), "NotFound"),
        (Change::Assign(user("eve"), nowhere.clone()), "NotFound"),
        (Change::Unassign(user("eve"), nowhere), "NotFound"),
        (new_role(role("default", "new")), "AlreadyExists"),
        (Change::CreateGroup(group("new")), "AlreadyExists"),
        (give(&read(user("bob"), EXPERIMENT, exact("1"))), "AlreadyExists"),
        (give(&read(user("eve"), EXPERIMENT, exact("\0"))), "Invalid"),
    ];
    for (change, expected) in failing {
        // The deletion would make room for the grant that is to fail.
        let kept = if expected == "AlreadyExists" { &fine[..7] } else { &fine[..] };
        let after = [Change::CreateGroup(group("new")), Change::CreateGroup(group("last"))];
        let list = [kept, std::slice::from_ref(&change), &after].concat();
        match expected {
            "NotFound" => assert_refused!(store.apply(&list).await, NotFound, "{change:?}"),
            "AlreadyExists" => assert_refused!(store.apply(&list).await, AlreadyExists, "{change:?}"),
            _ => assert_refused!(store.apply(&list).await, Invalid, "{change:?}"),
        }
        assert_eq!(picture(store).await, before, "{change:?}");
    }
}

/// An empty list, and one of things that are so already, leave the revision or move it on, never back.
pub async fn an_empty_list_changes_nothing(store: &dyn PermissionStore) {
    let first = apply(store, &[Change::Join(user("ann"), group("ml"))]).await;
    let before = picture(store).await;
    let again = [
        Change::Join(user("ann"), group("ml")),
        Change::Leave(user("bob"), group("ml")),
        Change::Forget(Subject::Role(dev())),
    ];
    for changes in [&[][..], &again[..]] {
        assert!(apply(store, changes).await >= first);
        assert_eq!(picture(store).await, before);
    }
}

/// However long, and every one of its changes is told, or that everything changed.
pub async fn a_long_list_is_one_commit(store: &dyn PermissionStore) {
    let before = store.revision().await.unwrap();
    let subjects: Vec<_> = (0..3000).map(|number| Subject::User(user(&format!("user-{number:04}")))).collect();
    let changes: Vec<_> = subjects.iter().map(|subject| give(&read(subject.clone(), MODEL, Target::Every))).collect();
    let revision = apply(store, &changes).await;
    assert_eq!(store.revision().await.unwrap(), revision);
    assert_eq!(store.holders().await.unwrap(), subjects);
    let events: Vec<_> = subjects.into_iter().map(crate::store::Event::Grants).collect();
    assert_told(store, before, &events, "a long list").await;
}

/// All that can be seen, in words.
async fn picture(store: &dyn PermissionStore) -> String {
    let mut held_by = Vec::new();
    for subject in store.holders().await.unwrap() {
        held_by.push(store.grants_of(&subject).await.unwrap().grants().to_vec());
    }
    let mut belongs = Vec::new();
    for name in ["ann", "bob", "eve"] {
        belongs.push(membership(store, name).await);
    }
    let mut members = Vec::new();
    for group in store.groups().await.unwrap() {
        members.push((group.clone(), store.members(&group).await.unwrap()));
    }
    format!("{held_by:?} {belongs:?} {members:?} {:?}", store.roles().await.unwrap())
}
