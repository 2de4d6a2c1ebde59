//! What guessing costs the guesser, and what of it is logged.

use super::*;
use std::fmt::{Debug, Write};
use std::sync::Mutex;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

fn strict() -> PasswordSettings {
    PasswordSettings { free_attempts: 3, ..PasswordSettings::default() }
}

#[tokio::test]
async fn who_guesses_too_often_waits() {
    for user in ["alice", "nobody"] {
        let fixture = Fixture::new(strict()).await;
        for guess in ["a", "b", "c"] {
            assert_eq!(fixture.ask(user, guess).await, WRONG);
        }
        let costs = fixture.costs();
        for guess in ["d", "sesame"] {
            assert_eq!(fixture.ask(user, guess).await, WAIT, "{user}");
        }
        assert_eq!(fixture.costs(), costs, "a guess too many costs nothing");
        let waits = fixture.authenticator.verify(&Username::new(user).unwrap(), &Secret::new("sesame")).await;
        assert_eq!(Answer::of(waits), WAIT);
    }
}

#[tokio::test]
async fn many_guesses_at_once_are_counted_one_by_one() {
    let fixture = Arc::new(Fixture::new(strict()).await);
    let guesses: Vec<_> = (0..30)
        .map(|number| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move { fixture.ask("alice", &number.to_string()).await })
        })
        .collect();
    let mut wrong = 0;
    for guess in guesses {
        wrong += usize::from(guess.await.unwrap() == WRONG);
    }
    assert_eq!((wrong, fixture.authenticator.hashes()), (3, 3));
}

#[tokio::test]
async fn a_client_that_is_known_is_not_locked_out() {
    let fixture = Fixture::new(PasswordSettings { remember: Duration::ZERO, ..strict() }).await;
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    for guess in ["a", "b", "c"] {
        assert_eq!(fixture.ask("alice", guess).await, WRONG);
    }
    assert_eq!(fixture.ask("alice", "d").await, WAIT);
    for _ in 0..3 {
        assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    }
    // The same password with another salt: a hash is needed, and no waiting.
    fixture.store.put("alice", Some(hash("sesame")), false);
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
}

#[tokio::test]
async fn a_password_that_was_right_once_is_a_guess_like_any_other() {
    let fixture = Fixture::new(strict()).await;
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    fixture.store.put("alice", Some(hash("other")), false);
    fixture.hear().await;
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(fixture.ask("alice", "sesame").await);
    }
    assert_eq!(answers, [WRONG, WRONG, WRONG, WRONG, WAIT]);
}

#[tokio::test]
async fn a_success_starts_the_count_anew_and_zero_never_counts() {
    let fixture = Fixture::new(PasswordSettings { remembered: 0, ..strict() }).await;
    for _ in 0..3 {
        for guess in ["a", "b"] {
            assert_eq!(fixture.ask("alice", guess).await, WRONG);
        }
        assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
    }
    let fixture = Fixture::new(settings()).await;
    for guess in 0..15 {
        assert_eq!(fixture.ask("alice", &guess.to_string()).await, WRONG);
    }
    assert_eq!(fixture.ask("alice", "sesame").await, Answer::User);
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Line(&mut self.0.lock().unwrap()));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field}={value:?}").unwrap();
    }
}

#[tokio::test]
async fn the_log_names_the_account_and_nothing_secret() {
    let log = Log::default();
    // With one subscriber alone, a thread that has none can switch an event off for all who log it.
    let _second = tracing::Dispatch::new(log.clone());
    let _guard = tracing::subscriber::set_default(log.clone());
    let fixture = Fixture::new(settings()).await;
    fixture.store.put("broken", Some(PasswordHash::from_stored("md5$thesalt$thehash")), false);
    fixture.store.put("root", Some(hash("password1234")), true);
    fixture.store.put("old", Some(PasswordHash::from_stored(OLD_SESAME)), false);
    fixture.store.refuses_writes.store(true, SeqCst);
    for (user, password) in [("broken", "thepassword"), ("root", "password1234"), ("old", "sesame")] {
        fixture.ask(user, password).await;
    }
    let text = log.0.lock().unwrap().clone();
    for named in ["user=broken", "unknown method", "user=root", "user=old", "the store failed"] {
        assert!(text.contains(named), "{named} is not in {text}");
    }
    for secret in ["thesalt", "thehash", "thepassword", "password1234", "sesame", "$argon2id", "pbkdf2:"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}
