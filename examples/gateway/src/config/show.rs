//! The effective configuration as a TOML file.

use super::error::Origin;
use super::settings::Kind;
use super::sources::{Found, Values};
use super::store::holds_password;
use super::value;
use std::fmt::Write;
use toml::Value;

/// All values with their sources. What comes out, read as a file, means the same.
pub(super) fn as_toml(values: &Values) -> String {
    let mut text = String::new();
    for Found { setting, text: value, origin } in &values.found {
        let from = match origin {
            Origin::Default => "default".to_owned(),
            origin => format!("from {origin}").replace(['\n', '\r'], " "),
        };
        let hides = setting.secret || (setting.kind == Kind::Url && holds_password(value));
        let line = match (hides, value.is_empty()) {
            (true, true) => format!("# {} is not set", setting.key),
            (true, false) => format!("# {} is set and hidden, {from}", setting.key),
            (false, _) => format!("{} = {} # {from}", setting.key, rendered(setting.kind, value)),
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

fn rendered(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Switch => value::switch(text).map_or_else(|_| Value::from(text), Value::from),
        Kind::Count => text.parse().map_or_else(|_| Value::from(text), Value::Integer),
        Kind::List => value::list(text).map_or_else(|_| Value::from(text), Value::from),
        Kind::Text | Kind::Url | Kind::Time | Kind::Size => Value::from(text),
    }
}
