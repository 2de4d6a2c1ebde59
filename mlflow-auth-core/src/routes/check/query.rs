//! Queries.

use super::{FieldError, Problem, canonical_number, scalar};
use crate::routes::{Field, Message};
use serde_json::{Map, Value};

/// A query, held against a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckedQuery {
    /// The fields of the message: texts, and lists of texts where the message has lists.
    pub fields: Map<String, Value>,
    /// The names that the message does not know, as they came. MLflow does not look at them.
    pub unknown: Vec<(String, String)>,
}

/// The canonical form of a query that is to be read as `message`, from its decoded names and values.
///
/// MLflow reads the `snake_case` names alone, takes all values for a list, the first of them for all else, and hands
/// over texts, which must say what the message has: `true` or `false`, a number, the name of an enum.
///
/// # Errors
/// [`FieldError`] for the first field that is not what the message says, is there twice without being a list, or is
/// spelled as MLflow does not read it.
pub fn check_query(message: &Message, pairs: &[(String, String)]) -> Result<CheckedQuery, FieldError> {
    let mut query = CheckedQuery::default();
    for (name, text) in pairs {
        match message.field(name) {
            None => query.unknown.push((name.clone(), text.clone())),
            Some(field) => {
                let added = if name == field.name {
                    add(field, text, &mut query.fields)
                } else {
                    Err(Problem::Spelling.into())
                };
                added.map_err(|error| error.inside(field.name))?;
            }
        }
    }
    Ok(query)
}

fn add(field: &Field, text: &str, fields: &mut Map<String, Value>) -> Result<(), FieldError> {
    let value = canonical_number(field, scalar::of_query(field.kind, text)?)?;
    if !field.repeated {
        return match fields.insert(field.name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(Problem::Repeated.into()),
        };
    }
    if let Value::Array(items) = fields.entry(field.name).or_insert_with(|| Value::Array(Vec::new())) {
        items.push(value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::mlflow;
    use super::*;
    use serde_json::json;

    fn checked(message: &str, pairs: &[(&str, &str)]) -> Result<CheckedQuery, String> {
        let pairs: Vec<_> = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        check_query(mlflow::message(message).unwrap(), &pairs).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_what_mlflow_reads() {
        let query = checked(
            "SearchExperiments",
            &[
                ("max_results", "10"),
                ("order_by", "name"),
                ("view_type", "3"),
                ("order_by", "x"),
                ("x", "1"),
                ("x", "2"),
            ],
        );
        let query = query.unwrap();
        let expected = json!({"max_results": "10", "order_by": ["name", "x"], "view_type": "ALL"});
        assert_eq!(Value::Object(query.fields), expected);
        assert_eq!(query.unknown, [("x".to_owned(), "1".to_owned()), ("x".to_owned(), "2".to_owned())]);
        let query = checked("GetTrace", &[("trace_id", "t"), ("allow_partial", "True")]).unwrap();
        assert_eq!(Value::Object(query.fields), json!({"trace_id": "t", "allow_partial": "true"}));
    }

    #[test]
    fn refuses_what_can_be_read_in_two_ways() {
        for (message, pairs, expected) in [
            ("GetRun", &[("run_id", "a"), ("run_id", "a")][..], "the field `run_id` is there more than once"),
            ("GetRun", &[("runId", "a")], "the field `run_id` must be spelled with underscores"),
            ("GetTrace", &[("allow_partial", "1")], "the field `allow_partial` must be a boolean: `true` or `false`"),
            ("SearchExperiments", &[("max_results", "1_0")], "the field `max_results` must be a number of 64 bits"),
            ("SearchExperiments", &[("max_results", "")], "the field `max_results` must be a number of 64 bits"),
            ("SearchExperiments", &[("view_type", "SOME")], "the field `view_type` has a value that is not known"),
            (
                "GetExperiment",
                &[("experiment_id", "02")],
                "the field `experiment_id` must be a decimal number, with no sign and no zeros before it",
            ),
            (
                "SearchTraces",
                &[("experiment_ids", "2"), ("experiment_ids", "+2")],
                "the field `experiment_ids` must be a decimal number, with no sign and no zeros before it",
            ),
            (
                "GetModelVersion",
                &[("version", "01")],
                "the field `version` must be a decimal number, with no sign and no zeros before it",
            ),
            ("SearchTracesV3", &[("locations", "x")], "the field `locations` cannot be given in a query"),
        ] {
            assert_eq!(checked(message, pairs).unwrap_err(), expected, "{message} {pairs:?}");
        }
    }
}
