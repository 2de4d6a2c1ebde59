//! Slows down who guesses.

use crate::authn::{AuthenticationError, Rejection};
use crate::store::{AttemptStore, FailedAttempts, Seconds, now};
use crate::vocabulary::{Unavailable, Username};
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How many accounts are watched; those tried least go first.
const ACCOUNTS: usize = 1 << 14;

/// How long after the last failure the count starts anew.
const QUIET: Duration = Duration::from_secs(15 * 60);

/// What the first failure too many costs; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Counts failures by account, whether it exists or not.
///
/// An attempt counts as failed from its beginning, so that a burst of guesses is not judged by the count before it. Where
/// [several processes](Attempts::counting_in) count together, those that others have begun are seen when they have failed.
pub struct Attempts {
    free: u32,
    longest_pause: Duration,
    counts: Cache<Username, Count>,
    shared: OnceLock<Arc<dyn AttemptStore>>,
}

#[derive(Clone, Copy)]
struct Count {
    failures: u32,
    last: Instant,
    blocked_until: Option<Instant>,
}

impl Attempts {
    /// `free`: how many failures in a row cost nothing; zero counts nothing. It counts in this process, until it is told
    /// where to count.
    pub fn new(free: u32, longest_pause: Duration) -> Self {
        let counts = Cache::new(if free == 0 { 0 } else { ACCOUNTS });
        Self { free, longest_pause, counts, shared: OnceLock::new() }
    }

    /// Counts in a store as well, with all who share it. The first call counts.
    pub fn counting_in(&self, store: Arc<dyn AttemptStore>) {
        let _ = self.shared.set(store);
    }

    /// Runs an attempt, unless `user` has to wait, and counts how it ends: what is not judged is not counted.
    ///
    /// # Errors
    /// [`Rejection::TooManyAttempts`], those of the attempt, and [`AuthenticationError::Unavailable`] if it cannot be told
    /// what others have counted.
    pub async fn run<T>(
        &self,
        user: &Username,
        attempt: impl Future<Output = Result<T, AuthenticationError>>,
    ) -> Result<T, AuthenticationError> {
        if self.free == 0 {
            return attempt.await;
        }
        let counted = self.elsewhere(user).await?;
        self.begin(user, Instant::now())?;
        let outcome = attempt.await;
        match &outcome {
            Ok(_) => {
                self.succeeded(user);
                self.forget(user, counted).await;
            }
            Err(AuthenticationError::Unavailable(_)) => self.take_back(user),
            Err(AuthenticationError::Rejected(_)) => {
                self.failed(user, Instant::now());
                self.count_elsewhere(user).await;
            }
        }
        outcome
    }

    /// What all count, unless that makes `user` wait.
    async fn elsewhere(&self, user: &Username) -> Result<Option<FailedAttempts>, AuthenticationError> {
        let Some(store) = self.shared.get() else { return Ok(None) };
        let found = store.failed_attempts(user).await;
        let counted = found.map_err(|error| Unavailable::new("the store of failed attempts", error))?;
        match counted {
            Some(counted) if self.waits(counted, now()) => Err(Rejection::TooManyAttempts.into()),
            counted => Ok(counted),
        }
    }

    fn waits(&self, counted: FailedAttempts, now: Seconds) -> bool {
        let age = Duration::from_secs(now.saturating_sub(counted.last));
        // A failure that is yet to come was counted by a clock that is ahead of ours, or ours was set back: it must not
        // make anybody wait for longer than a pause.
        let is_near = counted.last.saturating_sub(now) <= self.longest_pause.as_secs();
        age <= QUIET && is_near && self.pause(counted.failures).is_some_and(|pause| age < pause)
    }

    async fn count_elsewhere(&self, user: &Username) {
        let Some(store) = self.shared.get() else { return };
        let now = now();
        if let Err(error) = store.count_failed_attempt(user, now, now.saturating_sub(QUIET.as_secs())).await {
            tracing::warn!(%error, "a failed attempt cannot be counted for the other servers");
        }
    }

    async fn forget(&self, user: &Username, counted: Option<FailedAttempts>) {
        let Some(store) = self.shared.get().filter(|_| counted.is_some()) else { return };
        if let Err(error) = store.forget_failed_attempts(user).await {
            tracing::warn!(%error, "failed attempts cannot be forgotten by the other servers");
        }
    }

