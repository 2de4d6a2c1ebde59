//! Where everything is kept.

use super::providers::text;
use super::value::Read;
use super::{Origin, Reader};
use mlflow_auth_core::Secret;
use mlflow_auth_postgres::{PostgresPassword, PostgresSettings};
use std::path::PathBuf;

/// Where users, grants and sessions are kept.
#[derive(Clone, Debug)]
pub enum StoreLocation {
    /// An SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(Box<PostgresSettings>),
}

/// What is said beside the URL.
struct Beside {
    user: String,
    password: Option<Secret>,
    password_file: String,
}

impl Reader {
    pub(super) fn store(&mut self) -> Option<StoreLocation> {
        let url = self.get("store", text);
        let user = self.get("store_user", text);
        let password = self.get("store_password", text);
        let password_file = self.get("store_password_file", text);
        let password = Some(password?).filter(|password| !password.is_empty()).map(Secret::new);
        let beside = Beside { user: user?, password, password_file: password_file? };
        let (url, origin) = (url?, self.origin_of("store"));
        let read = location(&url, &beside).and_then(|location| match origin {
            Origin::Flag(_) if holds_password(&url) => {
                Err("anybody on this machine can read a password in a flag: use `store_password_file`".to_owned())
            }
            _ => Ok(location),
        });
        if matches!(read, Ok(StoreLocation::Sqlite(_))) && !beside.is_empty() {
            let warning = "`store_user` and `store_password` mean nothing for an SQLite file";
            self.values.warnings.push(warning.to_owned());
        }
        read.map_err(|problem| self.lacking("store", &problem)).ok()
    }
}

/// Whether a URL holds a password, or something that may be one.
pub(crate) fn holds_password(url: &str) -> bool {
    match url::Url::parse(url) {
        Ok(url) => url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password"),
        Err(_) => url.contains('@'),
    }
}

/// The place that a URL names, with all that it takes in it.
pub(crate) fn store_at(url: &str) -> Read<StoreLocation> {
    location(url, &Beside { user: String::new(), password: None, password_file: String::new() })
}

fn location(url: &str, beside: &Beside) -> Read<StoreLocation> {
    // What may hold a password is not quoted.
    let scheme = url.split(':').next().unwrap_or_default();
    match scheme.split('+').next().unwrap_or_default() {
        "sqlite" => sqlite(url),
        "postgresql" | "postgres" => postgres(url, beside),
        "mysql" | "mariadb" | "mssql" | "oracle" => Err(format!(
            "there is no store for `{scheme}`; use `sqlite:////absolute/path` or `postgresql://host/database`"
        )),
        _ => {
            let it = if url.contains(['@', ':']) { "it".to_owned() } else { format!("`{url}`") };
            Err(format!("{it} is not a URL such as `sqlite:////absolute/path` or `postgresql://host:5432/database`"))
        }
    }
}

fn sqlite(url: &str) -> Read<StoreLocation> {
    // Some drivers take a pass phrase in the URL.
    let quoted = if url.contains(['@', '?']) { "the URL".to_owned() } else { format!("`{url}`") };
    let wrong = |problem: &str| Err(format!("{quoted}: {problem}"));
    let (scheme, rest) = url.split_once(':').unwrap_or_default();
    if !matches!(scheme, "sqlite" | "sqlite+pysqlite") {
        return wrong("the driver is unknown; leave it out");
    }
    match rest.strip_prefix("///") {
        _ if rest.contains('?') => wrong("options behind `?` are not understood"),
        Some(path) if path.is_empty() || path == ":memory:" => wrong("users and grants must be kept in a file"),
        Some(path) => Ok(StoreLocation::Sqlite(PathBuf::from(path))),
        None => wrong("three slashes and a relative path, or four slashes and an absolute one, are needed"),
    }
}

fn postgres(url: &str, beside: &Beside) -> Read<StoreLocation> {
    let twice = |what: &str| Err(format!("{what} is given twice: in the URL and beside it"));
    let mut parsed = url::Url::parse(url).map_err(|error| format!("the URL of the database is not valid: {error}"))?;
    if !beside.user.is_empty() {
        if !parsed.username().is_empty() {
            return twice("the user");
        }
        let added = parsed.set_username(&beside.user);
        added.map_err(|()| "the URL of the database names no host that a user could sign in at".to_owned())?;
    }
    let mut settings = PostgresSettings::from_url(parsed.as_str()).map_err(|error| error.to_string())?;
    let from_url = !matches!(settings.password, PostgresPassword::None);
    match (&beside.password, beside.password_file.as_str()) {
        (None, "") => {}
        (Some(_), file) if !file.is_empty() => {
            return Err("`store_password` and `store_password_file` are both given; one is enough".to_owned());
        }
        _ if from_url => return twice("the password"),
        (Some(password), _) => settings.password = PostgresPassword::Text(password.clone()),
        (None, file) => settings.password = PostgresPassword::File(PathBuf::from(file)),
    }
    Ok(StoreLocation::Postgres(Box::new(settings)))
}

impl Beside {
    fn is_empty(&self) -> bool {
        self.user.is_empty() && self.password.is_none() && self.password_file.is_empty()
    }
}
