//! Random histories of tokens, sessions and identities.

mod picture;
mod steps;

use super::events;
use super::picture::Numbers;
use crate::store::{Event, MemoryStore, Store};
use picture::Picture;
use proptest::collection::vec;
use proptest::prelude::prop_assert;
use proptest::prop_assert_eq;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
pub(super) use steps::{Step, step};

/// As [`same_as_memory`](super::same_as_memory), for tokens, sessions and identities, the accounts they belong to, and
/// memberships that a provider gave.
pub fn sign_in_same_as_memory<S: Store>(cases: u32, make: impl AsyncFn() -> S) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&vec(step(), 1..32), |steps| {
        runtime.block_on(async { compare(&MemoryStore::new(), &make().await, steps).await })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn compare(model: &dyn Store, store: &dyn Store, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut numbers = Numbers::default();
    for step in steps {
        let before = [model.revision().await.unwrap(), store.revision().await.unwrap()];
        let (expected, found) = (step.make(model).await, step.make(store).await);
        prop_assert_eq!(expected, found, "{:?}", &step);
        let (expected, found) = (Picture::of(model).await, Picture::of(store).await);
        prop_assert!(numbers.are_the_same(&expected.numbers, &found.numbers), "{:?}: {:?} {:?}", step, expected, found);
        prop_assert_eq!(expected.seen, found.seen, "after {:?}", &step);
        let (expected, found) = (events(model, before[0]).await, events(store, before[1]).await);
        let is_told = |event| found.contains(event) || found.contains(&Event::Everything);
        prop_assert!(expected.iter().all(is_told), "{:?} told {:?}, not {:?}", &step, found, expected);
        prop_assert_eq!(expected.is_empty(), found.is_empty(), "{:?} told {:?}", &step, found);
    }
    Ok(())
}
