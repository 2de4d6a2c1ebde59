//! Asking again whether somebody is still welcome.

use crate::store::{Renewal, Session};
use crate::vocabulary::Unavailable;
use async_trait::async_trait;

/// Asks whoever signed somebody in about a session whose time to do so has come.
#[async_trait]
pub trait SessionRenewal: Send + Sync {
    /// Asks about `session`. Nobody else asks about it at the same time.
    ///
    /// # Errors
    /// [`Unavailable`] if nobody can tell now: the session goes on until its end, and they are asked again.
    async fn renew(&self, session: &Session) -> Result<Renewed, Unavailable>;
}

/// What they said.
#[derive(Clone)]
pub enum Renewed {
    /// The session goes on, and this is kept of it.
    Goes(Renewal),
    /// It is over.
    Ends,
}
