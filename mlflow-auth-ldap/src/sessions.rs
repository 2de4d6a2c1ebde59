//! Sessions that a password of the directory opened.

use crate::authenticator::{LdapAuthenticator, PROVIDER};
use crate::directory::Belonging;
use async_trait::async_trait;
use mlflow_auth_core::accounts::{AdmitError, Identity};
use mlflow_auth_core::{AuthenticationError, Principal, Secret, SessionDirectory, Standing, Unavailable, Username};
use std::sync::Arc;

#[async_trait]
impl SessionDirectory for LdapAuthenticator {
    async fn verify(&self, user: &Username, password: &Secret) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        LdapAuthenticator::verify(self, user, password).await
    }

    async fn standing(&self, user: &Username) -> Result<Option<Standing>, Unavailable> {
        let Some(look_ups) = &self.shared.look_ups else { return Ok(None) };
        let known = look_ups.of(user).await?;
        // An account that got a password of its own is not the directory's any more.
        if !known.belonging.comes_in || self.shared.has_password(user).await? {
            return Ok(None);
        }
        let admitted = match self.shared.accounts.admit(&identity(user.clone(), &known.belonging)).await {
            Ok(admitted) => admitted,
            Err(AdmitError::Unavailable(error)) => return Err(error),
            Err(reason) => {
                tracing::info!(%user, %reason, "refused somebody of the directory");
                return Ok(None);
            }
        };
        let until = look_ups.until(known.asked);
        let standing = Standing { groups: admitted.groups, is_admin: admitted.is_admin, until };
        Ok((admitted.user == *user).then_some(standing))
    }
}

/// Somebody whom the directory calls `user`.
pub(crate) fn identity(user: Username, belonging: &Belonging) -> Identity {
    let (groups, is_admin) = (belonging.groups.clone(), belonging.is_admin);
    Identity { groups, is_admin, ..Identity::named(PROVIDER, user) }
}
