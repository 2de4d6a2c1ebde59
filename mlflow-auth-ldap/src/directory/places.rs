//! How many ask at once.

use crate::error::LdapError;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Places for those who ask, and for those who wait for that.
pub(super) struct Places {
    all: Semaphore,
    asking: Semaphore,
}

impl Places {
    pub(super) fn new(asking: usize, waiting: usize) -> Self {
        let asking = asking.clamp(1, Semaphore::MAX_PERMITS);
        let all = asking.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        Self { all: Semaphore::new(all), asking: Semaphore::new(asking) }
    }

    /// Waits for the right to ask.
    ///
    /// # Errors
    /// [`LdapError::Crowded`] if too many wait already, or if it takes longer than `patience`.
    pub(super) async fn enter(&self, patience: Duration) -> Result<Place<'_>, LdapError> {
        let place = self.all.try_acquire().map_err(|_| LdapError::Crowded)?;
        let seat = tokio::time::timeout(patience, self.asking.acquire()).await;
        match seat {
            Ok(Ok(seat)) => Ok(Place { _permits: (place, seat) }),
            _ => Err(LdapError::Crowded),
        }
    }
}

/// The right to ask.
pub(super) struct Place<'a> {
    _permits: (SemaphorePermit<'a>, SemaphorePermit<'a>),
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn who_finds_all_places_taken_is_told() {
        let places = Places::new(1, 1);
        let asking = places.enter(SHORT).await.unwrap();
        let (waited, crowded) = tokio::join!(places.enter(SHORT), places.enter(SHORT));
        assert!(matches!((waited, crowded), (Err(LdapError::Crowded), Err(LdapError::Crowded))));
        drop(asking);
        assert!(places.enter(SHORT).await.is_ok());
    }
}
