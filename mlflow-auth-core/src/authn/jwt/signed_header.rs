//! Signing in by a header that a proxy has signed.

use super::verify::now;
use super::{AlbVerifier, Algorithms, Identity, Issuer, TokenError, TokenRules};
use crate::authn::accounts::Accounts;
use crate::authn::digest::{Digest, LazyDigester};
use crate::authn::known::Known;
use crate::authn::{AuthenticationError, Authenticator, InvalidHeaders, Rejection, Trust, check_name};
use crate::vocabulary::Principal;
use async_trait::async_trait;
use http::HeaderName;
use http::request::Parts;
use std::sync::Arc;
use std::time::Duration;

/// Tells whom a signed text is about.
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    /// Who `token` is about, and until when it can be believed, in seconds since 1970.
    ///
    /// # Errors
    /// [`TokenError`]
    async fn verify(&self, token: &str) -> Result<(Identity, u64), TokenError>;
}

#[async_trait]
impl TokenVerifier for Issuer {
    async fn verify(&self, token: &str) -> Result<(Identity, u64), TokenError> {
        Issuer::verify(self, token).await
    }
}

#[async_trait]
impl TokenVerifier for AlbVerifier {
    async fn verify(&self, token: &str) -> Result<(Identity, u64), TokenError> {
        AlbVerifier::verify(self, token).await
    }
}

/// The header of a product that signs who is calling, and what it signs.
#[derive(Clone, Debug)]
pub struct SignedHeader {
    /// The header with the token.
    pub name: HeaderName,
    /// More headers of the product, which are not read.
    pub others: Vec<HeaderName>,
    /// What its tokens must be.
    pub rules: TokenRules,
}

impl SignedHeader {
    /// Pomerium with `pass_identity_headers`: `X-Pomerium-Jwt-Assertion`, ES256. `issuer` is the host of the route, or
    /// its address with `jwt_issuer_format: uri`; `audience` the host of the route. Its keys are at
    /// `/.well-known/pomerium/jwks.json` of the route.
    pub fn pomerium(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self::of("x-pomerium-jwt-assertion", &["x-pomerium-claim-email", "x-pomerium-claim-groups"], "ES256")
            .issued_by(issuer, [audience.into()])
    }

    /// Cloudflare Access: `Cf-Access-Jwt-Assertion`, RS256. `team` is the address of the team, such as
    /// `https://example.cloudflareaccess.com`; `audiences` the AUD tags of the applications. Its keys are at
    /// [`SignedHeader::cloudflare_keys`].
    pub fn cloudflare_access(team: impl Into<String>, audiences: impl IntoIterator<Item = String>) -> Self {
        let others = ["cf-access-authenticated-user-email"];
        Self::of("cf-access-jwt-assertion", &others, "RS256").issued_by(team, audiences)
    }

    /// Where Cloudflare publishes the keys of a team.
    pub fn cloudflare_keys(team: &str) -> String {
        format!("{}/cdn-cgi/access/certs", team.trim_end_matches('/'))
    }

    /// Google's Identity-Aware Proxy: `X-Goog-IAP-JWT-Assertion`, ES256. `audiences` are those of the back ends, such as
    /// `/projects/1234/global/backendServices/5678`. Its keys are at [`SignedHeader::GOOGLE_IAP_KEYS`].
    pub fn google_iap(audiences: impl IntoIterator<Item = String>) -> Self {
        let others = ["x-goog-authenticated-user-email", "x-goog-authenticated-user-id"];
        Self::of("x-goog-iap-jwt-assertion", &others, "ES256").issued_by("https://cloud.google.com/iap", audiences)
    }

    /// Where Google publishes the keys of its proxy.
    pub const GOOGLE_IAP_KEYS: &'static str = "https://www.gstatic.com/iap/verify/public_key-jwk";

    /// AWS Application Load Balancer: `x-amzn-oidc-data`. What it signs is for [`AlbVerifier`], which has rules of its
    /// own.
    pub fn alb() -> Self {
        Self::of("x-amzn-oidc-data", &["x-amzn-oidc-identity", "x-amzn-oidc-accesstoken"], "ES256")
    }

    fn of(name: &'static str, others: &[&'static str], algorithm: &str) -> Self {
        let algorithms = Algorithms::new([algorithm]).unwrap_or_else(|_| Algorithms::asymmetric());
        Self {
            name: HeaderName::from_static(name),
            others: others.iter().copied().map(HeaderName::from_static).collect(),
            rules: TokenRules { algorithms, ..TokenRules::default() },
        }
    }

    fn issued_by(mut self, issuer: impl Into<String>, audiences: impl IntoIterator<Item = String>) -> Self {
        self.rules.issuer = Some(issuer.into());
        self.rules.audiences = audiences.into_iter().collect();
        self
    }
}

