//! Random stores, moved and merged.

use super::picture::Picture;
use super::sign_in;
use super::steps::{Step, step};
use crate::conformance::moving::{add, contents, in_sorted_words, in_words};
use crate::rules::RuleLimits;
use crate::store::transfer::merge;
use crate::store::{MemoryStore, Store};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// Fills stores with random writes, moves what they hold to stores that `make` makes empty, and merges into those what
/// another random store holds. Each time the two must hold the same and answer the same from then on; what was there
/// must stay, and a second merge must find nothing to add.
///
/// It brings its own runtime, as [`same_as_memory`](super::same_as_memory) does.
pub fn moved_same_as_memory<S: Store>(cases: u32, make: impl AsyncFn() -> S) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let writes = || (vec(step(), 1..24), vec(sign_in::step(), 1..24));
    let outcome = TestRunner::new(config).run(&(writes(), writes(), vec(step(), 1..8)), |(one, other, later)| {
        runtime.block_on(async {
            let store = make().await;
            moved(&store, &one, &later).await?;
            merged(&store, &other).await
        })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

type Writes = (Vec<Step>, Vec<sign_in::Step>);

async fn filled((steps, sign_in_steps): &Writes) -> MemoryStore {
    let store = MemoryStore::new();
    for step in steps {
        let _ = step.make(&store).await;
    }
    for step in sign_in_steps {
        step.make(&store).await;
    }
    store
}

async fn moved<S: Store>(store: &S, writes: &Writes, later: &[Step]) -> Result<(), TestCaseError> {
    let model = filled(writes).await;
    add(store, contents(&model).await).await;
    prop_assert_eq!(in_words(&contents(&model).await), in_words(&contents(store).await));
    prop_assert_eq!(Picture::of(&model).await, Picture::of(store).await);
    for step in later {
        let (expected, found) = (step.make(&model).await, step.make(store).await);
        prop_assert_eq!(super::name(&expected), super::name(&found), "{:?} answered {:?}", step, &found);
        prop_assert_eq!(Picture::of(&model).await, Picture::of(store).await, "after {:?}", step);
    }
    Ok(())
}

async fn merged(store: &dyn Store, writes: &Writes) -> Result<(), TestCaseError> {
    let (ours, there) = (contents(&filled(writes).await).await, contents(store).await);
    let first = merge(&ours, &there, RuleLimits::default());
    prop_assert_eq!(first.report.len(), ours.len());
    add(store, first.add.clone()).await;
    let now = contents(store).await;
    let expected = [in_words(&there), in_words(&first.add)].concat();
    prop_assert_eq!(in_sorted_words(&now), sorted(expected));
    prop_assert!(merge(&ours, &now, RuleLimits::default()).add.is_empty());
    Ok(())
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}
