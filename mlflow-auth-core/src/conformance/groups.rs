//! Groups and their members.

use super::fixtures::*;
use crate::store::{Change, Membership, PermissionStore};
use crate::vocabulary::Subject;

/// A group is made once, and is empty.
pub async fn a_group_must_be_new(store: &dyn PermissionStore) {
    apply(store, &[Change::CreateGroup(group("ml"))]).await;
    assert_eq!(store.members(&group("ml")).await.unwrap(), []);
    assert_refused!(store.apply(&[Change::CreateGroup(group("ml"))]).await, AlreadyExists);
    apply(store, &[Change::Join(user("ann"), group("ops"))]).await;
    assert_refused!(store.apply(&[Change::CreateGroup(group("ops"))]).await, AlreadyExists);
}

/// A user may join twice; the group is made for the first.
pub async fn joining_makes_the_group(store: &dyn PermissionStore) {
    let join = Change::Join(user("ann"), group("ml"));
    apply(store, &[join.clone(), join]).await;
    assert_eq!(store.groups().await.unwrap(), [group("ml")]);
    assert_eq!(store.members(&group("ml")).await.unwrap(), [user("ann")]);
    assert_eq!(membership(store, "ann").await, Membership { groups: vec![group("ml")], roles: vec![] });
}

/// A user may leave what they are not in, even a group that is not there. The last one out leaves the group behind.
pub async fn leaving_keeps_the_group(store: &dyn PermissionStore) {
    apply(store, &[Change::Join(user("ann"), group("ml")), Change::Join(user("bob"), group("ml"))]).await;
    apply(store, &[Change::Leave(user("ann"), group("ml")), Change::Leave(user("ann"), group("ml"))]).await;
    apply(store, &[Change::Leave(user("eve"), group("ml")), Change::Leave(user("ann"), group("nowhere"))]).await;
    assert_eq!(store.members(&group("ml")).await.unwrap(), [user("bob")]);
    assert!(is_member_of_nothing(store, "ann").await);
    apply(store, &[Change::Leave(user("bob"), group("ml"))]).await;
    assert_eq!(store.groups().await.unwrap(), [group("ml")]);
    assert_eq!(store.members(&group("ml")).await.unwrap(), []);
}

/// Also if it holds grants.
pub async fn an_unknown_group_has_no_members(store: &dyn PermissionStore) {
    apply(store, &[give(&read(group("ml"), EXPERIMENT, exact("7")))]).await;
    for name in ["ml", "nowhere"] {
        assert_refused!(store.members(&group(name)).await, NotFound, "{name}");
    }
    assert!(store.groups().await.unwrap().is_empty());
    assert!(is_member_of_nothing(store, "nobody").await);
}

/// Its grants and members go with it; a user or role of the same name stays. There may be nothing to forget.
pub async fn a_forgotten_group_leaves_nothing_for_a_namesake(store: &dyn PermissionStore) {
    let namesakes = role("default", "x");
    let stays = [read(user("x"), EXPERIMENT, exact("7")), read(namesakes.clone(), EXPERIMENT, exact("7"))];
    let changes = [
        new_role(namesakes.clone()),
        Change::Join(user("x"), group("x")),
        Change::Join(user("x"), group("y")),
        Change::Assign(user("x"), namesakes.clone()),
        give(&read(group("x"), EXPERIMENT, exact("7"))),
        give(&stays[0]),
        give(&stays[1]),
    ];
    apply(store, &changes).await;
    apply(store, &[Change::Forget(Subject::Group(group("x"))), Change::Forget(Subject::Group(group("x")))]).await;
    assert_eq!(store.groups().await.unwrap(), [group("y")]);
    let expected = Membership { groups: vec![group("y")], roles: vec![namesakes.clone()] };
    assert_eq!(membership(store, "x").await, expected);
    apply(store, &[Change::CreateGroup(group("x"))]).await;
    assert_eq!(store.members(&group("x")).await.unwrap(), []);
    assert!(held(store, group("x")).await.is_empty());
    assert_eq!(held(store, user("x")).await, [stays[0].clone()]);
    assert_eq!(held(store, namesakes).await, [stays[1].clone()]);
}

/// Groups, members and memberships by name.
pub async fn lists_are_ordered(store: &dyn PermissionStore) {
    let names = ["A", "Z", "a", "a b", "b", "É", "é"];
    for name in names.iter().rev() {
        apply(store, &[Change::Join(user(name), group("b")), Change::Join(user("a"), group(name))]).await;
    }
    let groups: Vec<_> = names.iter().map(|name| group(name)).collect();
    assert_eq!(store.groups().await.unwrap(), groups);
    assert_eq!(membership(store, "a").await.groups, groups);
    let users: Vec<_> = names.iter().map(|name| user(name)).collect();
    assert_eq!(store.members(&group("b")).await.unwrap(), users);
}
