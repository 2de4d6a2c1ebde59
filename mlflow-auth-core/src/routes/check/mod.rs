//! Requests, held against the protobuf message that MLflow reads them into.
//!
//! MLflow reads a body with `json_format.ParseDict`. Where that stops at an error, MLflow goes on with what it has read
//! so far, and where a field has two spellings it takes either. Here such a request is refused, so that what is judged
//! and what is executed are the same. Whatever `ParseDict` refuses is refused here; so are some things that it accepts
//! by accident of the language it is written in, such as `"1_0"` for ten.

mod error;
mod query;
mod scalar;
mod time;

pub use error::{FieldError, Problem};
pub use query::{CheckedQuery, check_query};

use super::{Field, Kind, Message};
use serde_json::{Map, Value};

/// How deep messages may lie inside of each other; `json_format`'s default.
const DEPTH: usize = 100;

/// The canonical form of a JSON object that is to be read as `message`.
///
/// Known fields stand under their `snake_case` name, `null` ones are left out, numbers are numbers where the message
/// has numbers, and enums are names. Unknown fields are kept as they are; MLflow does not look at them.
///
/// # Errors
/// [`FieldError`] for the first field, at any depth, that is not what the message says, stands there in both spellings,
/// excludes another, or names an experiment or a version in a way that only looks like another one.
pub fn check(message: &Message, object: &Map<String, Value>) -> Result<Map<String, Value>, FieldError> {
    fields(message, object, 1)
}

/// Whether this is the canonical form of an experiment id: `0`, or a decimal number of at most 19 digits that does not
/// begin with `0`.
///
/// MLflow turns ids into numbers before it looks them up, so that `2`, `02`, `+2` and ` 2 ` are one experiment to it.
pub fn is_experiment_id(text: &str) -> bool {
    is_decimal(text)
}

/// Whether this is the canonical form of the number of a model version; see [`is_experiment_id`].
pub fn is_version(text: &str) -> bool {
    is_decimal(text)
}

fn is_decimal(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || (matches!(text.len(), 1..=19) && !text.starts_with('0')))
}

fn fields(message: &Message, object: &Map<String, Value>, depth: usize) -> Result<Map<String, Value>, FieldError> {
    not_too_deep(depth)?;
    let mut canonical = Map::new();
    let mut groups = Vec::new();
    for (name, value) in object {
        let Some(field) = message.field(name) else {
            if names_an_extension(name) {
                return Err(Problem::Extension.into());
            }
            canonical.insert(name.clone(), value.clone());
            continue;
        };
        let both = name != field.name && object.contains_key(field.name);
        let value = match value {
            _ if both => Err(Problem::BothSpellings.into()),
            Value::Null if !matches!(field.kind, Kind::Value) => continue,
            value => alone_in_its_group(field, value, &mut groups).and_then(|()| of_field(field, value, depth)),
        };
        canonical.insert(field.name.to_owned(), value.map_err(|error: FieldError| error.inside(field.name))?);
    }
    Ok(canonical)
}

fn alone_in_its_group(field: &Field, value: &Value, groups: &mut Vec<&'static str>) -> Result<(), FieldError> {
    let Some(group) = field.oneof.filter(|_| !value.is_null()) else { return Ok(()) };
    if groups.contains(&group) {
        return Err(Problem::Excluded.into());
    }
    groups.push(group);
    Ok(())
}

fn of_field(field: &Field, value: &Value, depth: usize) -> Result<Value, FieldError> {
    if !field.repeated {
        return of_kind(field.kind, value, depth).and_then(|value| canonical_number(field, value));
    }
    let items = value.as_array().ok_or(Problem::NotA("list"))?;
    let items = items.iter().enumerate().map(|(number, item)| {
        let item = of_kind(field.kind, item, depth).and_then(|item| canonical_number(field, item));
        item.map_err(|error| error.at(number))
    });
    items.collect::<Result<Vec<Value>, FieldError>>().map(Value::Array)
}

fn of_kind(kind: Kind, value: &Value, depth: usize) -> Result<Value, FieldError> {
    match kind {
        Kind::Message(message) => {
            let object = value.as_object().ok_or(Problem::NotA("object"))?;
            fields(message, object, depth + 1).map(Value::Object)
        }
        Kind::Map(kind) => {
            let object = value.as_object().ok_or(Problem::NotA("object"))?;
            let values = object.iter().map(|(name, value)| Ok((name.clone(), of_kind(*kind, value, depth)?)));
            values.collect::<Result<Map<String, Value>, FieldError>>().map(Value::Object)
        }
        Kind::Value => {
            any_json(value, depth + 1)?;
            Ok(value.clone())
        }
        Kind::Timestamp | Kind::Duration | Kind::FieldMask => {
            not_too_deep(depth + 1)?;
            Ok(scalar::of_json(kind, value)?)
        }
        scalar => Ok(scalar::of_json(scalar, value)?),
    }
}

/// A list or an object counts twice: as a value, and as what the value holds.
fn any_json(value: &Value, depth: usize) -> Result<(), FieldError> {
    not_too_deep(depth)?;
    match value {
        Value::Array(items) => {
            not_too_deep(depth + 1)?;
            items.iter().try_for_each(|item| any_json(item, depth + 2))
        }
        Value::Object(fields) => {
            not_too_deep(depth + 1)?;
            fields.values().try_for_each(|value| any_json(value, depth + 2))
        }
        _ => Ok(()),
    }
}

fn not_too_deep(depth: usize) -> Result<(), FieldError> {
    if depth > DEPTH { Err(Problem::TooDeep.into()) } else { Ok(()) }
}

/// Experiments and versions have texts as ids, which MLflow reads as numbers.
fn canonical_number(field: &Field, value: Value) -> Result<Value, FieldError> {
    let number =
        matches!(field.kind, Kind::String) && matches!(field.name, "experiment_id" | "experiment_ids" | "version");
    match value.as_str() {
        Some(text) if number && !text.is_empty() && !is_decimal(text) => Err(Problem::NotCanonical.into()),
        _ => Ok(value),
    }
}

/// `json_format` takes such names for extensions, and none of MLflow's messages has any.
fn names_an_extension(name: &str) -> bool {
    let name = name.strip_suffix('\n').unwrap_or(name);
    let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    inner.is_some_and(|inner| inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_spelling() {
        for id in ["0", "1", "10", "9223372036854775807", "1234567890123456789"] {
            assert!(is_experiment_id(id) && is_version(id), "{id}");
        }
        for id in ["", "00", "02", "+2", "-2", " 2", "2 ", "0_2", "2.0", "２", "٢", "12345678901234567890", "x"] {
            assert!(!is_experiment_id(id) && !is_version(id), "{id}");
        }
    }
}
