//! Asking the inner service, with its own API.

use crate::body::BoxError;
use crate::judged::Judged;
use crate::request::{ask, collect, target};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use mlflow_auth_core::{Unavailable, Workspace};
use std::sync::{Mutex, PoisonError};
use tower::{Service, ServiceExt};

/// A request of the layer's own.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) method: Method,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Bytes>,
    pub(crate) workspace: Option<Workspace>,
}

/// Somebody who answers questions.
#[async_trait]
pub(crate) trait Ask: Send + Sync {
    /// The status and the body.
    ///
    /// # Errors
    /// [`Unavailable`] if there is no answer, or one too large to read.
    async fn ask(&self, question: Question) -> Result<(StatusCode, Bytes), Unavailable>;
}

/// Asks the inner service.
pub(crate) struct Through<F, B> {
    inner: Mutex<F>,
    body: std::marker::PhantomData<fn() -> B>,
}

/// The largest answer that is read.
const LARGEST_ANSWER: usize = 256 * 1024 * 1024;

impl<F, B> Through<F, B> {
    pub(crate) fn new(inner: F) -> Self {
        Self { inner: Mutex::new(inner), body: std::marker::PhantomData }
    }
}

#[async_trait]
impl<F, B, R> Ask for Through<F, B>
where
    F: Service<Judged<B>, Response = Response<R>> + Clone + Send,
    F::Future: Send,
    F::Error: Into<BoxError>,
    B: From<Bytes> + Default + Send,
    R: http_body::Body<Data = Bytes> + Send,
{
    async fn ask(&self, question: Question) -> Result<(StatusCode, Bytes), Unavailable> {
        const WHAT: &str = "the service behind";
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Ok(uri) = target(&question.segments, &question.query) else {
            return Ok((StatusCode::NOT_FOUND, Bytes::new()));
        };
        let request: Request<B> = ask(question.method, uri, question.body, question.workspace.as_ref());
        let response = inner.oneshot(Judged::new(request, None)).await;
        let response = response.map_err(|error| Unavailable::new(WHAT, error.into()))?;
        let status = response.status();
        match collect(response.into_body(), LARGEST_ANSWER).await {
            Ok(body) => Ok((status, body)),
            Err(_) => Err(Unavailable::new(WHAT, "its answer broke off or is too large")),
        }
    }
}
