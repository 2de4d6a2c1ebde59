//! The server that follows the first.

use crate::error::{PostgresError, Result};
use crate::feed;
use crate::marks::Marks;
use crate::pool::Pool;
use crate::session::Session;
use crate::work::{self, Frame, Work};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A server whose state may be older than the first one's, and is used only where nobody can tell.
///
/// A read from it is worth as much as one from the first server if it has all that this process ever heard of: what it
/// wrote itself, and what the feed told it. Then whatever comes later is heard later, and forgotten then. Where the feed was
/// not looked at lately, nobody knows what there is to hear, and the first server is asked. So it is when this one stands on
/// another line: the first one was put back to an older state, and this one was not.
pub(crate) struct Replica {
    pool: Pool,
    rests_until: Mutex<Option<Instant>>,
}

/// How long ago the first server's feed may have been looked at.
const LATELY: Duration = Duration::from_secs(1);

/// How long a server that failed is left alone.
const REST: Duration = Duration::from_secs(5);

/// How long a read waits for a connection to it, before the first server is asked.
pub(crate) const PATIENCE: Duration = Duration::from_millis(500);

impl Replica {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool, rests_until: Mutex::default() }
    }

    /// What a read says there; nothing if it must be made on the first server.
    pub(crate) async fn read<A, T>(
        &self,
        frame: &Frame,
        marks: &Marks,
        about: &A,
        work: Work<Session, A, T>,
    ) -> Option<Result<T>> {
        let floor = marks.floor(LATELY).filter(|_| !self.rests())?;
        let read = async {
            let mut session = work::begin_snapshot(&self.pool, frame).await?;
            if !feed::has(&mut session, floor).await? {
                work::end_snapshot(session).await;
                return Ok(None);
            }
            let outcome = work(&mut session, about).await;
            work::end_snapshot(session).await;
            outcome.map(Some)
        };
        match read.await {
            Ok(found) => found.map(Ok),
            // An answer as good as any: there is no such thing.
            Err(error @ PostgresError::Refused(_)) => Some(Err(error)),
            // Whatever else it is, it may be the fault of this server alone.
            Err(error) => {
                tracing::warn!(%error, "the read replica fails; the first server is asked");
                *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
                None
            }
        }
    }

    fn rests(&self) -> bool {
        let until = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}
