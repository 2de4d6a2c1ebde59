//! Where values come from: the flags win over the environment, the environment over the TOML file, the TOML file over
//! MLflow's `basic_auth.ini`.

use super::error::{ConfigError, Origin};
use super::ini;
use super::settings::{Kind, SETTINGS, Setting};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What was said on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The TOML file to read (`--config`).
    pub config: Option<PathBuf>,
    /// Values of settings, by key.
    pub values: BTreeMap<&'static str, String>,
}

/// Reads an environment variable.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The variable that names the TOML file.
pub(crate) const CONFIG_VARIABLE: &str = "MLFLOW_AUTH_GATEWAY_CONFIG";

/// The variable that names MLflow's INI file, as in MLflow.
pub(crate) const INI_VARIABLE: &str = "MLFLOW_AUTH_CONFIG_PATH";

/// A value as text, and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) setting: &'static Setting,
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// One value for each setting, in their order.
#[derive(Debug, Default)]
pub(crate) struct Values {
    pub(crate) found: Vec<Found>,
    pub(crate) warnings: Vec<String>,
}

/// Gathers all values. Every problem is told, not only the first.
pub(crate) fn gather(flags: &Flags, environment: Environment<'_>) -> (Values, Vec<ConfigError>) {
    let mut problems = Vec::new();
    let mut values = Values::default();
    let ini = read_ini(environment, &mut values.warnings).unwrap_or_else(|problem| {
        problems.push(problem);
        Layer::default()
    });
    let (file, unknown) = read_toml(flags, environment).unwrap_or_else(|problem| (Layer::default(), vec![problem]));
    problems.extend(unknown);
    for setting in SETTINGS.iter() {
        let found = match from_environment(setting, environment) {
            Err(problem) => {
                problems.push(problem);
                None
            }
            Ok(found) => found,
        };
        let flag = flags.values.get(setting.key).map(|text| (text.clone(), Origin::Flag(flag_of(setting))));
        let (text, origin) = flag
            .or(found)
            .or_else(|| file.get(setting.key))
            .or_else(|| ini.get(setting.key))
            .unwrap_or_else(|| (setting.default.to_owned(), Origin::Default));
        values.found.push(Found { setting, text, origin });
    }
    (values, problems)
}

/// The flag of a setting, with its dashes.
fn flag_of(setting: &Setting) -> String {
    format!("--{}", setting.key.replace('_', "-"))
}

#[derive(Debug, Default)]
struct Layer {
    values: BTreeMap<&'static str, String>,
    origin: Option<Origin>,
}

impl Layer {
    fn get(&self, key: &str) -> Option<(String, Origin)> {
        Some((self.values.get(key)?.clone(), self.origin.clone()?))
    }
}

fn from_environment(
    setting: &'static Setting,
    environment: Environment<'_>,
) -> Result<Option<(String, Origin)>, ConfigError> {
    let origin = Origin::Env(setting.env);
    let Some(text) = environment(setting.env) else { return Ok(None) };
    let text = text.into_string().map_err(|_| ConfigError::NotUtf8(origin.clone()))?;
    Ok((setting.empty_counts() || !text.is_empty()).then_some((text, origin)))
}

fn named_file(variable: &'static str, environment: Environment<'_>) -> Option<(PathBuf, Origin)> {
    let path = environment(variable).filter(|path| !path.is_empty())?;
    Some((PathBuf::from(path), Origin::Env(variable)))
}

fn read(path: &Path, named_by: Origin) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), named_by, source })
}

