//! What ends a memory, and what happens while something changes.

use super::*;
use crate::store::UserUpdate;

fn alice() -> Username {
    Username::new("alice").unwrap()
}

#[tokio::test]
async fn a_change_is_seen_as_soon_as_it_is_heard() {
    for (what, admin, password, is_there, before, after) in [
        ("another password", false, "other", true, WRONG, Answer::User),
        ("the same password, hashed anew", false, "sesame", true, Answer::User, WRONG),
        ("admin", true, "sesame", true, Answer::Admin, WRONG),
        ("gone", false, "sesame", false, WRONG, WRONG),
    ] {
        let fixture = Fixture::new(settings()).await;
        assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
        if is_there {
            fixture.store.put("alice", Some(hash(password)), admin);
        } else {
            fixture.store.delete_user(&alice()).await.unwrap();
        }
        assert_eq!(fixture.ask("alice", "sesame").await, Answer::User, "{what}: not heard yet");
        fixture.hear().await;
        assert_eq!(fixture.ask("alice", "sesame").await, before, "{what}");
        assert_eq!(fixture.ask("alice", "other").await, after, "{what}");
    }
}

#[tokio::test]
async fn a_change_of_the_admin_flag_costs_no_hash() {
    let fixture = Fixture::new(settings()).await;
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    for (is_admin, answer) in [(true, Answer::Admin), (false, Answer::User)] {
        fixture.store.put("alice", Some(sesame()), is_admin);
        fixture.hear().await;
        assert_eq!(fixture.ask("alice", "sesame").await, answer);
    }
    assert_eq!(fixture.costs(), (1, 3));
}

#[tokio::test]
async fn who_is_not_active_is_refused_from_the_moment_it_is_heard() {
    let fixture = Fixture::new(settings()).await;
    let active = |is_active| UserUpdate { is_active: Some(is_active), ..UserUpdate::default() };
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    for (is_active, answer) in [(false, WRONG), (true, Answer::User), (false, WRONG)] {
        fixture.store.update_user(&alice(), active(is_active)).await.unwrap();
        fixture.hear().await;
        for _ in 0..2 {
            assert_eq!(fixture.ask("alice", "sesame").await, answer);
        }
    }
    assert_eq!(fixture.authenticator.hashes(), 1, "the password is right all the time");
    let fresh = PasswordAuthenticator::new(fixture.store.clone(), fixture.freshness.clone(), settings());
    assert!(matches!(fresh.verify(&alice(), &Secret::new("sesame")).await, Ok(None)), "nor by a first check");
}

#[tokio::test]
async fn an_old_hash_is_replaced_by_a_log_in() {
    for old in
        [OLD_SESAME, "$argon2id$v=19$m=1024,t=2,p=1$p3tS6DAKcwAh9w3S0yOsnQ$HF0Z/brsFhsx6Nv0tJQhV+AmXbIYAbm0uuFZxzGRJIY"]
    {
        let fixture = Fixture::new(settings()).await;
        fixture.store.put("alice", Some(PasswordHash::from_stored(old)), false);
        fixture.hear().await;
        assert_eq!(fixture.ask("alice", "wrong").await, WRONG);
        assert_eq!(fixture.store.stored("alice"), old);
        assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
        let new = PasswordHash::from_stored(fixture.store.stored("alice"));
        assert!(!new.needs_rehash() && new.verify(&Secret::new("sesame")).unwrap());
        let hashes = fixture.authenticator.hashes();
        fixture.hear().await;
        assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
        assert_eq!(fixture.ask("alice", "wrong").await, WRONG);
        assert_eq!(fixture.authenticator.hashes(), hashes + 1, "the new hash is known to fit");
        assert_eq!(fixture.store.writes.load(SeqCst), 1);
    }
}

#[tokio::test]
async fn a_hash_that_cannot_be_replaced_is_good_all_the_same() {
    let fixture = Fixture::new(settings()).await;
    fixture.store.put("alice", Some(PasswordHash::from_stored(OLD_SESAME)), false);
    fixture.store.refuses_writes.store(true, SeqCst);
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    assert_eq!(fixture.store.stored("alice"), OLD_SESAME);
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    assert_eq!((fixture.store.writes.load(SeqCst), fixture.store.reads.load(SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_replacement_never_undoes_a_new_password() {
    let fixture = Arc::new(Fixture::new(settings()).await);
    fixture.store.put("alice", Some(PasswordHash::from_stored(OLD_SESAME)), false);
    let (closed, asked) = held_back(&fixture, "sesame").await;
    let update = UserUpdate { password: Some(hash("other")), ..UserUpdate::default() };
    fixture.store.update_user(&alice(), update).await.unwrap();
    drop(closed);
    assert_eq!(asked.await.unwrap(), Answer::User, "it was right when it was read");
    assert!(PasswordHash::from_stored(fixture.store.stored("alice")).verify(&Secret::new("other")).unwrap());
    fixture.hear().await;
    assert_eq!(fixture.ask("alice", "sesame").await, WRONG);
    assert_eq!(fixture.ask("alice", "other").await, Answer::User);
}

#[tokio::test]
async fn who_comes_after_a_change_does_not_get_an_answer_from_before() {
    let fixture = Arc::new(Fixture::new(settings()).await);
    let (closed, before) = held_back(&fixture, "sesame").await;
    fixture.store.put("alice", Some(hash("other")), false);
    fixture.hear().await;
    let after = asking(&fixture, "sesame");
    fixture.asked(2).await;
    drop(closed);
    assert_eq!(after.await.unwrap(), WRONG);
    assert_eq!(before.await.unwrap(), Answer::User);
    assert_eq!(fixture.ask("alice", "sesame").await, WRONG, "what the first found is not put back");
}

#[tokio::test]
async fn an_outage_is_not_a_refusal() {
    let fixture = Fixture::with_bound(settings(), Duration::from_millis(500)).await;
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    fixture.hear().await;
    fixture.store.is_down.store(true, SeqCst);
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User, "inside the bound");
    assert_eq!(fixture.ask("alice", "wrong").await, Answer::Unavailable);
    assert_eq!(fixture.ask("bob", "sesame").await, Answer::Unavailable);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::Unavailable, "beyond it");
    fixture.store.is_down.store(false, SeqCst);
    let hashes = fixture.authenticator.hashes();
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    assert_eq!(fixture.authenticator.hashes(), hashes, "a read is enough to go on");
}

type Asked = tokio::task::JoinHandle<Answer>;

/// Lets `alice` ask, and keeps the store's answer back until the guard is dropped.
async fn held_back<'a>(
    fixture: &'a Arc<Fixture>,
    password: &'static str,
) -> (tokio::sync::RwLockWriteGuard<'a, ()>, Asked) {
    let closed = fixture.store.gate.write().await;
    let asked = asking(fixture, password);
    fixture.asked(1).await;
    (closed, asked)
}

fn asking(fixture: &Arc<Fixture>, password: &'static str) -> Asked {
    let fixture = Arc::clone(fixture);
    tokio::spawn(async move { fixture.ask("alice", password).await })
}
