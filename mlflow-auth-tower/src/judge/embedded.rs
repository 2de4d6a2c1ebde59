//! JSON in which more JSON stands as texts: scorers, and what they are configured with.

use super::resolve::Refusal;
use crate::reply::Reply;
use serde_json::{Map, Value};

/// How often JSON may stand as a text inside of JSON.
const DEPTH: usize = 8;

/// What is found on the way.
pub(super) enum Seen<'a> {
    /// A text that is no JSON.
    Text(&'a str),
    /// An object.
    Object(&'a Map<String, Value>),
}

/// Shows `see` everything in `value`: a text that the server reads as JSON, or a list of these, or an object.
///
/// # Errors
/// 400 if a scorer or a configuration is not JSON, and what `see` refuses.
pub(super) fn visit(value: &Value, see: &mut dyn FnMut(Seen<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let texts = match value {
        Value::Array(items) => items.as_slice(),
        value => std::slice::from_ref(value),
    };
    for text in texts {
        match text.as_str().map(str::trim_start).filter(|text| text.starts_with(['{', '['])) {
            // What cannot be read here may well be read by the server.
            Some(text) => match serde_json::from_str::<Value>(text) {
                Ok(value) => below(&value, DEPTH, see)?,
                Err(_) => return Err(Reply::bad_request("a scorer or a configuration is not JSON").into()),
            },
            None => below(text, DEPTH, see)?,
        }
    }
    Ok(())
}

fn below(value: &Value, depth: usize, see: &mut dyn FnMut(Seen<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
    match value {
        Value::String(text) => in_text(text, depth, see),
        Value::Array(items) => items.iter().try_for_each(|item| below(item, depth, see)),
        Value::Object(fields) => {
            see(Seen::Object(fields))?;
            fields.values().try_for_each(|field| below(field, depth, see))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn in_text(text: &str, depth: usize, see: &mut dyn FnMut(Seen<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let text = text.trim_start();
    if text.starts_with(['{', '[']) && depth > 0 {
        // Most are instructions, in which braces stand too.
        return serde_json::from_str::<Value>(text).map_or(Ok(()), |value| below(&value, depth - 1, see));
    }
    see(Seen::Text(text))
}
