//! Random writes, made on a store and on the memory store, must be answered and leave behind the same.

mod moving;
mod picture;
mod sign_in;
mod steps;

pub use moving::moved_same_as_memory;
pub use sign_in::sign_in_same_as_memory;

use super::GrantsAndAccounts;
use super::fixtures::told;
use crate::store::{Event, MemoryStore, PermissionStore, Revision, StoreError};
use picture::{Numbers, Picture};
use proptest::collection::vec;
use proptest::prelude::prop_assert;
use proptest::prop_assert_eq;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use steps::{Step, step};

/// Makes random writes on stores that `make` makes empty, and the same on a [`MemoryStore`] each. After every write the
/// two must have said the same and hold the same, the store must have told of all that the model tells of, and numbers
/// must be as lasting as there.
///
/// It brings its own runtime: call it from a test that is not `async`. `cases` sequences are tried, and a failing one is
/// made as short as possible before it is shown.
pub fn same_as_memory<S: GrantsAndAccounts>(cases: u32, make: impl AsyncFn() -> S) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&vec(step(), 1..24), |steps| {
        runtime.block_on(async { compare(&MemoryStore::new(), &make().await, steps).await })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn compare(
    model: &dyn GrantsAndAccounts,
    store: &dyn GrantsAndAccounts,
    steps: Vec<Step>,
) -> Result<(), TestCaseError> {
    let mut numbers = Numbers::default();
    for step in steps {
        let before = [model.revision().await.unwrap(), store.revision().await.unwrap()];
        let (expected, found) = (step.make(model).await, step.make(store).await);
        prop_assert_eq!(name(&expected), name(&found), "{:?} answered {:?}", &step, &found);
        let (expected, found) = (Picture::of(model).await, Picture::of(store).await);
        prop_assert_eq!(&expected, &found, "after {:?}", &step);
        prop_assert!(
            numbers.are_the_same(&expected.numbers, &found.numbers),
            "{:?}: {:?} and {:?}",
            &step,
            expected,
            found
        );
        let (expected, found) = (events(model, before[0]).await, events(store, before[1]).await);
        let is_told = |event| found.contains(event) || found.contains(&Event::Everything);
        prop_assert!(expected.iter().all(is_told), "{:?} told {:?}, not {:?}", &step, found, expected);
        prop_assert_eq!(expected.is_empty(), found.is_empty(), "{:?} told {:?}", &step, found);
    }
    Ok(())
}

async fn events(store: &dyn PermissionStore, after: Revision) -> Vec<Event> {
    told(store, after).await
}

/// What a write said, without what stores may say differently.
fn name(result: &Result<(), StoreError>) -> &'static str {
    match result {
        Ok(()) => "done",
        Err(StoreError::NotFound(_)) => "not found",
        Err(StoreError::AlreadyExists(_)) => "already exists",
        Err(StoreError::Invalid(_)) => "invalid",
        Err(StoreError::Conflict(_)) => "conflict",
        Err(StoreError::LastAdmin(_)) => "last admin",
        Err(StoreError::TooMany(_)) => "too many",
        Err(StoreError::Unavailable(_)) => "unavailable",
        Err(StoreError::Failed(_)) => "failed",
    }
}