fn read_toml(flags: &Flags, environment: Environment<'_>) -> Result<(Layer, Vec<ConfigError>), ConfigError> {
    let flag = flags.config.clone().map(|path| (path, Origin::Flag("--config".to_owned())));
    let Some((path, named_by)) = flag.or_else(|| named_file(CONFIG_VARIABLE, environment)) else {
        return Ok(Default::default());
    };
    let text = read(&path, named_by)?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| located(&path, &text, &error))?;
    let mut layer = Layer { origin: Some(Origin::File(path.clone())), ..Layer::default() };
    let mut problems = Vec::new();
    for (key, value) in &table {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
            problems.push(ConfigError::UnknownKey { key: key.clone(), path: path.clone(), meant: closest(key) });
            continue;
        };
        match toml_text(setting, value) {
            Ok(text) => drop(layer.values.insert(setting.key, text)),
            Err(problem) => {
                problems.push(ConfigError::Value { key: setting.key, origin: Origin::File(path.clone()), problem });
            }
        }
    }
    Ok((layer, problems))
}

/// The parser's own error quotes the line, which may hold a password.
fn located(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    ConfigError::malformed(path, format_args!("line {line}: {}", error.message()))
}

fn toml_text(setting: &Setting, value: &toml::Value) -> Result<String, String> {
    use toml::Value;
    match (setting.kind, value) {
        (_, Value::String(text)) => Ok(text.clone()),
        (Kind::Switch, Value::Boolean(switch)) => Ok(switch.to_string()),
        (Kind::Count | Kind::Time | Kind::Size, Value::Integer(number)) => Ok(number.to_string()),
        (Kind::List, Value::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(",")).ok_or_else(|| "it is not a list of texts".to_owned())
        }
        _ => Err(format!("it is a TOML {}, which it cannot be", value.type_str())),
    }
}

fn closest(key: &str) -> Option<&'static str> {
    let key = key.replace('-', "_").to_lowercase();
    let near = SETTINGS.iter().map(|setting| (strsim::damerau_levenshtein(&key, setting.key), setting.key));
    near.min().filter(|(distance, _)| *distance <= 3).map(|(_, key)| key)
}

/// Keys of MLflow's file that mean nothing here, and why. What is not listed is unknown to MLflow as well.
const WITHOUT_MEANING: [(&str, &str); 5] = [
    ("database_uri", "users and grants are kept in `store`; MLflow's own table is neither read nor written"),
    ("read_database_uri", "the store has no read replica"),
    ("authorization_function", "users sign in with the gateway, not with a Python function"),
    ("workspace_cache_max_size", "the gateway sizes this cache by itself"),
    ("workspace_cache_ttl_seconds", "the gateway ages this cache by itself"),
];

fn read_ini(environment: Environment<'_>, warnings: &mut Vec<String>) -> Result<Layer, ConfigError> {
    let Some((path, named_by)) = named_file(INI_VARIABLE, environment) else { return Ok(Layer::default()) };
    let text = read(&path, named_by)?;
    let keys = ini::section(&text, "mlflow").map_err(|problem| ConfigError::malformed(&path, problem))?;
    let mut layer = Layer { origin: Some(Origin::Ini(path.clone())), ..Layer::default() };
    for (key, value) in keys {
        match SETTINGS.iter().find(|setting| setting.ini == Some(key.as_str())) {
            Some(setting) => drop(layer.values.insert(setting.key, ini_text(setting, value))),
            None if key == "authorization_function" && value == MLFLOWS_OWN_FUNCTION => {}
            None => {
                let known = WITHOUT_MEANING.iter().find(|(name, _)| *name == key);
                let why = known.map_or("it is unknown", |(_, why)| why);
                warnings.push(format!("the key `{key}` in the file `{}` is ignored: {why}", path.display()));
            }
        }
    }
    Ok(layer)
}

/// The value that MLflow ships; it means what the gateway does anyway.
const MLFLOWS_OWN_FUNCTION: &str = "mlflow.server.auth:authenticate_request_basic_auth";

/// In this file switches are spelled as `configparser` reads them.
fn ini_text(setting: &Setting, value: String) -> String {
    match (setting.kind, value.to_lowercase().as_str()) {
        (Kind::Switch, "yes" | "on") => "true".to_owned(),
        (Kind::Switch, "no" | "off") => "false".to_owned(),
        _ => value,
    }
}
