//! JSON read so that no second reader can read it otherwise.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads one JSON object (RFC 8259): UTF-8 without byte order mark, no key twice at any depth, nothing after it. An
/// empty text is an empty object.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn read_object(text: &[u8]) -> Result<Map<String, Value>, String> {
    if text.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(text) {
        Ok(Strict(Value::Object(object))) => Ok(object),
        Ok(Strict(_)) => Err("the request body must be a JSON object".into()),
        Err(error) => Err(format!("the request body is not the JSON it should be: {error}")),
    }
}

/// A value in which no object holds a key twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{}` stands twice", key.escape_debug())));
            }
            let Strict(value) = entries.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_object_as_it_stands() {
        let text = r#"{"b": [1, -2, 0.5, true, null, {"x": "å😀"}], "a": {}}"#;
        assert_eq!(Value::Object(read_object(text.as_bytes()).unwrap()), text.parse::<Value>().unwrap());
        assert!(read_object(b"").unwrap().is_empty());
    }

    #[test]
    fn refuses_what_python_reads_otherwise() {
        let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
        let cases: [&[u8]; 14] = [
            br#"{"a": 1, "a": 2}"#,
            br#"{"x": {"a": 1, "\u0061": 2}}"#,
            b"[]",
            br#""{\"a\": 1}""#,
            b"\xef\xbb\xbf{}",
            b"{\0}\0",
            br#"{"a": NaN}"#,
            br#"{"a": 1e999}"#,
            br#"{"a": "\ud800"}"#,
            b"{\"a\": \"\xff\"}",
            br#"{} x"#,
            br#"{"a": }"#,
            b" ",
            deep.as_bytes(),
        ];
        for text in cases {
            assert!(read_object(text).is_err(), "{}", String::from_utf8_lossy(text));
        }
    }
}
