//! The parameters of a request, as they were judged.

use super::{Id, Named};
use serde_json::{Map, Value};

/// The parameters of a request: those in its path, and those of its query or body.
///
/// Query parameters are texts, or arrays of texts where they may be repeated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params {
    path: Vec<(&'static str, String)>,
    fields: Map<String, Value>,
}

/// A field that is missing, or is not what it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It is not there, or empty.
    #[error(
        "Missing value for required parameter '{0}'. See the API docs for more information about request parameters."
    )]
    Missing(&'static str),
    /// It is not a text.
    #[error("the parameter `{0}` must be a string")]
    NotText(&'static str),
}

impl Params {
    /// Parameters from the path, as (name, value), and from the query or the body.
    pub fn new(path: Vec<(&'static str, String)>, fields: Map<String, Value>) -> Self {
        Self { path, fields }
    }

    /// Those in the path.
    pub fn path(&self) -> &[(&'static str, String)] {
        &self.path
    }

    /// Those of the query or the body.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// The same, to be changed before the request is rebuilt from them.
    pub fn fields_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.fields
    }

    /// The ids that stand where `id` says. `null` and empty texts count as absent.
    ///
    /// # Errors
    /// [`PathError`] if there are fewer than there must be, or one is not a text.
    pub fn ids(&self, id: Id) -> Result<Vec<&str>, PathError> {
        let mut found = Vec::new();
        for value in self.values(id.field) {
            match value {
                Found::Text("") => {}
                Found::Text(text) => found.push(text),
                Found::Json(Value::Null) => {}
                Found::Json(Value::String(text)) if text.is_empty() => {}
                Found::Json(Value::String(text)) => found.push(text),
                Found::Json(_) => return Err(PathError::NotText(id.field)),
            }
        }
        let enough = match id.named {
            Named::One => found.len() == 1,
            Named::Some => !found.is_empty(),
            Named::Maybe | Named::Each => true,
        };
        if enough { Ok(found) } else { Err(PathError::Missing(id.field)) }
    }

    /// The one text that stands at `field`, if there is one.
    ///
    /// # Errors
    /// [`PathError::NotText`] if something else stands there.
    pub fn text(&self, field: &'static str) -> Result<Option<&str>, PathError> {
        Ok(self.ids(Id::maybe(field))?.first().copied())
    }

    /// What stands at `field` of the query or the body; for a field inside an array, the first.
    pub fn value(&self, field: &str) -> Option<&Value> {
        walk(&self.fields, field).first().copied()
    }

    fn values(&self, field: &str) -> Vec<Found<'_>> {
        if let Some((_, text)) = self.path.iter().find(|(name, _)| *name == field) {
            return vec![Found::Text(text)];
        }
        let found = walk(&self.fields, field).into_iter();
        found
            .flat_map(|value| match value {
                Value::Array(items) => items.iter().map(Found::Json).collect(),
                value => vec![Found::Json(value)],
            })
            .collect()
    }
}

enum Found<'a> {
    Text(&'a str),
    Json(&'a Value),
}

/// The values at `field` below `fields`: `a.b[].c` goes into `a`, then into every element of its `b`, then to `c`.
fn walk<'a>(fields: &'a Map<String, Value>, field: &str) -> Vec<&'a Value> {
    let mut at: Vec<&Map<String, Value>> = vec![fields];
    let mut steps = field.split('.').peekable();
    while let Some(step) = steps.next() {
        let name = step.strip_suffix("[]").unwrap_or(step);
        let values = at.into_iter().filter_map(|map| map.get(name));
        if steps.peek().is_none() {
            return values.collect();
        }
        at = values
            .flat_map(|value| match value {
                Value::Array(items) => items.iter().filter_map(Value::as_object).collect(),
                value => value.as_object().into_iter().collect::<Vec<_>>(),
            })
            .collect();
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn params() -> Params {
        let fields = json!({
            "run_id": "r1",
            "empty": "",
            "nothing": null,
            "number": 7,
            "run_ids": ["a", "b"],
            "metrics": [{"model_id": "m1"}, {"key": "x"}, {"model_id": "m2"}],
            "trace": {"info": {"id": "t1"}},
        });
        Params::new(vec![("model_id", "from-path".into())], fields.as_object().cloned().unwrap())
    }

    #[test]
    fn finds_ids_wherever_they_stand() {
        let params = params();
        let cases: [(Id, &[&str]); 7] = [
            (Id::one("run_id"), &["r1"]),
            (Id::one("model_id"), &["from-path"]),
            (Id::each("run_ids"), &["a", "b"]),
            (Id::each("metrics[].model_id"), &["m1", "m2"]),
            (Id::one("trace.info.id"), &["t1"]),
            (Id::maybe("nothing"), &[]),
            (Id::each("absent[].x"), &[]),
        ];
        for (id, expected) in cases {
            assert_eq!(params.ids(id).unwrap(), expected, "{id:?}");
        }
    }

    #[test]
    fn says_what_is_missing_or_wrong() {
        let params = params();
        for field in ["absent", "empty", "nothing"] {
            assert_eq!(params.ids(Id::one(field)), Err(PathError::Missing(field)));
        }
        assert_eq!(params.ids(Id::one("number")), Err(PathError::NotText("number")));
        assert_eq!(params.ids(Id::one("run_ids")), Err(PathError::Missing("run_ids")));
    }
}
