//! Where users, grants and sessions are kept.

use super::Kind::{Text, Url};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::new(
        "store",
        "MLFLOW_AUTH_STORE",
        Url,
        "sqlite:///mlflow-auth.db",
        "Where users and grants are kept, as SQLAlchemy writes it: sqlite:///relative/path, sqlite:////absolute/path, \
         postgresql://user@host:5432/database",
    ),
    Setting::new("store_user", "MLFLOW_AUTH_STORE_USER", Text, "", "The user of the database, if the URL names none"),
    Setting::new("store_password", "MLFLOW_AUTH_STORE_PASSWORD", Text, "", "Its password, if the URL holds none")
        .secret(),
    Setting::new(
        "store_password_file",
        "MLFLOW_AUTH_STORE_PASSWORD_FILE",
        Text,
        "",
        "A file whose first line is that password; it is read again when the database refuses it",
    ),
];
