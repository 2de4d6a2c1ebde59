//! Signing in, from the first click to the session.

use super::Returned;
use super::attempts::{Kept, spent, tag};
use super::kept::KeptTokens;
use super::renewal::Renewer;
use super::rules::SignInRules;
use crate::authn::accounts::Accounts;
use crate::authn::oidc::{Callback, Forged, SignInError, SignInProvider, SignedIn};
use crate::authn::sealer::Sealer;
use crate::authn::session::{NewSecret, OpenedSession, SessionDirectory, SessionSettings, Sessions};
use crate::store::now;
use crate::store::{Freshness, Session, SessionStore, StoreError, UserStore};
use crate::vocabulary::{Unavailable, Username};
use http::HeaderMap;
use std::sync::Arc;

/// Signs people in with providers, and keeps their sessions.
///
/// Nothing is written for somebody who is not signed in: what must be known when they come back from a provider they carry
/// themselves, sealed and bound to the state of the attempt.
pub struct SignIn {
    parts: Arc<Parts>,
    sealer: Sealer,
    store: Arc<dyn SessionStore>,
    sessions: Arc<Sessions>,
    directory: Option<Arc<dyn SessionDirectory>>,
}

/// What is needed with every answer of a provider.
pub(super) struct Parts {
    providers: Vec<(SignInProvider, Accounts)>,
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) tokens: Sealer,
    pub(super) rules: SignInRules,
}

/// A sign-in that was begun.
pub struct Started {
    /// Where the browser is sent.
    pub url: String,
    /// What tells its cookie from those of other attempts: 12 letters, digits, `-` or `_`.
    pub tag: String,
    /// The value of its cookie.
    pub kept: String,
}

/// A sign-in that is done.
pub struct Finished {
    /// Who was signed in.
    pub user: Username,
    /// The cookie of their session.
    pub secret: NewSecret,
    /// Where they go now.
    pub next: Returned,
}

impl SignIn {
    /// Signs in with `providers`, each with the accounts of those whom it vouches for, and with the passwords of
    /// `directory`. `attempts` seals what browsers keep, `tokens` what `store` keeps. `freshness` must hear of the changes
    /// of the store.
    pub fn new<S>(
        providers: Vec<(SignInProvider, Accounts)>,
        (attempts, tokens): (Sealer, Sealer),
        store: Arc<S>,
        freshness: Arc<Freshness>,
        (rules, sessions): (SignInRules, SessionSettings),
        directory: Option<Arc<dyn SessionDirectory>>,
    ) -> Self
    where
        S: SessionStore + UserStore + 'static,
    {
        let parts = Arc::new(Parts { providers, store: store.clone(), tokens, rules });
        let renewer = Arc::new(Renewer(Arc::clone(&parts)));
        let sessions = Sessions::new(store.clone(), store.clone(), freshness, sessions, Some(renewer));
        let sessions = Arc::new(directory.iter().cloned().fold(sessions, Sessions::with_directory));
        Self { parts, sealer: attempts, store, sessions, directory }
    }

    /// The sessions.
    pub fn sessions(&self) -> &Arc<Sessions> {
        &self.sessions
    }

    /// The directory whose passwords open sessions.
    pub fn directory(&self) -> Option<&dyn SessionDirectory> {
        self.directory.as_deref()
    }

    /// The providers, in their order.
    pub fn providers(&self) -> impl ExactSizeIterator<Item = &SignInProvider> {
        self.parts.providers.iter().map(|(provider, _)| provider)
    }

    /// The provider of this name.
    pub fn provider(&self, id: &str) -> Option<&SignInProvider> {
        self.parts.provider(id).map(|(provider, _)| provider)
    }

    /// Begins a sign-in with `provider`.
    ///
    /// # Errors
    /// [`Unavailable`] if the provider does not answer.
    pub async fn begin(&self, provider: &SignInProvider, next: &Returned) -> Result<Started, Unavailable> {
        let begun = provider.begin().await?;
        let kept = Kept::new(begun.attempt, next, now()).seal(&self.sealer, &begun.state)?;
        Ok(Started { url: begun.url, tag: tag(&begun.state), kept })
    }

