//! The layer as a service: one request after the other.

use crate::body::BoxError;
use crate::flow::{Flow, Outcome};
use crate::judged::Judged;
use crate::layer::Shared;
use crate::lookup::Through;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Response};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::Service;

/// Access control around the service `F`, which takes [`Judged`] requests.
#[derive(Clone)]
pub struct Auth<F> {
    shared: Arc<Shared>,
    inner: F,
}

impl<F> Auth<F> {
    pub(crate) fn new(shared: Arc<Shared>, inner: F) -> Self {
        Self { shared, inner }
    }
}

/// The answer to come.
pub struct ResponseFuture<R, E>(Pin<Box<dyn Future<Output = Result<Response<R>, E>> + Send>>);

impl<R, E> ResponseFuture<R, E> {
    pub(crate) fn new(answer: impl Future<Output = Result<Response<R>, E>> + Send + 'static) -> Self {
        Self(Box::pin(answer))
    }
}

impl<R, E> Future for ResponseFuture<R, E> {
    type Output = Result<Response<R>, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<F, B, R> Service<Request<B>> for Auth<F>
where
    F: Service<Judged<B>, Response = Response<R>> + Clone + Send + 'static,
    F::Future: Send,
    F::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + From<Bytes> + Default + Send + 'static,
    R: http_body::Body<Data = Bytes> + From<Bytes> + Send + 'static,
{
    type Response = Response<R>;
    type Error = F::Error;
    type Future = ResponseFuture<R, F::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), F::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was polled ready is used; its clone takes its place.
        let clone = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, clone);
        ResponseFuture(Box::pin(serve(self.shared.clone(), ready, request)))
    }
}

async fn serve<F, B, R>(shared: Arc<Shared>, mut inner: F, request: Request<B>) -> Result<Response<R>, F::Error>
where
    F: Service<Judged<B>, Response = Response<R>> + Clone + Send,
    F::Future: Send,
    F::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + From<Bytes> + Default + Send,
    R: http_body::Body<Data = Bytes> + From<Bytes> + Send,
{
    let is_head = request.method() == Method::HEAD;
    let ask = Through::<F, B>::new(inner.clone());
    let flow = Flow { shared: &shared, ask: &ask };
    let response = match flow.judge(request).await {
        Outcome::Answer(reply) => reply.into_response(),
        Outcome::Forward(judged) => inner.call(judged).await?,
        Outcome::Attended(judged, attended) => {
            let response = inner.call(judged).await?;
            attended.allowed(&flow).finish(response).await
        }
        Outcome::Fields(judged, fields) => {
            let response = inner.call(judged).await?;
            fields.finish(&flow, response).await
        }
    };
    Ok(if is_head { without_body(response) } else { response })
}

/// The answer to a `HEAD`: what was asked of the inner service was a `GET`. The length goes too, for it would tell the
/// size of what was filtered.
fn without_body<R: From<Bytes>>(response: Response<R>) -> Response<R> {
    let (mut head, _) = response.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, R::from(Bytes::new()))
}
