//! The body of a request as it comes from the client.

use crate::answer::{self, ErrorCode};
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::{Frame, SizeHint};
use mlflow_auth_tower::Body;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Sleep;

/// Why the body of a request ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    /// Nothing came for too long.
    #[error("the body of the request did not arrive in time")]
    Stalled,
    /// More came than is allowed.
    #[error("the body of the request is longer than {0} bytes")]
    TooLong(u64),
    /// The connection broke, or the framing is wrong.
    #[error("the body of the request ended too early")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl UploadError {
    /// Looks for it among the causes of another error.
    pub(crate) fn within<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a UploadError> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }

    /// What the client is told.
    pub(crate) fn answer(&self) -> Response<Body> {
        let status = match self {
            UploadError::Stalled => StatusCode::REQUEST_TIMEOUT,
            UploadError::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            UploadError::Broken(_) => StatusCode::BAD_REQUEST,
        };
        answer::error(status, ErrorCode::BadRequest, &self.to_string())
    }
}

pin_project_lite::pin_project! {
    /// A body that must keep coming, and not too much of it. The clock runs only while somebody waits for more: an
    /// upload that MLflow takes slowly is nobody's fault.
    pub(crate) struct Upload<B> {
        #[pin]
        body: B,
        limit: Option<u64>,
        seen: u64,
        patience: Duration,
        late: Option<Pin<Box<Sleep>>>,
    }
}

impl<B> Upload<B> {
    pub(crate) fn new(body: B, limit: Option<u64>, patience: Duration) -> Self {
        Self { body, limit, seen: 0, patience, late: None }
    }
}

impl<B> http_body::Body for Upload<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = UploadError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, UploadError>>> {
        let this = self.project();
        let Poll::Ready(frame) = this.body.poll_frame(context) else {
            let late = this.late.get_or_insert_with(|| Box::pin(tokio::time::sleep(*this.patience)));
            return late.as_mut().poll(context).map(|()| Some(Err(UploadError::Stalled)));
        };
        *this.late = None;
        let frame = match frame {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Some(Err(UploadError::Broken(error.into())))),
            None => return Poll::Ready(None),
        };
        *this.seen = this.seen.saturating_add(frame.data_ref().map_or(0, |data| data.len() as u64));
        match *this.limit {
            Some(limit) if *this.seen > limit => Poll::Ready(Some(Err(UploadError::TooLong(limit)))),
            _ => Poll::Ready(Some(Ok(frame))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
