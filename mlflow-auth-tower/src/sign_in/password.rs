//! Signing in in a browser with a password, of a directory or of our own store.

use super::{Visit, with_cookies};
use crate::cross_site::from_our_page;
use crate::page::{Credentials, Page};
use crate::reply::Reply;
use crate::request::{collect, form};
use bytes::Bytes;
use http::{Method, StatusCode};
use mlflow_auth_core::oidc::Returned;
use mlflow_auth_core::{AuthenticationError, DIRECTORY, OpenedSession, Proof, Rejection, Secret, Username};

/// What sessions name as their provider that no provider opened.
const PASSWORD: &str = "password";
/// A name, a password and an address, escaped.
const LONGEST: usize = 16 << 10;

impl Visit<'_> {
    /// The form, and what becomes of it.
    pub(super) async fn with_password<B>(&self, body: B) -> Reply
    where
        B: http_body::Body<Data = Bytes>,
    {
        let Some(lifetime) = self.settings.password_lifetime else { return self.no_such_provider() };
        if self.head.method == Method::GET {
            return self.form(StatusCode::OK, None, self.next().as_ref());
        }
        if let Err(refusal) = from_our_page(&self.flow.shared.origins, self.head.headers()) {
            return refusal;
        }
        let fields = match collect(body, LONGEST).await.and_then(|bytes| form(&bytes)) {
            Ok(fields) => fields,
            Err(refusal) => return refusal,
        };
        let one = |name: &str| {
            let mut values = fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
            values.next().filter(|_| values.next().is_none()).unwrap_or_default()
        };
        let next = Returned::new(one("next"));
        match self.check(one("username"), one("password")).await {
            Ok(Some((user, provider))) => self.open(user, provider, lifetime, next).await,
            Ok(None) => {
                self.form(StatusCode::UNAUTHORIZED, Some("The user name or the password is wrong."), next.as_ref())
            }
            Err(AuthenticationError::Rejected(_)) => {
                let says = "There were too many attempts. Try again later.";
                self.form(StatusCode::TOO_MANY_REQUESTS, Some(says), next.as_ref())
            }
            Err(AuthenticationError::Unavailable(error)) => {
                tracing::warn!(%error, source = ?error.source, "a password could not be checked");
                self.out_of_order()
            }
        }
    }

    /// Who it is, and what their session names as its provider. Names that are not the directory's are ours.
    async fn check(&self, user: &str, password: &str) -> Result<Option<(Username, &'static str)>, AuthenticationError> {
        let (Ok(user), password) = (Username::new(user), Secret::new(password)) else { return Ok(None) };
        if let Some(directory) = self.sign_in.directory() {
            match directory.verify(&user, &password).await {
                Ok(Some(who)) => return Ok(Some((who.user.clone(), DIRECTORY))),
                Ok(None) => {}
                Err(error) => return wrong_or(error),
            }
        }
        let Some(accounts) = &self.flow.shared.accounts else { return Ok(None) };
        match accounts.passwords.verify(&user, &password).await {
            // A session would outlive the line of a password file, which nothing ties it to.
            Ok(found) => Ok(found.filter(|who| who.proof == Proof::Password).map(|_| (user, PASSWORD))),
            Err(error) => wrong_or(error),
        }
    }

    async fn open(&self, user: Username, provider: &str, lifetime: u64, next: Option<Returned>) -> Reply {
        let told = user.to_string();
        let provider = provider.to_owned();
        let session = OpenedSession { user, provider, lifetime, renew_after: None, sealed: None };
        match self.sign_in.sessions().open(session, self.head.headers()).await {
            Ok(secret) => {
                tracing::info!(user = told, "somebody signed in with a password");
                let next = next.or_else(|| self.first_page());
                let place = next.as_ref().map_or("/", Returned::as_str);
                with_cookies(
                    Reply::redirect(StatusCode::SEE_OTHER, place),
                    &self.settings.cookies.opened(secret.expose()),
                )
            }
            // A service account has no sessions.
            Err(mlflow_auth_core::store::StoreError::NotFound(_)) => {
                self.form(StatusCode::UNAUTHORIZED, Some("The user name or the password is wrong."), next.as_ref())
            }
            Err(error) => {
                tracing::warn!(%error, "a session could not be opened");
                self.out_of_order()
            }
        }
    }

    fn form(&self, status: StatusCode, says: Option<&str>, next: Option<&Returned>) -> Reply {
        let page = Page::new(status, "Sign in to MLflow");
        let page = says.into_iter().fold(page, Page::text);
        page.credentials(&self.path("/login/password"), Credentials::Known { next: next.map_or("", Returned::as_str) })
            .way(&self.path("/login"), "Other ways to sign in")
            .reply()
    }
}

/// A wrong password is no error; having to wait is one.
fn wrong_or<T>(error: AuthenticationError) -> Result<Option<T>, AuthenticationError> {
    match error {
        AuthenticationError::Rejected(Rejection::TooManyAttempts) => Err(Rejection::TooManyAttempts.into()),
        AuthenticationError::Rejected(_) => Ok(None),
        error => Err(error),
    }
}
