//! Passwords of a file.

use super::Reader;
use super::value::{self, Read};
use mlflow_auth_core::HtpasswdSettings;
use mlflow_auth_core::accounts::UnknownUsers;
use std::path::PathBuf;

/// An htpasswd file whose people sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HtpasswdConfig {
    /// Where it is.
    pub path: PathBuf,
    /// How it is used.
    pub settings: HtpasswdSettings,
}

impl Reader {
    pub(super) fn htpasswd(&mut self) -> Option<Option<HtpasswdConfig>> {
        let path = self.get("htpasswd_file", |text| Ok(PathBuf::from(text)));
        let unknown_users = self.get("htpasswd_unknown_users", unknown_users);
        let weak = self.get("htpasswd_allow_weak", value::switch);
        let settings = HtpasswdSettings { unknown_users: unknown_users?, dangerously_allow_weak: weak? };
        let path = path?;
        Some((!path.as_os_str().is_empty()).then_some(HtpasswdConfig { path, settings }))
    }
}

/// What becomes of somebody who has no account.
pub(super) fn unknown_users(text: &str) -> Read<UnknownUsers> {
    match text {
        "create" => Ok(UnknownUsers::Create),
        "admit" => Ok(UnknownUsers::Admit),
        "refuse" => Ok(UnknownUsers::Refuse),
        _ => Err(format!("`{text}` is none of `create`, `admit`, `refuse`")),
    }
}
