//! The endpoint as a service.

use super::ForwardAuthSettings;
use super::answer::answer;
use crate::body::BoxError;
use crate::flow::Flow;
use crate::judged::Judged;
use crate::layer::Shared;
use crate::lookup::Through;
use crate::service::ResponseFuture;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::Service;

#[doc = include_str!("README.md")]
///
/// [`Dialect::Nginx`]: super::Dialect::Nginx
/// [`Dialect::Traefik`]: super::Dialect::Traefik
/// [`Dialect::Envoy`]: super::Dialect::Envoy
#[derive(Clone)]
pub struct ForwardAuth<F> {
    shared: Arc<Shared>,
    settings: Arc<ForwardAuthSettings>,
    inner: F,
}

impl<F> ForwardAuth<F> {
    pub(crate) fn new(shared: Arc<Shared>, settings: ForwardAuthSettings, inner: F) -> Self {
        Self { shared, settings: Arc::new(settings), inner }
    }

    /// The method of the request that a subrequest with this `method` and these `headers` asks about, whoever sends it;
    /// `None` if it does not say one. For whoever has more to refuse than this does, such as writes of pages of other
    /// origins.
    pub fn described_method(&self, method: &Method, headers: &HeaderMap) -> Option<Method> {
        self.settings.method(method, headers).ok()
    }
}

impl<F, B, R> Service<Request<B>> for ForwardAuth<F>
where
    F: Service<Judged<B>, Response = Response<R>> + Clone + Send + 'static,
    F::Future: Send,
    F::Error: Into<BoxError>,
    B: From<Bytes> + Default + Send + 'static,
    R: http_body::Body<Data = Bytes> + From<Bytes> + Send + 'static,
{
    type Response = Response<R>;
    type Error = F::Error;
    type Future = ResponseFuture<R, F::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), F::Error>> {
        // The service behind is asked only for what a decision needs, each time anew.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (shared, settings, inner) = (self.shared.clone(), self.settings.clone(), self.inner.clone());
        ResponseFuture::new(async move {
            let ask = Through::<F, B>::new(inner);
            let flow = Flow { shared: &shared, ask: &ask };
            let judged = match settings.describe(request.into_parts().0, &shared.identity_headers) {
                Ok(parts) => flow.described(parts, settings.authn_only).await,
                Err(reply) => Err(reply),
            };
            Ok(answer(judged))
        })
    }
}
