//! An answer that several callers share.

use mlflow_auth_core::{AuthenticationError, Rejection, Unavailable};
use std::error::Error;
use std::sync::Arc;

/// What somebody who asked learns, which can be told more than once.
#[derive(Clone)]
pub(crate) enum Outcome<T> {
    Known(T),
    Rejected(Rejection),
    Unavailable(&'static str, Arc<dyn Error + Send + Sync>),
}

impl<T> From<Result<T, AuthenticationError>> for Outcome<T> {
    fn from(result: Result<T, AuthenticationError>) -> Self {
        match result {
            Ok(known) => Self::Known(known),
            Err(AuthenticationError::Rejected(rejection)) => Self::Rejected(rejection),
            Err(AuthenticationError::Unavailable(error)) => Self::Unavailable(error.what, error.source.into()),
        }
    }
}

impl<T> From<Outcome<T>> for Result<T, AuthenticationError> {
    fn from(outcome: Outcome<T>) -> Self {
        match outcome {
            Outcome::Known(known) => Ok(known),
            Outcome::Rejected(rejection) => Err(rejection.into()),
            Outcome::Unavailable(what, source) => Err(Unavailable::new(what, source).into()),
        }
    }
}

/// What is told of work that came to no end.
pub(crate) fn broken_off() -> Unavailable {
    Unavailable::new("the directory", "the question to it was broken off")
}
