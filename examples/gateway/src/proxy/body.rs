//! Bodies on their way through.

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use mlflow_auth_tower::{Body, BoxError};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

/// How far the body of a request has come, for whoever waits for the answer.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    /// Milliseconds after `began` at which something moved last.
    moved: AtomicU64,
    failed: AtomicBool,
}

impl Progress {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { began: Instant::now(), moved: AtomicU64::new(0), failed: AtomicBool::new(false) })
    }

    /// When something moved last.
    pub(super) fn last(&self) -> Instant {
        self.began + Duration::from_millis(self.moved.load(Relaxed))
    }

    /// Whether the client broke off.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Relaxed)
    }

    fn move_on(&self) {
        self.moved.store(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX), Relaxed);
    }
}

pin_project_lite::pin_project! {
    /// The body of a request on its way to MLflow: without trailers, and watched.
    pub(super) struct Outgoing {
        #[pin]
        body: Body,
        progress: Option<Arc<Progress>>,
    }
}

impl Outgoing {
    pub(super) fn new(body: Body, progress: Option<Arc<Progress>>) -> Self {
        Self { body, progress }
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut this = self.project();
        let frame = ready!(poll_data(this.body.as_mut(), context));
        if let Some(progress) = this.progress {
            progress.move_on();
            if let Some(Err(_)) = frame {
                progress.failed.store(true, Relaxed);
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

pin_project_lite::pin_project! {
    /// A body without its trailers: MLflow sends and reads none, and what nobody judged does not pass.
    pub(crate) struct NoTrailers<B> {
        #[pin]
        pub(crate) body: B,
    }
}

impl<B: http_body::Body> http_body::Body for NoTrailers<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        poll_data(self.project().body, context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What [`http_body::Body::poll_frame`] gives.
type NextFrame<B> = Poll<Option<Result<Frame<<B as http_body::Body>::Data>, <B as http_body::Body>::Error>>>;

/// The next frame that is data, or the end.
fn poll_data<B: http_body::Body>(mut body: Pin<&mut B>, context: &mut Context<'_>) -> NextFrame<B> {
    loop {
        match ready!(body.as_mut().poll_frame(context)) {
            Some(Ok(frame)) if frame.is_trailers() => {}
            other => return Poll::Ready(other),
        }
    }
}
