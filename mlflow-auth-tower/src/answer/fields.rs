//! Ways through a JSON answer.

use serde_json::{Map, Value};

/// The text at `field`, such as `registered_model.name`.
pub(super) fn text<'v>(object: &'v Map<String, Value>, field: &str) -> Option<&'v str> {
    let mut steps = field.split('.');
    let first = object.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_texts() {
        let answer = json!({"a": {"b": "x"}, "c": 7});
        let answer = answer.as_object().unwrap();
        assert_eq!(text(answer, "a.b"), Some("x"));
        assert_eq!(text(answer, "a.c"), None);
        assert_eq!(text(answer, "c"), None);
    }
}
