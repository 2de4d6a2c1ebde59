//! Signing in with one provider.

use super::client::{ProviderClient, Tokens};
use super::documents::Documents;
use super::settings::{InvalidSignIn, SignInSettings};
use super::{Attempt, Begun, Callback, Forged, SignInError, id_token, log_out, revoke, user_info};
use crate::authn::jwt::{Claims, Identity, Issuer, NotAdmitted, TokenError, TokenRules};
use crate::authn::oidc::{Discovery, Fetcher, PublishedKeys};
use crate::vocabulary::{Secret, Unavailable};
use openidconnect::OAuth2TokenResponse;
use std::sync::Arc;
use std::time::Duration;

/// A provider with whom people sign in.
pub struct SignInProvider {
    settings: SignInSettings,
    fetcher: Fetcher,
    documents: Documents,
    issuer: Issuer,
}

/// Somebody whom the provider has signed in.
pub struct SignedIn {
    /// Who they are, by the rules of the provider. They are let in by these; whether they have an account here is another
    /// question.
    pub identity: Identity,
    /// What was given with it.
    pub tokens: ProviderTokens,
}

/// What a provider gives besides who somebody is.
pub struct ProviderTokens {
    /// The signed statement, with which one signs out there.
    pub id_token: Option<Secret>,
    /// With what it can be asked again.
    pub refresh_token: Option<Secret>,
    /// How long what it gave holds.
    pub expires_in: Option<Duration>,
}

/// New tokens of a provider, for an old refresh token.
pub struct Refreshed {
    document: Arc<Discovery>,
    tokens: Tokens,
}

impl SignInProvider {
    /// The provider of `settings`, asked through `fetcher`. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`InvalidSignIn`]
    pub fn new(settings: SignInSettings, fetcher: Fetcher) -> Result<Self, InvalidSignIn> {
        if settings.client_id.is_empty() {
            return Err(InvalidSignIn::ClientId(settings.id));
        }
        let wrong = || InvalidSignIn::RedirectUri(settings.redirect_uri.clone());
        let back = url::Url::parse(&settings.redirect_uri).map_err(|_| wrong())?;
        if !matches!(back.scheme(), "http" | "https") || back.host().is_none() || back.fragment().is_some() {
            return Err(wrong());
        }
        let (address, issuer) = (settings.discovery_url.as_str(), settings.issuer.as_deref());
        let keys = PublishedKeys::new(fetcher.clone(), address, issuer)?;
        let rules = TokenRules {
            issuer: settings.issuer.clone(),
            audiences: vec![settings.client_id.clone()],
            algorithms: settings.algorithms.clone(),
            ..TokenRules::default()
        };
        Ok(Self {
            documents: Documents::new(fetcher.clone(), address, issuer),
            issuer: Issuer::new(rules, settings.identities.clone(), Arc::new(keys), settings.keys),
            settings,
            fetcher,
        })
    }

    /// What it was made of.
    pub fn settings(&self) -> &SignInSettings {
        &self.settings
    }

    /// Begins to sign somebody in.
    ///
    /// # Errors
    /// [`Unavailable`] if the provider does not answer, or cannot do what is needed: there is no sign-in without `S256`.
    pub async fn begin(&self) -> Result<Begun, Unavailable> {
        let document = self.documents.current().await?;
        if let Some(known) = &document.code_challenge_methods_supported
            && !known.iter().any(|method| method == "S256")
        {
            tracing::error!(provider = self.settings.id, "the provider does not know the code challenge method S256");
            return Err(Unavailable::new("the identity provider", "it does not know the code challenge method S256"));
        }
        Ok(self.client(&document)?.begin(&self.settings, &document))
    }

    /// Signs somebody in who came back.
    ///
    /// # Errors
    /// [`SignInError`]
    pub async fn finish(&self, attempt: &Attempt, callback: &Callback) -> Result<SignedIn, SignInError> {
        attempt.was_with(&self.settings.id)?;
        let document = self.documents.current().await?;
        if document.issuer != attempt.issuer {
            return Err(Forged::Issuer.into());
        }
        let must_name_itself =
            self.settings.must_name_itself || document.authorization_response_iss_parameter_supported;
        let code = callback.code(attempt, must_name_itself)?;
        let tokens = self.client(&document)?.exchange(code, attempt).await?;
        let token = tokens.id_token.as_deref().ok_or(Forged::NoIdToken)?;
        let claims = self.issuer.claims(token).await?;
        id_token::belongs(&claims, attempt, &self.settings.client_id)?;
        self.read(&document, claims, &tokens).await
    }

