//! A search narrowed to what the caller may read, before it is made.

use super::Allowed;
use crate::reply::Reply;
use mlflow_auth_core::routes::{Effect, Id};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// What is left of a search.
pub(crate) enum Narrowed {
    /// All of it, or it is not one that is narrowed.
    Whole,
    /// These parameters.
    To(Map<String, Value>),
    /// Nothing: the answer is empty.
    ToNothing,
}

/// Narrows the experiments of a search to those that the caller may read.
///
/// # Errors
/// 400 if they cannot be read, 503 if their names cannot be looked up.
pub(crate) async fn narrow(allowed: &Allowed<'_>) -> Result<Narrowed, Reply> {
    let Effect::Narrow { experiments, kind } = allowed.route.effect else { return Ok(Narrowed::Whole) };
    if allowed.who.passes_every_check() {
        return Ok(Narrowed::Whole);
    }
    let params = &allowed.reading.params;
    let ids = params.ids(Id::each(experiments)).map_err(|error| Reply::bad_request(error.to_string()))?;
    if ids.is_empty() || !allowed.may_see(kind) {
        return Ok(Narrowed::ToNothing);
    }
    let asked = allowed.readable_experiments(ids.iter().copied().collect::<HashSet<_>>());
    let readable = Box::pin(asked).await?;
    let kept: Vec<Value> = ids.into_iter().filter(|id| readable.get(id) == Some(&true)).map(Value::from).collect();
    if kept.is_empty() {
        return Ok(Narrowed::ToNothing);
    }
    let mut fields = params.fields().clone();
    fields.insert(experiments.to_owned(), Value::Array(kept));
    Ok(Narrowed::To(fields))
}
