//! Calls of the running gateway's own API.

use super::command::{Credentials, OrderError};
use crate::proxy::Connector;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::time::Duration;

/// Where a gateway runs, and who asks it.
pub(super) struct Gateway<'a> {
    pub(super) url: &'a str,
    pub(super) credentials: &'a Credentials,
}

const PATIENCE: Duration = Duration::from_secs(30);
const LARGEST: usize = 64 << 20;

impl Gateway<'_> {
    /// The status and the JSON of an answer; a text that is no JSON becomes a JSON text.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value), OrderError> {
        let request = self.request(method, path, body)?;
        let unreachable = |problem: String| OrderError::Unreachable { url: self.url.to_owned(), problem };
        let asked = async {
            let client = Client::builder(TokioExecutor::new()).build(Connector::new(PATIENCE));
            let response = client.request(request).await.map_err(|error| unreachable(causes(&error)))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), LARGEST).collect().await;
            let body = body.map_err(|error| unreachable(error.to_string()))?.to_bytes();
            let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
            Ok((status, serde_json::from_slice(&body).unwrap_or_else(|_| text())))
        };
        tokio::time::timeout(PATIENCE, asked).await.map_err(|_| unreachable("no answer in time".to_owned()))?
    }

    fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Request<Full<Bytes>>, OrderError> {
        let wrong = || OrderError::Url(self.url.to_owned());
        let base = self.url.trim_end_matches('/');
        let uri: Uri = format!("{base}{path}").parse().map_err(|_| wrong())?;
        let host = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(wrong)?.to_string();
        let Credentials { user, password } = self.credentials;
        let basic = STANDARD.encode(format!("{user}:{}", password.expose()));
        let mut basic = HeaderValue::try_from(format!("Basic {basic}")).map_err(|_| wrong())?;
        basic.set_sensitive(true);
        let mut request = Request::builder().method(method).uri(uri).header(HOST, host).header(AUTHORIZATION, basic);
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        request.body(Full::new(body)).map_err(|_| wrong())
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => causes(source),
        None => error.to_string(),
    }
}