    fn begin(&self, user: &Username, now: Instant) -> Result<(), Rejection> {
        match self.counts.entry(user, None, |_, count| EntryAction::Retain(self.count(count, now))) {
            EntryResult::Retained(outcome) => outcome,
            EntryResult::Vacant(guard) => {
                let mut count = Count { failures: 0, last: now, blocked_until: None };
                let outcome = self.count(&mut count, now);
                // It fails if the place was taken meanwhile, which costs one count.
                let _ = guard.insert(count);
                outcome
            }
            EntryResult::Removed(..) | EntryResult::Replaced(..) | EntryResult::Timeout => Ok(()),
        }
    }

    /// The attempt was bad: who has to wait waits from now.
    fn failed(&self, user: &Username, now: Instant) {
        self.change(user, |count| count.block(self.pause(count.failures), now));
    }

    /// The attempt was good.
    fn succeeded(&self, user: &Username) {
        self.counts.remove(user);
    }

    /// The attempt was not judged.
    fn take_back(&self, user: &Username) {
        self.change(user, |count| {
            count.failures = count.failures.saturating_sub(1);
            count.blocked_until = None;
        });
    }

    fn change(&self, user: &Username, change: impl FnOnce(&mut Count)) {
        // Nothing is inserted for an account that was pushed out meanwhile.
        self.counts.entry(user, None, |_, count| {
            change(count);
            EntryAction::Retain(())
        });
    }

    fn count(&self, count: &mut Count, now: Instant) -> Result<(), Rejection> {
        if count.blocked_until.is_some_and(|until| now < until) {
            return Err(Rejection::TooManyAttempts);
        }
        if now.saturating_duration_since(count.last) > QUIET {
            count.failures = 0;
        }
        count.failures = count.failures.saturating_add(1);
        count.last = now;
        count.block(self.pause(count.failures), now);
        Ok(())
    }

    fn pause(&self, failures: u32) -> Option<Duration> {
        let beyond = failures.checked_sub(self.free)?;
        Some(FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(beyond)).min(self.longest_pause))
    }
}

impl Count {
    fn block(&mut self, pause: Option<Duration>, now: Instant) {
        self.blocked_until = pause.and_then(|pause| now.checked_add(pause));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MemoryStore, StoreError};

    const SECOND: Duration = Duration::from_secs(1);

    fn name(text: &str) -> Username {
        Username::new(text).unwrap()
    }

    /// The pauses in seconds after each of `failures` failures, each begun when the pause before it is over.
    fn pauses(attempts: &Attempts, failures: usize) -> Vec<u64> {
        let (user, mut now, mut pauses) = (name("alice"), Instant::now(), Vec::new());
        for _ in 0..failures {
            assert_eq!(attempts.begin(&user, now), Ok(()));
            let mut pause = 0;
            while attempts.counts.get(&user).is_some_and(|count| count.blocked_until > Some(now)) {
                assert_eq!(attempts.begin(&user, now), Err(Rejection::TooManyAttempts));
                now += SECOND;
                pause += 1;
            }
            pauses.push(pause);
        }
        pauses
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let attempts = Attempts::new(3, 10 * SECOND);
        assert_eq!(pauses(&attempts, 9), [0, 0, 1, 2, 4, 8, 10, 10, 10]);
        assert_eq!(pauses(&Attempts::new(0, 10 * SECOND), 9), [0; 9]);
        let (many, now) = (Attempts::new(1, Duration::MAX), Instant::now());
        assert!(many.pause(u32::MAX).is_some());
        assert_eq!(many.begin(&name("alice"), now), Ok(()));
    }

    #[test]
    fn accounts_are_counted_apart() {
        let (attempts, now) = (Attempts::new(1, SECOND), Instant::now());
        assert_eq!(attempts.begin(&name("alice"), now), Ok(()));
        assert_eq!(attempts.begin(&name("alice"), now), Err(Rejection::TooManyAttempts));
        assert_eq!(attempts.begin(&name("bob"), now), Ok(()));
    }

    #[test]
    fn a_success_and_a_quiet_time_start_anew() {
        let (attempts, user, now) = (Attempts::new(2, SECOND), name("alice"), Instant::now());
        for end in [0, 1] {
            assert_eq!(attempts.begin(&user, now), Ok(()));
            if end == 0 {
                attempts.succeeded(&user);
            }
        }
        assert_eq!(attempts.begin(&user, now), Ok(()));
        assert_eq!(attempts.begin(&user, now), Err(Rejection::TooManyAttempts));
        let later = now + QUIET + SECOND;
        assert_eq!(attempts.begin(&user, later), Ok(()));
        assert_eq!(attempts.begin(&user, later), Ok(()));
        assert_eq!(attempts.begin(&user, later), Err(Rejection::TooManyAttempts));
    }

