//! A directory whose people sign in, from the configuration.

use crate::assemble::Store;
use crate::config::LdapConfig;
use mlflow_auth_core::SessionDirectory;
use mlflow_auth_ldap::{InvalidLdapSettings, LdapAuthenticator};
use std::sync::Arc;

/// Whoever asks the directory that `config` names, and says in the log what is on. Nobody is connected to yet.
///
/// # Errors
/// [`InvalidLdapSettings`], which names the variable.
pub(crate) fn directory(
    config: Option<&LdapConfig>,
    store: &Arc<Store>,
) -> Result<Option<Arc<LdapAuthenticator>>, InvalidLdapSettings> {
    let Some(config) = config else { return Ok(None) };
    let (freshness, sign_in) = (store.freshness().clone(), config.sign_in.clone());
    let directory = LdapAuthenticator::new(&config.directory, store.clone(), freshness, sign_in)?;
    let directory = directory.counting_in(store.clone());
    tracing::info!("people of a directory sign in with their password there:");
    for line in config.about.iter().chain(&more_about(config, &directory)) {
        tracing::info!("  {line}");
    }
    Ok(Some(Arc::new(directory)))
}

fn more_about(config: &LdapConfig, directory: &LdapAuthenticator) -> [String; 4] {
    let form = match directory.opens_sessions() {
        true => "password form: opens sessions of theirs, where it is shown",
        false => "password form: not for them without LDAP_BIND_DN, which could be asked about the owners of sessions",
    };
    let groups = match config.groups_for_all {
        true => "groups of those who sign in in other ways: from the directory too",
        false => "groups of those who sign in in other ways: not from the directory",
    };
    let names = "names with a password in the store: not the directory's";
    [format!("remembered: {:?}", config.sign_in.remember), form.to_owned(), groups.to_owned(), names.to_owned()]
}

/// The same for the form of the browser sign-in: only a directory that can be asked about people later opens sessions.
pub(crate) fn for_sessions(directory: Option<&Arc<LdapAuthenticator>>) -> Option<Arc<dyn SessionDirectory>> {
    directory
        .filter(|directory| directory.opens_sessions())
        .map(|directory| directory.clone() as Arc<dyn SessionDirectory>)
}
