//! Tokens, sessions, identities and failed attempts.

mod attempts;
mod identities;
mod sessions;
mod tokens;

pub(crate) use tokens::token;

use crate::error::Result;
use mlflow_auth_core::store::Seconds;
use rusqlite::Row;

/// What a column holds of a moment.
pub(crate) fn column(at: Seconds) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

/// The moment in a column. What is before 1970 is long ago.
pub(crate) fn moment(row: &Row<'_>, index: usize) -> Result<Seconds> {
    Ok(Seconds::try_from(row.get::<_, i64>(index)?).unwrap_or(0))
}

fn moment_or_none(row: &Row<'_>, index: usize) -> Result<Option<Seconds>> {
    Ok(row.get::<_, Option<i64>>(index)?.map(|at| Seconds::try_from(at).unwrap_or(0)))
}
