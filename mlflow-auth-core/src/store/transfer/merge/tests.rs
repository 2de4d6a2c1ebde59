//! What becomes of what.

use super::*;
use crate::grants::{Grant, GrantSpec, StoredGrant, Target};
use crate::hash::PasswordHash;
use crate::store::transfer::{Assignment, Member};
use crate::store::{AccessToken, BoundIdentity, IdentityKey, Role, TokenHash, User};
use crate::vocabulary::{Narrowing, Permission, RoleName, Subject, Workspace};

fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

fn role(name: &str) -> RoleKey {
    RoleKey { workspace: Workspace::default(), name: RoleName::new(name).unwrap() }
}

fn account(name: &str) -> Account {
    let (is_admin, is_service, is_active) = (false, false, true);
    let user = User { id: 0, name: user(name), is_admin, display_name: None, is_service, is_active };
    Account { user, password: Some(PasswordHash::from_stored("kept")) }
}

fn token(owner: &str, name: &str, prefix: &str) -> AccessToken {
    AccessToken {
        id: 0,
        user: user(owner),
        name: name.to_owned(),
        prefix: prefix.to_owned(),
        hash: TokenHash::from_stored("kept"),
        narrowing: Narrowing::default(),
        created_at: 1,
        created_by: user(owner),
        expires_at: 2,
        last_used_at: None,
    }
}

fn identity(subject: &str, name: &str) -> BoundIdentity {
    let key = IdentityKey { issuer: "https://idp.example".to_owned(), subject: subject.to_owned() };
    BoundIdentity { key, user: user(name), bound_at: 1 }
}

fn stored(form: &str, text: &str, permission: &str) -> Grant {
    Grant::from_stored(StoredGrant {
        id: 0,
        subject: user("ann").into(),
        workspace: None,
        kind: "experiment",
        form,
        text,
        priority: 1,
        permission,
    })
}

fn of(subject: impl Into<Subject>, grant: Grant) -> Grant {
    Grant { spec: GrantSpec { subject: subject.into(), ..grant.spec }, ..grant }
}

/// How the outcome of each thing begins, and whether it may widen.
fn outcomes(source: &Contents, target: &Contents) -> Vec<(String, bool)> {
    let merge = merge(source, target, RuleLimits::default());
    let is_added = |entry: &&Entry| entry.outcome == Outcome::Added;
    assert_eq!(merge.report.iter().filter(is_added).count(), merge.add.len());
    assert_eq!(merge.report.len(), source.len());
    assert!(merge.report.is_sorted_by_key(|entry| (entry.part, entry.at)));
    merge.report.iter().map(|entry| (entry.outcome.to_string(), entry.may_widen)).collect()
}

fn assert_one(source: Contents, target: &Contents, expected: (&str, bool)) {
    let (found, may_widen) = outcomes(&source, target).pop().unwrap();
    assert!(found.contains(expected.0) && may_widen == expected.1, "{found} {may_widen}, not {expected:?}: {source:?}");
}

#[test]
fn what_is_there_stays_as_it_is() {
    let member = |provider: Option<&str>| Member {
        user: user("ann"),
        group: group("ml"),
        provider: provider.map(str::to_owned),
    };
    let described = |text: &str| Role { id: 0, key: role("dev"), description: Some(text.to_owned()) };
    let target = Contents {
        accounts: vec![account("ann")],
        groups: vec![group("ml")],
        roles: vec![described("one")],
        members: vec![member(None)],
        assignments: vec![Assignment { user: user("ann"), role: role("dev") }],
        grants: vec![stored("exact", "1", "READ"), stored("pattern", "^a", "READ")],
        identities: vec![identity("1", "ann")],
        tokens: vec![token("ann", "ci", "p")],
    };
    let same = outcomes(&target, &target);
    assert!(same.iter().all(|found| *found == ("already there".to_owned(), false)), "{same:?}");
    let changed = |change: fn(&mut Account)| {
        let mut account = account("ann");
        change(&mut account);
        Contents { accounts: vec![account], ..Contents::default() }
    };
    let none = Contents::default;
    let mut later = stored("pattern", "^a", "READ");
    later.spec.target = Target::pattern("^a", 2).unwrap();
    for (source, how) in [
        (changed(|it| it.password = None), "the password hashes differ"),
        (changed(|it| it.user.is_admin = true), "the admin flags differ"),
        (changed(|it| it.user.is_service = true), "the service flags differ"),
        (changed(|it| it.user.display_name = Some("Ann".to_owned())), "the display names differ"),
        (Contents { roles: vec![described("two")], ..none() }, "the descriptions differ"),
        (Contents { members: vec![member(Some("default"))], ..none() }, "the providers differ"),
        (Contents { grants: vec![stored("exact", "1", "EDIT")], ..none() }, "it is READ here and EDIT there"),
        (Contents { identities: vec![identity("1", "bob")], ..none() }, "it is user `ann` here"),
        (Contents { tokens: vec![token("ann", "other", "p")], ..none() }, "the names differ"),
        (Contents { tokens: vec![token("ann", "ci", "q")], ..none() }, "the name is that of another token"),
    ] {
        assert_one(source.clone(), &target, ("kept as it is here: ", false));
        assert_one(source, &target, (how, false));
    }
    for (source, how) in [
        (changed(|it| it.user.is_active = false), "the active flags differ"),
        (Contents { grants: vec![stored("exact", "1", "NO_PERMISSIONS")], ..none() }, "READ here and NO_PERMISSIONS"),
        (Contents { grants: vec![stored("exact", "1", "DENY")], ..none() }, "READ here and DENY"),
        (Contents { grants: vec![later], ..none() }, "READ (priority 1) here and READ (priority 2) there"),
    ] {
        assert_one(source.clone(), &target, ("kept as it is here: ", true));
        assert_one(source, &target, (how, true));
    }
}

