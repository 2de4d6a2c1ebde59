//! Who checks passwords: the store's, and those of a file.

use crate::assemble::Store;
use crate::config::Config;
use mlflow_auth_core::{FileUnusable, Htpasswd, PasswordAuthenticator};
use std::sync::Arc;

/// Checks passwords as `config` says.
///
/// # Errors
/// [`FileUnusable`] if there should be a file, and it cannot be read.
pub(crate) async fn passwords(config: &Config, store: Arc<Store>) -> Result<Arc<PasswordAuthenticator>, FileUnusable> {
    let (settings, freshness) = (config.passwords.clone(), store.freshness().clone());
    let passwords = match &config.htpasswd {
        None => PasswordAuthenticator::new(store.clone(), freshness, settings),
        Some(htpasswd) => {
            let file = Htpasswd::open(&htpasswd.path, htpasswd.settings).await?;
            PasswordAuthenticator::with_htpasswd(store.clone(), freshness, settings, file)
        }
    };
    Ok(Arc::new(passwords.counting_in(store)))
}
