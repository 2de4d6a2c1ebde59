//! Who is calling.

use super::Flow;
use crate::reply::Reply;
#[cfg(feature = "sign-in")]
use crate::sign_in;
use http::request::Parts;
use mlflow_auth_core::{AuthenticationError, Principal, Proof};
use std::sync::Arc;

impl Flow<'_> {
    /// Asks one way of proof after the other.
    pub(crate) async fn authenticate(&self, parts: &Parts) -> Result<Arc<Principal>, Reply> {
        for authenticator in &self.shared.authenticators {
            match authenticator.authenticate(parts).await {
                Ok(Some(who)) => return self.admit(who).await,
                Ok(None) => {}
                Err(AuthenticationError::Rejected(rejection)) => {
                    tracing::info!(%rejection, "credentials were rejected");
                    return Err(Reply::unauthenticated());
                }
                Err(AuthenticationError::Unavailable(error)) => {
                    tracing::warn!(%error, source = ?error.source, "a caller could not be authenticated");
                    return Err(Reply::unavailable(error.to_string()));
                }
            }
        }
        Err(self.nobody(parts))
    }

    /// The answer to a request that carries no proof.
    #[cfg(feature = "sign-in")]
    fn nobody(&self, parts: &Parts) -> Reply {
        sign_in::unauthenticated(self, parts)
    }

    #[cfg(not(feature = "sign-in"))]
    fn nobody(&self, _: &Parts) -> Reply {
        Reply::unauthenticated()
    }

    /// Refuses an account that is not active, however well its owner proved who they are. What is left out here is checked
    /// against the account by whoever reads the proof, so nothing is read for it twice.
    async fn admit(&self, who: Arc<Principal>) -> Result<Arc<Principal>, Reply> {
        let is_checked = !matches!(who.proof, Proof::Directory | Proof::Asserted);
        let Some(accounts) = self.shared.accounts.as_ref().filter(|_| !is_checked) else {
            return Ok(who);
        };
        match accounts.users.user(&who.user).await {
            Ok(Some(user)) if !user.is_active => {
                tracing::info!(user = %who.user, proof = %who.proof, "refused an account that is not active");
                Err(Reply::unauthenticated())
            }
            Ok(_) => Ok(who),
            Err(error) => {
                tracing::warn!(error = ?error, "it could not be told whether an account is active");
                Err(Reply::unavailable(error.to_string()))
            }
        }
    }
}