    #[test]
    fn what_was_not_judged_does_not_count() {
        let (attempts, user, now) = (Attempts::new(1, SECOND), name("alice"), Instant::now());
        for _ in 0..5 {
            assert_eq!(attempts.begin(&user, now), Ok(()));
            attempts.take_back(&user);
        }
    }

    #[test]
    fn who_waits_waits_from_the_failure() {
        let (attempts, user, now) = (Attempts::new(1, SECOND), name("alice"), Instant::now());
        assert_eq!(attempts.begin(&user, now), Ok(()));
        attempts.failed(&user, now + 5 * SECOND);
        assert_eq!(attempts.begin(&user, now + 5 * SECOND), Err(Rejection::TooManyAttempts));
        assert_eq!(attempts.begin(&user, now + 6 * SECOND), Ok(()));
        attempts.failed(&name("bob"), now);
        assert_eq!(attempts.begin(&name("bob"), now), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let (attempts, now) = (Attempts::new(1, SECOND), Instant::now());
        for number in 0..3 * ACCOUNTS {
            attempts.begin(&name(&number.to_string()), now).unwrap();
        }
        assert!(attempts.counts.len() <= ACCOUNTS + ACCOUNTS / 10);
    }

    /// One wrong guess, and whether it was looked at.
    async fn guess(attempts: &Attempts, user: &str) -> bool {
        let wrong = async { Err::<(), _>(Rejection::WrongPassword.into()) };
        let answer = attempts.run(&name(user), wrong).await;
        matches!(answer, Err(AuthenticationError::Rejected(Rejection::WrongPassword)))
    }

    fn two(store: &Arc<MemoryStore>) -> [Attempts; 2] {
        let both = [(); 2].map(|()| Attempts::new(3, 10 * SECOND));
        both.iter().for_each(|attempts| attempts.counting_in(store.clone()));
        both
    }

    #[tokio::test]
    async fn two_servers_count_together() {
        let store = Arc::new(MemoryStore::new());
        let [one, other] = two(&store);
        assert!(guess(&one, "alice").await && guess(&other, "alice").await && guess(&one, "alice").await);
        assert!(!guess(&other, "alice").await && !guess(&one, "alice").await);
        assert!(guess(&other, "bob").await);
        assert_eq!(store.failed_attempts(&name("alice")).await.unwrap().unwrap().failures, 3);
    }

    #[tokio::test]
    async fn a_success_at_one_server_counts_at_the_other() {
        let store = Arc::new(MemoryStore::new());
        let [one, other] = two(&store);
        for _ in 0..2 {
            assert!(guess(&one, "alice").await);
        }
        other.run(&name("alice"), async { Ok(()) }).await.unwrap();
        assert_eq!(store.failed_attempts(&name("alice")).await.unwrap(), None);
        assert!(guess(&other, "alice").await && guess(&other, "alice").await);
    }

    #[tokio::test]
    async fn a_clock_that_is_wrong_makes_nobody_wait_for_long() {
        for ahead in [3600, u64::MAX / 4] {
            let store = Arc::new(MemoryStore::new());
            let [one, _] = two(&store);
            for _ in 0..9 {
                store.count_failed_attempt(&name("alice"), now().saturating_add(ahead), 0).await.unwrap();
            }
            assert!(guess(&one, "alice").await, "{ahead}");
        }
    }

    /// A store that cannot be reached.
    struct Away;

    #[async_trait::async_trait]
    impl AttemptStore for Away {
        async fn failed_attempts(&self, _: &Username) -> Result<Option<FailedAttempts>, StoreError> {
            Err(StoreError::Unavailable("away".into()))
        }

        async fn count_failed_attempt(&self, _: &Username, _: Seconds, _: Seconds) -> Result<(), StoreError> {
            Err(StoreError::Unavailable("away".into()))
        }

        async fn forget_failed_attempts(&self, _: &Username) -> Result<(), StoreError> {
            Err(StoreError::Unavailable("away".into()))
        }
    }

    #[tokio::test]
    async fn without_the_store_nobody_is_judged() {
        let attempts = Attempts::new(3, SECOND);
        attempts.counting_in(Arc::new(Away));
        let answer = attempts.run(&name("alice"), async { Ok(()) }).await;
        assert!(matches!(answer, Err(AuthenticationError::Unavailable(_))), "{answer:?}");
    }
}
