//! Moving all that a store holds to another one.

mod failing;
mod words;

use super::fixtures::*;
use super::names::LOOKALIKES;
use super::tokens::seen;
use crate::grants::{Grant, GrantSpec, Target};
use crate::rules::RuleLimits;
use crate::store::transfer::{Account, Contents, Transfer, merge};
use crate::store::{AccessToken, Event, MemoryStore, Revision, Store, User};
use crate::vocabulary::{Permission, ResourceType, Subject};
use words::{everything, grant, identity, in_group, new_role, person, stored_pattern, token};
pub(super) use words::{in_sorted_words, in_words};

pub use failing::{an_addition_needs_the_revision, an_addition_that_fails_changes_nothing};

pub(super) async fn add(store: &dyn Transfer, contents: Contents) -> Revision {
    let at = store.revision().await.unwrap();
    store.add_contents(contents, at).await.unwrap()
}

/// At the revision of the store.
pub(super) async fn contents(store: &dyn Transfer) -> Contents {
    let (at, contents) = store.contents().await.unwrap();
    assert_eq!(at, store.revision().await.unwrap());
    contents
}

/// As it was given, in its order, and from there to another store and back.
pub async fn what_was_added_is_read_back(store: &dyn Store) {
    assert!(contents(store).await.is_empty());
    add(store, everything()).await;
    let read = contents(store).await;
    assert_eq!(in_words(&read), in_words(&everything()));
    let memory = MemoryStore::new();
    add(&memory, read).await;
    assert_eq!(in_words(&contents(&memory).await), in_words(&everything()));
}

/// Whoever asks in the usual way finds what was added.
pub async fn what_was_added_is_seen_by_every_read(store: &dyn Store) {
    add(store, everything()).await;
    for Account { user, password } in everything().accounts {
        let (found, hash) = store.credentials(&user.name).await.unwrap().unwrap();
        assert_eq!(hash.map(|hash| hash.expose().to_owned()), password.map(|hash| hash.expose().to_owned()));
        assert_eq!(store.user(&user.name).await.unwrap().as_ref(), Some(&found));
        assert_eq!(User { id: 0, ..found }, user);
    }
    assert_eq!(store.groups().await.unwrap(), everything().groups);
    assert_eq!(store.members(&group("ml")).await.unwrap(), ["ann", "bob", "elsewhere"].map(user));
    assert_eq!(membership(store, "elsewhere").await.roles, [dev()]);
    assert_eq!(store.roles().await.unwrap().len(), 2);
    let ones: Vec<_> = everything().grants.iter().take(2).map(|grant| grant.spec.clone()).collect();
    assert_eq!(held(store, user("ann")).await, ones);
    assert_eq!(store.bound(&identity("3", "bob").key).await.unwrap().unwrap().name, user("bob"));
    for kept in everything().tokens {
        let found = store.token(&kept.prefix).await.unwrap().unwrap();
        assert_eq!(seen(AccessToken { id: 0, ..found }), seen(kept));
    }
}

/// What was written one by one is read as a whole.
pub async fn what_was_written_is_read(store: &dyn Store) {
    let memory = MemoryStore::new();
    for store in [store, &memory as &dyn Store] {
        accounts(store, ["ann", "bob"]).await;
        furnish(store, "ann").await.unwrap();
        store.update_user(&user("bob"), deactivate()).await.unwrap();
        store.arrive(super::identities::arrival("9", "eve")).await.unwrap();
    }
    let words = in_words(&contents(store).await);
    assert_eq!(words, in_words(&contents(&memory).await));
    assert_eq!(words.len(), 12, "{words:#?}");
}

/// And not what the row gave before, whatever it was.
pub async fn unreadable_grants_stay_refusals(store: &dyn Store) {
    let both = vec![stored_pattern(user("ann"), "a(", 1), stored_pattern(user("ann"), "^b", 2)];
    let readable = Grant {
        spec: GrantSpec {
            permission: Permission::Deny,
            target: Target::Unreadable { text: "^c".to_owned(), priority: 3 },
            ..both[0].spec.clone()
        },
        ..both[0].clone()
    };
    add(store, Contents { grants: [both, vec![readable]].concat(), ..Contents::default() }).await;
    let held = store.grants_of(&Subject::User(user("ann"))).await.unwrap();
    let seen: Vec<_> = held
        .grants()
        .iter()
        .map(|grant| (grant.spec.target.text(), grant.spec.permission, grant.fault.is_some()))
        .collect();
    assert_eq!(
        seen,
        [("a(", Permission::Deny, true), ("^b", Permission::Read, false), ("^c", Permission::Deny, false)]
    );
}

