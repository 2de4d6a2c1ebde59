//! Signing in and out in a browser.

mod callback;
mod choose;
mod cookie;
mod instead;
mod left;
mod log_out;
mod password;
mod settings;

pub use cookie::{CookieSettings, SameSite, UnknownSameSite};
pub use settings::BrowserSignIn;

pub(crate) use instead::unauthenticated;
pub(crate) use left::left;

use crate::flow::Flow;
use crate::reply::Reply;
use crate::request::Canonical;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, StatusCode};
use mlflow_auth_core::oidc::{Returned, SignIn};
use mlflow_auth_core::routes::Found;
use mlflow_auth_core::routes::sign_in::SignInOperation;

/// One request about signing in.
struct Visit<'a> {
    flow: &'a Flow<'a>,
    settings: &'a BrowserSignIn,
    sign_in: &'a SignIn,
    head: &'a Canonical,
    /// The provider that the path names.
    provider: Option<&'a str>,
}

/// The name that the callback without a provider stands for.
const DEFAULT: &str = "default";

/// Answers one request.
pub(crate) async fn answer<B>(
    flow: &Flow<'_>,
    operation: SignInOperation,
    (head, found): (&Canonical, &Found<'_>),
    body: B,
) -> Reply
where
    B: http_body::Body<Data = Bytes>,
{
    let Some(settings) = &flow.shared.sign_in else { return Reply::not_found("nobody signs in here in a browser") };
    if head.method == Method::HEAD {
        return Reply::page(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered here".to_owned());
    }
    let provider = found.path.first().map(|(_, id)| id.as_str());
    let visit = Visit { flow, settings, sign_in: &settings.sign_in, head, provider };
    let reply = match operation {
        SignInOperation::Choose => visit.choose().await,
        SignInOperation::Onward => return choose::program(),
        SignInOperation::Password => visit.with_password(body).await,
        SignInOperation::Begin => visit.begin_named().await,
        SignInOperation::Return => visit.come_back().await,
        SignInOperation::LogOut => visit.log_out().await,
        SignInOperation::Providers => visit.list_providers(),
        SignInOperation::Status => visit.status().await.unwrap_or_else(|reply| reply),
    };
    reply
        .with_header(CACHE_CONTROL, HeaderValue::from_static("no-store"))
        // Not less: the forms of these pages must say where they come from.
        .with_header(REFERRER_POLICY, HeaderValue::from_static("same-origin"))
        .with_header(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
}

impl Visit<'_> {
    /// Where they want to go then; the first page if they do not say it, or want to leave this server.
    fn next(&self) -> Option<Returned> {
        let mut values = self.head.query.iter().filter(|(name, _)| name == "next").map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(text), None) => Returned::new(text),
            _ => None,
        }
    }

    /// A path of ours, below the prefix.
    fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.flow.shared.base())
    }

    /// The path of a provider's beginning, and where to go then.
    fn way(&self, provider: &str, next: Option<&Returned>) -> String {
        let way = self.path(&format!("/login/{provider}"));
        match next {
            Some(next) => format!("{way}?next={}", escaped(next.as_str())),
            None => way,
        }
    }

    fn first_page(&self) -> Option<Returned> {
        Returned::new(&self.path("/"))
    }

    fn list_providers(&self) -> Reply {
        let told = |provider: &mlflow_auth_core::oidc::SignInProvider| {
            let settings = provider.settings();
            serde_json::json!({
                "id": settings.id,
                "display_name": settings.display_name,
                "type": "oidc",
                "login_url": self.way(&settings.id, None),
            })
        };
        let providers: Vec<_> = self.sign_in.providers().map(told).collect();
        Reply::ok(&serde_json::json!({"providers": providers}))
    }

    async fn status(&self) -> Result<Reply, Reply> {
        let who = self.flow.authenticate(&self.head.parts).await.map_err(Reply::in_detail)?;
        let session = match who.proof {
            mlflow_auth_core::Proof::Session => self.sign_in.sessions().session(self.head.headers()).await,
            _ => Ok(None),
        };
        let session = session.map_err(|error| Reply::unavailable(error.to_string()).in_detail())?;
        Ok(Reply::ok(&serde_json::json!({
            "authenticated": true,
            "username": who.user.as_str(),
            "provider": session.map(|session| session.provider),
        })))
    }
}

fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn with_cookies<const N: usize>(reply: Reply, cookies: &[String; N]) -> Reply {
    cookies.iter().fold(reply, |reply, cookie| with_cookie(reply, cookie))
}

fn with_cookie(reply: Reply, cookie: &str) -> Reply {
    match HeaderValue::try_from(cookie) {
        Ok(value) => reply.with_header(SET_COOKIE, value),
        Err(_) => Reply::internal("a cookie cannot be written"),
    }
}
