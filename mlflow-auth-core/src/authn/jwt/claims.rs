//! What a token says.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The claims of a token (RFC 7519), read so that no name stands twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// The claim of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text of this name, if it is one and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The number of seconds since 1970 of this name, fractions cut off.
    pub fn seconds(&self, name: &str) -> Option<u64> {
        let value = self.get(name)?;
        value.as_u64().or_else(|| value.as_f64().filter(|seconds| *seconds >= 0.0).map(|seconds| seconds as u64))
    }

    /// The same with `value` as the claim of this name.
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Adds a claim that is not there.
    #[cfg(feature = "oidc")]
    pub(in crate::authn) fn supply(&mut self, name: &str, value: &Value) {
        if !self.0.contains_key(name) {
            self.0.insert(name.to_owned(), value.clone());
        }
    }

    /// Takes a claim out.
    #[cfg(feature = "oidc")]
    pub(in crate::authn) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// What stands at `path`.
    pub fn at(&self, path: &ClaimPath) -> Option<&Value> {
        if let Some(value) = self.get(&path.text) {
            return Some(value);
        }
        let mut steps = path.steps.iter();
        let first = self.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    }
}

impl FromIterator<(String, Value)> for Claims {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(claims: I) -> Self {
        Self(claims.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Strict)
    }
}

/// Two claims of one name: readers differ in which of them they take (RFC 7519, section 4).
struct Strict;

impl<'de> Visitor<'de> for Strict {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object in which no name stands twice")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let mut claims = Map::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if claims.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Claims(claims))
    }
}

/// Where in a token something stands. A text that is the name of a claim means that claim, whatever is in it:
/// `cognito:groups`, `https://example.com/groups`. Otherwise dots lead into nested objects, `realm_access.roles`; a text
/// that begins with `/` is a JSON pointer (RFC 6901), for names that have dots themselves:
/// `/resource_access/my.client/roles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath {
    text: String,
    steps: Vec<String>,
}

impl ClaimPath {
    /// The path of `text`.
    pub fn new(text: &str) -> Self {
        let steps = match text.strip_prefix('/') {
            Some(pointer) => pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect(),
            None => text.split('.').map(str::to_owned).collect(),
        };
        Self { text: text.to_owned(), steps }
    }

    /// The text it was made from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The claim in which it begins.
    pub(in crate::authn) fn first(&self) -> &str {
        self.steps.first().map_or(&self.text, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_that_stands_twice_is_an_error() {
        assert!(serde_json::from_str::<Claims>(r#"{"sub": "a", "iss": "b"}"#).is_ok());
        for text in [r#"{"sub": "a", "sub": "a"}"#, r#"{"sub": "a", "s\u0075b": "b"}"#, "[]", "1", "{"] {
            assert!(serde_json::from_str::<Claims>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn paths_lead_to_claims_of_every_provider() {
        let claims: Claims = serde_json::from_value(json!({
            "groups": ["a"], "cognito:groups": ["b"], "https://x.example/groups": ["c"], "a.b": ["d"],
            "a": {"b": ["never"]}, "realm_access": {"roles": ["e"]},
            "resource_access": {"my.client": {"roles": ["f"]}, "~/": {"roles": ["g"]}}, "list": [{"x": 1}],
        }))
        .unwrap();
        for (path, expected) in [
            ("groups", Some("a")),
            ("cognito:groups", Some("b")),
            ("https://x.example/groups", Some("c")),
            ("a.b", Some("d")),
            ("realm_access.roles", Some("e")),
            ("/realm_access/roles", Some("e")),
            ("/resource_access/my.client/roles", Some("f")),
            ("/resource_access/~0~1/roles", Some("g")),
            ("resource_access.my.client.roles", None),
            ("realm_access.nothing", None),
            ("list.0.x", None),
            ("", None),
        ] {
            let found = claims.at(&ClaimPath::new(path)).and_then(|value| value.get(0)).and_then(Value::as_str);
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn times_are_seconds() {
        let claims: Claims = serde_json::from_value(json!({"a": 5, "b": 5.9, "c": -1, "d": "5"})).unwrap();
        assert_eq!(["a", "b", "c", "d", "e"].map(|name| claims.seconds(name)), [Some(5), Some(5), None, None, None]);
    }
}
