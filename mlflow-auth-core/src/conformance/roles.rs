//! Roles and who has them.

use super::fixtures::*;
use crate::grants::GrantSpec;
use crate::store::{Change, Membership, PermissionStore};
use crate::vocabulary::{RoleKey, Subject};

fn described(key: RoleKey, description: &str) -> Change {
    Change::CreateRole { key, description: Some(description.to_owned()) }
}

async fn number(store: &dyn PermissionStore, key: &RoleKey) -> i64 {
    let roles = store.roles().await.unwrap();
    roles.iter().find(|role| role.key == *key).unwrap().id
}

/// Another workspace may have one of the same name.
pub async fn a_role_must_be_new_in_its_workspace(store: &dyn PermissionStore) {
    apply(store, &[described(dev(), "first"), new_role(role("team-1", "dev"))]).await;
    assert_refused!(store.apply(&[described(dev(), "second")]).await, AlreadyExists);
    let roles = store.roles().await.unwrap();
    let found: Vec<_> = roles.iter().map(|role| (&role.key, role.description.as_deref())).collect();
    assert_eq!(found, [(&dev(), Some("first")), (&role("team-1", "dev"), None)]);
    assert_eq!(store.role_users(&dev()).await.unwrap(), []);
}

/// What is not named stays.
pub async fn what_a_role_is_for_can_change(store: &dyn PermissionStore) {
    apply(store, &[new_role(dev())]).await;
    let id = number(store, &dev()).await;
    let update = |description: Option<&str>| {
        let description = description.map(str::to_owned);
        Change::UpdateRole { key: dev(), name: Some(dev().name), description }
    };
    for (new, expected) in [(Some("one"), "one"), (None, "one"), (Some(""), "")] {
        apply(store, &[update(new)]).await;
        let roles = store.roles().await.unwrap();
        assert_eq!((roles[0].id, roles[0].description.as_deref()), (id, Some(expected)));
    }
}

/// Its number, description, grants and users; nothing is left for a namesake of the old name.
pub async fn a_renamed_role_keeps_all_it_had(store: &dyn PermissionStore) {
    let spec = read(dev(), EXPERIMENT, exact("7"));
    apply(store, &[described(dev(), "text"), Change::Assign(user("ann"), dev()), give(&spec)]).await;
    let id = number(store, &dev()).await;
    apply(store, &[rename_role(dev(), "ops")]).await;
    let ops = role("default", "ops");
    assert_eq!(held(store, ops.clone()).await, [GrantSpec { subject: ops.clone().into(), ..spec }]);
    assert_eq!(store.holders().await.unwrap(), [Subject::Role(ops.clone())]);
    assert_eq!(membership(store, "ann").await, Membership { groups: vec![], roles: vec![ops.clone()] });
    assert_refused!(store.role_users(&dev()).await, NotFound);
    apply(store, &[new_role(dev())]).await;
    assert!(held(store, dev()).await.is_empty());
    assert_eq!(store.role_users(&dev()).await.unwrap(), []);
    let roles = store.roles().await.unwrap();
    let found: Vec<_> = roles.iter().map(|role| (&role.key, role.description.as_deref())).collect();
    assert_eq!(found, [(&dev(), None), (&ops, Some("text"))]);
    assert_eq!(number(store, &ops).await, id);
    assert_ne!(number(store, &dev()).await, id);
}

/// Nor does it lose its own in the attempt.
pub async fn a_role_cannot_take_the_name_of_another(store: &dyn PermissionStore) {
    apply(store, &[new_role(dev()), new_role(role("default", "ops")), new_role(role("team-1", "qa"))]).await;
    assert_refused!(store.apply(&[rename_role(dev(), "ops")]).await, AlreadyExists);
    let update = Change::UpdateRole { key: dev(), name: Some(dev().name), description: None };
    apply(store, &[update, rename_role(dev(), "qa")]).await;
    let roles = store.roles().await.unwrap();
    let expected = [role("default", "ops"), role("default", "qa"), role("team-1", "qa")];
    assert_eq!(roles.into_iter().map(|role| role.key).collect::<Vec<_>>(), expected);
}