/// Names, ids, texts: each lookalike is another thing, and none is changed.
pub async fn texts_are_moved_byte_by_byte(store: &dyn Store) {
    let mut all = Contents::default();
    for (number, text) in LOOKALIKES.into_iter().enumerate() {
        let mut account = person(text);
        account.user.display_name = Some(text.to_owned());
        account.password = Some(hash(text));
        all.accounts.push(account);
        all.groups.push(group(text));
        all.roles.push(new_role(role("default", text), Some(text)));
        all.members.push(in_group(text, text, Some(text)));
        all.grants.push(grant(read(user(text), ResourceType::from_string(text), exact(text))));
        all.identities.push(identity(text, text));
        all.tokens.push(AccessToken { prefix: number.to_string(), ..token(text, text) });
    }
    let expected = in_sorted_words(&all);
    add(store, all).await;
    assert_eq!(in_sorted_words(&contents(store).await), expected);
}

/// Each thing, as the write that makes it would be.
pub async fn an_addition_is_told(store: &dyn Store) {
    let at = store.revision().await.unwrap();
    let after = add(store, everything()).await;
    assert_eq!((store.revision().await.unwrap(), after > at), (after, true));
    let users = ["ann", "bob", "ci"].map(|name| Event::User(user(name)));
    let members = ["ann", "bob", "elsewhere"].map(|name| Event::Membership(user(name)));
    let holders = [
        Subject::User(user("ann")),
        user("elsewhere").into(),
        group("ml").into(),
        group("empty").into(),
        group("known elsewhere").into(),
        Subject::Role(dev()),
        Subject::Role(role("team-1", "dev")),
    ]
    .map(Event::Grants);
    assert_told(store, at, &[&users[..], &members, &holders].concat(), "an addition").await;
    let identity = add(store, Contents { identities: vec![identity("new", "bob")], ..Contents::default() }).await;
    assert_told(store, after, &users[1..2], "an identity").await;
    add(store, Contents { tokens: vec![token("ann", "new")], ..Contents::default() }).await;
    assert_told(store, identity, &users[..1], "a token").await;
}

/// It leaves the revision or moves it on, never back.
pub async fn an_empty_addition_changes_nothing(store: &dyn Store) {
    let before = add(store, everything()).await;
    assert!(add(store, Contents::default()).await >= before);
    assert_eq!(in_words(&contents(store).await), in_words(&everything()));
}

/// Numbers of before are not given again.
pub async fn what_is_added_gets_new_numbers(store: &dyn Store) {
    accounts(store, ["first"]).await;
    let first = store.user(&user("first")).await.unwrap().unwrap().id;
    store.delete_user(&user("first")).await.unwrap();
    let mut all = everything();
    all.accounts.iter_mut().for_each(|account| account.user.id = first);
    add(store, all).await;
    let mut numbers: Vec<_> = store.users().await.unwrap().iter().map(|user| user.id).collect();
    numbers.push(first);
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 4);
}

/// What a merge found missing can be added, and then nothing is missing.
pub async fn merging_again_finds_nothing_to_add(store: &dyn Store) {
    accounts(store, ["ann", "zoe"]).await;
    furnish(store, "ann").await.unwrap();
    let limits = RuleLimits::default();
    let there = contents(store).await;
    let first = merge(&everything(), &there, limits);
    assert!(!first.add.is_empty());
    add(store, first.add).await;
    let now = contents(store).await;
    let kept = in_words(&there);
    let words = in_words(&now);
    assert!(kept.iter().all(|line| words.contains(line)), "{kept:#?} {words:#?}");
    let second = merge(&everything(), &now, limits);
    assert!(second.add.is_empty(), "{:?}", second.add);
}
