//! A provider on this machine that says what a test wants, however hostile.

use crate::keys::{RSA, now};
use mlflow_auth_core::Secret;
use mlflow_auth_core::jwt::{Algorithms, IdentityRules, KeyRefresh};
use mlflow_auth_core::oidc::{
    Begun, Callback, FetchSettings, Fetcher, SignInError, SignInProvider, SignInSettings, SignedIn,
};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const DOCUMENT: &str = "/.well-known/openid-configuration";

/// What it answers, by path, and what it was asked.
#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) origin: String,
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    answers: HashMap<String, (u16, String)>,
    asked: Vec<(String, String)>,
}

impl Scripted {
    /// One that works.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let scripted = Self { origin, script: Arc::default() };
        scripted.publish(json!({}));
        scripted.answer("/keys", 200, json!({"keys": [RSA.public()]}));
        let server = scripted.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().serve(stream));
            }
        });
        scripted
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut text = Vec::new();
        let (head, body) = loop {
            let mut part = [0; 4096];
            let length = stream.read(&mut part).await.unwrap_or(0);
            text.extend_from_slice(&part[..length]);
            let whole = String::from_utf8_lossy(&text).into_owned();
            if let Some((head, body)) = whole.split_once("\r\n\r\n") {
                let announced =
                    head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= announced.unwrap_or(0) {
                    break (head.to_owned(), body.to_owned());
                }
            }
            if length == 0 {
                return;
            }
        };
        let path = head.split(' ').nth(1).unwrap().to_owned();
        let answer = {
            let mut script = self.script.lock().unwrap();
            script.asked.push((path.clone(), body));
            script.answers.get(&path).cloned().unwrap_or((404, "{}".into()))
        };
        let (status, body) = answer;
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{body}"
        );
        let _ = stream.write_all(text.as_bytes()).await;
    }

    pub(crate) fn answer(&self, path: &str, status: u16, body: Value) {
        self.script.lock().unwrap().answers.insert(path.into(), (status, body.to_string()));
    }

    /// Its discovery document, with changes; `null` takes a field out.
    pub(crate) fn publish(&self, changes: Value) {
        let at = |path: &str| format!("{}{path}", self.origin);
        let mut document = json!({
            "issuer": self.origin, "jwks_uri": at("/keys"), "authorization_endpoint": at("/auth"),
            "token_endpoint": at("/token"), "userinfo_endpoint": at("/me"), "end_session_endpoint": at("/end"),
            "revocation_endpoint": at("/revoke"), "code_challenge_methods_supported": ["plain", "S256"],
        });
        document.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.answer(DOCUMENT, 200, document);
    }

    /// The bodies of what it was asked at `path`.
    pub(crate) fn asked(&self, path: &str) -> Vec<String> {
        let script = self.script.lock().unwrap();
        script.asked.iter().filter(|(asked, _)| asked == path).map(|(_, body)| body.clone()).collect()
    }

    pub(crate) fn settings(&self, id: &str) -> SignInSettings {
        SignInSettings {
            id: id.into(),
            display_name: "Log in".into(),
            discovery_url: format!("{}{DOCUMENT}", self.origin),
            issuer: None,
            client_id: "us".into(),
            client_secret: Some(Secret::new("a secret of us")),
            redirect_uri: "https://mlflow.example/callback".into(),
            scopes: vec!["openid".into(), "email".into()],
            algorithms: Algorithms::asymmetric(),
            keys: KeyRefresh { pause: Duration::ZERO, ..KeyRefresh::default() },
            identities: IdentityRules::default().into(),
            must_name_itself: false,
        }
    }

    pub(crate) fn provider(&self) -> SignInProvider {
        provider(self.settings("one"))
    }

    /// What an ID token says that is right for this sign-in.
    pub(crate) fn claims(&self, begun: &Begun, changes: Value) -> Value {
        let mut claims = json!({
            "iss": self.origin, "aud": "us", "sub": "s1", "exp": now() + 300, "iat": now(), "nonce": asked_for(begun, "nonce"),
            "email": "alice@x.example", "name": "Alice", "groups": ["a"],
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    /// Gives this ID token for any code.
    pub(crate) fn gives(&self, id_token: &str) {
        self.gives_all(json!({"id_token": id_token}));
    }

    pub(crate) fn gives_all(&self, changes: Value) {
        let mut tokens = json!({"access_token": "an access token", "token_type": "Bearer", "expires_in": 60});
        tokens.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.answer("/token", 200, tokens);
    }

    /// What a browser brings back, with more or other parameters.
    pub(crate) fn callback(&self, begun: &Begun, more: &[(&str, &str)]) -> Callback {
        let mut query = vec![("code".to_owned(), "a-code".to_owned()), ("state".to_owned(), begun.state.clone())];
        query.extend(more.iter().map(|(name, value)| (String::from(*name), String::from(*value))));
        Callback::read(&query).unwrap()
    }
}

pub(crate) fn provider(settings: SignInSettings) -> SignInProvider {
    let fetch = FetchSettings { timeout: Duration::from_secs(5), ..FetchSettings::default() };
    SignInProvider::new(settings, Fetcher::new(&fetch).unwrap()).unwrap()
}

/// A parameter of the request that a browser is sent with.
pub(crate) fn asked_for(begun: &Begun, name: &str) -> String {
    parameter(&begun.url, name).unwrap_or_else(|| panic!("{} has no {name}", begun.url))
}

pub(crate) fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Why it was refused, in short; "in" if it was not.
pub(crate) fn outcome(result: &Result<SignedIn, SignInError>) -> String {
    match result {
        Ok(_) => "in".to_owned(),
        Err(SignInError::Forged(forged)) => format!("{forged:?}"),
        Err(SignInError::Token(token)) => format!("{token:?}"),
        Err(SignInError::Unavailable(_)) => "outage".to_owned(),
        Err(error) => error.to_string(),
    }
}
