//! Asking a provider again about a session.

use super::service::{Parts, unavailable};
use crate::authn::oidc::{SignInError, SignedIn};
use crate::authn::session::{Renewed, SessionRenewal};
use crate::store::now;
use crate::store::{Renewal, Session, StoreError};
use crate::vocabulary::Unavailable;
use async_trait::async_trait;
use std::sync::Arc;

/// How long nobody else asks while new tokens are judged, in seconds.
const MINUTE: u64 = 60;

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
        let refreshed = provider.refresh(&token).await?;
        let tokens = refreshed.tokens();
        let about = (kept.issuer.clone(), kept.subject.clone());
        let sealed = kept.renewed(&tokens).seal(&self.tokens, &session.user, &session.provider)?;
        self.keep(session, &sealed).await?;
        if let Some(found) = provider.confirm(&refreshed, (&about.0, &about.1)).await?
            && !self.is_still(session, &found).await?
        {
            return over();
        }
        let renew_at = now().saturating_add(self.rules.renew_after(tokens.expires_in));
        Ok(Renewed::Goes(Renewal { renew_at: Some(renew_at), sealed: Some(sealed) }))
    }

    /// Keeps new tokens before anything else can go wrong: the provider may not take the old one again. Nobody asks before
    /// they have been judged.
    async fn keep(&self, session: &Session, sealed: &[u8]) -> Result<(), SignInError> {
        let renewal = Renewal { renew_at: Some(now().saturating_add(MINUTE)), sealed: Some(sealed.to_vec()) };
        match self.store.renew_session(session.id, renewal).await {
            // Whoever ended it meanwhile has had the last word.
            Ok(()) | Err(StoreError::NotFound(_)) => Ok(()),
            Err(error) => Err(unavailable(error).into()),
        }
    }

    /// Whether they are still the owner of the session, and let in. An identity that was taken from the account is not
    /// bound to it again by a session that lived on.
    async fn is_still(&self, session: &Session, found: &SignedIn) -> Result<bool, SignInError> {
        let Some((_, accounts)) = self.provider(&session.provider) else { return Ok(false) };
        Ok(accounts.is_bound_to(&found.identity, &session.user).await?
            && self.admit(&session.provider, found).await? == session.user)
    }
}
