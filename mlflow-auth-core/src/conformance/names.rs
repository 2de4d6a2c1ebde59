//! Names and texts: what looks alike is not the same.

use super::fixtures::*;
use crate::store::{Change, PermissionStore};
use crate::vocabulary::{Subject, Workspace};

/// Texts that a store might take for one another, or for something to interpret: case, marks written as one character or
/// two, wide letters, quotes, the wild cards of three languages, escapes.
pub(super) const LOOKALIKES: [&str; 26] = [
    "ann",
    "Ann",
    "ANN",
    "ann ann",
    "ann  ann",
    "\u{e9}",
    "e\u{301}",
    "\u{c9}",
    "ß",
    "ss",
    "ａｎｎ",
    "İ",
    "i",
    "'",
    "''",
    "\"",
    "`",
    "%",
    "_",
    "*",
    "?",
    "\\",
    "\\\\",
    "a'); --",
    "😀",
    "NULL",
];

/// Users, groups and roles: each of them holds what it was given and nothing else.
pub async fn names_are_compared_byte_by_byte(store: &dyn PermissionStore) {
    let long = ["é".repeat(127), "é".repeat(126)];
    let names: Vec<&str> = LOOKALIKES.into_iter().chain(long.iter().map(String::as_str)).collect();
    let subjects = |name: &str| [Subject::User(user(name)), group(name).into(), role("default", name).into()];
    for name in &names {
        let mut changes = vec![new_role(role("default", name)), Change::Assign(user(name), role("default", name))];
        changes.push(Change::Join(user(name), group(name)));
        changes.extend(subjects(name).map(|subject| give(&read(subject, EXPERIMENT, exact(name)))));
        apply(store, &changes).await;
    }
    for name in &names {
        for subject in subjects(name) {
            assert_eq!(held(store, subject.clone()).await, [read(subject, EXPERIMENT, exact(name))]);
        }
        let belongs = membership(store, name).await;
        assert_eq!((belongs.groups, belongs.roles), (vec![group(name)], vec![role("default", name)]));
        assert_eq!(store.members(&group(name)).await.unwrap(), [user(name)]);
        assert_eq!(store.role_users(&role("default", name)).await.unwrap(), [user(name)]);
    }
    assert_eq!(store.holders().await.unwrap().len(), 3 * names.len());
}

/// Ids, patterns and descriptions, however long: found as they were given, and removed one at a time.
pub async fn texts_are_kept_byte_by_byte(store: &dyn PermissionStore) {
    let long = "x".repeat(2000);
    let odd = [" leading", "trailing ", "a\nb", "\u{1}", "a/b%2Fc", "", long.as_str()];
    let texts: Vec<&str> = LOOKALIKES.into_iter().chain(odd).collect();
    let specs: Vec<_> = texts.iter().map(|text| read(user("ann"), EXPERIMENT, exact(text))).collect();
    let changes: Vec<_> = specs.iter().map(give).collect();
    apply(store, &changes).await;
    for (text, spec) in texts.iter().zip(&specs) {
        let found = store.grants_on(&EXPERIMENT, text, &Workspace::default()).await.unwrap();
        assert_eq!(found.len(), 1, "{text:?}");
        assert!(found.iter().all(|grant| grant.spec == *spec), "{found:?}");
    }
    for (place, spec) in specs.iter().enumerate() {
        apply(store, &[take(spec)]).await;
        assert_eq!(held(store, user("ann")).await, specs[place + 1..]);
    }
    let patterns = ["^a", "^A", "^a ", "^%", "^'", "^é", "^e\u{301}", r"^\\", "^a_"];
    let specs: Vec<_> = patterns.iter().map(|text| read(user("bob"), EXPERIMENT, pattern(text, 0))).collect();
    let changes: Vec<_> = specs.iter().map(give).collect();
    apply(store, &changes).await;
    assert_eq!(held(store, user("bob")).await, specs);
}
