//! Ending a refresh token at its provider.

use super::SignInSettings;
use super::client::auth_type;
use crate::authn::oidc::{Discovery, Fetcher};
use crate::vocabulary::{Secret, Unavailable};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use openidconnect::AuthType;
use url::form_urlencoded::{Serializer, byte_serialize};

/// Ends `token` at `address` (RFC 7009). The library for the rest of the protocol takes no address of this machine here.
///
/// # Errors
/// [`Unavailable`] if the provider does not say that it is done.
pub(super) async fn revoke(
    settings: &SignInSettings,
    document: &Discovery,
    (fetcher, address): (&Fetcher, &str),
    token: &Secret,
) -> Result<(), Unavailable> {
    let broken = |error: Box<dyn std::error::Error + Send + Sync>| Unavailable::new("the identity provider", error);
    let (credentials, body) = spoken(settings, document, token);
    let mut request = http::Request::post(address).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(credentials) = credentials {
        request = request.header(AUTHORIZATION, credentials);
    }
    let request = request.body(body).map_err(|error| broken(error.into()))?;
    let answer = fetcher.send(request).await.map_err(|error| broken(error.into()))?;
    match answer.status() {
        http::StatusCode::OK => Ok(()),
        status => Err(broken(format!("it answers with status {status}").into())),
    }
}

/// What is said: in the header, and in the form.
fn spoken(settings: &SignInSettings, document: &Discovery, token: &Secret) -> (Option<String>, Vec<u8>) {
    let mut form = Serializer::new(String::new());
    form.append_pair("token", token.expose()).append_pair("token_type_hint", "refresh_token");
    let credentials = match (&settings.client_secret, auth_type(document)) {
        (Some(secret), AuthType::BasicAuth) => {
            // RFC 6749, section 2.3.1: both are encoded as in a form first.
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encoded(&settings.client_id), encoded(secret.expose()));
            Some(format!("Basic {}", STANDARD.encode(pair)))
        }
        (secret, _) => {
            form.append_pair("client_id", &settings.client_id);
            if let Some(secret) = secret {
                form.append_pair("client_secret", secret.expose());
            }
            None
        }
    };
    (credentials, form.finish().into_bytes())
}
