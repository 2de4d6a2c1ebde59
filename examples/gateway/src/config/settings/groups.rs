//! Where groups come from, besides tokens and the store.

use super::Kind::{Text, Time, Url};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::new(
        "groups_file",
        "MLFLOW_AUTH_GROUPS_FILE",
        Text,
        "",
        "A file (.yaml or .toml) that says who is in which groups, by name or by the domain of an address",
    ),
    Setting::new(
        "groups_url",
        "MLFLOW_AUTH_GROUPS_URL",
        Url,
        "",
        "An address that answers with a JSON list of a user's groups; asked with GET if it has {user} behind ?, else with POST",
    ),
    Setting::new("groups_url_token", "MLFLOW_AUTH_GROUPS_URL_TOKEN", Text, "", "A bearer token that it is asked with")
        .secret(),
    Setting::new(
        "groups_url_ca_file",
        "MLFLOW_AUTH_GROUPS_URL_CA_FILE",
        Text,
        "",
        "A PEM file with authorities that sign its certificate, besides those of the operating system",
    ),
    Setting::new("groups_url_timeout", "MLFLOW_AUTH_GROUPS_URL_TIMEOUT", Time, "5s", "How long its answer may take"),
    Setting::new(
        "groups_url_cache_ttl",
        "MLFLOW_AUTH_GROUPS_URL_CACHE_TTL",
        Time,
        "60s",
        "How long its answer is used",
    ),
];
