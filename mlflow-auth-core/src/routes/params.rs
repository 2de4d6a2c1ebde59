//! The parameters of a request, as they were judged.

use super::{Id, Named, When};
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
    /// It is not a text, or a list of texts that are not empty.
    #[error("the parameter `{0}` must be a string, or a list of strings that are not empty")]
    NotText(&'static str),
    /// Both names of one field are there, and say different things.
    #[error("the parameters `{0}` and `{1}` must say the same")]
    Differ(&'static str, &'static str),
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
    /// [`PathError`] if there are fewer than there must be, one is not a text, or the two names of a field differ.
    pub fn ids(&self, id: Id) -> Result<Vec<&str>, PathError> {
        let mut found = self.texts(id.field)?;
        if let Some(alias) = id.alias {
            let others = self.texts(alias)?;
            if found.is_empty() {
                found = others;
            } else if !others.is_empty() && others != found {
                return Err(PathError::Differ(id.field, alias));
            }
        }
        let enough = match id.named {
            Named::One => found.len() == 1,
            Named::Some => !found.is_empty(),
            Named::Maybe | Named::Each => true,
        };
        if enough { Ok(found) } else { Err(PathError::Missing(id.field)) }
    }

    /// Whether the condition holds. A text that cannot be read as one is not the text that is asked for.
    pub fn holds(&self, when: When) -> bool {
        match when {
            When::Given(field) => self.values(field).iter().any(|value| match value {
                Found::Text(text) => !text.is_empty(),
                Found::Json(Value::Null) | Found::Item(Value::Null) => false,
                Found::Json(Value::String(text)) | Found::Item(Value::String(text)) => !text.is_empty(),
                Found::Json(Value::Object(fields)) | Found::Item(Value::Object(fields)) => !fields.is_empty(),
                Found::Json(_) | Found::Item(_) => true,
            }),
            When::Absent(field) => !self.holds(When::Given(field)),
            When::True(field) => self.value(field).is_some_and(is_true),
            When::TrueByDefault(field) => self.value(field).is_none_or(is_true),
            When::Is(field, expected) => self.texts(field).is_ok_and(|texts| texts.contains(&expected)),
        }
    }

    /// Whether a tag of one of these names stands at `at`, which is written as [`Need::NoTag`](super::Need::NoTag) says.
    /// Capitals and spaces around a name make no other name of it, as they do not to every data base.
    pub fn has_tag(&self, at: &str, names: &[&str]) -> bool {
        let named = |text: &str| names.iter().any(|name| name.eq_ignore_ascii_case(text.trim()));
        self.values(at).iter().any(|value| match value {
            Found::Text(text) => named(text),
            Found::Json(Value::String(text)) | Found::Item(Value::String(text)) => named(text),
            Found::Json(Value::Object(tag)) | Found::Item(Value::Object(tag)) => {
                tag.keys().any(|name| named(name)) || tag.get("key").and_then(Value::as_str).is_some_and(named)
            }
            Found::Json(_) | Found::Item(_) => false,
        })
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

    fn texts(&self, field: &'static str) -> Result<Vec<&str>, PathError> {
        let mut found = Vec::new();
        for value in self.values(field) {
            match value {
                Found::Text("") | Found::Json(Value::Null) => {}
                Found::Text(text) => found.push(text),
                Found::Json(Value::String(text)) if text.is_empty() => {}
                Found::Json(Value::String(text)) => found.push(text),
                // An element that says nothing is no absent one: the service would read a list with a hole.
                Found::Item(Value::String(text)) if !text.is_empty() => found.push(text),
                Found::Json(_) | Found::Item(_) => return Err(PathError::NotText(field)),
            }
        }
        Ok(found)
    }

    fn values(&self, field: &str) -> Vec<Found<'_>> {
        if let Some((_, text)) = self.path.iter().find(|(name, _)| *name == field) {
            return vec![Found::Text(text)];
        }
        let found = walk(&self.fields, field).into_iter();
        found
            .flat_map(|value| match value {
                Value::Array(items) => items.iter().map(Found::Item).collect(),
                value => vec![Found::Json(value)],
            })
            .collect()
    }
}