    /// What the cookie of the attempt is called that somebody comes back from.
    pub fn tag(callback: &Callback) -> String {
        tag(callback.state())
    }

    /// Ends a sign-in with `provider`: `kept` is what the browser kept of it, `headers` are those of the request, whose
    /// session, if it carries one, ends.
    ///
    /// # Errors
    /// [`SignInError`]; then no session was opened.
    pub async fn finish(
        &self,
        provider: &SignInProvider,
        callback: &Callback,
        kept: Option<&str>,
        headers: &HeaderMap,
    ) -> Result<Finished, SignInError> {
        let kept = Kept::open(&self.sealer, kept.ok_or(Forged::State)?, callback.state(), now())?;
        let next = kept.next().ok_or(Forged::State)?;
        let found = provider.finish(&kept.attempt, callback).await?;
        // Written only now: whoever gets here was signed in by a provider. Of two who come with one state one goes on.
        let unused = self.store.spend(&spent(callback.state()), kept.until).await.map_err(unavailable)?;
        if !unused {
            return Err(Forged::Used.into());
        }
        let id = &provider.settings().id;
        let user = self.parts.admit(id, &found).await?;
        let secret = self.sessions.open(self.parts.session(id, user.clone(), &found)?, headers).await;
        Ok(Finished { user, secret: secret.map_err(unavailable)?, next })
    }

    /// Ends the session of a request. Says where the browser goes to sign out of its provider too, if there is such a
    /// place, and `back_to` is where it comes back to.
    ///
    /// # Errors
    /// As [`Sessions::end`]; then the session may go on.
    pub async fn end(
        &self,
        headers: &HeaderMap,
        back_to: Option<&str>,
    ) -> Result<Option<String>, crate::authn::AuthenticationError> {
        let Some(session) = self.sessions.end(headers).await? else { return Ok(None) };
        let Some(provider) = self.provider(&session.provider) else { return Ok(None) };
        let tokens = self.parts.tokens_of(&session);
        if let Some(token) = tokens.as_ref().and_then(KeptTokens::refresh_token)
            && let Err(error) = provider.revoke(&token).await
        {
            tracing::info!(%error, source = ?error.source, "a refresh token could not be revoked");
        }
        let id_token = tokens.as_ref().and_then(KeptTokens::id_token);
        Ok(provider.end_session_url(id_token.as_ref(), back_to).await)
    }
}

impl Parts {
    pub(super) fn provider(&self, id: &str) -> Option<&(SignInProvider, Accounts)> {
        self.providers.iter().find(|(provider, _)| provider.settings().id == id)
    }

    /// The account of somebody whom `provider` has signed in.
    ///
    /// # Errors
    /// [`SignInError`] if they are nobody here.
    pub(super) async fn admit(&self, provider: &str, found: &SignedIn) -> Result<Username, SignInError> {
        let (_, accounts) = self.provider(provider).ok_or(Forged::Provider)?;
        Ok(accounts.sign_in(&found.identity).await?.user)
    }

    pub(super) fn tokens_of(&self, session: &Session) -> Option<KeptTokens> {
        KeptTokens::open(&self.tokens, session.sealed.as_deref()?, &session.user, &session.provider)
    }

    fn session(&self, provider: &str, user: Username, found: &SignedIn) -> Result<OpenedSession, Unavailable> {
        let (tokens, identity) = (&found.tokens, &found.identity);
        let kept = KeptTokens::new(&identity.issuer, &identity.subject, tokens, self.rules.refreshes);
        let sealed = kept.seal(&self.tokens, &user, provider)?;
        let renew_after = self.rules.refreshes.then(|| self.rules.renew_after(tokens.expires_in));
        // Nobody can be asked again: what the provider said holds as long as it said.
        let (lifetime, renew_after) = match renew_after {
            Some(after) if tokens.refresh_token.is_none() => (self.rules.lifetime().min(after), None),
            renew_after => (self.rules.lifetime(), renew_after),
        };
        Ok(OpenedSession { user, provider: provider.to_owned(), lifetime, renew_after, sealed: Some(sealed) })
    }
}

pub(super) fn unavailable(error: StoreError) -> Unavailable {
    Unavailable::new("the store of sessions", error)
}
