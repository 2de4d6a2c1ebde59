//! Contents to move, and contents in words.

use crate::conformance::fixtures::*;
use crate::conformance::identities::key;
use crate::conformance::tokens::seen;
use crate::grants::{Grant, GrantSpec, StoredGrant, Target};
use crate::store::transfer::{Account, Assignment, Contents, Member, Part};
use crate::store::{AccessToken, BoundIdentity, Role, TokenHash, User};
use crate::vocabulary::{NarrowedTo, Narrowing, Permission, RoleKey, Subject};

/// A person without a password who is no admin.
pub(super) fn person(name: &str) -> Account {
    let user =
        User { id: 0, name: user(name), is_admin: false, display_name: None, is_service: false, is_active: true };
    Account { user, password: None }
}

pub(super) fn in_group(name: &str, of: &str, provider: Option<&str>) -> Member {
    Member { user: user(name), group: group(of), provider: provider.map(str::to_owned) }
}

pub(super) fn has_role(name: &str, role: RoleKey) -> Assignment {
    Assignment { user: user(name), role }
}

pub(super) fn new_role(key: RoleKey, description: Option<&str>) -> Role {
    Role { id: 0, key, description: description.map(str::to_owned) }
}

pub(super) fn grant(spec: GrantSpec) -> Grant {
    Grant { id: 0, spec, fault: None }
}

/// A pattern as it is stored, which gives READ if it can be read.
pub(super) fn stored_pattern(subject: impl Into<Subject>, text: &str, priority: i64) -> Grant {
    Grant::from_stored(StoredGrant {
        id: 0,
        subject: subject.into(),
        workspace: None,
        kind: "experiment",
        form: "pattern",
        text,
        priority,
        permission: "READ",
    })
}

pub(super) fn token(owner: &str, name: &str) -> AccessToken {
    AccessToken {
        id: 0,
        user: user(owner),
        name: name.to_owned(),
        prefix: format!("{owner}.{name}"),
        hash: TokenHash::from_stored("kept"),
        narrowing: Narrowing::default(),
        created_at: 100,
        created_by: user(owner),
        expires_at: 200,
        last_used_at: None,
    }
}

pub(super) fn identity(of: &str, name: &str) -> BoundIdentity {
    BoundIdentity { key: key(of), user: user(name), bound_at: 7 }
}

/// Something of everything: people of all kinds, two of them without an account; grants of every form, holder and scope.
pub(super) fn everything() -> Contents {
    let ann = User { is_admin: true, display_name: Some("Ann \u{1f600}".to_owned()), ..person("ann").user };
    let bob = User { is_active: false, ..person("bob").user };
    let ci = User { is_service: true, display_name: Some(String::new()), ..person("ci").user };
    let refused = GrantSpec { permission: Permission::NoPermissions, ..read(dev(), EXPERIMENT, exact("'1\"")) };
    let narrowed = NarrowedTo { kind: MODEL, id: Some("m".to_owned()), workspace: Some(workspace("team-1")) };
    let narrowing = Narrowing { read_only: true, only: Some(vec![narrowed]) };
    Contents {
        accounts: vec![
            Account { user: ann, password: Some(hash("pbkdf2:sha256:1000$salt$abc")) },
            Account { user: bob, password: Some(hash("")) },
            Account { user: ci, password: None },
        ],
        groups: vec![group("empty"), group("ml")],
        roles: vec![new_role(dev(), Some("what\nfor")), new_role(role("team-1", "dev"), None)],
        members: vec![
            in_group("ann", "ml", None),
            in_group("bob", "ml", Some("default")),
            in_group("elsewhere", "ml", Some("second \u{e9}")),
        ],
        assignments: vec![has_role("ann", dev()), has_role("elsewhere", dev()), has_role("ann", role("team-1", "dev"))],
        grants: vec![
            grant(read(user("ann"), EXPERIMENT, exact("1"))),
            grant(read(user("ann"), EXPERIMENT, pattern("^a.*[0-9]", -3))),
            grant(GrantSpec { scope: within("team-1"), ..read(user("elsewhere"), MODEL, exact("1")) }),
            grant(read(group("ml"), MODEL, Target::Every)),
            grant(read(group("known elsewhere"), MODEL, exact("1"))),
            grant(refused),
            stored_pattern(user("bob"), "(?!a)b(", 4),
            grant(read(role("team-1", "dev"), EXPERIMENT, exact(""))),
        ],
        identities: vec![identity("1", "ann"), identity("2", "ann"), identity("3", "bob")],
        tokens: vec![
            AccessToken { last_used_at: Some(150), narrowing, created_by: user("gone"), ..token("ann", "ci") },
            AccessToken { hash: TokenHash::from_stored("sha256$\u{e9}"), ..token("ci", "ci") },
        ],
    }
}

/// One line for everything there is, without the numbers, which stores give as they like.
pub(in crate::conformance) fn in_words(contents: &Contents) -> Vec<String> {
    let Contents { accounts, groups, roles, members, assignments, grants, identities, tokens } = contents;
    let mut lines: Vec<String> = Vec::new();
    lines.extend(accounts.iter().map(|Account { user, password }| {
        let user = User { id: 0, ..user.clone() };
        format!("{user:?} {:?}", password.as_ref().map(|hash| hash.expose()))
    }));
    lines.extend(groups.iter().map(|group| format!("{} {group:?}", Part::Groups)));
    lines.extend(roles.iter().map(|role| format!("{:?} {:?}", role.key, role.description)));
    lines.extend(members.iter().map(|member| format!("{member:?}")));
    lines.extend(assignments.iter().map(|assignment| format!("{assignment:?}")));
    lines.extend(grants.iter().map(|grant| format!("{:?} {:?}", grant.spec, grant.fault)));
    lines.extend(identities.iter().map(|identity| format!("{identity:?}")));
    lines.extend(tokens.iter().map(|token| format!("{:?}", seen(AccessToken { id: 0, ..token.clone() }))));
    lines
}

/// The same, sorted: for comparing what came to be in another order.
pub(in crate::conformance) fn in_sorted_words(contents: &Contents) -> Vec<String> {
    let mut lines = in_words(contents);
    lines.sort();
    lines
}
