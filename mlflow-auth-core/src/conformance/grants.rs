//! Grants: what is given, where, and what is in the way.

use super::fixtures::*;
use crate::grants::{GrantSpec, Scope, Target};
use crate::store::{Change, Event, GrantConflict, PermissionStore};
use crate::vocabulary::{Permission, ResourceType, Subject, Workspace};

/// Exact ones, patterns with any priority, and those on everything, each everywhere and in a workspace, for each kind of
/// subject, are read back as they were given.
pub async fn every_form_is_read_back(store: &dyn PermissionStore) {
    apply(store, &[new_role(dev())]).await;
    let targets = [
        exact("7"),
        exact(""),
        pattern("^team-", 5),
        pattern("b$", -3),
        pattern("c", i64::MAX),
        pattern("d", i64::MIN),
        Target::Every,
    ];
    for subject in [Subject::User(user("ann")), Subject::Group(group("ml")), Subject::Role(dev())] {
        let mut given = Vec::new();
        for target in &targets {
            for scope in [Scope::Everywhere, within(Workspace::DEFAULT), within("team-1")] {
                given.push(GrantSpec { scope, ..read(subject.clone(), EXPERIMENT, target.clone()) });
            }
        }
        let changes: Vec<_> = given.iter().map(give).collect();
        apply(store, &changes).await;
        assert_eq!(held(store, subject).await, given);
    }
}

/// Every permission is read back as it was given, and types are an open set.
pub async fn every_permission_is_read_back(store: &dyn PermissionStore) {
    let kinds = [EXPERIMENT, ResourceType::new("invoice"), ResourceType::from_string("a type of yours")];
    let mut given = Vec::new();
    for permission in Permission::ALL {
        for kind in &kinds {
            given.push(GrantSpec { permission, ..read(user("ann"), kind.clone(), exact(permission.name())) });
        }
    }
    let changes: Vec<_> = given.iter().map(give).collect();
    apply(store, &changes).await;
    assert_eq!(held(store, user("ann")).await, given);
}

/// A place is a subject, a scope, a type, a form and a text: a difference in any of them makes another place.
pub async fn places_are_told_apart(store: &dyn PermissionStore) {
    apply(store, &[new_role(role("default", "x")), new_role(role("team-1", "x"))]).await;
    let one = read(user("x"), EXPERIMENT, exact("*"));
    let places = [
        one.clone(),
        GrantSpec { subject: group("x").into(), ..one.clone() },
        GrantSpec { subject: role("default", "x").into(), ..one.clone() },
        GrantSpec { subject: role("team-1", "x").into(), ..one.clone() },
        GrantSpec { scope: within("default"), ..one.clone() },
        GrantSpec { scope: within("team-1"), ..one.clone() },
        GrantSpec { kind: MODEL, ..one.clone() },
        GrantSpec { target: exact("**"), ..one.clone() },
        GrantSpec { target: pattern("x*", 0), ..one.clone() },
        GrantSpec { target: exact("x*"), ..one.clone() },
        GrantSpec { target: Target::Every, ..one.clone() },
    ];
    apply(store, &places.each_ref().map(give)).await;
    apply(store, &[take(&one)]).await;
    for place in places.iter().filter(|place| **place != one) {
        assert_refused!(store.apply(&[give(place)]).await, AlreadyExists, "{place}");
        assert!(held(store, place.subject.clone()).await.contains(place), "{place}");
    }
    apply(store, &[give(&one)]).await;
}

/// [`GrantConflict::Refuse`]: what was there stays as it was. The priority is no part of the place.
pub async fn a_second_grant_on_one_place_is_refused(store: &dyn PermissionStore) {
    for (first, second) in
        [(exact("7"), exact("7")), (pattern("^a", 1), pattern("^a", 2)), (Target::Every, Target::Every)]
    {
        let first = read(user("ann"), EXPERIMENT, first);
        apply(store, &[give(&first)]).await;
        let second = GrantSpec { permission: Permission::Manage, ..read(user("ann"), EXPERIMENT, second) };
        assert_refused!(store.apply(&[give(&second)]).await, AlreadyExists, "{second}");
        assert_eq!(held(store, user("ann")).await, std::slice::from_ref(&first));
        apply(store, &[take(&first)]).await;
    }
}