    /// Gives a refresh token back to the provider, for new tokens. The old one may be worth nothing from then on, so what
    /// comes must be kept whatever happens next.
    ///
    /// # Errors
    /// [`SignInError::NotExchanged`] if it knows nothing of the token any more, [`SignInError::Unavailable`].
    pub async fn refresh(&self, token: &Secret) -> Result<Refreshed, SignInError> {
        let document = self.documents.current().await?;
        let tokens = self.client(&document)?.refresh(token).await?;
        Ok(Refreshed { document, tokens })
    }

    /// Who new tokens are about, whom the provider signed in before by this issuer and subject. `None` if it confirms them
    /// and says nothing new.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub async fn confirm(
        &self,
        refreshed: &Refreshed,
        (issuer, subject): (&str, &str),
    ) -> Result<Option<SignedIn>, SignInError> {
        let Refreshed { document, tokens } = refreshed;
        let Some(text) = tokens.id_token.as_deref() else { return Ok(None) };
        let claims = self.issuer.claims(text).await?;
        if claims.text("iss") != Some(issuer) || claims.text("sub") != Some(subject) {
            return Err(Forged::Subject.into());
        }
        id_token::is_for_us(&claims, &self.settings.client_id)?;
        self.read(document, claims, tokens).await.map(Some)
    }

    /// Where a browser is sent to sign out of the provider too, if it has such a place.
    pub async fn end_session_url(&self, id_token: Option<&Secret>, back_to: Option<&str>) -> Option<String> {
        let document = self.documents.last().await?;
        log_out::end_session_url(&self.settings, &document, id_token.map(Secret::expose), back_to)
    }

    /// Ends a refresh token, if the provider has a place for that.
    ///
    /// # Errors
    /// [`Unavailable`] if it does not say that it is done.
    pub async fn revoke(&self, token: &Secret) -> Result<(), Unavailable> {
        let document = self.documents.current().await?;
        let Some(address) = &document.revocation_endpoint else { return Ok(()) };
        revoke::revoke(&self.settings, &document, (&self.fetcher, address), token).await
    }

    fn client(&self, document: &Discovery) -> Result<ProviderClient, Unavailable> {
        ProviderClient::new(&self.settings, document, self.fetcher.clone())
    }

    /// Who `claims`, which were verified, are about.
    async fn read(&self, document: &Discovery, mut claims: Claims, tokens: &Tokens) -> Result<SignedIn, SignInError> {
        let text = tokens.id_token.as_deref().unwrap_or_default();
        let access_token = tokens.access_token.secret();
        id_token::goes_with(&claims, text, access_token)?;
        id_token::is_one(text)?;
        let people = &self.settings.identities;
        let first = people.identify(&claims).await;
        let nameless = matches!(first, Err(TokenError::NotAdmitted(NotAdmitted::NoUsername(_))));
        let unnamed = first.is_ok_and(|identity| identity.display_name.is_none());
        if (nameless || unnamed)
            && let Some(address) = &document.userinfo_endpoint
        {
            let subject = claims.text("sub").unwrap_or_default();
            match user_info::ask(&self.fetcher, address, access_token, subject).await {
                Ok(Some(told)) => {
                    user_info::complete(&mut claims, &told, &people.names());
                }
                Err(error) if nameless => return Err(error.into()),
                Ok(None) | Err(_) => {}
            }
        }
        Ok(SignedIn { identity: people.identify(&claims).await?, tokens: given(tokens) })
    }
}

impl Refreshed {
    /// What is to be kept.
    pub fn tokens(&self) -> ProviderTokens {
        given(&self.tokens)
    }
}

fn given(tokens: &Tokens) -> ProviderTokens {
    ProviderTokens {
        id_token: tokens.id_token.clone().map(Secret::new),
        refresh_token: tokens.refresh_token.as_ref().map(|token| Secret::new(token.secret().clone())),
        expires_in: tokens.expires_in(),
    }
}