/// How the header of a proxy is used.
#[derive(Clone)]
pub struct SignedHeaderSettings {
    /// Besides the signature, where the proxy must come from. From anybody else the header is nothing then.
    pub trust: Option<Trust>,
    /// With `trust`: whether a request of the proxy without the header is left to the next authenticator. Else it is
    /// refused.
    pub chained: bool,
    /// How long what was found good is believed without looking at it again; never longer than it holds.
    pub remember: Duration,
    /// How much of it is remembered.
    pub remembered: usize,
}

impl Default for SignedHeaderSettings {
    /// From anywhere, as the signature says who it is; 16,384 tokens for five minutes.
    fn default() -> Self {
        Self { trust: None, chained: false, remember: Duration::from_secs(300), remembered: 16_384 }
    }
}

/// Believes a header in which a proxy says who is calling, and which it has signed.
///
/// Other than with plain headers, whoever gets past the proxy cannot make one. They can still replay one that they have
/// seen until it expires, so close the ways past the proxy all the same, or name where it comes from.
///
/// What was found good is remembered by its digest, with a random key of this process. Groups are those of the token, for
/// this request; which account it is, and whether groups make admins, say the [`Accounts`]. The proof is
/// [`Proof::ProxyHeader`](crate::Proof::ProxyHeader): a browser sends the cookie of the proxy with every request, whichever
/// page makes it.
pub struct SignedHeaderAuthenticator {
    names: Vec<HeaderName>,
    name: HeaderName,
    verifier: Arc<dyn TokenVerifier>,
    trust: Option<Trust>,
    chained: bool,
    digester: LazyDigester,
    known: Known<Digest>,
}

impl SignedHeaderAuthenticator {
    /// Believes `header` where `verifier` does, and finds the accounts of those it names in `accounts`.
    ///
    /// # Errors
    /// [`InvalidHeaders`] for a header that means something else.
    pub fn new(
        header: &SignedHeader,
        verifier: Arc<dyn TokenVerifier>,
        accounts: Accounts,
        settings: SignedHeaderSettings,
    ) -> Result<Self, InvalidHeaders> {
        let SignedHeaderSettings { trust, chained, remember, remembered } = settings;
        let secret = trust.as_ref().and_then(Trust::secret_header);
        let names: Vec<HeaderName> = [&header.name].into_iter().chain(&header.others).chain(secret).cloned().collect();
        names.iter().try_for_each(check_name)?;
        let (digester, known) = (LazyDigester::default(), Known::new(accounts, remember, remembered));
        Ok(Self { names, name: header.name.clone(), verifier, trust, chained, digester, known })
    }

    /// All headers of the proxy, for the layer to take out of what is forwarded.
    pub fn identity_headers(&self) -> Vec<HeaderName> {
        self.names.clone()
    }

    async fn who(&self, token: &str) -> Result<Arc<Principal>, AuthenticationError> {
        let digest = self.digester.get()?.token(token);
        if let Some(known) = self.known.get(&digest) {
            return Ok(known);
        }
        let (identity, until) = self.verifier.verify(token).await.map_err(|error| match error {
            TokenError::Unavailable(error) => AuthenticationError::from(error),
            error => {
                tracing::info!(%error, header = self.name.as_str(), "what a proxy should have signed was refused");
                Rejection::InvalidToken.into()
            }
        })?;
        self.known.admit(digest, &identity, Duration::from_secs(until.saturating_sub(now()))).await
    }
}

#[async_trait]
impl Authenticator for SignedHeaderAuthenticator {
    async fn authenticate(&self, request: &Parts) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let trusted = self.trust.as_ref().map(|trust| trust.trusts(request)).transpose()?;
        if trusted == Some(false) {
            return Ok(None);
        }
        let mut values = request.headers.get_all(&self.name).iter();
        let Some(value) = values.next() else {
            let refuse = trusted.is_some() && !self.chained;
            return if refuse { Err(Rejection::Nobody.into()) } else { Ok(None) };
        };
        if values.next().is_some() {
            return Err(Rejection::Malformed.into());
        }
        let token = value.to_str().map_err(|_| Rejection::Malformed)?.trim();
        self.who(token).await.map(Some)
    }
}
