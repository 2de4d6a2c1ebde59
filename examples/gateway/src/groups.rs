//! Where groups come from, besides tokens and the store.

use crate::config::GroupConfig;
use mlflow_auth_core::{FileUnusable, GroupFile, GroupHook, GroupResolver, InvalidHook};
use mlflow_auth_ldap::{InvalidLdapSettings, LdapGroups};
use std::sync::Arc;

/// Why groups cannot be had from where they should come.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidGroups {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileUnusable),
    /// The address cannot be asked.
    #[error(transparent)]
    Hook(#[from] InvalidHook),
    /// The directory cannot be asked.
    #[error(transparent)]
    Directory(#[from] InvalidLdapSettings),
}

/// All that `config` names.
///
/// # Errors
/// [`InvalidGroups`]
pub async fn resolvers(config: &GroupConfig) -> Result<Vec<Arc<dyn GroupResolver>>, InvalidGroups> {
    let mut resolvers: Vec<Arc<dyn GroupResolver>> = Vec::new();
    if let Some(path) = &config.file {
        resolvers.push(Arc::new(GroupFile::open(path).await?));
    }
    if let Some((address, settings)) = &config.hook {
        resolvers.push(Arc::new(GroupHook::new(address, settings.clone())?));
    }
    if let Some((settings, remember)) = &config.directory {
        resolvers.push(Arc::new(LdapGroups::new(settings, *remember)?));
    }
    Ok(resolvers)
}
