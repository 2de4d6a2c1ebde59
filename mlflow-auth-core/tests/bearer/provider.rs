//! A provider over HTTP: its documents, and what it may not do to us.

use crate::keys::{RSA, now};
use mlflow_auth_core::jwt::{IdentityRules, InvalidToken, Issuer, KeyRefresh, KeySource, TokenError, TokenRules};
use mlflow_auth_core::oidc::{FetchSettings, Fetcher, PublishedKeys};
use serde_json::json;
use std::collections::HashMap;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const DOCUMENT: &str = "/.well-known/openid-configuration";

/// A server on this machine that answers each path with bytes as they are.
pub(crate) struct Server {
    pub(crate) origin: String,
    answers: Arc<Mutex<HashMap<String, String>>>,
    asked: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let answers: Arc<Mutex<HashMap<String, String>>> = Arc::default();
        let asked = Arc::<AtomicUsize>::default();
        let (known, count) = (answers.clone(), asked.clone());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                count.fetch_add(1, SeqCst);
                let known = known.clone();
                tokio::spawn(async move {
                    let mut head = vec![0; 4096];
                    let length = stream.read(&mut head).await.unwrap();
                    let head = String::from_utf8_lossy(&head[..length]).into_owned();
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    let answer = known.lock().unwrap().get(&path).cloned();
                    match answer {
                        Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                        // Never an answer.
                        None => tokio::time::sleep(Duration::from_secs(60)).await,
                    }
                });
            }
        });
        Self { origin, answers, asked }
    }

    /// How many connections there were.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(SeqCst)
    }

    pub(crate) fn answer(&self, path: &str, status: &str, headers: &str, body: &str) {
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}");
        self.answers.lock().unwrap().insert(path.to_owned(), text);
    }

    fn publish(&self) {
        let document = json!({"issuer": self.origin, "jwks_uri": format!("{}/keys", self.origin), "more": 1});
        self.answer(DOCUMENT, "200 OK", "", &document.to_string());
        self.answer("/keys", "200 OK", "", &json!({"keys": [RSA.public()]}).to_string());
    }

    fn keys(&self, issuer: Option<&str>) -> PublishedKeys {
        let settings = FetchSettings { timeout: Duration::from_millis(300), longest: 10_000, ..Default::default() };
        PublishedKeys::new(Fetcher::new(&settings).unwrap(), &format!("{}{DOCUMENT}", self.origin), issuer).unwrap()
    }

    async fn fault(&self, issuer: Option<&str>) -> String {
        let error = self.keys(issuer).fetch().await.unwrap_err();
        error.source().unwrap().to_string().replace(&self.origin, "ORIGIN")
    }
}

#[tokio::test]
async fn a_provider_is_found_through_its_document() {
    let server = Server::start().await;
    server.publish();
    let rules = TokenRules { audiences: vec!["mlflow".into()], ..TokenRules::default() };
    let issuer = Issuer::new(rules, IdentityRules::default(), Arc::new(server.keys(None)), KeyRefresh::default());
    let mut claims =
        json!({"iss": server.origin, "aud": "mlflow", "sub": "s", "exp": now() + 60, "email": "alice@x.example"});
    let (identity, _) = issuer.verify(&RSA.sign(&claims)).await.unwrap();
    assert_eq!((identity.issuer, identity.user.as_str()), (server.origin, "alice@x.example"));
    claims["iss"] = json!("https://other.example");
    let other = issuer.verify(&RSA.sign(&claims)).await;
    assert!(matches!(other, Err(TokenError::Invalid(InvalidToken::Issuer))), "{other:?}");
}

#[tokio::test]
async fn what_a_provider_answers_instead_is_an_outage_that_says_what() {
    let server = Server::start().await;
    assert_eq!(server.fault(None).await, "`ORIGINDOCUMENT` does not answer".replace("DOCUMENT", DOCUMENT));
    server.publish();
    assert!(server.keys(None).fetch().await.is_ok());
    assert!(server.keys(Some(&server.origin)).fetch().await.is_ok());
    let fault = server.fault(Some("https://other.example")).await;
    assert!(fault.contains("names the issuer `ORIGIN`"), "{fault}");
    let elsewhere = json!({"issuer": server.origin, "jwks_uri": "http://elsewhere.example/keys"}).to_string();
    let stranger = json!({"issuer": "https://stranger.example", "jwks_uri": "https://stranger.example/k"}).to_string();
    for (status, headers, body, expected) in [
        ("500 Oops", "", "", "answers with status 500"),
        ("404 Not Found", "", "", "answers with status 404"),
        ("302 Found", "location: /keys\r\n", "", "answers with status 302"),
        ("200 OK", "", "<html>", "is no discovery document"),
        ("200 OK", "", "{}", "is no discovery document"),
        ("200 OK", "", elsewhere.as_str(), "is no address of a provider"),
        ("200 OK", "", stranger.as_str(), "names the issuer `https://stranger.example`"),
        ("200 OK", "", "x".repeat(20_000).leak(), "answers with more than 10000 bytes"),
    ] {
        server.answer(DOCUMENT, status, headers, body);
        let fault = server.fault(None).await;
        assert!(fault.contains(expected), "{fault}");
    }
    server.publish();
    for (status, body, expected) in
        [("200 OK", "[]", "the key set cannot be read"), ("503 Busy", "", "answers with status 503")]
    {
        server.answer("/keys", status, "", body);
        let fault = server.fault(None).await;
        assert!(fault.contains(expected), "{fault}");
    }
}

#[test]
fn clear_text_goes_to_this_machine_only() {
    let fetcher = Fetcher::new(&FetchSettings::default()).unwrap();
    let error = PublishedKeys::new(fetcher, "http://login.example/.well-known/openid-configuration", None).unwrap_err();
    assert!(error.to_string().starts_with("`http://login.example/"), "{error}");
    let settings =
        FetchSettings { authorities: vec![b"-----BEGIN CERTIFICATE-----\nx\n".to_vec()], ..Default::default() };
    assert!(Fetcher::new(&settings).is_err());
}
