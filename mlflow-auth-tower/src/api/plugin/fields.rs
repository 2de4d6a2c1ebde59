//! The fields of a body or a query, read as mlflow-oidc-auth reads them: what does not fit its schema is a 422 that
//! names every field.

use crate::reply::Reply;
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;

/// Where the fields stand, as errors name it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Body,
    Query,
    Path,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Place::Body => "body",
            Place::Query => "query",
            Place::Path => "path",
        }
    }
}

/// Fields that are read one after the other. What is wrong with them is told by [`Fields::done`], and until then a field
/// that cannot be read is empty.
pub(super) struct Fields<'f> {
    place: Place,
    fields: &'f Map<String, Value>,
    problems: Vec<Value>,
}

impl<'f> Fields<'f> {
    pub(super) fn new(place: Place, fields: &'f Map<String, Value>) -> Self {
        Self { place, fields, problems: Vec::new() }
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, name: &'static str) -> &'f str {
        match self.fields.get(name) {
            None => self.missing(name),
            Some(_) => self.maybe_text(name, true).unwrap_or_default(),
        }
    }

    /// A text that may be absent or `null`.
    pub(super) fn text_or_none(&mut self, name: &'static str) -> Option<&'f str> {
        self.maybe_text(name, false)
    }

    /// Texts that must be there.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<&'f str> {
        let items = match self.fields.get(name) {
            None => self.missing(name),
            Some(Value::Array(items)) => items.as_slice(),
            Some(_) => self.wrong(name, "list_type", "Input should be a valid list"),
        };
        let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
        texts.unwrap_or_else(|| self.wrong(name, "string_type", "Input should be a list of valid strings"))
    }

    /// Objects that may be absent or `null`.
    pub(super) fn objects_or_none(&mut self, name: &'static str) -> Option<Vec<&'f Map<String, Value>>> {
        let objects = match self.fields.get(name).filter(|value| !value.is_null())? {
            Value::Array(items) => items.iter().map(Value::as_object).collect(),
            _ => None,
        };
        Some(objects.unwrap_or_else(|| self.wrong(name, "list_type", "Input should be a valid list of objects")))
    }

    /// A flag that must be there.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        match self.fields.get(name) {
            None => self.missing(name),
            Some(value) => flag(value).unwrap_or_else(|| self.not_a_flag(name)),
        }
    }