/// A user has a role or has it not: neither can be done twice.
pub async fn assignments_are_made_and_unmade_once(store: &dyn PermissionStore) {
    let (assign, unassign) = (Change::Assign(user("ann"), dev()), Change::Unassign(user("ann"), dev()));
    apply(store, &[new_role(dev())]).await;
    assert_refused!(store.apply(std::slice::from_ref(&unassign)).await, NotFound);
    apply(store, std::slice::from_ref(&assign)).await;
    assert_refused!(store.apply(std::slice::from_ref(&assign)).await, AlreadyExists);
    assert_eq!(store.role_users(&dev()).await.unwrap(), [user("ann")]);
    apply(store, std::slice::from_ref(&unassign)).await;
    assert_refused!(store.apply(std::slice::from_ref(&unassign)).await, NotFound);
    assert!(is_member_of_nothing(store, "ann").await);
    apply(store, &[assign]).await;
    assert_eq!(membership(store, "ann").await.roles, [dev()]);
}

/// Nothing can be done with a role that is not there, or is there in another workspace.
pub async fn an_unknown_role_can_do_nothing(store: &dyn PermissionStore) {
    apply(store, &[new_role(role("team-1", "dev"))]).await;
    for change in [
        rename_role(dev(), "ops"),
        Change::UpdateRole { key: dev(), name: None, description: Some("text".to_owned()) },
        Change::Assign(user("ann"), dev()),
        Change::Unassign(user("ann"), dev()),
    ] {
        assert_refused!(store.apply(std::slice::from_ref(&change)).await, NotFound, "{change:?}");
    }
    assert_refused!(store.role_users(&dev()).await, NotFound);
    assert!(held(store, dev()).await.is_empty());
}

/// Its grants and assignments go with it; a group of the same name stays. There may be nothing to forget.
pub async fn a_forgotten_role_leaves_nothing_for_a_namesake(store: &dyn PermissionStore) {
    let changes = [
        new_role(dev()),
        new_role(role("team-1", "dev")),
        Change::Assign(user("ann"), dev()),
        Change::Assign(user("ann"), role("team-1", "dev")),
        Change::Join(user("ann"), group("dev")),
        give(&read(dev(), EXPERIMENT, exact("7"))),
        give(&read(role("team-1", "dev"), EXPERIMENT, exact("7"))),
    ];
    apply(store, &changes).await;
    let id = number(store, &dev()).await;
    apply(store, &[Change::Forget(Subject::Role(dev())), Change::Forget(Subject::Role(dev()))]).await;
    assert_refused!(store.role_users(&dev()).await, NotFound);
    let expected = Membership { groups: vec![group("dev")], roles: vec![role("team-1", "dev")] };
    assert_eq!(membership(store, "ann").await, expected);
    apply(store, &[new_role(dev())]).await;
    assert!(held(store, dev()).await.is_empty());
    assert_eq!(store.role_users(&dev()).await.unwrap(), []);
    assert!(number(store, &dev()).await > id);
    assert_eq!(held(store, role("team-1", "dev")).await.len(), 1);
}

/// Roles by workspace and name, users by name.
pub async fn lists_are_ordered(store: &dyn PermissionStore) {
    let keys = [role("a-a", "z"), role("b-b", "Z"), role("b-b", "a"), role("b-b", "é"), role("default", "b")];
    for key in keys.iter().rev() {
        apply(store, &[new_role(key.clone()), Change::Assign(user("ann"), key.clone())]).await;
    }
    let found: Vec<_> = store.roles().await.unwrap().into_iter().map(|role| role.key).collect();
    assert_eq!(found, keys);
    assert_eq!(membership(store, "ann").await.roles, keys);
    let names = ["Bob", "Zoe", "ann", "bob", "Émile"].map(user);
    for name in names.iter().rev().filter(|name| name.as_str() != "ann") {
        apply(store, &[Change::Assign(name.clone(), keys[0].clone())]).await;
    }
    assert_eq!(store.role_users(&keys[0]).await.unwrap(), names);
}
