//! A smaller store than the bench fills, so that the bench and what it shows cannot rot.

use benches::scale::{Gate, Place, Size, changes, fill, first_decisions, opening, resident};
use std::time::Duration;

const SMALL: Size = Size { users: 2_000, groups: 50, rules: 1_000, of_each_user: 90, of_each_group: 380 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_asked_for_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    fill(&path, SMALL).await.unwrap();
    let place = Place::from(path.as_path());
    assert!(opening(&place, 3).await.unwrap().0 < Duration::from_secs(1));

    let before = resident();
    let (here, there) = (Gate::open(&place).await.unwrap(), Gate::open(&place).await.unwrap());
    let first = first_decisions(&here, SMALL, 0..20).await.unwrap();
    let again = first_decisions(&here, SMALL, 0..20).await.unwrap();
    assert!(again.0 < first.0, "{again:?} when everything is known, {first:?} when nothing is");
    // All grants in memory would take several times as much.
    if let Some((before, after)) = before.zip(resident()) {
        assert!(after.saturating_sub(before) < 40 << 20, "{} MiB", after.saturating_sub(before) >> 20);
    }

    let follows = there.follow();
    for rule in [false, true] {
        let changed = changes(&here, &there, SMALL, 6, rule).await.unwrap();
        assert!(changed.seen_there.0 < Duration::from_secs(1), "{changed:?}");
    }
    follows.abort();
    assert!(!here.may_read("user-1", &SMALL.experiment(2), "nothing matches").await.unwrap());
    assert!(here.may_read("user-1", "no id", "team-0-x").await.unwrap());
}