    /// A flag that may be absent or `null`.
    pub(super) fn flag_or_none(&mut self, name: &'static str) -> Option<bool> {
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => Some(flag(value).unwrap_or_else(|| self.not_a_flag(name))),
        }
    }

    /// A whole number that must be there.
    pub(super) fn integer(&mut self, name: &'static str) -> i64 {
        match self.fields.get(name) {
            None => self.missing(name),
            Some(value) => integer(value).unwrap_or_else(|| self.not_an_integer(name)),
        }
    }

    /// A whole number in a range that may be absent or `null`.
    pub(super) fn integer_or_none(&mut self, name: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        let number = integer(value).unwrap_or_else(|| self.not_an_integer(name));
        if number < *range.start() {
            let problem = format!("Input should be greater than or equal to {}", range.start());
            self.problem(name, "greater_than_equal", &problem);
        } else if number > *range.end() {
            let problem = format!("Input should be less than or equal to {}", range.end());
            self.problem(name, "less_than_equal", &problem);
        }
        Some(number)
    }

    /// A field that was read and does not fit otherwise.
    pub(super) fn problem(&mut self, name: &str, kind: &str, message: &str) {
        // What was sent is not repeated: it may be a password.
        self.problems.push(json!({"type": kind, "loc": [self.place.name(), name], "msg": message}));
    }

    /// Whether all that was read is what it must be.
    ///
    /// # Errors
    /// 422, with every field that is not.
    pub(super) fn done(self) -> Result<(), Reply> {
        match self.problems.is_empty() {
            true => Ok(()),
            false => Err(Reply::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({"detail": self.problems}))),
        }
    }

    fn maybe_text(&mut self, name: &'static str, must_be: bool) -> Option<&'f str> {
        match self.fields.get(name) {
            Some(Value::String(text)) => Some(text),
            None | Some(Value::Null) if !must_be => None,
            _ => Some(self.wrong(name, "string_type", "Input should be a valid string")),
        }
    }

    fn missing<T: Default>(&mut self, name: &str) -> T {
        self.wrong(name, "missing", "Field required")
    }

    fn not_a_flag(&mut self, name: &str) -> bool {
        self.wrong(name, "bool_parsing", "Input should be a valid boolean, unable to interpret input")
    }

    fn not_an_integer(&mut self, name: &str) -> i64 {
        self.wrong(name, "int_parsing", "Input should be a valid integer, unable to parse string as an integer")
    }

    fn wrong<T: Default>(&mut self, name: &str, kind: &str, message: &str) -> T {
        self.problem(name, kind, message);
        T::default()
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) if number.as_i64() == Some(0) => Some(false),
        Value::Number(number) if number.as_i64() == Some(1) => Some(true),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" | "t" | "y" => Some(true),
            "false" | "0" | "no" | "off" | "f" | "n" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(fields: Value, read: impl FnOnce(&mut Fields<'_>) -> T) -> (T, String) {
        let object = fields.as_object().cloned().unwrap();
        let mut fields = Fields::new(Place::Body, &object);
        let value = read(&mut fields);
        (value, fields.done().map_or_else(|reply| format!("{reply:?}"), |()| String::new()))
    }

    #[test]
    fn what_fits_is_read() {
        assert_eq!(read(json!({"a": "x"}), |fields| fields.text("a").to_owned()), ("x".into(), String::new()));
        assert_eq!(read(json!({"a": ""}), |fields| fields.text("a").to_owned()), (String::new(), String::new()));
        assert_eq!(read(json!({"a": null}), |fields| fields.text_or_none("a").is_none()), (true, String::new()));
        assert_eq!(read(json!({"a": ["x"]}), |fields| fields.texts("a").len()), (1, String::new()));
        for (value, expected) in [(json!(true), true), (json!(0), false), (json!("True"), true), (json!("off"), false)]
        {
            assert_eq!(read(json!({"a": value}), |fields| fields.flag("a")), (expected, String::new()));
        }
        for (value, expected) in [(json!(-7), -7), (json!("12"), 12)] {
            assert_eq!(read(json!({"a": value}), |fields| fields.integer("a")), (expected, String::new()));
        }
        assert_eq!(read(json!({}), |fields| fields.integer_or_none("a", 1..=5)), (None, String::new()));
        assert_eq!(read(json!({"a": "5"}), |fields| fields.integer_or_none("a", 1..=5)), (Some(5), String::new()));
    }

    #[test]
    fn what_does_not_fit_is_named_without_its_value() {
        type Read = fn(&mut Fields<'_>);
        let cases: [(Value, Read, &str); 13] = [
            (json!({}), |fields| _ = fields.text("a"), "missing"),
            (json!({"a": 1}), |fields| _ = fields.text("a"), "string_type"),
            (json!({"a": null}), |fields| _ = fields.text("a"), "string_type"),
            (json!({"a": ["kept quiet"]}), |fields| _ = fields.text_or_none("a"), "string_type"),
            (json!({"a": "kept quiet"}), |fields| _ = fields.texts("a"), "list_type"),
            (json!({"a": ["kept quiet", 1]}), |fields| _ = fields.texts("a"), "string_type"),
            (json!({}), |fields| _ = fields.flag("a"), "missing"),
            (json!({"a": "kept quiet"}), |fields| _ = fields.flag("a"), "bool_parsing"),
            (json!({"a": 2}), |fields| _ = fields.flag_or_none("a"), "bool_parsing"),
            (json!({"a": 1.5}), |fields| _ = fields.integer("a"), "int_parsing"),
            (json!({"a": "kept quiet"}), |fields| _ = fields.integer("a"), "int_parsing"),
            (json!({"a": 0}), |fields| _ = fields.integer_or_none("a", 1..=5), "greater_than_equal"),
            (json!({"a": "6"}), |fields| _ = fields.integer_or_none("a", 1..=5), "less_than_equal"),
        ];
        for (fields, reading, expected) in cases {
            let ((), told) = read(fields.clone(), reading);
            assert!(told.contains(expected) && told.contains("422") && !told.contains("quiet"), "{fields}: {told}");
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let (_, told) = read(json!({"b": 1}), |fields| (fields.integer("a"), fields.text("b").len()));
        assert!(told.contains("missing") && told.contains("string_type"), "{told}");
    }
}
