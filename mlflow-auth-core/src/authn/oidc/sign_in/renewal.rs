//! Asking a provider again about a session.

use super::service::Parts;
use crate::authn::clock::now;
use crate::authn::oidc::SignInError;
use crate::authn::session::{Renewed, SessionRenewal};
use crate::store::{Renewal, Session};
use crate::vocabulary::Unavailable;
use async_trait::async_trait;
use std::sync::Arc;

/// Asks the provider of a session with its refresh token, and judges what it says by the same rules as at the sign-in.
pub(super) struct Renewer(pub(super) Arc<Parts>);

#[async_trait]
impl SessionRenewal for Renewer {
    async fn renew(&self, session: &Session) -> Result<Renewed, Unavailable> {
        match self.0.ask_again(session).await {
            Ok(renewed) => Ok(renewed),
            Err(SignInError::Unavailable(error)) => Err(error),
            Err(error) => {
                tracing::info!(user = %session.user, provider = session.provider, %error, "a session is over");
                Ok(Renewed::Ends)
            }
        }
    }
}

impl Parts {
    /// A session whose provider is gone from the configuration, or of which nothing can be read, is over.
    async fn ask_again(&self, session: &Session) -> Result<Renewed, SignInError> {
        let over = || {
            tracing::info!(user = %session.user, provider = session.provider, "a session is over: nobody can be asked");
            Ok(Renewed::Ends)
        };
        let Some((provider, _)) = self.provider(&session.provider) else { return over() };
        let Some(kept) = self.tokens_of(session) else { return over() };
        let Some(token) = kept.refresh_token() else { return over() };
        let (found, tokens) = provider.refresh(&token, (&kept.issuer, &kept.subject)).await?;
        if let Some(found) = found
            && self.admit(&session.provider, &found).await? != session.user
        {
            return over();
        }
        let renew_at = now().saturating_add(self.rules.renew_after(tokens.expires_in));
        let sealed = kept.renewed(&tokens).seal(&self.tokens, &session.user, &session.provider)?;
        Ok(Renewed::Goes(Renewal { renew_at: Some(renew_at), sealed: Some(sealed) }))
    }
}
