//! Saying good-bye to a provider.

use super::SignInSettings;
use crate::authn::oidc::Discovery;
use crate::authn::oidc::fetch::provider_url;

/// Where a browser is sent to sign out of the provider too (OpenID Connect RP-Initiated Logout 1.0), if it has such a
/// place: with the ID token that says whose session it is, and where to come back to.
pub(super) fn end_session_url(
    settings: &SignInSettings,
    document: &Discovery,
    id_token: Option<&str>,
    back_to: Option<&str>,
) -> Option<String> {
    let mut url = provider_url(document.end_session_endpoint.as_deref()?).ok()?;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &settings.client_id);
        if let Some(token) = id_token {
            query.append_pair("id_token_hint", token);
        }
        if let Some(address) = back_to {
            query.append_pair("post_logout_redirect_uri", address);
        }
    }
    Some(url.into())
}
