//! The log-in page, and the way to a provider.

use super::{Visit, with_cookie};
use crate::page::Page;
use crate::reply::Reply;
use http::StatusCode;
use mlflow_auth_core::oidc::{Returned, SignInProvider};

/// The program of the page.
pub(super) fn program() -> Reply {
    Reply::script(include_str!("onward.js"))
}

impl Visit<'_> {
    /// The ways to sign in. Where there is one alone and no page is wanted, that way.
    pub(super) async fn choose(&self) -> Reply {
        let (next, mut providers) = (self.next(), self.sign_in.providers());
        let only = if self.settings.automatic && providers.len() == 1 { providers.next() } else { None };
        match (only, &next) {
            (Some(only), None) => return self.begin(only, None).await,
            (Some(only), Some(next)) => {
                let way = self.way(&only.settings().id, Some(next));
                return self.page("Signing in").automatic().onward(&way, true).way(&way, "Go on").reply();
            }
            (None, _) => {}
        }
        let page = self.page("Sign in to MLflow");
        let ways = providers.map(SignInProvider::settings);
        let way = |page: Page, id: &str, text: &str| page.way(&self.way(id, next.as_ref()), text);
        let page = ways.fold(page, |page, provider| way(page, &provider.id, &provider.display_name));
        match self.settings.password_lifetime {
            Some(_) => way(page, "password", "Sign in with a password").reply(),
            None => page.reply(),
        }
    }

    /// Goes to the provider that the path names.
    pub(super) async fn begin_named(&self) -> Reply {
        match self.provider.and_then(|id| self.sign_in.provider(id)) {
            Some(provider) => self.begin(provider, self.next()).await,
            None => self.no_such_provider(),
        }
    }

    pub(super) fn no_such_provider(&self) -> Reply {
        Page::new(StatusCode::NOT_FOUND, "There is no such provider").way(&self.path("/login"), "Sign in").reply()
    }

    async fn begin(&self, provider: &SignInProvider, next: Option<Returned>) -> Reply {
        let Some(next) = next.or_else(|| self.first_page()) else { return Reply::internal("there is no first page") };
        let started = match self.sign_in.begin(provider, &next).await {
            Ok(started) => started,
            Err(error) => {
                let provider = &provider.settings().id;
                tracing::warn!(provider, %error, source = ?error.source, "nobody can sign in now");
                return self.out_of_order();
            }
        };
        let cookies = &self.settings.cookies;
        let reply = Reply::redirect(StatusCode::FOUND, &started.url);
        let reply = cookies
            .surplus(self.head.headers())
            .iter()
            .fold(reply, |reply, name| with_cookie(reply, &cookies.clear_attempt(name)));
        with_cookie(reply, &cookies.set_attempt(&started.tag, &started.kept))
    }

    /// Whoever could tell does not answer: nobody is refused.
    pub(super) fn out_of_order(&self) -> Reply {
        Page::new(StatusCode::SERVICE_UNAVAILABLE, "Nobody can sign in now")
            .text("The identity provider does not answer. Try again in a moment.")
            .way(&self.path("/login"), "Try again")
            .reply()
            .retry_after(5)
    }

    fn page(&self, title: &'static str) -> Page {
        Page::new(StatusCode::OK, title).program(&self.path("/login/onward.js"))
    }
}
