//! What requests cost, counted in hashes and in reads.

use super::*;
use std::time::Instant;

#[tokio::test]
async fn a_thousand_requests_cost_one_hash_and_one_read() {
    let fixture = Fixture::new(settings()).await;
    for _ in 0..1000 {
        assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    }
    assert_eq!(fixture.costs(), (1, 1));
}

#[tokio::test]
async fn only_what_is_right_is_remembered() {
    let fixture = Fixture::new(settings()).await;
    for times in 1..4 {
        for (user, password) in [("alice", "wrong"), ("bob", "sesame")] {
            assert_eq!(fixture.ask(user, password).await, WRONG);
        }
        assert_eq!(fixture.costs(), (2 * times, 2 * times as usize));
    }
}

#[tokio::test]
async fn remembering_is_bounded_in_time_and_number() {
    for (settings, costs) in [
        (PasswordSettings { remember: Duration::ZERO, ..settings() }, (1, 5)),
        (PasswordSettings { remembered: 0, ..settings() }, (5, 5)),
    ] {
        let fixture = Fixture::new(settings).await;
        for _ in 0..5 {
            assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
        }
        assert_eq!(fixture.costs(), costs);
    }
}

#[tokio::test]
async fn requests_at_the_same_time_cost_one_hash() {
    let fixture = Arc::new(Fixture::new(settings()).await);
    let ask = |password: &'static str| {
        let fixture = Arc::clone(&fixture);
        tokio::spawn(async move { fixture.ask("alice", password).await })
    };
    let asked: Vec<_> = (0..50)
        .flat_map(|_| [("sesame", Answer::User), ("wrong", WRONG), ("sesamewrong", WRONG)])
        .map(|(password, answer)| (ask(password), answer))
        .collect();
    for (asked, answer) in asked {
        assert_eq!(asked.await.unwrap(), answer);
    }
    assert_eq!(fixture.costs(), (3, 3));
}

#[tokio::test]
async fn nobody_waits_for_somebody_who_went_away() {
    let fixture = Arc::new(Fixture::new(settings()).await);
    let ask = || {
        let fixture = Arc::clone(&fixture);
        tokio::spawn(async move { fixture.ask("alice", "sesame").await })
    };
    let closed = fixture.store.gate.write().await;
    let first = ask();
    fixture.asked(1).await;
    let second = ask();
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    drop(closed);
    let second = tokio::time::timeout(PATIENCE, second).await;
    assert_eq!(second.unwrap().unwrap(), Answer::User);
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    assert_eq!(fixture.costs(), (1, 1));
}

#[tokio::test]
async fn a_full_queue_is_an_outage_and_no_failure() {
    let few =
        PasswordSettings { parallel_hashes: 1, waiting_hashes: 1, free_attempts: 1, ..PasswordSettings::default() };
    let fixture = Arc::new(Fixture::new(few).await);
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    let closed = fixture.store.gate.write().await;
    let asked: Vec<_> = ["b", "c"]
        .map(|user| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move { fixture.ask(user, "x").await })
        })
        .into();
    fixture.asked(2).await;
    for _ in 0..3 {
        assert_eq!(fixture.ask("d", "x").await, Answer::Unavailable);
    }
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User, "who is known does not queue");
    drop(closed);
    for asked in asked {
        assert_eq!(asked.await.unwrap(), WRONG);
    }
    assert_eq!(fixture.ask("d", "x").await, WRONG, "what was not judged is not counted");
}

#[tokio::test]
async fn every_refusal_costs_one_hash() {
    let fixture = Fixture::new(settings()).await;
    fixture.store.put("sso", None, false);
    fixture.store.put("broken", Some(PasswordHash::from_stored("broken")), false);
    fixture.store.put(
        "costly",
        Some(PasswordHash::from_stored(format!("scrypt:1048576:8:1$a${}", "0".repeat(128)))),
        false,
    );
    fixture.store.put("old", Some(PasswordHash::from_stored(OLD_SESAME)), false);
    for (times, user) in ["alice", "nobody", "sso", "broken", "costly", "old"].into_iter().enumerate() {
        assert_eq!(fixture.ask(user, "wrong").await, WRONG);
        assert_eq!(fixture.costs(), (times as u64 + 1, times + 1), "{user}");
    }
}

/// Each costs a scrypt of 60 ms and more. Without one it would take less than a hundredth of that, so that a coarse bound
/// tells the two apart on a busy machine too.
#[tokio::test]
async fn an_unknown_user_takes_as_long_as_a_wrong_password() {
    let fixture = Fixture::new(settings()).await;
    fixture.store.put("old", Some(PasswordHash::from_stored(SCRYPT_SESAME)), false);
    fixture.store.put("sso", None, false);
    fixture.store.put("broken", Some(PasswordHash::from_stored("broken")), false);
    let users = ["old", "nobody", "sso", "broken"];
    let mut times = users.map(|_| Vec::new());
    for _ in 0..5 {
        for (user, times) in users.iter().zip(&mut times) {
            let began = Instant::now();
            assert_eq!(fixture.ask(user, "wrong").await, WRONG);
            times.push(began.elapsed());
        }
    }
    let [known, unknown, sso, broken] = times.map(|mut times| {
        times.sort_unstable();
        times[2].as_secs_f64()
    });
    for other in [unknown, sso, broken] {
        assert!((0.2..5.0).contains(&(other / known)), "{known} s, {unknown} s, {sso} s, {broken} s");
    }
}
