//! Where groups come from, besides tokens and the store.

use super::providers::{certificates, text};
use super::{LdapConfig, Reader, TokenConfig, value};
use mlflow_auth_core::accounts::{AccountRules, Names, UnknownUsers};
use mlflow_auth_core::oidc::FetchSettings;
use mlflow_auth_core::{GroupHookSettings, Secret};
use mlflow_auth_ldap::LdapSettings;
use std::path::PathBuf;
use std::time::Duration;

/// Where groups come from, besides tokens and the store.
#[derive(Clone)]
pub struct GroupConfig {
    /// A file that says who is in which groups.
    pub file: Option<PathBuf>,
    /// An address that tells, and how it is asked.
    pub hook: Option<(String, GroupHookSettings)>,
    /// A directory that tells, and how long its answers are used.
    pub directory: Option<(LdapSettings, Duration)>,
}

impl GroupConfig {
    /// Whether there is any.
    pub(super) fn is_something(&self) -> bool {
        self.file.is_some() || self.hook.is_some() || self.directory.is_some()
    }
}

impl Reader {
    pub(super) fn groups(&mut self, ldap: Option<&LdapConfig>) -> Option<GroupConfig> {
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
            directory: ldap
                .filter(|ldap| ldap.groups_for_all)
                .map(|ldap| (ldap.directory.clone(), ldap.sign_in.remember)),
        })
    }

    /// Groups are known by name here: whoever vouches for people whose names count for nothing must not give them any.
    pub(super) fn nobody_takes_names(&mut self, tokens: &TokenConfig) {
        let takes =
            |rules: &&AccountRules| rules.names == Names::Separate && rules.unknown_users == UnknownUsers::Create;
        let sign_ins = tokens.providers.iter().flat_map(|provider| [&provider.sign_ins, &provider.requests]);
        let all = sign_ins.chain(tokens.secret.iter().map(|secret| &secret.requests));
        if let Some(rules) = all.into_iter().find(takes) {
            let problem = format!(
                "the provider `{}` makes accounts of any name, and `groups_file`, `groups_url` or `ldap_groups` knows groups \
                 by names: set its `provisioning` to `none`",
                rules.provider
            );
            self.providers_problem(&problem);
        }
    }
}