/// [`GrantConflict::Replace`]: it gets the new permission and priority, and keeps its number; without one in the way it
/// is simply given.
pub async fn a_second_grant_on_one_place_replaces(store: &dyn PermissionStore) {
    let replace = |spec: &GrantSpec| Change::Grant(spec.clone(), GrantConflict::Replace);
    let first = read(user("ann"), EXPERIMENT, pattern("^a", 1));
    apply(store, &[replace(&first)]).await;
    let number = only_id(store, user("ann")).await;
    let target = pattern("^a", -2);
    let second = GrantSpec { permission: Permission::Deny, ..read(user("ann"), EXPERIMENT, target) };
    apply(store, &[replace(&second)]).await;
    assert_eq!(held(store, user("ann")).await, [second]);
    assert_eq!(only_id(store, user("ann")).await, number);
}

/// Whatever its priority. Its neighbours stay.
pub async fn what_is_revoked_is_gone(store: &dyn PermissionStore) {
    let (gone, stays) =
        (read(user("ann"), EXPERIMENT, pattern("^a", 1)), read(user("ann"), EXPERIMENT, pattern("^b", 1)));
    apply(store, &[give(&gone), give(&stays)]).await;
    let by_another_priority = GrantSpec { target: pattern("^a", 99), ..gone };
    apply(store, &[take(&by_another_priority)]).await;
    assert_eq!(held(store, user("ann")).await, [stays]);
}

/// A grant that is not there cannot be revoked, nor twice.
pub async fn what_is_not_there_cannot_be_revoked(store: &dyn PermissionStore) {
    let given = GrantSpec { scope: within("default"), ..read(user("ann"), EXPERIMENT, exact("7")) };
    apply(store, &[give(&given)]).await;
    for other in [
        GrantSpec { subject: user("bob").into(), ..given.clone() },
        GrantSpec { subject: group("ann").into(), ..given.clone() },
        GrantSpec { subject: role("default", "ann").into(), ..given.clone() },
        GrantSpec { scope: Scope::Everywhere, ..given.clone() },
        GrantSpec { scope: within("team-1"), ..given.clone() },
        GrantSpec { kind: MODEL, ..given.clone() },
        GrantSpec { target: exact("8"), ..given.clone() },
        GrantSpec { target: pattern("7", 0), ..given.clone() },
        GrantSpec { target: Target::Every, ..given.clone() },
    ] {
        assert_refused!(store.apply(&[take(&other)]).await, NotFound, "{other}");
    }
    apply(store, &[take(&given)]).await;
    assert_refused!(store.apply(&[take(&given)]).await, NotFound);
}

/// Users and groups may be known elsewhere, roles are known only here.
pub async fn a_role_must_exist_to_hold_a_grant(store: &dyn PermissionStore) {
    let spec = read(dev(), EXPERIMENT, exact("7"));
    for conflict in [GrantConflict::Refuse, GrantConflict::Replace] {
        assert_refused!(store.apply(&[Change::Grant(spec.clone(), conflict)]).await, NotFound);
    }
    apply(store, &[new_role(dev())]).await;
    assert!(held(store, dev()).await.is_empty());
    apply(store, &[give(&spec), give(&read(group("ml"), EXPERIMENT, exact("7")))]).await;
    assert_eq!(held(store, dev()).await, [spec]);
    assert!(store.groups().await.unwrap().is_empty(), "a grant does not make a group");
}

