//! What a cache in front of a store may and may not do.

use super::odd::Odd;
use super::*;
use crate::grants::{GrantSpec, Scope, Target};
use crate::store::{GrantConflict, MemoryStore};
use crate::vocabulary::Permission;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Instant;
use tokio::task::yield_now;

/// Longer than any test.
const FOREVER: Duration = Duration::from_secs(3600);

fn cached(bound: Duration) -> (MemoryStore, Cached<Odd>) {
    let store = MemoryStore::new();
    let freshness = Arc::new(Freshness::new(bound));
    (store.clone(), Cached::new(Odd::new(store), freshness, 100))
}

fn ann() -> Username {
    Username::new("ann").unwrap()
}

fn ml() -> GroupName {
    GroupName::new("ml").unwrap()
}

/// A pattern of ann's whose priority is `number`.
fn give(number: i64) -> Change {
    let spec = GrantSpec {
        subject: ann().into(),
        scope: Scope::Everywhere,
        kind: ResourceType::EXPERIMENT,
        target: Target::pattern("^a", number).unwrap(),
        permission: Permission::Read,
    };
    Change::Grant(spec, GrantConflict::Replace)
}

/// Writes `number` in three places: ann's grants, membership and account.
async fn write<S: PermissionStore + UserStore>(store: &S, number: i64) -> Result<(), StoreError> {
    let change = if number % 2 == 0 { Change::Leave(ann(), ml()) } else { Change::Join(ann(), ml()) };
    store.apply(&[give(number), change]).await?;
    store.update_user(&ann(), UserUpdate { is_admin: Some(number % 2 != 0), ..UserUpdate::default() }).await
}

/// Reads back what [`write`] wrote: the number, and twice whether it is odd.
async fn read<S: PermissionStore + UserStore>(store: &S) -> Result<(i64, bool, bool), StoreError> {
    let ann = ann();
    let (number, belongs, user) = tokio::join!(number(store), store.membership(&ann), store.user(&ann));
    Ok((number?, !belongs?.groups.is_empty(), user?.is_some_and(|user| user.is_admin)))
}

async fn number<S: PermissionStore>(store: &S) -> Result<i64, StoreError> {
    let held = store.grants_of(&ann().into()).await?;
    Ok(held.grants().first().map_or(0, |grant| grant.spec.target.priority()))
}

async fn make_account(store: &MemoryStore) {
    store.create_user(NewUser::named(ann())).await.unwrap();
}

async fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(10), "it does not come to that");
        yield_now().await;
    }
}

#[tokio::test]
async fn what_is_remembered_is_not_read_again() {
    let (store, cached) = cached(FOREVER);
    make_account(&store).await;
    write(&cached, 1).await.unwrap();
    for _ in 0..10 {
        assert_eq!(read(&cached).await.unwrap(), (1, true, true));
    }
    assert_eq!(cached.inner().read_count(), 3);
    let (_, cached) = self::cached(FOREVER);
    for expected in 1..4 {
        assert_eq!(cached.user(&ann()).await.unwrap(), None);
        assert_eq!(cached.inner().read_count(), expected, "who does not exist is not remembered");
    }
}

#[tokio::test]
async fn a_reader_that_began_before_a_write_does_not_put_its_old_answer_back() {
    let (store, cached) = cached(FOREVER);
    make_account(&store).await;
    write(&cached, 1).await.unwrap();
    cached.inner().pause();
    let early = async {
        let answer = read(&cached).await.unwrap();
        assert_eq!(answer, (1, true, true), "it looked before the write");
    };
    let writer = async {
        until(|| cached.inner().read_count() == 3).await;
        write(&cached, 2).await.unwrap();
        // This one begins after the write was acknowledged, while the early one has looked and not answered.
        let late = async { assert_eq!(read(&cached).await.unwrap(), (2, false, false)) };
        let release = async {
            until(|| cached.inner().read_count() == 6).await;
            cached.inner().resume();
        };
        tokio::join!(late, release);
    };
    tokio::join!(early, writer);
    for _ in 0..3 {
        assert_eq!(read(&cached).await.unwrap(), (2, false, false));
    }
    assert_eq!(cached.inner().read_count(), 6, "the later answer was remembered");
}

