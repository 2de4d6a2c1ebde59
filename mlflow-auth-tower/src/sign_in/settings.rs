//! How people sign in in a browser.

use super::CookieSettings;
use mlflow_auth_core::Sessions;
use mlflow_auth_core::oidc::SignIn;
use std::sync::Arc;
use std::time::Duration;

/// Signing in in a browser: pages, redirects and cookies around a [`SignIn`].
///
/// # Deployment
///
/// The addresses of [`AuthLayer::with_origins`](crate::AuthLayer::with_origins) should be those that people type. Secure
/// cookies come back over TLS only, and to `localhost`.
#[derive(Clone)]
pub struct BrowserSignIn {
    pub(super) sign_in: Arc<SignIn>,
    pub(super) cookies: CookieSettings,
    pub(super) automatic: bool,
    pub(super) address: Option<String>,
    pub(super) password_lifetime: Option<u64>,
}

impl BrowserSignIn {
    /// Signs in with `sign_in`. Its sessions must have the cookie of `cookies`.
    pub fn new(sign_in: Arc<SignIn>, cookies: CookieSettings) -> Self {
        Self { sign_in, cookies, automatic: false, address: None, password_lifetime: None }
    }

    /// Goes straight to the provider if there is one alone, without a page on which to choose it.
    pub fn automatically(self, automatic: bool) -> Self {
        Self { automatic, ..self }
    }

    /// Lets people sign in with a password of the accounts of the layer too
    /// ([`AuthLayer::with_accounts`](crate::AuthLayer::with_accounts)), for sessions of that length.
    pub fn with_passwords(self, lifetime: Duration) -> Self {
        Self { password_lifetime: Some(lifetime.as_secs()), ..self }
    }

    /// The address that people type, such as `https://mlflow.example.com`: a provider sends them back there after they
    /// signed out of it. Without, it is not told where to.
    pub fn at(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }

    /// The sessions that it opens.
    pub fn sessions(&self) -> &Arc<Sessions> {
        self.sign_in.sessions()
    }
}
