//! Slows down who guesses.

use crate::authn::Rejection;
use crate::vocabulary::Username;
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use std::time::{Duration, Instant};

/// How many accounts are watched; those tried least go first.
const ACCOUNTS: usize = 1 << 14;

/// How long after the last failure the count starts anew.
const QUIET: Duration = Duration::from_secs(15 * 60);

/// What the first failure too many costs; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Counts failures by account, whether it exists or not.
///
/// An attempt counts as failed from its beginning, so that a burst of guesses is not judged by the count before it.
pub struct Attempts {
    free: u32,
    longest_pause: Duration,
    counts: Cache<Username, Count>,
}

#[derive(Clone, Copy)]
struct Count {
    failures: u32,
    last: Instant,
    blocked_until: Option<Instant>,
}

impl Attempts {
    /// `free`: how many failures in a row cost nothing; zero counts nothing.
    pub fn new(free: u32, longest_pause: Duration) -> Self {
        Self { free, longest_pause, counts: Cache::new(if free == 0 { 0 } else { ACCOUNTS }) }
    }

    /// Begins an attempt.
    pub fn begin(&self, user: &Username, now: Instant) -> Result<(), Rejection> {
        if self.free == 0 {
            return Ok(());
        }
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
    pub fn failed(&self, user: &Username, now: Instant) {
        self.change(user, |count| count.block(self.pause(count.failures), now));
    }

    /// The attempt was good.
    pub fn succeeded(&self, user: &Username) {
        self.counts.remove(user);
    }

    /// The attempt was not judged.
    pub fn take_back(&self, user: &Username) {
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
}
