//! Fields that are taken out of answers.

use serde_json::{Map, Value};

/// Fields of an answer that name another kind of resource, and are taken out for callers who may not see that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// Where the objects stand that hold them, such as `runs[].data.metrics[]`; empty for the answer itself. A path that
    /// ends in `{}` names a list of objects with a `key` and a `value`, which stands for one object with these keys.
    pub at: &'static str,
    /// The fields.
    pub fields: &'static [&'static str],
    /// The kind.
    pub kind: &'static str,
    /// When the caller may not see it.
    pub when: Withheld,
}

/// When a kind of resource is withheld from a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// When `kind(*)` is denied.
    Denied,
    /// When it may not be read: `kind(*):read else experiment(E):read`.
    Unreadable {
        /// Where the id of E stands below each of the objects.
        experiment: &'static str,
    },
    /// From everybody but admins.
    ExceptFromAdmins,
    /// When `kind(id)` is denied.
    DeniedById {
        /// Where the id stands below each of the objects: the first of these that is there.
        id: &'static [&'static str],
        /// Where the name stands that patterns match.
        name: &'static str,
    },
    /// When `kind(*)` is denied, or for a prompt, as which the `tags` of the object show it, `prompt_version(*)`.
    DeniedVersions,
}

impl Redaction {
    /// The fields `fields` of the objects at `at`, for callers who are denied `kind`.
    pub const fn denied(kind: &'static str, at: &'static str, fields: &'static [&'static str]) -> Self {
        Self { at, fields, kind, when: Withheld::Denied }
    }

    /// Takes the fields out of those objects of `answer` for which `withheld` says so, and says whether there were any.
    pub fn apply(&self, answer: &mut Value, mut withheld: impl FnMut(&Map<String, Value>) -> bool) -> bool {
        let mut changed = false;
        let (at, pairs) = match self.at.strip_suffix("{}") {
            Some(at) => (at, true),
            None => (self.at, false),
        };
        let mut steps = at.split('.').filter(|step| !step.is_empty());
        visit(answer, &mut steps, &mut |value| {
            changed |= match value {
                Value::Object(object) if !pairs && withheld(object) => self.take_from(object),
                Value::Array(items) if pairs && withheld(&object_of(items)) => self.take_pairs_from(items),
                _ => false,
            };
        });
        changed
    }

    fn take_from(&self, object: &mut Map<String, Value>) -> bool {
        let before = object.len();
        object.retain(|name, _| !self.fields.contains(&name.as_str()));
        object.len() != before
    }

    fn take_pairs_from(&self, items: &mut Vec<Value>) -> bool {
        let before = items.len();
        items.retain(|item| !pair(item).is_some_and(|(name, _)| self.fields.contains(&name)));
        items.len() != before
    }
}

fn visit<'s>(
    value: &mut Value,
    steps: &mut (impl Iterator<Item = &'s str> + Clone),
    found: &mut impl FnMut(&mut Value),
) {
    let Some(step) = steps.next() else { return found(value) };
    let name = step.strip_suffix("[]");
    match value.get_mut(name.unwrap_or(step)) {
        None => {}
        Some(Value::Array(items)) if name.is_some() => {
            items.iter_mut().for_each(|item| visit(item, &mut steps.clone(), found));
        }
        Some(value) => visit(value, steps, found),
    }
}

fn object_of(items: &[Value]) -> Map<String, Value> {
    items.iter().filter_map(pair).map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

fn pair(item: &Value) -> Option<(&str, &Value)> {
    Some((item.get("key")?.as_str()?, item.get("value").unwrap_or(&Value::Null)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn takes_fields_out_wherever_they_stand() {
        let every = |_: &Map<String, Value>| true;
        let metrics = Redaction::denied("logged_model", "runs[].data.metrics[]", &["model_id"]);
        let mut answer =
            json!({"runs": [{"data": {"metrics": [{"key": "a", "model_id": "m"}, {"key": "model_id"}]}}, {}]});
        assert!(metrics.apply(&mut answer, every));
        assert_eq!(answer, json!({"runs": [{"data": {"metrics": [{"key": "a"}, {"key": "model_id"}]}}, {}]}));
        assert!(!metrics.apply(&mut answer, every));

        let metadata = Redaction::denied("run", "trace_info.request_metadata{}", &["mlflow.sourceRun"]);
        let pairs = json!([{"key": "x", "value": "1"}, {"key": "mlflow.sourceRun", "value": "r"}]);
        let mut answer = json!({"trace_info": {"request_metadata": pairs}});
        assert!(metadata.apply(&mut answer, |object| object.contains_key("mlflow.sourceRun")));
        assert_eq!(answer, json!({"trace_info": {"request_metadata": [{"key": "x", "value": "1"}]}}));

        let map = Redaction::denied("run", "traces[].trace_metadata", &["mlflow.sourceRun"]);
        let mut answer = json!({"traces": [{"trace_metadata": {"mlflow.sourceRun": "r", "x": "1"}}]});
        assert!(map.apply(&mut answer, every));
        assert_eq!(answer, json!({"traces": [{"trace_metadata": {"x": "1"}}]}));

        let whole = Redaction::denied("run", "", &["a"]);
        let mut answer = json!({"a": 1, "b": 2});
        assert!(!whole.apply(&mut answer, |_| false));
        assert!(whole.apply(&mut answer, every));
        assert_eq!(answer, json!({"b": 2}));
    }
}
