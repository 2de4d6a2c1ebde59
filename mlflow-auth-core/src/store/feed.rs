//! What changed, so that everybody who remembers something can forget it.

use super::StoreError;
use crate::vocabulary::{Subject, Username};
use async_trait::async_trait;
use std::time::Duration;

/// The number of a committed change. Grows with every one that changes something, across all processes that share the
/// store.
pub type Revision = i64;

/// What a committed change touched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The user's account: created, removed, or anything of it changed.
    User(Username),
    /// The groups or roles that the user belongs to.
    Membership(Username),
    /// The grants of a subject.
    Grants(Subject),
    /// Too much to tell, or no longer known: forget all.
    Everything,
}

/// What was committed after a revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The newest revision these events tell of.
    pub revision: Revision,
    /// What was touched, oldest first, perhaps more than once.
    pub events: Vec<Event>,
}

/// The feed of a store's changes.
#[async_trait]
pub trait ChangeFeed: Send + Sync {
    /// The newest revision.
    async fn revision(&self) -> Result<Revision, StoreError>;

    /// All that was committed after `after` until now, by this process or another. Waits for a change, but no longer than
    /// `patience`; then the answer has no events and the revision it began with. Every event at or below `after` is left
    /// out. A gap is told as [`Event::Everything`]: a feed that was pruned, or a revision that is still to come, because
    /// the store was put back to an older state.
    async fn changes(&self, after: Revision, patience: Duration) -> Result<Changes, StoreError>;
}
