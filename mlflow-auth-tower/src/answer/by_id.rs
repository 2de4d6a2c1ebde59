//! A search for the rows that the caller may read and no others, where these are few and known by id.
//!
//! It spares reading through everything there is for the few. The answer is filtered all the same.

use super::Allowed;
use super::narrow::Narrowed;
use http::Method;
use mlflow_auth_core::routes::{ById, RowKind};
use mlflow_auth_core::{Action, ResourceType};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How many ids a filter asks for at the most. MLflow reads a filter in time that grows with it: beyond some thousand it
/// takes longer than reading a thousand rows.
const MOST_IDS: usize = 1000;
/// How long a filter may be in the target of a request, which servers bound, some to four thousand bytes in all.
const LONGEST_IN_TARGET: usize = 1500;

impl Allowed<'_> {
    /// The search narrowed to what the caller may read.
    pub(super) fn only_readable(&self, kind: RowKind, by_id: ById) -> Narrowed {
        let Some(mut ids) = self.readable_ids(kind) else { return Narrowed::Whole };
        if ids.is_empty() {
            // Asked all the same: what else is wrong with the search is MLflow's to say.
            ids.insert(by_id.none);
        }
        if ids.len() > MOST_IDS || !ids.iter().all(|id| can_be_quoted(id)) {
            return Narrowed::Whole;
        }
        let Some(filter) = joined(&ids, by_id, self.reading.params.fields()) else { return Narrowed::Whole };
        if *self.head.judged_method() == Method::GET && filter.len() > LONGEST_IN_TARGET {
            return Narrowed::Whole;
        }
        let mut fields = self.reading.params.fields().clone();
        fields.insert(by_id.filter.to_owned(), filter.into());
        Narrowed::To(fields)
    }

    /// The ids of all rows that the caller may read, if grants name them one by one.
    fn readable_ids(&self, kind: RowKind) -> Option<BTreeSet<&str>> {
        let kinds: &[&'static str] = match &kind {
            RowKind::Resource { kind, .. } => &[kind],
            RowKind::Registered => &["registered_model", "prompt"],
            _ => return None,
        };
        let mut ids = BTreeSet::new();
        for kind in kinds {
            let kind = ResourceType::new(kind);
            let policy = self.authorizer.policy();
            ids.extend(policy.permitted_ids(self.who, self.held, Action::Read, &kind, self.workspace)?);
        }
        Some(ids)
    }
}

/// The filter for these ids, and for what was asked for. Ours comes first: whatever theirs holds cannot take it away.
fn joined(ids: &BTreeSet<&str>, by_id: ById, fields: &Map<String, Value>) -> Option<String> {
    let listed: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    let ours = format!("{} IN ({})", by_id.attribute, listed.join(", "));
    match fields.get(by_id.filter) {
        None | Some(Value::Null) => Some(ours),
        Some(Value::String(theirs)) if theirs.trim().is_empty() => Some(ours),
        Some(Value::String(theirs)) => Some(format!("{ours} AND {theirs}")),
        Some(_) => None,
    }
}

/// Whether an id stands for itself between quotes, whatever reads it.
fn can_be_quoted(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-./:@+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BY_ID: ById = ById { filter: "filter", attribute: "name", none: ":" };

    #[test]
    fn what_was_asked_for_is_joined_behind() {
        let ids = BTreeSet::from(["a", "b c"]);
        let cases = [
            (json!({}), Some("name IN ('a', 'b c')")),
            (json!({"filter": " "}), Some("name IN ('a', 'b c')")),
            (json!({"filter": "name LIKE 'x%'"}), Some("name IN ('a', 'b c') AND name LIKE 'x%'")),
            (json!({"filter": 7}), None),
        ];
        for (fields, expected) in cases {
            assert_eq!(joined(&ids, BY_ID, fields.as_object().unwrap()).as_deref(), expected, "{fields}");
        }
    }

    #[test]
    fn ids_that_could_end_their_quotes_are_not_put_between_any() {
        assert!(["12", "team/churn-v2", "a b.c:d@e+f_g"].into_iter().all(can_be_quoted));
        for id in ["a'b", "a\"b", "a\\b", "a`b", "a,b", "a(b", "a;b", "a%b", "größe", "a\nb"] {
            assert!(!can_be_quoted(id), "{id}");
        }
    }
}
