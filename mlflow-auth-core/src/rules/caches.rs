//! Working memory that threads take turns in.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// As many caches as threads can run at once. A thread that finds its own taken takes another, so that none is made anew
/// while a warm one lies idle, and memory is bounded.
#[derive(Debug)]
pub(super) struct Caches<T> {
    ring: Box<[Mutex<Option<T>>]>,
    /// Where those wait who found all others taken.
    last: Mutex<Option<T>>,
}

/// The most caches beside the last.
const MOST: usize = 16;

impl<T> Default for Caches<T> {
    fn default() -> Self {
        static THREADS: std::sync::LazyLock<usize> =
            std::sync::LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from).min(MOST));
        Self { ring: std::iter::repeat_with(Mutex::default).take(*THREADS).collect(), last: Mutex::default() }
    }
}

impl<T> Caches<T> {
    /// One that nobody else uses meanwhile; empty if it was never used.
    pub(super) fn take(&self) -> MutexGuard<'_, Option<T>> {
        let (before, from) = self.ring.split_at(turn().checked_rem(self.ring.len()).unwrap_or(0));
        for cache in from.iter().chain(before) {
            match cache.try_lock() {
                Ok(cache) => return cache,
                Err(TryLockError::Poisoned(poisoned)) => return emptied(poisoned),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.last.lock().unwrap_or_else(emptied)
    }
}

/// What a panic left half made is thrown away.
fn emptied<T>(poisoned: PoisonError<MutexGuard<'_, Option<T>>>) -> MutexGuard<'_, Option<T>> {
    let mut cache = poisoned.into_inner();
    *cache = None;
    cache
}

/// A number of this thread, so that threads begin at different caches.
fn turn() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    std::thread_local! {
        static TURN: usize = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    TURN.with(|turn| *turn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn threads_never_share_one_and_find_it_again() {
        let caches: Caches<usize> = Caches::default();
        let together = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    together.wait();
                    for _ in 0..1000 {
                        *caches.take().get_or_insert(0) += 1;
                    }
                });
            }
        });
        let count = |cache: &Mutex<Option<usize>>| cache.lock().unwrap().unwrap_or(0);
        assert_eq!(caches.ring.iter().map(count).sum::<usize>() + count(&caches.last), 8000);
    }

    #[test]
    fn what_a_panic_left_is_thrown_away() {
        let caches: Caches<usize> = Caches::default();
        let panicked = std::thread::scope(|scope| {
            let broken = scope.spawn(|| {
                let mut cache = caches.take();
                *cache = Some(1);
                panic!("on purpose");
            });
            broken.join().is_err()
        });
        assert!(panicked);
        for _ in 0..2 {
            let held: Vec<_> = (0..caches.ring.len()).map(|_| caches.take()).collect();
            assert!(held.iter().all(|cache| cache.is_none()));
        }
    }
}
