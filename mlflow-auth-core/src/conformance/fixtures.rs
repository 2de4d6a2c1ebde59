//! Short words for what the suite is about.

use crate::grants::{GrantSpec, Scope, Target};
use crate::hash::PasswordHash;
use crate::store::{
    Change, ChangeFeed, Event, GrantConflict, Membership, NewUser, PermissionStore, Revision, StoreError, UserStore,
    UserUpdate,
};
use crate::vocabulary::{Permission, ResourceType, RoleKey, RoleName, Subject, Workspace};
use std::time::Duration;

/// Whether a result is the error named.
macro_rules! assert_refused {
    ($result:expr, $variant:ident) => {
        assert_refused!($result, $variant, "so it must be")
    };
    ($result:expr, $variant:ident, $($about:tt)+) => {{
        let found = $result;
        let found = found.as_ref().map(|_| "done");
        let is_it = matches!(found, Err(crate::store::StoreError::$variant(_)));
        assert!(is_it, "expected {}, found {found:?}: {}", stringify!($variant), format_args!($($about)+));
    }};
}
pub(super) use super::words::{group, user};
pub(super) use assert_refused;

pub(super) const EXPERIMENT: ResourceType = ResourceType::EXPERIMENT;
pub(super) const MODEL: ResourceType = ResourceType::REGISTERED_MODEL;

pub(super) fn workspace(name: &str) -> Workspace {
    Workspace::new(name).unwrap()
}

pub(super) fn role(space: &str, name: &str) -> RoleKey {
    RoleKey { workspace: workspace(space), name: RoleName::new(name).unwrap() }
}

/// A role of the default workspace.
pub(super) fn dev() -> RoleKey {
    role(Workspace::DEFAULT, "dev")
}

pub(super) fn exact(id: &str) -> Target {
    Target::Exact(id.to_owned())
}

pub(super) fn pattern(text: &str, priority: i64) -> Target {
    Target::pattern(text, priority).unwrap()
}

pub(super) fn within(name: &str) -> Scope {
    Scope::In(workspace(name))
}

/// READ, everywhere.
pub(super) fn read(subject: impl Into<Subject>, kind: ResourceType, target: Target) -> GrantSpec {
    GrantSpec { subject: subject.into(), scope: Scope::Everywhere, kind, target, permission: Permission::Read }
}

/// The change that gives it, which must be new.
pub(super) fn give(spec: &GrantSpec) -> Change {
    Change::Grant(spec.clone(), GrantConflict::Refuse)
}

pub(super) fn take(spec: &GrantSpec) -> Change {
    let GrantSpec { subject, scope, kind, target, .. } = spec.clone();
    Change::Revoke { subject, scope, kind, target }
}

pub(super) fn new_role(key: RoleKey) -> Change {
    Change::CreateRole { key, description: None }
}

pub(super) fn rename_role(key: RoleKey, name: &str) -> Change {
    Change::UpdateRole { key, name: Some(RoleName::new(name).unwrap()), description: None }
}

pub(super) async fn apply(store: &dyn PermissionStore, changes: &[Change]) -> Revision {
    store.apply(changes).await.unwrap()
}

/// What a subject holds, in the order of the numbers, which is looked at.
pub(super) async fn held(store: &dyn PermissionStore, subject: impl Into<Subject>) -> Vec<GrantSpec> {
    let subject = subject.into();
    let held = store.grants_of(&subject).await.unwrap();
    assert!(held.grants().is_sorted_by_key(|grant| grant.id), "{held:?}");
    assert!(held.grants().iter().all(|grant| grant.fault.is_none() && grant.spec.subject == subject), "{held:?}");
    held.grants().iter().map(|grant| grant.spec.clone()).collect()
}

/// The number of the only grant that a subject holds.
pub(super) async fn only_id(store: &dyn PermissionStore, subject: impl Into<Subject>) -> i64 {
    let held = store.grants_of(&subject.into()).await.unwrap();
    match held.grants() {
        [grant] => grant.id,
        other => panic!("expected one grant, found {other:?}"),
    }
}

pub(super) async fn membership(store: &dyn PermissionStore, name: &str) -> Membership {
    store.membership(&user(name)).await.unwrap().as_ref().clone()
}

pub(super) async fn is_member_of_nothing(store: &dyn PermissionStore, name: &str) -> bool {
    membership(store, name).await == Membership::default()
}

/// What is told after a revision without waiting.
pub(super) async fn told<F: ChangeFeed + ?Sized>(store: &F, after: Revision) -> Vec<Event> {
    store.changes(after, Duration::ZERO).await.unwrap().events
}

/// Fails unless each event, or that everything changed, is told after a revision.
pub(super) async fn assert_told<F: ChangeFeed + ?Sized>(store: &F, after: Revision, expected: &[Event], about: &str) {
    let told = told(store, after).await;
    for event in expected {
        assert!(told.contains(event) || told.contains(&Event::Everything), "{about}: {event:?} is not in {told:?}");
    }
}

pub(super) fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_stored(text)
}

/// An account with a password that is not an admin.
pub(super) fn account(name: &str) -> NewUser {
    NewUser { password: Some(hash("first")), ..NewUser::named(user(name)) }
}

/// Such accounts.
pub(super) async fn accounts<const N: usize>(store: &dyn UserStore, names: [&str; N]) {
    for name in names {
        store.create_user(account(name)).await.unwrap();
    }
}

pub(super) fn deactivate() -> UserUpdate {
    UserUpdate { is_active: Some(false), ..UserUpdate::default() }
}

/// A user in a group and with a role, who holds a grant; so do the two.
pub(super) async fn furnish(store: &dyn PermissionStore, name: &str) -> Result<Revision, StoreError> {
    let changes = [
        Change::Join(user(name), group("ml")),
        new_role(dev()),
        Change::Assign(user(name), dev()),
        give(&read(user(name), EXPERIMENT, exact("1"))),
        give(&read(user(name), EXPERIMENT, pattern("^a", 1))),
        give(&read(group("ml"), EXPERIMENT, exact("1"))),
        give(&read(dev(), EXPERIMENT, exact("1"))),
    ];
    store.apply(&changes).await
}
