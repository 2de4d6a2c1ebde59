//! The keys of a Kubernetes cluster.

use super::discovery::{Discovery, DiscoveryError, WELL_KNOWN};
use super::fetch::{FetchError, Fetcher, provider_url};
use crate::authn::jwt::{KeySet, KeySource};
use crate::vocabulary::{Secret, Unavailable};
use async_trait::async_trait;
use reqwest::Url;
use std::io::{self, Read};
use std::path::PathBuf;
use tokio::task::spawn_blocking;

/// The keys that a Kubernetes cluster signs the tokens of its service accounts with.
///
/// The API server publishes a discovery document, and its keys where that says. Most clusters want a token for it, and
/// name an address of their own for the keys: with a token both are asked for at the configured address alone, so that
/// the token goes nowhere else.
#[derive(Clone, Debug)]
pub struct ClusterKeys {
    fetcher: Fetcher,
    api: Url,
    issuer: String,
    token_file: Option<PathBuf>,
}

/// The longest token in bytes.
const LONGEST: u64 = 64 << 10;

impl ClusterKeys {
    /// The keys of the cluster whose API server is at `api`, such as `https://kubernetes.default.svc`, and whose tokens
    /// say `issuer`. `token_file` holds the token that the API server is asked with, such as the pod's own; it is read
    /// each time, since Kubernetes changes it. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`FetchError::Address`] for an address in clear text.
    pub fn new(fetcher: Fetcher, api: &str, issuer: &str, token_file: Option<PathBuf>) -> Result<Self, FetchError> {
        Ok(Self { fetcher, api: provider_url(api)?, issuer: issuer.to_owned(), token_file })
    }

    async fn find(&self) -> Result<KeySet, DiscoveryError> {
        let token = self.token().await?;
        let address = format!("{}{WELL_KNOWN}", self.api.as_str().trim_end_matches('/'));
        let text = self.fetcher.get_with(&address, token.as_ref()).await?;
        let found = Discovery::read(&text, &address, Some(&self.issuer))?;
        let mut keys = provider_url(&found.jwks_uri)?;
        if token.is_some() {
            let mut ours = self.api.clone();
            ours.set_path(keys.path());
            ours.set_query(keys.query());
            keys = ours;
        }
        let text = self.fetcher.get_with(keys.as_str(), token.as_ref()).await?;
        Ok(KeySet::from_json(&text)?.published_by(found.issuer))
    }

    async fn token(&self) -> Result<Option<Secret>, DiscoveryError> {
        let Some(path) = self.token_file.clone() else { return Ok(None) };
        let reading = path.clone();
        let read = spawn_blocking(move || {
            let mut text = String::new();
            std::fs::File::open(&reading)?.take(LONGEST).read_to_string(&mut text)?;
            Ok(text)
        });
        let text: io::Result<String> = read.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        match text {
            Ok(text) => Ok(Some(Secret::new(text.trim()))),
            Err(source) => Err(DiscoveryError::Credential { path, source }),
        }
    }
}

#[async_trait]
impl KeySource for ClusterKeys {
    async fn fetch(&self) -> Result<KeySet, Unavailable> {
        self.find().await.map_err(|error| Unavailable::new("the Kubernetes cluster", error))
    }
}
