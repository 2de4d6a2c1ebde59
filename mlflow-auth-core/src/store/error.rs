//! What can go wrong with a store.

use std::error::Error;

/// What can go wrong with a store. Backends keep their own error as the source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Something that was named does not exist, such as ``user `bob` ``.
    #[error("{0} does not exist")]
    NotFound(String),
    /// Something that should be new exists already.
    #[error("{0} already exists")]
    AlreadyExists(String),
    /// Something cannot be stored as it was given.
    #[error("{0}")]
    Invalid(String),
    /// A condition of the write no longer holds: somebody else was faster.
    #[error("{0} was changed by somebody else in the meantime")]
    Conflict(String),
    /// The write would leave nobody who may do everything, such as ``user `ann` ``.
    #[error("{0} is the last active admin")]
    LastAdmin(String),
    /// The write would make more of something than there may be, such as ``tokens of user `ann` ``.
    #[error("there are too many {0}")]
    TooMany(String),
    /// The store cannot be reached or does not answer now. Never a refusal: callers answer 503.
    #[error("the store is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The store answered with something that cannot be understood, or was used wrongly.
    #[error("the store failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

impl From<crate::RuleSetError> for StoreError {
    fn from(error: crate::RuleSetError) -> Self {
        StoreError::Failed(Box::new(error))
    }
}
