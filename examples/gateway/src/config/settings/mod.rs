//! The settings, one row each.

mod access;
mod access_tokens;
mod bounds;
mod groups;
mod kubernetes;
mod ldap;
mod passwords;
mod providers;
mod proxies;
mod sessions;
mod store;
mod tokens;
mod way;
mod workspaces;

use std::sync::LazyLock;

/// One setting. Its flag is its key with dashes.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key in the TOML file.
    pub key: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// Its key in MLflow's `basic_auth.ini`, if MLflow has it.
    pub ini: Option<&'static str>,
    /// How its value is written.
    pub kind: Kind,
    /// Its value where nobody gives one; empty for none.
    pub default: &'static str,
    /// Whether its value is never shown, and cannot be a flag: anybody on the machine can read those.
    pub secret: bool,
    /// What it is for.
    pub help: &'static str,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As text.
    Text,
    /// As a URL, which may hold a password.
    Url,
    /// `true` or `false`, `1` or `0`.
    Switch,
    /// A whole number.
    Count,
    /// Texts; with commas between where there is only one text.
    List,
    /// `500ms`, `10s`, `5m`, `1h`; a number alone means seconds.
    Time,
    /// `64KiB`, `16MiB`, `2GiB`; a number alone means bytes.
    Size,
}

impl Setting {
    const fn new(key: &'static str, env: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Self {
        Self { key, env, ini: None, kind, default, secret: false, help }
    }

    const fn ini(mut self, key: &'static str) -> Self {
        self.ini = Some(key);
        self
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Whether a variable that is set and empty takes the place of what a file says, as in MLflow.
    pub(super) fn empty_counts(&self) -> bool {
        self.ini.is_some_and(|key| key.starts_with("admin_"))
    }
}

/// All settings, in the order in which they are shown. Names that MLflow 3.17.2 or mlflow-oidc-auth have already are
/// kept, and mean the same (but `TRUSTED_PROXIES`).
pub static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    [
        way::SETTINGS,
        store::SETTINGS,
        access::SETTINGS,
        workspaces::SETTINGS,
        passwords::SETTINGS,
        ldap::SETTINGS,
        tokens::SETTINGS,
        providers::SETTINGS,
        sessions::SETTINGS,
        access_tokens::SETTINGS,
        kubernetes::SETTINGS,
        groups::SETTINGS,
        proxies::SETTINGS,
        bounds::SETTINGS,
    ]
    .concat()
});