/// A pattern that cannot be read, and a text with a NUL character.
pub async fn what_cannot_be_kept_is_refused(store: &dyn PermissionStore) {
    let unreadable = Target::Unreadable { text: "(".to_owned(), priority: 1 };
    let rename = Change::ResourceRenamed {
        kind: EXPERIMENT,
        from: "7".to_owned(),
        to: "a\0".to_owned(),
        workspace: Workspace::default(),
    };
    for change in [
        give(&read(user("ann"), EXPERIMENT, unreadable)),
        give(&read(user("ann"), EXPERIMENT, exact("a\0b"))),
        give(&read(user("ann"), ResourceType::new("a\0b"), exact("7"))),
        Change::CreateRole { key: dev(), description: Some("\0".to_owned()) },
        rename,
    ] {
        assert_refused!(store.apply(&[give(&read(user("bob"), MODEL, Target::Every)), change]).await, Invalid);
    }
    assert!(store.holders().await.unwrap().is_empty());
}

/// Of whoever holds them, in this workspace or everywhere; no patterns, nothing on everything.
pub async fn grants_on_a_resource_are_the_exact_ones(store: &dyn PermissionStore) {
    apply(store, &[new_role(dev())]).await;
    let wanted = [
        read(user("bob"), EXPERIMENT, exact("7")),
        GrantSpec { scope: within("team-1"), ..read(user("ann"), EXPERIMENT, exact("7")) },
        GrantSpec { permission: Permission::Deny, ..read(group("ml"), EXPERIMENT, exact("7")) },
        read(dev(), EXPERIMENT, exact("7")),
    ];
    let others = [
        read(user("ann"), EXPERIMENT, exact("77")),
        read(user("ann"), EXPERIMENT, pattern("7", 0)),
        read(user("ann"), EXPERIMENT, Target::Every),
        read(user("ann"), MODEL, exact("7")),
        GrantSpec { scope: within("default"), ..read(user("ann"), EXPERIMENT, exact("7")) },
    ];
    let changes: Vec<_> = wanted.iter().zip(&others).flat_map(|(one, other)| [give(one), give(other)]).collect();
    apply(store, &changes).await;
    apply(store, &[give(&others[4])]).await;
    let found = store.grants_on(&EXPERIMENT, "7", &workspace("team-1")).await.unwrap();
    assert!(found.is_sorted_by_key(|grant| grant.id), "{found:?}");
    assert_eq!(found.into_iter().map(|grant| grant.spec).collect::<Vec<_>>(), wanted);
    assert!(store.grants_on(&EXPERIMENT, "*", &workspace("team-1")).await.unwrap().is_empty());
}

/// Of whoever holds them, in every scope; nothing exact, nothing on everything.
pub async fn patterns_on_a_type_are_listed(store: &dyn PermissionStore) {
    apply(store, &[new_role(dev())]).await;
    let wanted = [
        read(user("bob"), EXPERIMENT, pattern("^b", 1)),
        GrantSpec { scope: within("team-1"), ..read(user("ann"), EXPERIMENT, pattern("^a", -1)) },
        read(group("ml"), EXPERIMENT, pattern("^a", 1)),
        read(dev(), EXPERIMENT, pattern("^a", 1)),
    ];
    let others = [
        read(user("ann"), EXPERIMENT, exact("^a")),
        read(user("ann"), EXPERIMENT, Target::Every),
        read(user("ann"), MODEL, pattern("^a", 1)),
    ];
    let changes: Vec<_> = others.iter().chain(&wanted).map(give).collect();
    apply(store, &changes).await;
    let found = store.patterns_on(&EXPERIMENT).await.unwrap();
    assert!(found.is_sorted_by_key(|grant| grant.id), "{found:?}");
    assert_eq!(found.into_iter().map(|grant| grant.spec).collect::<Vec<_>>(), wanted);
    assert!(store.patterns_on(&ResourceType::SCORER).await.unwrap().is_empty());
}

