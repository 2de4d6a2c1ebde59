//! A search narrowed to what the caller may read, before it is made.

use super::Allowed;
use crate::reply::Reply;
use mlflow_auth_core::routes::{Effect, Id, Page};
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

/// Narrows a search to what the caller may read, as far as it can be told beforehand. Before a workspace is made, what is
/// left of a former one of its name ends.
///
/// # Errors
/// 400 if the experiments that are named cannot be read, 503 if their names cannot be looked up.
pub(crate) async fn narrow(allowed: &Allowed<'_>) -> Result<Narrowed, Reply> {
    if let Effect::WorkspaceMade { name } = allowed.route.effect {
        return Box::pin(allowed.end_namesake(name)).await.map(|()| Narrowed::Whole);
    }
    if allowed.who.passes_every_check() {
        return Ok(Narrowed::Whole);
    }
    match allowed.route.effect {
        Effect::Narrow { experiments, kind } => Box::pin(to_experiments(allowed, experiments, kind)).await,
        Effect::Filter { kind, page: Page::Refill { by_id: Some(by_id), .. }, .. } => {
            Ok(allowed.only_readable(kind, by_id))
        }
        _ => Ok(Narrowed::Whole),
    }
}

/// Narrows the experiments that are named to those that the caller may read.
async fn to_experiments(
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
