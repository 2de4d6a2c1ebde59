//! What a store counts of failed attempts at passwords.

use super::fixtures::{account, told, user as username};
use crate::store::{FailedAttempts, Seconds, Store};

async fn counted(store: &dyn Store, name: &str) -> Option<(u32, Seconds)> {
    let counted = store.failed_attempts(&username(name)).await.unwrap();
    counted.map(|FailedAttempts { failures, last }| (failures, last))
}

/// One by one, whether there is such an account or not, and each name apart.
pub async fn failures_are_counted_by_name(store: &dyn Store) {
    store.create_user(account("ann")).await.unwrap();
    assert_eq!(counted(store, "ann").await, None);
    for (name, at, expected) in
        [("ann", 100, (1, 100)), ("ann", 103, (2, 103)), ("Ann", 104, (1, 104)), ("nobody", 105, (1, 105))]
    {
        store.count_failed_attempt(&username(name), at, 50).await.unwrap();
        assert_eq!(counted(store, name).await, Some(expected), "{name} at {at}");
    }
    store.count_failed_attempt(&username("ann"), 90, 50).await.unwrap();
    assert_eq!(counted(store, "ann").await, Some((3, 103)), "the time is never put back");
}

/// A success forgets one name, and time all of them.
pub async fn what_is_over_is_not_counted_on(store: &dyn Store) {
    for name in ["ann", "bob"] {
        store.count_failed_attempt(&username(name), 100, 0).await.unwrap();
    }
    store.forget_failed_attempts(&username("ann")).await.unwrap();
    store.forget_failed_attempts(&username("nobody")).await.unwrap();
    assert_eq!((counted(store, "ann").await, counted(store, "bob").await), (None, Some((1, 100))));
    store.count_failed_attempt(&username("bob"), 200, 100).await.unwrap();
    assert_eq!(counted(store, "bob").await, Some((2, 200)), "a count of that very moment goes on");
    store.count_failed_attempt(&username("carl"), 400, 201).await.unwrap();
    assert_eq!((counted(store, "bob").await, counted(store, "carl").await), (None, Some((1, 400))));
}

/// None is lost, and nobody need forget anything for them.
pub async fn failures_at_the_same_time_are_counted_each(store: &dyn Store) {
    let revision = store.revision().await.unwrap();
    let ann = username("ann");
    let fail = || store.count_failed_attempt(&ann, 100, 0);
    let all = tokio::join!(fail(), fail(), fail(), fail(), fail());
    assert!([all.0, all.1, all.2, all.3, all.4].iter().all(Result::is_ok));
    assert_eq!(counted(store, "ann").await, Some((5, 100)));
    assert_eq!(told(store, revision).await, []);
}
