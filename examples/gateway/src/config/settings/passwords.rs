//! Passwords of a file.

use super::Kind::{Switch, Text};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::new(
        "htpasswd_file",
        "MLFLOW_AUTH_HTPASSWD_FILE",
        Text,
        "",
        "A file as Apache's htpasswd writes it, whose people sign in with their password there",
    ),
    Setting::new(
        "htpasswd_unknown_users",
        "MLFLOW_AUTH_HTPASSWD_UNKNOWN_USERS",
        Text,
        "create",
        "What becomes of somebody in that file who has no account: create (they get one), admit (without one) or refuse",
    ),
    Setting::new(
        "htpasswd_allow_weak",
        "MLFLOW_AUTH_HTPASSWD_ALLOW_WEAK",
        Switch,
        "false",
        "Whether $1$, {SHA} and {SSHA} are accepted in that file, which whoever reads it finds the passwords of in no time",
    ),
];
