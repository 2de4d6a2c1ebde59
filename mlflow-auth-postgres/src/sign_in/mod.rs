//! Tokens, sessions, identities and failed attempts.

mod attempts;
mod identities;
mod sessions;
mod tokens;

pub(crate) use tokens::token;

use crate::error::Result;
use mlflow_auth_core::store::Seconds;
use sqlx::Row;
use sqlx::postgres::PgRow;

/// What a column holds of a moment.
pub(crate) fn column(at: Seconds) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

/// The moment in a column. What is before 1970 is long ago.
pub(crate) fn moment(row: &PgRow, index: usize) -> Result<Seconds> {
    Ok(Seconds::try_from(row.try_get::<i64, _>(index)?).unwrap_or(0))
}

fn moment_or_none(row: &PgRow, index: usize) -> Result<Option<Seconds>> {
    Ok(row.try_get::<Option<i64>, _>(index)?.map(|at| Seconds::try_from(at).unwrap_or(0)))
}

/// How many rows, as callers count them.
fn count(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}