#[test]
fn what_the_target_keeps_may_widen_if_it_gives_more() {
    let asked = |permission, priority| {
        let mut grant = stored("pattern", "^a", permission);
        grant.spec.target = Target::pattern("^a", priority).unwrap();
        Contents { grants: vec![grant], ..Contents::default() }
    };
    for (ours, theirs, expected) in [
        (("NO_PERMISSIONS", 1), ("MANAGE", 1), true),
        (("DENY", 1), ("NO_PERMISSIONS", 1), true),
        (("NO_PERMISSIONS", 1), ("DENY", 1), false),
        (("MANAGE", 1), ("READ", 1), false),
        (("READ", 1), ("MANAGE", 1), true),
        (("DENY", 1), ("DENY", 2), true),
        (("DENY", 2), ("DENY", 1), false),
        (("READ", 1), ("READ", 2), true),
        (("READ", 2), ("READ", 1), true),
        (("READ", 2), ("DENY", 1), false),
    ] {
        let found = outcomes(&asked(ours.0, ours.1), &asked(theirs.0, theirs.1));
        assert_eq!(found.first().map(|(_, may_widen)| *may_widen), Some(expected), "{ours:?} {theirs:?} {found:?}");
    }
    let with = |is_admin, is_active| {
        let user = User { is_admin, is_active, ..account("ann").user };
        Contents { accounts: vec![Account { user, password: None }], ..Contents::default() }
    };
    for (ours, theirs, expected) in [
        ((false, true), (true, true), true),
        ((false, false), (false, true), true),
        ((true, true), (false, false), false),
    ] {
        let found = outcomes(&with(ours.0, ours.1), &with(theirs.0, theirs.1));
        assert_eq!(found.first().map(|(_, may_widen)| *may_widen), Some(expected), "{ours:?} {theirs:?} {found:?}");
    }
}

#[test]
fn what_cannot_be_added_is_left_out_and_says_whether_that_may_widen() {
    let none = Contents::default;
    let long = Account { user: User { display_name: Some("x".repeat(256)), ..account("x").user }, password: None };
    let nul = Role { id: 0, key: role("x"), description: Some("\0".to_owned()) };
    let member = Member { user: user("ann"), group: group("gone"), provider: None };
    let assignment = Assignment { user: user("ann"), role: role("gone") };
    let of_role = |permission| vec![of(Subject::Role(role("gone")), stored("exact", "1", permission))];
    let bad_token = AccessToken { expires_at: 0, ..token("ann", "x", "x") };
    let ann = || vec![account("ann")];
    for (source, why) in [
        (Contents { accounts: vec![long], ..none() }, ("longer than 255 bytes", false)),
        (Contents { roles: vec![nul], ..none() }, ("NUL", true)),
        (Contents { members: vec![member], ..none() }, ("group `gone` does not exist", true)),
        (Contents { assignments: vec![assignment], ..none() }, ("role `gone`", true)),
        (Contents { grants: of_role("READ"), ..none() }, ("does not exist", false)),
        (Contents { grants: of_role("NO_PERMISSIONS"), ..none() }, ("does not exist", true)),
        (Contents { grants: of_role("DENY"), ..none() }, ("does not exist", true)),
        (Contents { grants: vec![stored("exact", "\0", "MANAGE")], ..none() }, ("NUL", false)),
        (Contents { grants: vec![stored("exact", "\0", "DENY")], ..none() }, ("NUL", true)),
        (Contents { grants: vec![stored("exact", "\0", "OWNER")], ..none() }, ("NUL", true)),
        (Contents { identities: vec![identity("1", "nobody")], ..none() }, ("user `nobody` does not exist", false)),
        (Contents { identities: vec![identity("", "ann")], accounts: ann(), ..none() }, ("empty", false)),
        (Contents { tokens: vec![token("nobody", "x", "x")], ..none() }, ("user `nobody` does not exist", false)),
        (Contents { tokens: vec![bad_token], accounts: ann(), ..none() }, ("expire", false)),
    ] {
        assert_one(source, &none(), (why.0, why.1));
    }
}

