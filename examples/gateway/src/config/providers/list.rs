//! The list of providers: from a setting, or a file that a setting names.

use super::client::{self, ClientSecrets};
use super::entry;
use super::{Common, DEFAULT, Provider};
use crate::config::sources::{Environment, Values};
use crate::config::{ConfigError, Origin, Reader};
use mlflow_auth_core::Secret;
use serde_json::{Map, Value};

const LIST: &str = "auth_providers";
const FILE: &str = "auth_providers_file";

/// An entry of the list, which must be an object.
pub(super) type Entry = Map<String, Value>;

impl Reader {
    /// The providers of the list. What is wrong with one is told of that one; none of them is left out.
    pub(super) fn listed(&mut self, common: Option<&Common>) -> Option<Vec<Provider>> {
        let entries = match entries(&self.values) {
            Ok(entries) => entries,
            Err(problem) => {
                self.providers_problem(&problem);
                return None;
            }
        };
        let mut providers = Vec::new();
        let mut is_whole = true;
        for (number, entry) in (1..).zip(entries) {
            let name = id(&entry).map_or_else(|| format!("number {number}"), |id| format!("`{id}`"));
            let secret = id(&entry).and_then(|id| self.client_secret(id));
            let read = common.map(|common| entry::provider(entry, secret, common));
            match read.transpose() {
                Ok(provider) => providers.extend(provider),
                Err(problem) => {
                    is_whole = false;
                    self.providers_problem(&format!("the provider {name}: {problem}"));
                }
            }
        }
        is_whole.then_some(providers)
    }

    /// The provider `default` has a variable of its own, which comes second.
    fn client_secret(&self, id: &str) -> Option<Secret> {
        let own = self.client_secrets.get(&client::variable(id)).cloned();
        own.or_else(|| {
            let flat = self.values.found.iter().find(|found| found.setting.key == "oidc_client_secret")?;
            (id == DEFAULT && !flat.text.is_empty()).then(|| Secret::new(flat.text.as_str()))
        })
    }

    pub(in crate::config) fn providers_problem(&mut self, problem: &str) {
        let (key, origin) = named(&self.values);
        self.problems.push(ConfigError::Value { key, origin, problem: problem.to_owned() });
    }
}

fn id(entry: &Entry) -> Option<&str> {
    entry.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())
}

/// The secrets of those whom the list names, before it is known whether the list is right.
pub(in crate::config) fn client_secrets(values: &Values, environment: Environment<'_>) -> ClientSecrets {
    let entries = entries(values).unwrap_or_default();
    client::secrets(entries.iter().filter_map(id), environment)
}

/// The setting that names the list, and where its value comes from.
fn named(values: &Values) -> (&'static str, Origin) {
    let key = if text(values, FILE).is_empty() { LIST } else { FILE };
    let found = values.found.iter().find(|found| found.setting.key == key);
    (key, found.map_or(Origin::Default, |found| found.origin.clone()))
}

fn text<'v>(values: &'v Values, key: &str) -> &'v str {
    let found = values.found.iter().find(|found| found.setting.key == key);
    found.map_or("", |found| found.text.as_str())
}

fn entries(values: &Values) -> Result<Vec<Entry>, String> {
    let json = match (text(values, LIST), text(values, FILE)) {
        ("", "") => return Ok(Vec::new()),
        (json, "") => json.to_owned(),
        ("", path) => {
            std::fs::read_to_string(path).map_err(|error| format!("the file `{path}` cannot be read: {error}"))?
        }
        (_, _) => return Err("`auth_providers` is set as well; only one of the two can be".to_owned()),
    };
    let value: Value = serde_json::from_str(&json).map_err(|error| format!("the list is not JSON: {error}"))?;
    let list = match value {
        Value::Array(list) => list,
        Value::Object(mut object) if object.len() == 1 => match object.remove("providers") {
            Some(Value::Array(list)) => list,
            _ => return Err(no_list()),
        },
        _ => return Err(no_list()),
    };
    let object = |(number, entry)| match entry {
        Value::Object(entry) => Ok(entry),
        _ => Err(format!("the provider number {number} is not an object")),
    };
    (1..).zip(list).map(object).collect()
}

fn no_list() -> String {
    "it is neither a list of providers nor an object with nothing but a list `providers`".to_owned()
}