/// As Python's `bool` has it.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

enum Found<'a> {
    Text(&'a str),
    Json(&'a Value),
    /// An element of a list.
    Item(&'a Value),
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
    fn two_names_of_one_field_must_agree() {
        let of = |fields: serde_json::Value| Params::new(Vec::new(), fields.as_object().cloned().unwrap());
        let run = Id::one("run_id").or("run_uuid");
        for (fields, expected) in [
            (json!({"run_id": "r"}), Ok(vec!["r"])),
            (json!({"run_uuid": "r"}), Ok(vec!["r"])),
            (json!({"run_id": "", "run_uuid": "r"}), Ok(vec!["r"])),
            (json!({"run_id": "r", "run_uuid": "r"}), Ok(vec!["r"])),
            (json!({"run_id": "r", "run_uuid": null}), Ok(vec!["r"])),
            (json!({"run_id": "r", "run_uuid": "s"}), Err(PathError::Differ("run_id", "run_uuid"))),
            (json!({"run_id": "r", "run_uuid": ["r", "s"]}), Err(PathError::Differ("run_id", "run_uuid"))),
            (json!({"run_id": "r", "run_uuid": 7}), Err(PathError::NotText("run_uuid"))),
            (json!({}), Err(PathError::Missing("run_id"))),
        ] {
            assert_eq!(of(fields.clone()).ids(run), expected, "{fields}");
        }
    }

    #[test]
    fn conditions_hold_for_what_is_there() {
        let params = params();
        let cases = [
            (When::Given("run_id"), true),
            (When::Given("model_id"), true),
            (When::Given("number"), true),
            (When::Given("trace.info"), true),
            (When::Given("metrics"), true),
            (When::Given("metrics[].model_id"), true),
            (When::Given("empty"), false),
            (When::Given("nothing"), false),
            (When::Given("metrics[].absent"), false),
            (When::Is("run_id", "r1"), true),
            (When::Is("run_id", "r2"), false),
            (When::Is("number", "7"), false),
            (When::Absent("absent"), true),
            (When::Absent("run_id"), false),
            (When::True("number"), true),
            (When::True("empty"), false),
            (When::True("absent"), false),
            (When::TrueByDefault("absent"), true),
            (When::TrueByDefault("nothing"), false),
        ];
        for (when, expected) in cases {
            assert_eq!(params.holds(when), expected, "{when:?}");
        }
    }

    #[test]
    fn finds_tags_in_every_form() {
        let names = ["mlflow.artifactLocation"];
        let has = |fields: serde_json::Value, at| {
            Params::new(Vec::new(), fields.as_object().cloned().unwrap()).has_tag(at, &names)
        };
        assert!(has(json!({"key": "mlflow.artifactLocation"}), "key"));
        assert!(has(json!({"key": " MLflow.ArtifactLocation"}), "key"));
        assert!(has(json!({"tags": [{"key": "a"}, {"key": "mlflow.artifactLocation", "value": ""}]}), "tags"));
        assert!(has(json!({"trace": {"tags": {"a": "b", "mlflow.artifactLocation": "x"}}}), "trace.tags"));
        assert!(!has(json!({"key": "a", "tags": []}), "key"));
        assert!(!has(json!({"tags": [{"key": "a", "value": "mlflow.artifactLocation"}]}), "tags"));
        assert!(!has(json!({"tags": {"a": "mlflow.artifactLocation"}}), "tags"));
        assert!(!has(json!({}), "tags"));
    }

    #[test]
    fn says_what_is_missing_or_wrong() {
        let params = params();
        for field in ["absent", "empty", "nothing"] {
            assert_eq!(params.ids(Id::one(field)), Err(PathError::Missing(field)));
        }
        assert_eq!(params.ids(Id::one("number")), Err(PathError::NotText("number")));
        for hole in [json!(""), json!(null)] {
            let params = Params::new(Vec::new(), json!({"ids": ["a", hole]}).as_object().cloned().unwrap());
            assert_eq!(params.ids(Id::each("ids")), Err(PathError::NotText("ids")));
        }
        assert_eq!(params.ids(Id::one("run_ids")), Err(PathError::Missing("run_ids")));
    }
}
