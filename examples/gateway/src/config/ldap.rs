//! A directory whose people sign in.

use super::error::{ConfigError, Origin};
use super::passwords::unknown_users;
use super::value::{self, Read};
use super::{GroupConfig, HtpasswdConfig, Reader, TokenConfig};
use mlflow_auth_core::Secret;
use mlflow_auth_core::accounts::{Names, UnknownUsers};
use mlflow_auth_ldap::{InvalidLdapSettings, LdapSettings, LdapSignInSettings};
use std::path::Path;
use std::time::Duration;

/// A directory whose people sign in.
#[derive(Clone)]
pub struct LdapConfig {
    /// How it is asked.
    pub directory: LdapSettings,
    /// Who comes in, and how long that is remembered.
    pub sign_in: LdapSignInSettings,
    /// Whether its groups count for everybody.
    pub groups_for_all: bool,
    /// What is on, in words, one thing a line.
    pub about: Vec<String>,
}

/// The first of the settings: without it all others mean nothing.
const URI: &str = "ldap_uri";

impl Reader {
    /// Whether a directory is asked.
    pub(super) fn has_directory(&mut self) -> bool {
        self.get(URI, |text| Ok(!text.is_empty())).unwrap_or_default()
    }

    pub(super) fn ldap(
        &mut self,
        tokens: Option<&TokenConfig>,
        htpasswd: Option<&HtpasswdConfig>,
    ) -> Option<Option<LdapConfig>> {
        let times = [self.get("ldap_connect_timeout", patience), self.get("ldap_timeout", patience)];
        let counts = [
            self.get("ldap_connections", value::count_of(1, 10_000)),
            self.get("ldap_waiting", value::count_of(0, 1 << 20)),
        ];
        let remember = self.get("ldap_cache_ttl", remembered);
        let unknown_users = self.get("ldap_unknown_users", unknown_users);
        let groups_for_all = self.get("ldap_groups", value::switch);
        let password = self.bind_password();
        if !self.has_directory() {
            self.warn_of_what_means_nothing();
            return Some(None);
        }
        if htpasswd.is_some() {
            let problem = "it cannot be used with LDAP_URI: a name could have a password in both";
            self.ldap_problem("MLFLOW_AUTH_HTPASSWD_FILE", problem);
        }
        let mut directory = self.directory()?;
        directory.bind_password = password?.or(directory.bind_password);
        let ([Some(connect), Some(answer)], [Some(connections), Some(waiting)]) = (times, counts) else { return None };
        (directory.connect_timeout, directory.timeout) = (connect, answer);
        (directory.connections, directory.waiting) = (connections, waiting);
        let about = self.noted(directory.describe())?;
        let mut sign_in = LdapSignInSettings { remember: remember?, ..LdapSignInSettings::default() };
        sign_in.accounts.unknown_users = unknown_users?;
        if tokens.is_some_and(|tokens| !tokens.providers.is_empty() || tokens.secret.is_some()) {
            sign_in.accounts.names = Names::Separate;
        }
        let groups_for_all = groups_for_all?;
        if groups_for_all && directory.bind_dn.is_empty() {
            self.ldap_problem("LDAP_BIND_DN", "MLFLOW_AUTH_LDAP_GROUPS needs an account that searches");
            return None;
        }
        Some(Some(LdapConfig { directory, sign_in, groups_for_all, about }))
    }

    /// The same for the directory: a file or a service that knows groups by names must not meet names that it takes beside
    /// those of a provider.
    pub(super) fn directory_takes_no_names(&mut self, ldap: &LdapConfig, groups: &GroupConfig) {
        let accounts = &ldap.sign_in.accounts;
        let takes = accounts.names == Names::Separate && accounts.unknown_users == UnknownUsers::Create;
        if takes && (groups.file.is_some() || groups.hook.is_some()) {
            let problem = "beside a provider the directory makes accounts of any name, and `groups_file` or `groups_url` \
                           knows groups by names: use `admit` or `refuse`";
            self.ldap_problem("MLFLOW_AUTH_LDAP_UNKNOWN_USERS", problem);
        }
    }

    fn directory(&mut self) -> Option<LdapSettings> {
        const READ_HERE: [&str; 4] = ["LDAP_CONNECT_TIMEOUT", "LDAP_TIMEOUT", "LDAP_CONNECTIONS", "LDAP_WAITING"];
        let found = &self.values.found;
        let read = LdapSettings::from_variables(|name| {
            let found = found.iter().find(|found| found.setting.env == name)?;
            (!READ_HERE.contains(&name)).then(|| found.text.clone())
        });
        self.noted(read)
    }

    /// The password in the file, if there is one.
    fn bind_password(&mut self) -> Option<Option<Secret>> {
        let given = self.get("ldap_bind_password", |text| Ok(!text.is_empty()))?;
        self.get("ldap_bind_password_file", |path| match (path, given) {
            ("", _) => Ok(None),
            (_, true) => Err("it and LDAP_BIND_PASSWORD cannot both be set".to_owned()),
            (path, false) => secret_in(Path::new(path)).map(Some),
        })
    }

    fn noted<T>(&mut self, read: Result<T, InvalidLdapSettings>) -> Option<T> {
        read.map_err(|error| self.ldap_problem(error.name, &error.problem)).ok()
    }

    /// A problem with the setting of this variable, whose name is told wherever the value is from.
    fn ldap_problem(&mut self, env: &'static str, problem: &str) {
        let found = self.values.found.iter().find(|found| found.setting.env == env);
        let (key, origin) = found.map_or((URI, Origin::Default), |found| (found.setting.key, found.origin.clone()));
        self.problems.push(ConfigError::Value { key, origin, problem: format!("{env}: {problem}") });
    }

    fn warn_of_what_means_nothing(&mut self) {
        let lost = self.values.found.iter().filter(|found| {
            found.setting.key.starts_with("ldap_") && !found.text.is_empty() && found.text != found.setting.default
        });
        let told: Vec<String> = lost
            .map(|found| {
                format!("`{}` from {} means nothing without `{URI}` (LDAP_URI)", found.setting.key, found.origin)
            })
            .collect();
        self.values.warnings.extend(told);
    }
}

fn patience(text: &str) -> Read<Duration> {
    match value::some_time(text)? {
        time if time <= Duration::from_secs(3600) => Ok(time),
        _ => Err(format!("`{text}` is more than an hour")),
    }
}

/// More would be no bound on how long somebody goes on who was thrown out.
fn remembered(text: &str) -> Read<Duration> {
    match value::time(text)? {
        time if time <= Duration::from_secs(24 * 3600) => Ok(time),
        _ => Err(format!("`{text}` is more than a day")),
    }
}

fn secret_in(path: &Path) -> Read<Secret> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(format!("`{}` is empty", path.display())),
        password => Ok(Secret::new(password)),
    }
}