/// A source of rows that cannot be read may have two in one place.
#[test]
fn of_two_grants_in_one_place_the_refusal_counts() {
    let both = [stored("every", "*", "MANAGE"), stored("glob", "x*", "READ")];
    for grants in [both.to_vec(), both.iter().rev().cloned().collect()] {
        let source = Contents { grants, ..Contents::default() };
        let merge = merge(&source, &Contents::default(), RuleLimits::default());
        let added: Vec<_> = merge.add.grants.iter().map(|grant| grant.spec.permission).collect();
        assert_eq!(added, [Permission::Deny]);
        assert_eq!(merge.widening().count(), 0);
        let target = Contents { grants: source.grants.clone(), ..Contents::default() };
        let again = outcomes(&source, &target);
        assert!(again.iter().any(|(words, _)| words == "already there"), "{again:?}");
        assert!(again.iter().any(|(words, _)| words.starts_with("left out: DENY")), "{again:?}");
    }
}

/// The holder of a token, or whoever a provider vouches for, must not become more than they were.
#[test]
fn proofs_do_not_go_to_an_account_that_is_more_than_theirs() {
    let kinds = [(false, false, true), (true, false, true), (false, true, true), (false, false, false)];
    for (at, ours) in kinds.into_iter().enumerate() {
        for (to, theirs) in kinds.into_iter().enumerate() {
            let of = |(is_admin, is_service, is_active)| Account {
                user: User { is_admin, is_service, is_active, ..account("ann").user },
                password: None,
            };
            let source = Contents {
                accounts: vec![of(ours)],
                identities: vec![identity("1", "ann")],
                tokens: vec![token("ann", "x", "x")],
                ..Contents::default()
            };
            let target = Contents { accounts: vec![of(theirs)], ..Contents::default() };
            let words = |part: Part| {
                let merge = merge(&source, &target, RuleLimits::default());
                let found = merge.report.into_iter().find(|entry| entry.part == part).unwrap();
                found.outcome == Outcome::Added
            };
            // An admin's may become a person's, and anybody's may be shut out.
            let is_no_more = matches!((at, to), (0, 0) | (1, 0) | (1, 1) | (2, 2) | (3, 3) | (0, 3) | (1, 3));
            assert_eq!(words(Part::Identities), is_no_more, "{ours:?} to {theirs:?}");
            assert_eq!(words(Part::Tokens), is_no_more && to != 3, "{ours:?} to {theirs:?}");
        }
    }
}

#[test]
fn an_account_that_only_the_target_has_takes_no_proofs() {
    let source = Contents {
        identities: vec![identity("1", "ann")],
        tokens: vec![token("ann", "x", "x")],
        ..Contents::default()
    };
    let target = Contents { accounts: vec![account("ann")], ..Contents::default() };
    for (words, _) in outcomes(&source, &target) {
        assert!(words.contains("the source has no account"), "{words}");
    }
}

#[test]
fn whoever_would_hold_too_many_patterns_gets_none_of_the_new_ones() {
    let rules = |texts: &[&str]| texts.iter().map(|text| stored("pattern", text, "READ")).collect::<Vec<_>>();
    let limits = RuleLimits { rules: 3, ..RuleLimits::default() };
    let target = Contents { grants: rules(&["^a", "^b"]), ..Contents::default() };
    let refusal = stored("pattern", "^d", "NO_PERMISSIONS");
    let other = of(user("bob"), stored("pattern", "^c", "READ"));
    let exact = stored("exact", "1", "READ");
    let fits = Contents { grants: vec![refusal.clone(), other.clone(), exact.clone()], ..Contents::default() };
    assert_eq!(merge(&fits, &target, limits).add.grants.len(), 3);
    let source = Contents { grants: [rules(&["^c"]), fits.grants].concat(), ..Contents::default() };
    let found = merge(&source, &target, limits);
    assert_eq!(found.add.grants, [other, exact]);
    let widening: Vec<_> = found.widening().map(ToString::to_string).collect();
    assert_eq!(widening.len(), 1, "{widening:?}");
    assert!(widening[0].contains("`^d`") && widening[0].contains("more than 3 patterns"), "{widening:?}");
}

#[test]
fn what_the_source_names_twice_is_added_once() {
    let source = Contents {
        accounts: vec![account("ann"), account("ann")],
        groups: vec![group("ml"), group("ml")],
        roles: vec![
            Role { id: 0, key: role("dev"), description: None },
            Role { id: 1, key: role("dev"), description: None },
        ],
        members: vec![Member { user: user("ann"), group: group("ml"), provider: None }; 2],
        assignments: vec![Assignment { user: user("ann"), role: role("dev") }; 2],
        grants: vec![stored("exact", "1", "READ"), stored("exact", "1", "READ")],
        identities: vec![identity("1", "ann"), identity("1", "ann")],
        tokens: vec![token("ann", "x", "x"), token("ann", "x", "x")],
    };
    assert_eq!(merge(&source, &Contents::default(), RuleLimits::default()).add.len(), 8);
}
