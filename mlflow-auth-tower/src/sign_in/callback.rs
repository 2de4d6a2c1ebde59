//! Coming back from a provider.

use super::{DEFAULT, Visit, with_cookie, with_cookies};
use crate::page::Page;
use crate::reply::Reply;
use http::StatusCode;
use mlflow_auth_core::cookies;
use mlflow_auth_core::oidc::{Callback, Finished, SignIn, SignInError, SignInProvider};

impl Visit<'_> {
    /// Ends a sign-in: a session and the way on, or a page that says little. Its cookie goes, unless it can be tried again.
    pub(super) async fn come_back(&self) -> Reply {
        let Some(provider) = self.sign_in.provider(self.provider.unwrap_or(DEFAULT)) else {
            return self.no_such_provider();
        };
        let callback = match Callback::read(&self.head.query) {
            Ok(callback) => callback,
            Err(forged) => return self.refuse(provider, &forged.into()),
        };
        let name = self.settings.cookies.attempt(&SignIn::tag(&callback));
        let kept = cookies::one(self.head.headers(), &name).ok().flatten();
        let reply = match self.sign_in.finish(provider, &callback, kept, self.head.headers()).await {
            Ok(finished) => self.welcome(provider, &finished),
            Err(SignInError::Unavailable(error)) => {
                let provider = &provider.settings().id;
                tracing::warn!(provider, %error, source = ?error.source, "a sign-in could not be finished");
                return self.out_of_order();
            }
            Err(error) => self.refuse(provider, &error),
        };
        match kept {
            Some(_) => with_cookie(reply, &self.settings.cookies.clear_attempt(&name)),
            None => reply,
        }
    }

    fn welcome(&self, provider: &SignInProvider, finished: &Finished) -> Reply {
        tracing::info!(user = %finished.user, provider = provider.settings().id, "somebody signed in");
        let (cookies, next) = (&self.settings.cookies, finished.next.as_str());
        // A strict cookie is not sent along redirects that began on another site.
        let reply = match cookies.is_strict() {
            true => Page::new(StatusCode::OK, "Signed in").onward(next, false).way(next, "Go on").reply(),
            false => Reply::redirect(StatusCode::FOUND, next),
        };
        with_cookies(reply, &cookies.opened(finished.secret.expose()))
    }

    /// The log says why; the page says what the one in front of it can do.
    fn refuse(&self, provider: &SignInProvider, error: &SignInError) -> Reply {
        tracing::info!(provider = provider.settings().id, %error, "a sign-in was refused");
        let says = match error {
            SignInError::Declined(_) => "The identity provider did not sign you in.",
            SignInError::NotAdmitted(_) | SignInError::Refused(_) | SignInError::NotKept(_) => {
                "You are signed in at the identity provider, but may not use this server."
            }
            _ => "This sign-in is over, or was begun in another browser.",
        };
        Page::new(StatusCode::FORBIDDEN, "You are not signed in")
            .text(says)
            .way(&self.path("/login"), "Try again")
            .reply()
    }
}
