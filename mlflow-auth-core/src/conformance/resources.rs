//! What happens to grants when the resource they name goes or moves.

use super::fixtures::*;
use crate::grants::{GrantSpec, Scope, Target};
use crate::store::{Change, PermissionStore};
use crate::vocabulary::{Permission, Subject, Workspace};

fn deleted(id: &str) -> Change {
    Change::ResourceDeleted { kind: EXPERIMENT, id: id.to_owned(), workspace: Workspace::default() }
}

fn renamed(from: &str, to: &str) -> Change {
    let (from, to) = (from.to_owned(), to.to_owned());
    Change::ResourceRenamed { kind: EXPERIMENT, from, to, workspace: Workspace::default() }
}

/// What the deletion or renaming of experiment `7` in the default workspace must not touch.
fn bystanders() -> [GrantSpec; 6] {
    [
        GrantSpec { scope: within("team-1"), ..read(user("ann"), EXPERIMENT, exact("7")) },
        read(user("ann"), MODEL, exact("7")),
        read(user("ann"), EXPERIMENT, exact("77")),
        read(user("ann"), EXPERIMENT, pattern("7", 0)),
        read(user("ann"), EXPERIMENT, Target::Every),
        read(group("ml"), EXPERIMENT, pattern("7", 0)),
    ]
}

/// Every exact grant on it that holds in its workspace or everywhere goes, whoever holds it; a namesake finds nothing.
pub async fn a_deleted_resource_is_forgotten(store: &dyn PermissionStore) {
    apply(store, &[new_role(dev())]).await;
    let bystanders = bystanders();
    let one = read(user("ann"), EXPERIMENT, exact("7"));
    let here = Scope::In(Workspace::default());
    let gone = [
        one.clone(),
        GrantSpec { scope: here.clone(), ..one.clone() },
        GrantSpec { subject: group("ml").into(), ..one.clone() },
        GrantSpec { subject: dev().into(), scope: here, ..one },
    ];
    let changes: Vec<_> = gone.iter().chain(&bystanders).map(give).collect();
    apply(store, &changes).await;
    apply(store, &[deleted("7"), deleted("never there")]).await;
    assert!(store.grants_on(&EXPERIMENT, "7", &Workspace::default()).await.unwrap().is_empty());
    assert_eq!(held(store, user("ann")).await, bystanders[..5]);
    assert_eq!(held(store, group("ml")).await, bystanders[5..]);
    assert!(held(store, dev()).await.is_empty());
}

/// Every exact grant on it moves along with its number; nothing is left for a namesake of the old name.
pub async fn a_renamed_resource_keeps_its_grants(store: &dyn PermissionStore) {
    let bystanders = bystanders();
    let one = read(user("bob"), EXPERIMENT, exact("7"));
    let moving = [
        GrantSpec { permission: Permission::Manage, ..one.clone() },
        GrantSpec { scope: within(Workspace::DEFAULT), ..one.clone() },
        GrantSpec { subject: group("ml").into(), ..one },
    ];
    let changes: Vec<_> = bystanders.iter().chain(&moving).map(give).collect();
    apply(store, &changes).await;
    let before = store.grants_on(&EXPERIMENT, "7", &Workspace::default()).await.unwrap();
    assert_eq!(before.len(), moving.len());
    apply(store, &[renamed("7", "new")]).await;
    let mut expected = before;
    expected.iter_mut().for_each(|grant| grant.spec.target = exact("new"));
    assert_eq!(store.grants_on(&EXPERIMENT, "new", &Workspace::default()).await.unwrap(), expected);
    assert!(store.grants_on(&EXPERIMENT, "7", &Workspace::default()).await.unwrap().is_empty());
    assert_eq!(held(store, user("ann")).await, bystanders[..5]);
}

/// Grants that stood on the new id were given for another resource: one moves onto them or not, they are gone. Those of
/// other workspaces stay.
pub async fn a_rename_replaces_what_stood_there(store: &dyn PermissionStore) {
    let one = read(user("ann"), EXPERIMENT, exact("old"));
    let moving = GrantSpec { permission: Permission::Edit, ..one.clone() };
    let in_the_way = GrantSpec { target: exact("new"), permission: Permission::Deny, ..one.clone() };
    let left_behind = [
        GrantSpec { scope: within(Workspace::DEFAULT), ..in_the_way.clone() },
        GrantSpec { subject: user("bob").into(), ..in_the_way.clone() },
    ];
    let elsewhere = GrantSpec { scope: within("team-1"), ..in_the_way.clone() };
    let mut changes = vec![give(&in_the_way), give(&elsewhere), give(&moving)];
    changes.extend(left_behind.iter().map(give));
    apply(store, &changes).await;
    apply(store, &[renamed("old", "new")]).await;
    let moved = GrantSpec { target: exact("new"), ..moving };
    assert_eq!(held(store, user("ann")).await, [elsewhere, moved]);
    assert!(held(store, user("bob")).await.is_empty());
}

/// Nothing is lost when the new id is the old one, or when nobody holds anything on the old one.
pub async fn a_rename_to_the_same_name_changes_nothing(store: &dyn PermissionStore) {
    let spec = read(user("ann"), EXPERIMENT, exact("7"));
    apply(store, &[give(&spec)]).await;
    let number = only_id(store, user("ann")).await;
    apply(store, &[renamed("7", "7"), renamed("nobody's", "nobody's either")]).await;
    assert_eq!(held(store, user("ann")).await, [spec]);
    assert_eq!(only_id(store, user("ann")).await, number);
}

/// Its roles go, with what they hold anywhere and who has them, and whatever else holds in it alone. What holds in every
/// workspace or in another one stays.
pub async fn a_deleted_workspace_leaves_nothing_for_a_namesake(store: &dyn PermissionStore) {
    let gone = role("team-1", "dev");
    let one = read(user("ann"), EXPERIMENT, exact("7"));
    let in_it = GrantSpec { scope: within("team-1"), ..one.clone() };
    let elsewhere = GrantSpec { scope: within("team-2"), ..one.clone() };
    let of = |subject: Subject, spec: &GrantSpec| GrantSpec { subject, ..spec.clone() };
    let kept = [of(dev().into(), &one), of(group("ml").into(), &elsewhere), one.clone(), elsewhere.clone()];
    let lost = [in_it.clone(), of(group("ml").into(), &in_it), of(dev().into(), &in_it), of(gone.clone().into(), &one)];
    apply(store, &[new_role(dev()), new_role(gone.clone()), new_role(role("team-1", "ops"))]).await;
    let assigned = [dev(), gone.clone()].map(|key| Change::Assign(user("bob"), key));
    apply(store, &assigned).await;
    apply(store, &kept.iter().chain(&lost).map(give).collect::<Vec<_>>()).await;
    let forget = Change::ForgetWorkspace(workspace("team-1"));
    apply(store, &[forget.clone(), forget]).await;
    assert_eq!(held(store, user("ann")).await, kept[2..]);
    assert_eq!(held(store, dev()).await, kept[..1]);
    assert_eq!(held(store, group("ml")).await, kept[1..2]);
    assert_eq!(membership(store, "bob").await.roles, [dev()]);
    let left: Vec<_> = store.roles().await.unwrap().into_iter().map(|role| role.key).collect();
    assert_eq!(left, [dev()]);
    apply(store, &[new_role(gone.clone())]).await;
    assert!(held(store, gone.clone()).await.is_empty());
    assert_eq!(store.role_users(&gone).await.unwrap(), []);
}