/// Its target and its permission are new; its holder, scope and type stay, and the holder is told of.
pub async fn a_rewritten_grant_keeps_its_number(store: &dyn PermissionStore) {
    let first = GrantSpec { scope: within("team-1"), ..read(user("ann"), EXPERIMENT, pattern("^a", 1)) };
    apply(store, &[give(&first), give(&read(user("bob"), EXPERIMENT, pattern("^a", 1)))]).await;
    let grant = only_id(store, user("ann")).await;
    for (target, permission) in [
        (pattern("^b", 1), Permission::Read),
        (pattern("^b", -7), Permission::Manage),
        (pattern("^b", -7), Permission::Manage),
        (exact("^b"), Permission::Deny),
        (Target::Every, Permission::Use),
    ] {
        let before = store.revision().await.unwrap();
        apply(store, &[Change::Rewrite { grant, target: target.clone(), permission }]).await;
        assert_eq!(only_id(store, user("ann")).await, grant);
        assert_eq!(held(store, user("ann")).await, [GrantSpec { target, permission, ..first.clone() }]);
        assert_told(store, before, &[Event::Grants(user("ann").into())], "rewrite").await;
    }
    assert_eq!(held(store, user("bob")).await.len(), 1);
}

/// Nor one that is not there, nor to what cannot be kept.
pub async fn a_grant_is_not_rewritten_onto_another(store: &dyn PermissionStore) {
    let one = read(user("ann"), EXPERIMENT, pattern("^a", 1));
    apply(store, &[give(&one)]).await;
    let grant = only_id(store, user("ann")).await;
    let other = read(user("ann"), EXPERIMENT, pattern("^b", 2));
    apply(store, &[give(&other)]).await;
    let rewrite = |grant, target| [Change::Rewrite { grant, target, permission: Permission::Edit }];
    assert_refused!(store.apply(&rewrite(grant, pattern("^b", 9))).await, AlreadyExists);
    assert_refused!(store.apply(&rewrite(grant + 1_000, pattern("^c", 1))).await, NotFound);
    assert_refused!(store.apply(&rewrite(grant, exact("\0"))).await, Invalid);
    let unreadable = Target::Unreadable { text: "(".into(), priority: 0 };
    assert_refused!(store.apply(&rewrite(grant, unreadable)).await, Invalid);
    assert_eq!(held(store, user("ann")).await, [one.clone(), other]);
    apply(store, &[take(&one)]).await;
    assert_refused!(store.apply(&rewrite(grant, pattern("^c", 1))).await, NotFound);
}

/// Who holds a grant is listed once: users, groups, roles, each by name.
pub async fn lists_are_ordered(store: &dyn PermissionStore) {
    let roles = [role("default", "b"), role("ws-a", "a"), role("ws-b", "a")];
    let make: Vec<_> = roles.iter().cloned().map(new_role).collect();
    apply(store, &make).await;
    let mut holders: Vec<Subject> = ["Zoe", "ann", "bob", "Ärzte"].map(|name| user(name).into()).into();
    holders.extend(["Zoo", "a", "é"].map(|name| Subject::Group(group(name))));
    holders.extend(roles.map(Subject::Role));
    for subject in holders.iter().rev() {
        let specs = ["2", "1"].map(|id| give(&read(subject.clone(), EXPERIMENT, exact(id))));
        apply(store, &specs).await;
    }
    assert_eq!(store.holders().await.unwrap(), holders);
    let nobody = read(user("nobody"), EXPERIMENT, exact("1"));
    apply(store, &[give(&nobody), take(&nobody)]).await;
    assert_eq!(store.holders().await.unwrap(), holders);
}

/// A grant that is given anew has a new number.
pub async fn numbers_are_never_used_again(store: &dyn PermissionStore) {
    let spec = read(user("ann"), EXPERIMENT, exact("7"));
    let mut last = 0;
    for _ in 0..3 {
        apply(store, &[give(&spec)]).await;
        let number = only_id(store, user("ann")).await;
        assert!(number > last, "{number} after {last}");
        last = number;
        apply(store, &[take(&spec)]).await;
        assert!(held(store, user("ann")).await.is_empty());
    }
}
