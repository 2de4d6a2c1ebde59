//! What a request that was allowed becomes before it is made: a search is narrowed to what the caller may read.

use super::Allowed;
use crate::reply::Reply;
use mlflow_auth_core::routes::Id;
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

/// Narrows the experiments that are named to those that the caller may read.
pub(super) async fn to_experiments(
    allowed: &Allowed<'_>,
    experiments: &'static str,
    kind: &'static str,
) -> Result<Narrowed, Reply> {
    let params = &allowed.reading.params;
    let ids = params.ids(Id::each(experiments)).map_err(|error| Reply::bad_request(error.to_string()))?;
    if ids.is_empty() || !allowed.may_see(kind) {
        return Ok(Narrowed::ToNothing);
    }
    let asked = allowed.readable_experiments(ids.iter().copied().collect::<HashSet<_>>());
    let readable = asked.await?;
    let kept: Vec<Value> = ids.into_iter().filter(|id| readable.get(id) == Some(&true)).map(Value::from).collect();
    if kept.is_empty() {
        return Ok(Narrowed::ToNothing);
    }
    let mut fields = params.fields().clone();
    fields.insert(experiments.to_owned(), Value::Array(kept));
    Ok(Narrowed::To(fields))
}
