//! Single values.

use super::{Problem, time};
use crate::routes::{Enum, Kind};
use serde_json::{Number, Value};

/// The canonical form of a value of this kind in a JSON body.
pub(super) fn of_json(kind: Kind, value: &Value) -> Result<Value, Problem> {
    match kind {
        Kind::Bool => value.as_bool().map(Value::Bool).ok_or(Problem::NotA("boolean, without quotes")),
        Kind::Int32 => integer(value, i32::MIN.into(), i32::MAX.into()).ok_or(Problem::NotA("number of 32 bits")),
        Kind::Uint32 => integer(value, 0, u32::MAX.into()).ok_or(Problem::NotA("positive number of 32 bits")),
        Kind::Int64 => integer(value, i64::MIN.into(), i64::MAX.into()).ok_or(Problem::NotA("number of 64 bits")),
        Kind::Uint64 => integer(value, 0, u64::MAX.into()).ok_or(Problem::NotA("positive number of 64 bits")),
        Kind::Float => float(value, f32::MAX.into()),
        Kind::Double => float(value, f64::MAX),
        Kind::Enum(names) => one_of(names, value),
        Kind::String | Kind::Bytes | Kind::Timestamp | Kind::Duration | Kind::FieldMask => {
            let text = value.as_str().ok_or(Problem::NotA("string"))?;
            in_words(kind, text).map(|()| value.clone())
        }
        Kind::Message(_) | Kind::Map(_) | Kind::Value => Err(Problem::NotA("single value")),
    }
}

/// The canonical form of a value of this kind in a query. It stays a text.
pub(super) fn of_query(kind: Kind, text: &str) -> Result<Value, Problem> {
    match kind {
        Kind::Message(_) | Kind::Map(_) | Kind::Value => Err(Problem::NotInQuery),
        Kind::Bool if text.eq_ignore_ascii_case("true") => Ok("true".into()),
        Kind::Bool if text.eq_ignore_ascii_case("false") => Ok("false".into()),
        Kind::Bool => Err(Problem::NotA("boolean: `true` or `false`")),
        kind => match of_json(kind, &Value::from(text))? {
            Value::Number(number) => Ok(number.to_string().into()),
            value => Ok(value),
        },
    }
}

fn in_words(kind: Kind, text: &str) -> Result<(), Problem> {
    let (fits, what) = match kind {
        Kind::Bytes => (is_base64(text), "string in base64"),
        Kind::Timestamp => (time::is_timestamp(text), "time such as `2026-01-31T08:30:00Z`"),
        Kind::Duration => (time::is_duration(text), "number of seconds such as `1.5s`"),
        Kind::FieldMask => (!text.contains('_'), "list of names in camel case"),
        _ => (true, ""),
    };
    if fits { Ok(()) } else { Err(Problem::NotA(what)) }
}

fn integer(value: &Value, least: i128, most: i128) -> Option<Value> {
    let number = match value {
        Value::Number(number) => whole(number)?,
        Value::String(text) => whole_text(text)?,
        _ => return None,
    };
    let fits = (least..=most).contains(&number);
    fits.then(|| Number::from_i128(number).map(Value::Number)).flatten()
}

fn whole(number: &Number) -> Option<i128> {
    let float = || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 1e30);
    number.as_i128().or_else(|| float().map(|float| float as i128))
}

fn whole_text(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits == "0" || (!digits.starts_with('0') && matches!(digits.len(), 1..=20));
    let canonical = canonical && digits.bytes().all(|byte| byte.is_ascii_digit());
    canonical.then(|| text.parse().ok()).flatten()
}

fn float(value: &Value, most: f64) -> Result<Value, Problem> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) if matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") => return Ok(value.clone()),
        Value::String(text) if is_float(text) => text.parse().ok(),
        _ => None,
    };
    let number = number.filter(|number: &f64| number.abs() <= most).ok_or(Problem::NotA("floating point number"))?;
    match value {
        Value::Number(_) => Ok(value.clone()),
        _ => Ok(Value::from(number)),
    }
}

/// A decimal number as JSON writes it.
fn is_float(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let number = number.strip_prefix('-').unwrap_or(number);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    digits(exponent) && digits(whole) && digits(fraction)
}

/// A number becomes its name. One that an open enum does not name stays what it is.
fn one_of(names: &Enum, value: &Value) -> Result<Value, Problem> {
    if value.as_str().is_some_and(|name| names.has(name)) {
        return Ok(value.clone());
    }
    let number = match value {
        Value::Number(number) if !number.is_f64() => whole(number),
        Value::String(text) => whole_text(text),
        _ => None,
    };
    let number = number.and_then(|number| i32::try_from(number).ok()).ok_or(Problem::Unknown)?;
    match names.name(number) {
        Some(name) => Ok(name.into()),
        None if names.closed => Err(Problem::Unknown),
        None => Ok(number.into()),
    }
}

/// In either alphabet, with or without the padding.
fn is_base64(text: &str) -> bool {
    let data = if text.len().is_multiple_of(4) {
        text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text)
    } else {
        text
    };
    data.len() % 4 != 1 && data.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte))
}
