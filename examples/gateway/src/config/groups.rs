//! Where groups come from, besides tokens and the store.

use super::Reader;
use super::providers::{certificates, text};
use super::value;
use mlflow_auth_core::oidc::FetchSettings;
use mlflow_auth_core::{GroupHookSettings, Secret};
use std::path::PathBuf;

/// Where groups come from, besides tokens and the store.
#[derive(Clone)]
pub struct GroupConfig {
    /// A file that says who is in which groups.
    pub file: Option<PathBuf>,
    /// An address that tells, and how it is asked.
    pub hook: Option<(String, GroupHookSettings)>,
}

impl Reader {
    pub(super) fn groups(&mut self) -> Option<GroupConfig> {
        let (file, url) = (self.get("groups_file", text), self.get("groups_url", text));
        let token = self.get("groups_url_token", text);
        let authorities = self.get("groups_url_ca_file", certificates);
        let timeout = self.get("groups_url_timeout", value::some_time);
        let remember = self.get("groups_url_cache_ttl", value::time);
        let settings = GroupHookSettings {
            fetch: FetchSettings { timeout: timeout?, authorities: authorities?, ..FetchSettings::default() },
            token: Some(token?).filter(|token| !token.is_empty()).map(Secret::new),
            remember: remember?,
            ..GroupHookSettings::default()
        };
        let (file, url) = (file?, url?);
        Some(GroupConfig {
            file: (!file.is_empty()).then(|| PathBuf::from(file)),
            hook: (!url.is_empty()).then_some((url, settings)),
        })
    }
}
