//! The store for many replicas: PostgreSQL over `sqlx`.
//!
//! Not built yet. What stands here is the error type, so that code which will use the store can name it. One machine is
//! served by `mlflow-auth-sqlite`.

mod error;

pub use error::PostgresError;
