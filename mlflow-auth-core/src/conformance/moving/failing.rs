//! Additions that cannot be made.

use super::words::*;
use super::{add, contents};
use crate::conformance::fixtures::{
    EXPERIMENT, assert_refused, dev, exact, group, hash, pattern, read, role, told, user,
};
use crate::grants::{Grant, GrantSpec};
use crate::store::Store;
use crate::store::transfer::{Account, Contents};
use crate::store::{AccessToken, BoundIdentity, IdentityKey, StoreError, TokenHash, User};
use crate::vocabulary::{Permission, ResourceType};

/// At that revision, and at no other.
pub async fn an_addition_needs_the_revision(store: &dyn Store) {
    let first = add(store, everything()).await;
    let more = || Contents { groups: vec![group("more")], ..Contents::default() };
    for wrong in [first - 1, first + 1, -1] {
        assert_refused!(store.add_contents(more(), wrong).await, Conflict, "at {wrong}");
        assert_refused!(store.add_contents(Contents::default(), wrong).await, Conflict, "nothing at {wrong}");
    }
    assert_eq!(in_words(&contents(store).await), in_words(&everything()));
    assert!(store.add_contents(more(), first).await.unwrap() > first);
}

/// Nothing of it is there afterwards, and nothing of it is told.
pub async fn an_addition_that_fails_changes_nothing(store: &dyn Store) {
    let at = add(store, everything()).await;
    for (about, more, expected) in taken().into_iter().chain(missing()).chain(bad()) {
        let fine = Contents { accounts: vec![person("new")], groups: vec![group("new")], ..Contents::default() };
        let more = Contents {
            accounts: [fine.accounts, more.accounts].concat(),
            groups: [fine.groups, more.groups].concat(),
            ..more
        };
        let answer = store.add_contents(more, at).await;
        let found = match &answer {
            Err(StoreError::AlreadyExists(_)) => "AlreadyExists",
            Err(StoreError::NotFound(_)) => "NotFound",
            Err(StoreError::Invalid(_)) => "Invalid",
            _ => "another answer",
        };
        assert_eq!(found, expected, "{about}: {answer:?}");
        assert_eq!(in_words(&contents(store).await), in_words(&everything()), "{about}");
        assert_eq!(store.revision().await.unwrap(), at, "{about}");
        assert!(told(store, at).await.is_empty(), "{about}");
    }
}

type Case = (&'static str, Contents, &'static str);

fn cases(list: Vec<(&'static str, Contents)>, expected: &'static str) -> Vec<Case> {
    list.into_iter().map(|(about, contents)| (about, contents, expected)).collect()
}

/// What is there already.
fn taken() -> Vec<Case> {
    let none = Contents::default;
    let stronger = GrantSpec { permission: Permission::Manage, ..read(user("ann"), EXPERIMENT, exact("1")) };
    let again = read(user("ann"), EXPERIMENT, pattern("^a.*[0-9]", 9));
    let other_owner = AccessToken { prefix: "ann.ci".to_owned(), ..token("ci", "new") };
    let list = vec![
        ("an account", Contents { accounts: vec![person("ann")], ..none() }),
        ("an account twice", Contents { accounts: vec![person("twice"), person("twice")], ..none() }),
        ("a group", Contents { groups: vec![group("empty")], ..none() }),
        ("a role", Contents { roles: vec![new_role(dev(), None)], ..none() }),
        ("a membership", Contents { members: vec![in_group("bob", "ml", None)], ..none() }),
        ("an assignment", Contents { assignments: vec![has_role("ann", dev())], ..none() }),
        ("a grant", Contents { grants: vec![grant(stronger)], ..none() }),
        ("a pattern", Contents { grants: vec![grant(again)], ..none() }),
        ("an unreadable one", Contents { grants: vec![stored_pattern(user("bob"), "(?!a)b(", 5)], ..none() }),
        ("an identity", Contents { identities: vec![identity("1", "ci")], ..none() }),
        ("a token's prefix", Contents { tokens: vec![other_owner], ..none() }),
        (
            "a token's name",
            Contents { tokens: vec![AccessToken { prefix: "p".to_owned(), ..token("ann", "ci") }], ..none() },
        ),
    ];
    cases(list, "AlreadyExists")
}

/// What refers to nothing.
fn missing() -> Vec<Case> {
    let none = Contents::default;
    let nowhere = || role("default", "nowhere");
    let list = vec![
        ("a member of no group", Contents { members: vec![in_group("ann", "known elsewhere", None)], ..none() }),
        ("no role", Contents { assignments: vec![has_role("ann", nowhere())], ..none() }),
        ("a grant of no role", Contents { grants: vec![grant(read(nowhere(), EXPERIMENT, exact("1")))], ..none() }),
        ("an identity of nobody", Contents { identities: vec![identity("9", "elsewhere")], ..none() }),
        ("a token of nobody", Contents { tokens: vec![token("elsewhere", "x")], ..none() }),
        ("a token of somebody shut out", Contents { tokens: vec![token("bob", "x")], ..none() }),
    ];
    cases(list, "NotFound")
}

/// What no store may keep.
fn bad() -> Vec<Case> {
    let none = Contents::default;
    let nul = "a\0b";
    let named = |display_name: String| Account {
        user: User { display_name: Some(display_name), ..person("x").user },
        password: None,
    };
    let of_a_kind = |kind: &str| read(user("x"), ResourceType::from_string(kind), exact("1"));
    let key = |issuer: &str, subject: &str| BoundIdentity {
        key: IdentityKey { issuer: issuer.to_owned(), subject: subject.to_owned() },
        ..identity("", "ann")
    };
    let gives = Grant {
        spec: GrantSpec { permission: Permission::Read, ..stored_pattern(user("x"), "(", 1).spec },
        ..stored_pattern(user("x"), "(", 1)
    };
    let accounts =
        [named(nul.to_owned()), named("x".repeat(256)), Account { password: Some(hash(nul)), ..person("x") }];
    let grants = [
        grant(of_a_kind(nul)),
        grant(read(user("x"), EXPERIMENT, exact(nul))),
        stored_pattern(user("x"), "(\0", 1),
        gives,
    ];
    let identities = [key("", "1"), key("https://idp.example", ""), key("https://idp.example", "a\n")];
    let tokens = [
        token("ann", ""),
        token("ann", nul),
        AccessToken { prefix: String::new(), ..token("ann", "x") },
        AccessToken { expires_at: 100, ..token("ann", "x") },
        AccessToken { hash: TokenHash::from_stored(nul), ..token("ann", "x") },
    ];
    let mut list = vec![
        ("a role", Contents { roles: vec![new_role(role("default", "x"), Some(nul))], ..none() }),
        ("a member", Contents { members: vec![in_group("x", "ml", Some(""))], ..none() }),
        ("a provider", Contents { members: vec![in_group("x", "ml", Some(nul))], ..none() }),
    ];
    list.extend(accounts.map(|account| ("an account", Contents { accounts: vec![account], ..none() })));
    list.extend(grants.map(|grant| ("a grant", Contents { grants: vec![grant], ..none() })));
    list.extend(identities.map(|identity| ("an identity", Contents { identities: vec![identity], ..none() })));
    list.extend(tokens.map(|token| ("a token", Contents { tokens: vec![token], ..none() })));
    cases(list, "Invalid")
}
