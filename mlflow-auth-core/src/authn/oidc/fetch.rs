//! Fetching documents of a provider.

use crate::vocabulary::Secret;
use http::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Request, RequestBuilder, StatusCode, Url};
use std::time::Duration;

/// How a provider is asked.
#[derive(Clone, Debug)]
pub struct FetchSettings {
    /// How long an answer may take, from the first byte of the request to the last of the answer.
    pub timeout: Duration,
    /// How long an answer may be, in bytes.
    pub longest: usize,
    /// Certificates of authorities of your own, in PEM, besides those of the operating system.
    pub authorities: Vec<Vec<u8>>,
    /// Whether nobody but these authorities is believed. Without any nobody is.
    pub only_these_authorities: bool,
    /// Whether any certificate is taken. Whoever is between us and the provider can then sign in as anybody.
    pub dangerously_accept_any_certificate: bool,
}

impl Default for FetchSettings {
    /// Ten seconds, a mebibyte, the authorities of the operating system.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            longest: 1 << 20,
            authorities: Vec::new(),
            only_these_authorities: false,
            dangerously_accept_any_certificate: false,
        }
    }
}

/// Settings that make no client.
#[derive(Debug, thiserror::Error)]
#[error("the client for HTTP cannot be made")]
pub struct InvalidFetcher(#[source] reqwest::Error);

/// Why a document was not had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The address is none, or in clear text and not of this machine.
    #[error("`{}` is no address of a provider: it must begin with https://, or http:// and a loopback address", .0.escape_debug())]
    Address(String),
    /// There is no answer.
    #[error("`{url}` does not answer")]
    Unreachable {
        /// What was asked for.
        url: Url,
        /// Why.
        source: reqwest::Error,
    },
    /// The answer is another one than the document. Redirects are not followed.
    #[error("`{url}` answers with status {status}")]
    Status {
        /// What was asked for.
        url: Url,
        /// Its answer.
        status: StatusCode,
    },
    /// The answer does not end.
    #[error("`{url}` answers with more than {longest} bytes")]
    TooLong {
        /// What was asked for.
        url: Url,
        /// The bound.
        longest: usize,
    },
}

/// Asks providers, within bounds: no redirects, no clear text but to this machine.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    longest: usize,
}

impl Fetcher {
    /// A client of these settings.
    ///
    /// # Errors
    /// [`InvalidFetcher`] for a certificate that cannot be read.
    pub fn new(settings: &FetchSettings) -> Result<Self, InvalidFetcher> {
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .timeout(settings.timeout)
            .tls_danger_accept_invalid_certs(settings.dangerously_accept_any_certificate);
        let mut authorities = Vec::new();
        for pem in &settings.authorities {
            authorities.extend(Certificate::from_pem_bundle(pem).map_err(InvalidFetcher)?);
        }
        if settings.only_these_authorities {
            builder = builder.tls_certs_only(authorities);
        } else if !authorities.is_empty() {
            builder = builder.tls_certs_merge(authorities);
        }
        Ok(Self { client: builder.build().map_err(InvalidFetcher)?, longest: settings.longest })
    }

    /// The document at `address`, as it is.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        self.get_with(address, None).await
    }

    /// The same, with a bearer token if there is one.
    ///
    /// # Errors
    /// [`FetchError`].
    pub(in crate::authn) async fn get_with(
        &self,
        address: &str,
        token: Option<&Secret>,
    ) -> Result<Vec<u8>, FetchError> {
        let url = provider_url(address)?;
        let request = self.client.get(url.clone());
        self.document(url, authorized(request, token)).await
    }

    /// The answer to a JSON text that is posted to `address`, with a bearer token if there is one.
    ///
    /// # Errors
    /// [`FetchError`].
    pub(in crate::authn) async fn post_with(
        &self,
        address: &str,
        body: String,
        token: Option<&Secret>,
    ) -> Result<Vec<u8>, FetchError> {
        let url = provider_url(address)?;
        let request = self.client.post(url.clone()).header(CONTENT_TYPE, "application/json").body(body);
        self.document(url, authorized(request, token)).await
    }

    /// The answer to any request. A status of 500 and above, or 429, is an outage of the provider and no answer.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, FetchError> {
        let url = provider_url(&request.uri().to_string())?;
        let unreachable =
            |source: reqwest::Error| FetchError::Unreachable { url: url.clone(), source: source.without_url() };
        let request = Request::try_from(request).map_err(unreachable)?;
        let answer = self.ask(&url, RequestBuilder::from_parts(self.client.clone(), request)).await?;
        match answer.status() {
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(FetchError::Status { url, status })
            }
            _ => Ok(answer),
        }
    }

    /// What `request` to `url`, which was checked, is answered, if that is a document.
    async fn document(&self, url: Url, request: RequestBuilder) -> Result<Vec<u8>, FetchError> {
        let (answer, document) = self.ask(&url, request).await?.into_parts();
        match answer.status {
            StatusCode::OK => Ok(document),
            status => Err(FetchError::Status { url, status }),
        }
    }

    async fn ask(&self, url: &Url, request: RequestBuilder) -> Result<http::Response<Vec<u8>>, FetchError> {
        let unreachable =
            |source: reqwest::Error| FetchError::Unreachable { url: url.clone(), source: source.without_url() };
        let mut answer = request.send().await.map_err(unreachable)?;
        let mut document = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if document.len() + chunk.len() > self.longest {
                return Err(FetchError::TooLong { url: url.clone(), longest: self.longest });
            }
            document.extend_from_slice(&chunk);
        }
        let mut whole = http::Response::new(document);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }
}

fn authorized(request: RequestBuilder, token: Option<&Secret>) -> RequestBuilder {
    match token {
        Some(token) => request.bearer_auth(token.expose()),
        None => request,
    }
}

/// Reads the address of something that a provider publishes: TLS, or this machine.
///
/// # Errors
/// [`FetchError::Address`].
pub(in crate::authn) fn provider_url(address: &str) -> Result<Url, FetchError> {
    let wrong = || FetchError::Address(address.to_owned());
    let url = Url::parse(address).map_err(|_| wrong())?;
    let local = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let named = url.host().is_some() && url.username().is_empty() && url.password().is_none();
    match url.scheme() {
        "https" if named => Ok(url),
        "http" if named && local => Ok(url),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_or_this_machine() {
        for (address, good) in [
            ("https://login.example/x", true),
            ("https://10.0.0.1:8443/x", true),
            ("http://localhost:8080/x", true),
            ("http://127.0.0.1/x", true),
            ("http://[::1]:80/x", true),
            ("http://login.example/x", false),
            ("http://localhost.example/x", false),
            ("http://169.254.169.254/x", false),
            ("https://user:secret@login.example/x", false),
            ("file:///etc/passwd", false),
            ("login.example", false),
            ("", false),
        ] {
            assert_eq!(provider_url(address).is_ok(), good, "{address}");
        }
    }
}
