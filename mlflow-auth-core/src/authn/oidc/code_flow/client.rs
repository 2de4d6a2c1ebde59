//! What is said to a provider, in the words of the protocol.

use super::{Attempt, Begun, SignInError, SignInSettings};
use crate::authn::oidc::{Discovery, FetchError, Fetcher};
use crate::vocabulary::{Secret, Unavailable};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyAdditionalClaims, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken, IssuerUrl, JsonWebKeySet,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError,
    Scope, StandardErrorResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

/// What a provider gives for a code. The ID token stays the text that it is: it is read by the one reader of tokens.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Tokens {
    pub(super) access_token: AccessToken,
    token_type: CoreTokenType,
    expires_in: Option<u64>,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) id_token: Option<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(..)")
    }
}

impl OAuth2TokenResponse for Tokens {
    type TokenType = CoreTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &CoreTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

type TypedIdToken =
    IdToken<EmptyAdditionalClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

impl TokenResponse<EmptyAdditionalClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>
    for Tokens
{
    fn id_token(&self) -> Option<&TypedIdToken> {
        None
    }
}

type Protocol = Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// Us, at a provider as its document describes it.
pub(super) struct ProviderClient {
    protocol: Protocol,
    fetcher: Fetcher,
}

/// The one way to providers.
impl<'c> AsyncHttpClient<'c> for Fetcher {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// An answer of a provider to come. Its type is told, for the compiler cannot find it out in other async code.
type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

const WHAT: &str = "the identity provider";

fn broken(error: impl Into<Box<dyn Error + Send + Sync>>) -> Unavailable {
    Unavailable::new(WHAT, error)
}

impl ProviderClient {
    /// # Errors
    /// [`Unavailable`] if the document lacks what signing in needs.
    pub(super) fn new(settings: &SignInSettings, document: &Discovery, fetcher: Fetcher) -> Result<Self, Unavailable> {
        let lacks = |what: &str| broken(format!("its document names no {what}"));
        let authorization = document.authorization_endpoint.clone().ok_or_else(|| lacks("authorization endpoint"))?;
        let token = document.token_endpoint.clone().ok_or_else(|| lacks("token endpoint"))?;
        super::super::fetch::provider_url(&authorization).map_err(broken)?;
        let issuer = IssuerUrl::new(document.issuer.clone()).map_err(broken)?;
        let mut protocol = Client::new(ClientId::new(settings.client_id.clone()), issuer, JsonWebKeySet::default())
            .set_auth_uri(AuthUrl::new(authorization).map_err(broken)?)
            .set_token_uri(TokenUrl::new(token).map_err(broken)?)
            .set_redirect_uri(RedirectUrl::new(settings.redirect_uri.clone()).map_err(broken)?)
            .set_auth_type(auth_type(document));
        if let Some(secret) = &settings.client_secret {
            protocol = protocol.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        Ok(Self { protocol, fetcher })
    }

    /// Where to send the browser, and what to keep.
    pub(super) fn begin(&self, settings: &SignInSettings, document: &Discovery) -> Begun {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let secret = || CsrfToken::new_random_len(32);
        let nonce = move || Nonce::new(secret().into_secret());
        let request = self.protocol.authorize_url(CoreAuthenticationFlow::AuthorizationCode, secret, nonce);
        let scopes = settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (url, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let attempt = Attempt {
            provider: settings.id.clone(),
            issuer: document.issuer.clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        };
        Begun { url: url.into(), state: state.into_secret(), attempt }
    }

    /// The tokens for a code.
    ///
    /// # Errors
    /// [`SignInError::NotExchanged`] if the provider does not take the code, [`SignInError::Unavailable`] for all else.
    pub(super) async fn exchange(&self, code: &Secret, attempt: &Attempt) -> Result<Tokens, SignInError> {
        let code = AuthorizationCode::new(code.expose().to_owned());
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let request = self.protocol.exchange_code(code).set_pkce_verifier(verifier);
        let answer: Answer<'_, Result<Tokens, Failure>> = Box::pin(request.request_async(&self.fetcher));
        answer.await.map_err(refused)
    }

    /// New tokens.
    ///
    /// # Errors
    /// As [`Self::exchange`].
    pub(super) async fn refresh(&self, token: &Secret) -> Result<Tokens, SignInError> {
        let token = RefreshToken::new(token.expose().to_owned());
        let request = self.protocol.exchange_refresh_token(&token);
        let answer: Answer<'_, Result<Tokens, Failure>> = Box::pin(request.request_async(&self.fetcher));
        answer.await.map_err(refused)
    }
}

/// How we show who we are: by the header, unless the provider takes the form alone (OpenID Connect Discovery 1.0, 3).
pub(super) fn auth_type(document: &Discovery) -> AuthType {
    let methods = document.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
    let has = |name: &str| methods.iter().any(|method| method == name);
    if has("client_secret_post") && !has("client_secret_basic") { AuthType::RequestBody } else { AuthType::BasicAuth }
}

type Failure = RequestTokenError<FetchError, StandardErrorResponse<CoreErrorResponseType>>;

/// A code or a token that is worth nothing is a refusal; whatever else the provider does not like is for an
/// administrator to look at, and nobody can sign in until then. The body of an answer is not told: it may hold tokens.
fn refused(failure: Failure) -> SignInError {
    match failure {
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            CoreErrorResponseType::InvalidGrant => SignInError::NotExchanged("invalid_grant".to_owned()),
            other => {
                tracing::error!(error = other.to_string(), "the identity provider refuses us");
                broken(format!("it refuses with `{}`", other.to_string().escape_debug())).into()
            }
        },
        RequestTokenError::Request(error) => broken(error).into(),
        RequestTokenError::Parse(..) => broken("its answer cannot be read").into(),
        RequestTokenError::Other(problem) => broken(problem).into(),
    }
}
