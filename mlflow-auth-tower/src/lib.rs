//! MLflow-style access control as a tower layer.

mod body;
mod judged;

pub use body::{Body, BoxError};
pub use judged::{Judged, Plain};
