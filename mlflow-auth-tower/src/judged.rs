//! The only thing that is forwarded.

use http::Request;
use mlflow_auth_core::Principal;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::Service;

/// A request that was judged, allowed and rebuilt from what was judged.
///
/// Only this crate makes one. A forwarder that takes a `Judged` and nothing else cannot be handed a request that nobody
/// judged.
#[derive(Debug)]
pub struct Judged<B> {
    request: Request<B>,
    principal: Option<Arc<Principal>>,
}

impl<B> Judged<B> {
    pub(crate) fn new(request: Request<B>, principal: Option<Arc<Principal>>) -> Self {
        Self { request, principal }
    }

    /// The request as it was rebuilt.
    pub fn request(&self) -> &Request<B> {
        &self.request
    }

    /// Who is calling; `None` for what is open to everybody, and for the layer's own look-ups.
    pub fn principal(&self) -> Option<&Arc<Principal>> {
        self.principal.as_ref()
    }

    /// The request, to be forwarded.
    pub fn into_request(self) -> Request<B> {
        self.request
    }
}

/// Lets a service of plain requests stand behind the layer. The caller's [`Principal`] is in the extensions of the
/// request, as `Arc<Principal>`.
#[derive(Clone, Copy, Debug)]
pub struct Plain<S>(pub S);

impl<S, B> Service<Judged<B>> for Plain<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, judged: Judged<B>) -> S::Future {
        let principal = judged.principal().cloned();
        let mut request = judged.into_request();
        if let Some(principal) = principal {
            request.extensions_mut().insert(principal);
        }
        self.0.call(request)
    }
}
