//! The document in which a provider says who and where it is.

use super::fetch::{FetchError, Fetcher, provider_url};
use crate::authn::jwt::{InvalidKeySet, KeySet, KeySource};
use crate::vocabulary::Unavailable;
use async_trait::async_trait;
use serde::Deserialize;
use std::path::PathBuf;

/// What a provider publishes (OpenID Connect Discovery 1.0, section 3), as far as it is used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Discovery {
    /// Its name, as its tokens carry it.
    pub issuer: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where people sign in.
    pub authorization_endpoint: Option<String>,
    /// Where codes are exchanged for tokens.
    pub token_endpoint: Option<String>,
    /// Where people sign out.
    pub end_session_endpoint: Option<String>,
    /// Where claims can be asked for with an access token.
    pub userinfo_endpoint: Option<String>,
    /// Where tokens are ended (RFC 7009).
    pub revocation_endpoint: Option<String>,
    /// The ways of proof key for code exchange that it knows (RFC 8414); none if it does not say.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// How clients show who they are when they exchange codes.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Whether it says who it is when it sends somebody back (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// Why the document is not had, or not believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// It cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It is no such document.
    #[error("`{address}` is no discovery document")]
    Document {
        /// Where it was.
        address: String,
        /// Why.
        source: serde_json::Error,
    },
    /// It names an issuer that lives elsewhere (section 4.3): its keys could sign for somebody else.
    #[error("`{address}` names the issuer `{}`; name that issuer in the configuration if it is right", .issuer.escape_debug())]
    Issuer {
        /// Where it was.
        address: String,
        /// Whom it names.
        issuer: String,
    },
    /// Its keys cannot be read.
    #[error(transparent)]
    Keys(#[from] InvalidKeySet),
    /// The token that it should be asked with cannot be read.
    #[error("the token file `{}` cannot be read", path.display())]
    Credential {
        /// Where it should be.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

pub(super) const WELL_KNOWN: &str = "/.well-known/openid-configuration";

impl Discovery {
    /// Fetches the document at `address`, which ends with `/.well-known/openid-configuration`. The issuer that it names
    /// must be `issuer`, or if that is `None` must live at the address.
    ///
    /// # Errors
    /// [`DiscoveryError`].
    pub async fn fetch(fetcher: &Fetcher, address: &str, issuer: Option<&str>) -> Result<Self, DiscoveryError> {
        Self::read(&fetcher.get(address).await?, address, issuer)
    }

    /// The same of a document that was fetched.
    pub(super) fn read(text: &[u8], address: &str, issuer: Option<&str>) -> Result<Self, DiscoveryError> {
        let found = serde_json::from_slice::<Self>(text);
        let found = found.map_err(|source| DiscoveryError::Document { address: address.to_owned(), source })?;
        let right = match issuer {
            Some(issuer) => found.issuer == issuer,
            None => lives_at(&found.issuer, address),
        };
        if !right {
            return Err(DiscoveryError::Issuer { address: address.to_owned(), issuer: found.issuer });
        }
        provider_url(&found.jwks_uri)?;
        Ok(found)
    }
}

/// Some names of issuers end with a slash, which the address of their document then has only once.
fn lives_at(issuer: &str, address: &str) -> bool {
    address.strip_suffix(WELL_KNOWN).is_some_and(|base| base == issuer.strip_suffix('/').unwrap_or(issuer))
}

/// The keys that a provider publishes, found through its discovery document.
#[derive(Clone, Debug)]
pub struct PublishedKeys {
    fetcher: Fetcher,
    address: String,
    issuer: Option<String>,
}

impl PublishedKeys {
    /// The keys of the provider whose discovery document is at `address`, and whose issuer is `issuer`, or lives at the
    /// address if that is `None`. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`FetchError::Address`] for an address in clear text.
    pub fn new(fetcher: Fetcher, address: &str, issuer: Option<&str>) -> Result<Self, FetchError> {
        provider_url(address)?;
        Ok(Self { fetcher, address: address.to_owned(), issuer: issuer.map(str::to_owned) })
    }

    async fn find(&self) -> Result<KeySet, DiscoveryError> {
        let found = Discovery::fetch(&self.fetcher, &self.address, self.issuer.as_deref()).await?;
        let text = self.fetcher.get(&found.jwks_uri).await?;
        Ok(KeySet::from_json(&text)?.published_by(found.issuer))
    }
}

#[async_trait]
impl KeySource for PublishedKeys {
    async fn fetch(&self) -> Result<KeySet, Unavailable> {
        self.find().await.map_err(|error| Unavailable::new("the identity provider", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_live_where_their_document_is() {
        for (issuer, address, right) in [
            ("https://i.example", "https://i.example/.well-known/openid-configuration", true),
            ("https://i.example/", "https://i.example/.well-known/openid-configuration", true),
            ("https://i.example/t/v2.0", "https://i.example/t/v2.0/.well-known/openid-configuration", true),
            ("https://i.example/t", "https://i.example/.well-known/openid-configuration", false),
            ("https://evil.example", "https://i.example/.well-known/openid-configuration", false),
            ("https://i.example", "https://i.example/configuration", false),
            ("", "/.well-known/openid-configuration", true),
        ] {
            assert_eq!(lives_at(issuer, address), right, "{issuer} {address}");
        }
    }
}
