//! A layer in front of which people sign in.

use crate::common::{Record, Service, recording, send};
use http::{HeaderMap, Request};
use mlflow_auth_core::accounts::{AccountRules, Accounts};
use mlflow_auth_core::jwt::{Algorithms, IdentityRules, KeyRefresh};
use mlflow_auth_core::oidc::{FetchSettings, Fetcher, SignIn, SignInProvider, SignInRules, SignInSettings};
use mlflow_auth_core::routes::{Access, Route};
use mlflow_auth_core::store::{Cached, MemoryStore, NewUser, SessionStore, UserStore};
use mlflow_auth_core::{
    Authorizer, Freshness, OpenedSession, PasswordAuthenticator, PasswordHash, PasswordSettings, Policy, Sealer,
    Secret, SessionSettings, Sessions, Username,
};
use mlflow_auth_tower::{AuthLayer, Body, BrowserSignIn, CookieSettings, Origins, SameSite};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

static ROUTES: &[Route] = &[
    Route::get("/").open_to(Access::SignedIn),
    Route::get("/open").open_to(Access::Public),
    Route::get("/things/{id}").open_to(Access::SignedIn),
    Route::post("/things").open_to(Access::SignedIn),
];

pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) reached: Record,
    pub(crate) store: Arc<Cached<MemoryStore>>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) cookie: String,
}

/// A discovery document, for whoever asks for anything.
async fn discovery() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let document = json!({
        "issuer": origin, "jwks_uri": format!("{origin}/k"), "authorization_endpoint": format!("{origin}/auth"),
        "token_endpoint": format!("{origin}/token"), "end_session_endpoint": format!("{origin}/end"),
    });
    let text = document.to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let answer =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}", text.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    origin
}

fn provider(id: &str, origin: &str) -> SignInProvider {
    let settings = SignInSettings {
        id: id.into(),
        display_name: format!("Log in with \"{id}\" <b>"),
        discovery_url: format!("{origin}/.well-known/openid-configuration"),
        issuer: None,
        client_id: "us".into(),
        client_secret: None,
        redirect_uri: "https://mlflow.example/callback".into(),
        scopes: vec![],
        algorithms: Algorithms::asymmetric(),
        keys: KeyRefresh::default(),
        identities: IdentityRules::default().into(),
        must_name_itself: false,
    };
    SignInProvider::new(settings, Fetcher::new(&FetchSettings::default()).unwrap()).unwrap()
}

pub(crate) struct Told<'a> {
    pub(crate) ids: &'a [&'a str],
    pub(crate) automatic: bool,
    pub(crate) secure: bool,
    pub(crate) prefix: &'a str,
    pub(crate) origin: Option<&'a str>,
    pub(crate) passwords: bool,
}

pub(crate) const TOLD: Told<'static> =
    Told { ids: &["default"], automatic: false, secure: true, prefix: "", origin: None, passwords: false };

pub(crate) async fn world(told: Told<'_>) -> World {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 100));
    let password = Some(PasswordHash::new(&Secret::new("the right password")).unwrap());
    let alice = NewUser { password: password.clone(), ..NewUser::named(Username::new("alice").unwrap()) };
    store.create_user(alice).await.unwrap();
    let bot = NewUser { password, is_service: true, ..NewUser::named(Username::new("bot").unwrap()) };
    store.create_user(bot).await.unwrap();
    let origin = match told.origin {
        Some(origin) => origin.to_owned(),
        None => discovery().await,
    };
    let of =
        |id: &&str| (provider(id, &origin), Accounts::new(store.clone(), freshness.clone(), AccountRules::only(*id)));
    let cookies = CookieSettings::new("session", told.secure, SameSite::Lax, 600);
    let cookie = cookies.name().to_owned();
    let kept = SessionSettings { cookie: cookie.clone(), idle: Duration::from_secs(600), remembered: 100 };
    let passwords = PasswordAuthenticator::new(store.clone(), freshness.clone(), PasswordSettings::default());
    let passwords = Arc::new(passwords);
    let sealer = |purpose| Sealer::new(&[Secret::new("s".repeat(32))], purpose).unwrap();
    let sealers = (sealer("attempts"), sealer("tokens"));
    let providers = told.ids.iter().map(of).collect();
    let sign_in = SignIn::new(providers, sealers, store.clone(), freshness, (SignInRules::default(), kept), None);
    let browser = BrowserSignIn::new(Arc::new(sign_in), cookies)
        .automatically(told.automatic)
        .at(Some("https://mlflow.example".into()));
    let browser = if told.passwords { browser.with_passwords(Duration::from_secs(600)) } else { browser };
    let sessions = browser.sessions().clone();
    let table = mlflow_auth_core::routes::RouteTable::new(ROUTES.iter().copied()).unwrap();
    let layer = AuthLayer::new(table, Authorizer::new(Policy::default(), store.clone()))
        .with_static_prefix(told.prefix)
        .with_origins(Origins::new(["https://mlflow.example"]))
        .with_accounts(store.clone(), passwords)
        .with_sign_in(browser)
        .unwrap();
    let (service, reached) = recording(&layer);
    World { service, reached, store, sessions, cookie }
}

impl World {
    pub(crate) async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        let mut request = Request::builder().method(method).uri(target).header("host", "mlflow.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(&self.service, request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get(&self, target: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        self.send("GET", target, headers).await
    }

    pub(crate) async fn session(&self) -> String {
        let user = Username::new("alice").unwrap();
        let provider = "default".to_owned();
        let session = OpenedSession { user, provider, lifetime: 600, renew_after: None, sealed: None };
        let secret = self.sessions.open(session, &HeaderMap::new()).await.unwrap();
        format!("{}={}", self.cookie, secret.expose())
    }

    pub(crate) async fn has_sessions(&self) -> bool {
        !self.store.sessions_of(&Username::new("alice").unwrap()).await.unwrap().is_empty()
    }
}

pub(crate) fn location(headers: &HeaderMap) -> &str {
    headers.get("location").map_or("", |value| value.to_str().unwrap())
}

pub(crate) fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

pub(crate) const PAGE: (&str, &str) = ("sec-fetch-dest", "document");
