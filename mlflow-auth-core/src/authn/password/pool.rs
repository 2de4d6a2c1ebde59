//! Where hashes are computed: off the async threads, some at once, some more waiting.

use crate::vocabulary::Unavailable;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// What is said to be unavailable.
const WHAT: &str = "the check of passwords";

#[derive(Clone)]
pub(super) struct Pool {
    /// Who computes or waits.
    places: Arc<Semaphore>,
    /// Who computes.
    seats: Arc<Semaphore>,
    jobs: Arc<AtomicU64>,
}

impl Pool {
    pub(super) fn new(parallel: usize, waiting: usize) -> Self {
        let parallel = parallel.clamp(1, Semaphore::MAX_PERMITS);
        let places = parallel.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places)),
            seats: Arc::new(Semaphore::new(parallel)),
            jobs: Arc::default(),
        }
    }

    /// Waits for the right to compute.
    ///
    /// # Errors
    /// [`Unavailable`] if too many wait already.
    pub(super) async fn enter(&self) -> Result<Seat, Unavailable> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| Unavailable::new(WHAT, "too many passwords wait to be checked"))?;
        let seat = Arc::clone(&self.seats).acquire_owned().await.map_err(|error| Unavailable::new(WHAT, error))?;
        Ok(Seat { permits: Arc::new((place, seat)), jobs: Arc::clone(&self.jobs) })
    }

    /// How many jobs were begun.
    pub(super) fn jobs(&self) -> u64 {
        self.jobs.load(Relaxed)
    }
}

/// The right to compute, one job after the other. A job that nobody waits for any more holds it to its end.
pub(super) struct Seat {
    permits: Arc<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
    jobs: Arc<AtomicU64>,
}

impl Seat {
    /// Runs a job that blocks.
    ///
    /// # Errors
    /// [`Unavailable`] if it panics or the runtime shuts down.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.jobs.fetch_add(1, Relaxed);
        let permits = Arc::clone(&self.permits);
        let work = move || {
            let outcome = job();
            drop(permits);
            outcome
        };
        spawn_blocking(work).await.map_err(|error| Unavailable::new(WHAT, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    #[tokio::test]
    async fn no_more_at_once_than_asked_for() {
        let (pool, now, most) = (Pool::new(2, 100), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let jobs: Vec<_> = (0..20)
            .map(|_| {
                let (pool, now, most) = (pool.clone(), Arc::clone(&now), Arc::clone(&most));
                tokio::spawn(async move {
                    let seat = pool.enter().await.unwrap();
                    let job = move || {
                        most.fetch_max(now.fetch_add(1, Relaxed) + 1, Relaxed);
                        std::thread::sleep(Duration::from_millis(2));
                        now.fetch_sub(1, Relaxed);
                    };
                    seat.run(job).await.unwrap();
                })
            })
            .collect();
        for job in jobs {
            job.await.unwrap();
        }
        assert_eq!((most.load(Relaxed), pool.jobs()), (2, 20));
    }

    #[tokio::test]
    async fn who_comes_when_all_places_are_taken_is_told_at_once() {
        let pool = Pool::new(1, 1);
        let seat = pool.enter().await.unwrap();
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.enter().await.is_ok() }
        });
        tokio::task::yield_now().await;
        let error = pool.enter().await.err().unwrap();
        assert_eq!(error.to_string(), "the check of passwords is unavailable");
        drop(seat);
        assert!(waiting.await.unwrap());
        assert!(pool.enter().await.is_ok());
    }

    #[tokio::test]
    async fn a_job_that_was_left_keeps_its_seat_to_the_end() {
        let pool = Pool::new(1, 0);
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let seat = pool.enter().await.unwrap();
        let left = tokio::spawn(async move { seat.run(move || wait.recv()).await.is_ok() });
        while pool.jobs() == 0 {
            tokio::task::yield_now().await;
        }
        left.abort();
        assert!(left.await.is_err());
        assert!(pool.enter().await.is_err());
        go.send(()).unwrap();
        while pool.enter().await.is_err() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_outage_and_gives_the_seat_back() {
        let pool = Pool::new(1, 0);
        assert!(pool.enter().await.unwrap().run(|| panic!("on purpose")).await.is_err());
        assert!(pool.enter().await.is_ok());
    }
}
