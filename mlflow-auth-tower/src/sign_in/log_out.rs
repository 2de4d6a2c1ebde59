//! Signing out.

use super::{Visit, with_cookies};
use crate::cross_site::{from_our_page, site};
use crate::page::Page;
use crate::reply::Reply;
use http::header::{HeaderMap, HeaderName};
use http::{Method, StatusCode};
use mlflow_auth_core::AuthenticationError;

/// Browsers say so when they fetch a page before anybody wants it.
const PURPOSE: [HeaderName; 2] = [HeaderName::from_static("sec-purpose"), HeaderName::from_static("purpose")];

impl Visit<'_> {
    /// Ends the session. What another page may have made the browser send is asked about first.
    pub(super) async fn log_out(&self) -> Reply {
        let headers = self.head.headers();
        if self.head.method == Method::POST {
            if let Err(refusal) = from_our_page(&self.flow.shared.origins, headers) {
                return refusal;
            }
            return self.end().await;
        }
        match self.sign_in.sessions().session(headers).await {
            Ok(None) => self.signed_out(),
            Ok(Some(_)) if wants(headers) => self.end().await,
            Ok(Some(_)) => Page::new(StatusCode::OK, "Sign out?")
                .button(&self.path("/logout"), "Sign out")
                .way(&self.path("/"), "Stay")
                .reply(),
            Err(error) => self.undone(&error),
        }
    }

    pub(super) async fn end(&self) -> Reply {
        let back_to = self.settings.address.as_ref().map(|address| format!("{address}{}", self.path("/logout")));
        let reply = match self.sign_in.end(self.head.headers(), back_to.as_deref()).await {
            Ok(Some(url)) => Reply::redirect(StatusCode::SEE_OTHER, &url),
            Ok(None) => self.signed_out(),
            Err(error) => return self.undone(&error),
        };
        with_cookies(reply, &self.settings.cookies.closed())
    }

    fn signed_out(&self) -> Reply {
        Page::new(StatusCode::OK, "You are signed out").way(&self.path("/login"), "Sign in").reply()
    }

    /// The session goes on: the cookie stays, so that it can be tried again.
    fn undone(&self, error: &AuthenticationError) -> Reply {
        tracing::warn!(%error, "somebody could not sign out");
        match error {
            AuthenticationError::Rejected(_) => with_cookies(self.signed_out(), &self.settings.cookies.closed()),
            AuthenticationError::Unavailable(_) => {
                Page::new(StatusCode::SERVICE_UNAVAILABLE, "You are still signed in")
                    .text("The session could not be ended. Try again in a moment.")
                    .button(&self.path("/logout"), "Sign out")
                    .reply()
                    .retry_after(5)
            }
        }
    }
}

/// Whether the person in front of the browser asks for it, by the browser's own word.
fn wants(headers: &HeaderMap) -> bool {
    matches!(site(headers), Some("same-origin" | "none")) && !PURPOSE.iter().any(|name| headers.contains_key(name))
}
