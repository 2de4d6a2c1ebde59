//! Requests held against MLflow's messages, beside what MLflow's own reader made of them.
//!
//! The cases are in `testdata/mlflow/message_cases.json`, made by `dump_message_cases.py` there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use mlflow_auth_core::routes::{Field, Kind, Message, check, mlflow};
use serde_json::{Map, Value};

#[derive(serde::Deserialize)]
struct Case {
    message: String,
    body: Map<String, Value>,
    /// What MLflow reads; nothing if it refuses or stops.
    reads: Option<Map<String, Value>>,
    ours: String,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../testdata/mlflow/message_cases.json")).unwrap()
}

#[test]
fn what_stops_mlflow_is_refused_and_what_is_taken_is_read_alike() {
    let mut wrong = Vec::new();
    for Case { message, body, reads, ours } in cases() {
        let of = mlflow::message(&message).expect(&message);
        let case = format!("{message} {}", Value::Object(body.clone()));
        match (check(of, &body), ours.as_str()) {
            (Err(error), "refuse") => assert!(!error.path().is_empty() || body.contains_key("[x]"), "{error}"),
            (Ok(canonical), "accept") => {
                assert_alike(of, &canonical, &reads.expect("MLflow reads what ours takes"), &case);
            }
            (checked, _) => wrong.push(format!("{case}: {checked:?} instead of: {ours}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_canonical_form_is_its_own_canonical_form() {
    for Case { message, body, .. } in cases() {
        let of = mlflow::message(&message).unwrap();
        if let Ok(canonical) = check(of, &body) {
            assert_eq!(check(of, &canonical).as_ref(), Ok(&canonical), "{message}");
        }
    }
}

/// MLflow's reading leaves out what has no value; ours keeps what the message does not know.
fn assert_alike(message: &Message, ours: &Map<String, Value>, theirs: &Map<String, Value>, case: &str) {
    for field in message.fields {
        match (ours.get(field.name), theirs.get(field.name)) {
            (None, None) => {}
            (Some(ours), None) => {
                assert!(is_empty(ours), "{case}: `{}` is {ours}, but MLflow reads nothing", field.name)
            }
            (None, Some(theirs)) => panic!("{case}: MLflow reads {theirs} for `{}`, ours nothing", field.name),
            (Some(ours), Some(theirs)) => assert_same(field, ours, theirs, case),
        }
    }
    for name in theirs.keys() {
        assert!(message.fields.iter().any(|field| field.name == name), "{case}: `{name}` is not known");
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => matches!(text.as_str(), "" | "SPAN_KIND_UNSPECIFIED"),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) => false,
    }
}

fn assert_same(field: &Field, ours: &Value, theirs: &Value, case: &str) {
    let (Value::Array(ours), Value::Array(theirs), true) = (ours, theirs, field.repeated) else {
        return assert_same_kind(field.kind, ours, theirs, case);
    };
    assert_eq!(ours.len(), theirs.len(), "{case}");
    ours.iter().zip(theirs).for_each(|(ours, theirs)| assert_same_kind(field.kind, ours, theirs, case));
}

fn assert_same_kind(kind: Kind, ours: &Value, theirs: &Value, case: &str) {
    match kind {
        Kind::Message(message) => {
            assert_alike(message, ours.as_object().expect(case), theirs.as_object().expect(case), case);
        }
        // Printed back as texts, as numbers of 64 bits are in JSON.
        Kind::Int64 | Kind::Uint64 => assert_eq!(ours.to_string(), theirs.as_str().expect(case), "{case}"),
        Kind::Double | Kind::Float if ours.is_number() => assert_eq!(ours.as_f64(), theirs.as_f64(), "{case}"),
        Kind::Value => assert!(same_json(ours, theirs), "{case}: {ours} and {theirs}"),
        // Checked, and handed on as they came; MLflow prints another of their spellings.
        Kind::Timestamp | Kind::Duration | Kind::Bytes => assert!(ours.is_string(), "{case}"),
        Kind::FieldMask => assert_eq!(ours, theirs, "{case}"),
        _ => assert_eq!(ours, theirs, "{case}"),
    }
}

/// Numbers of any JSON come back as floating point ones.
fn same_json(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => ours.as_f64() == theirs.as_f64(),
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same_json(ours, theirs))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            let both = |(name, ours)| theirs.get(name).is_some_and(|theirs: &Value| same_json(ours, theirs));
            ours.len() == theirs.len() && ours.iter().all(both)
        }
        (ours, theirs) => ours == theirs,
    }
}
