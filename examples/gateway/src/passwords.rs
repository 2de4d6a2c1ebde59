//! Who checks passwords: the store's, and those of a file.

use crate::config::Config;
use mlflow_auth_core::store::{Freshness, UserStore};
use mlflow_auth_core::{FileUnusable, Htpasswd, PasswordAuthenticator};
use std::sync::Arc;

/// Checks passwords as `config` says.
///
/// # Errors
/// [`FileUnusable`] if there should be a file, and it cannot be read.
pub(crate) async fn passwords(
    config: &Config,
    users: Arc<dyn UserStore>,
    freshness: Arc<Freshness>,
) -> Result<Arc<PasswordAuthenticator>, FileUnusable> {
    let settings = config.passwords.clone();
    Ok(Arc::new(match &config.htpasswd {
        None => PasswordAuthenticator::new(users, freshness, settings),
        Some(htpasswd) => {
            let file = Htpasswd::open(&htpasswd.path, htpasswd.settings).await?;
            PasswordAuthenticator::with_htpasswd(users, freshness, settings, file)
        }
    }))
}