#[tokio::test]
async fn an_old_answer_that_arrives_last_is_not_used() {
    let (store, cached) = cached(FOREVER);
    make_account(&store).await;
    write(&cached, 1).await.unwrap();
    cached.inner().pause();
    let writer = async {
        until(|| cached.inner().read_count() == 3).await;
        write(&cached, 2).await.unwrap();
        cached.inner().resume();
    };
    let (early, ()) = tokio::join!(read(&cached), writer);
    assert_eq!(early.unwrap(), (1, true, true));
    assert_eq!(read(&cached).await.unwrap(), (2, false, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_reader_sees_less_than_was_acknowledged_when_it_began() {
    let (store, cached) = cached(FOREVER);
    make_account(&store).await;
    let (cached, acknowledged) = (Arc::new(cached), Arc::new(AtomicI64::new(0)));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (cached, acknowledged) = (cached.clone(), acknowledged.clone());
            tokio::spawn(async move {
                while acknowledged.load(SeqCst) < 300 {
                    let least = acknowledged.load(SeqCst);
                    let found = number(cached.as_ref()).await.unwrap();
                    assert!(found >= least, "{found} after {least} was acknowledged");
                    yield_now().await;
                }
            })
        })
        .collect();
    for number in 1..=300 {
        cached.apply(&[give(number)]).await.unwrap();
        acknowledged.store(number, SeqCst);
        yield_now().await;
    }
    for reader in readers {
        reader.await.unwrap();
    }
}

#[tokio::test]
async fn what_many_ask_for_at_once_is_read_once() {
    let (_, cached) = cached(FOREVER);
    cached.apply(&[give(1)]).await.unwrap();
    cached.inner().pause();
    let release = async {
        until(|| cached.inner().read_count() == 2).await;
        for _ in 0..100 {
            yield_now().await;
        }
        cached.inner().resume();
    };
    let (ask, ann) = (|| number(&cached), ann());
    let who = || cached.user(&ann);
    let (one, two, three, who, else_who, ()) = tokio::join!(ask(), ask(), ask(), who(), who(), release);
    assert_eq!([one.unwrap(), two.unwrap(), three.unwrap()], [1; 3]);
    assert_eq!([who.unwrap(), else_who.unwrap()], [None, None], "nor is it read twice who does not exist");
    assert_eq!(cached.inner().read_count(), 2);
}

#[tokio::test]
async fn whoever_waits_for_a_reader_that_fails_or_goes_away_reads_alone() {
    let (_, cached) = cached(FOREVER);
    cached.apply(&[give(1)]).await.unwrap();
    cached.inner().pause();
    let gone = async {
        let _ = tokio::time::timeout(Duration::from_millis(20), number(&cached)).await;
        cached.inner().resume();
    };
    let (patient, ()) = tokio::join!(biased; async { yield_now().await; number(&cached).await }, gone);
    assert_eq!((patient.unwrap(), cached.inner().read_count()), (1, 2));
    cached.apply(&[give(2)]).await.unwrap();
    cached.inner().is_down.store(true, SeqCst);
    let (one, two) = tokio::join!(number(&cached), number(&cached));
    assert!(matches!((one, two), (Err(StoreError::Unavailable(_)), Err(StoreError::Unavailable(_)))));
    cached.inner().is_down.store(false, SeqCst);
    assert_eq!(number(&cached).await.unwrap(), 2, "a failure is not remembered");
}

#[tokio::test]
async fn a_write_that_seems_to_fail_is_forgotten_too() {
    let (store, cached) = cached(FOREVER);
    make_account(&store).await;
    write(&cached, 1).await.unwrap();
    for is_deaf in [false, true] {
        assert_eq!(read(&cached).await.unwrap(), (1, true, true));
        cached.inner().lies.store(true, SeqCst);
        cached.inner().is_deaf.store(is_deaf, SeqCst);
        assert!(cached.apply(&[give(2), Change::Leave(ann(), ml())]).await.is_err());
        let update = UserUpdate { is_admin: Some(false), ..UserUpdate::default() };
        assert!(cached.update_user(&ann(), update).await.is_err());
        assert_eq!(read(&cached).await.unwrap(), (2, false, false), "deaf: {is_deaf}");
        cached.inner().lies.store(false, SeqCst);
        write(&cached, 1).await.unwrap();
    }
}

#[tokio::test]
async fn without_following_an_answer_is_used_no_longer_than_the_bound() {
    let (store, cached) = cached(Duration::from_millis(300));
    make_account(&store).await;
    write(&cached, 1).await.unwrap();
    let began = Instant::now();
    assert_eq!(read(&cached).await.unwrap(), (1, true, true));
    write(&store, 2).await.unwrap();
    let soon = read(&cached).await.unwrap();
    if began.elapsed() < Duration::from_millis(250) {
        assert_eq!(soon, (1, true, true), "it is remembered, and nobody told the cache");
    }
    tokio::time::sleep(Duration::from_millis(320)).await;
    assert_eq!(read(&cached).await.unwrap(), (2, false, false));
}

#[tokio::test]
async fn in_an_outage_the_cache_answers_within_the_bound_and_then_says_so() {
    let (store, cached) = cached(Duration::from_millis(300));
    make_account(&store).await;
    write(&cached, 1).await.unwrap();
    let began = Instant::now();
    read(&cached).await.unwrap();
    cached.inner().is_down.store(true, SeqCst);
    cached.inner().is_deaf.store(true, SeqCst);
    let soon = read(&cached).await;
    if began.elapsed() < Duration::from_millis(250) {
        assert_eq!(soon.unwrap(), (1, true, true));
    }
    tokio::select! {
        () = cached.follow() => {}
        () = tokio::time::sleep(Duration::from_millis(320)) => {}
    }
    assert!(matches!(read(&cached).await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_follower_forgets_what_another_process_changes() {
    let (store, cached) = cached(FOREVER);
    make_account(&store).await;
    write(&store, 1).await.unwrap();
    let story = async {
        yield_now().await;
        for expected in 2..6 {
            read(&cached).await.unwrap();
            write(&store, expected).await.unwrap();
            let began = Instant::now();
            while read(&cached).await.unwrap() != (expected, expected % 2 != 0, expected % 2 != 0) {
                assert!(began.elapsed() < Duration::from_secs(5));
                yield_now().await;
            }
        }
    };
    tokio::select! {
        () = cached.follow() => {}
        () = story => {}
    }
}

#[tokio::test]
async fn a_follower_keeps_answers_alive_beyond_the_bound() {
    let (store, cached) = cached(Duration::from_secs(1));
    make_account(&store).await;
    write(&store, 1).await.unwrap();
    let story = async {
        yield_now().await;
        read(&cached).await.unwrap();
        for _ in 0..15 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(read(&cached).await.unwrap(), (1, true, true));
        }
        assert_eq!(cached.inner().read_count(), 3, "an idle feed confirms that nothing changed");
    };
    tokio::select! {
        () = cached.follow() => {}
        () = story => {}
    }
}

#[tokio::test]
async fn memory_is_bounded() {
    let (store, cached) = cached(FOREVER);
    let names: Vec<_> = (0..1000).map(|number| Username::new(format!("user {number}")).unwrap()).collect();
    for name in &names {
        store.apply(&[Change::Join(name.clone(), ml())]).await.unwrap();
        cached.membership(name).await.unwrap();
    }
    for name in &names {
        cached.membership(name).await.unwrap();
    }
    let again = cached.inner().read_count() - names.len();
    assert!((names.len() - 100..=names.len()).contains(&again), "{again} of {} were read again", names.len());
}
