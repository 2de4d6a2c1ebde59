//! What a client still sends of a body that nobody reads any more.
//!
//! A request can be refused by its head alone, while its body is on the way. The connection can be used again only
//! after that body; if it was closed instead without a word, the client's next request would find it so and fail.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::oneshot::{self, Receiver, Sender, error::TryRecvError};

/// How much is read and thrown away so that a connection can be used again, in bytes.
const MOST: u64 = 256 * 1024;

/// How long that may take: the rest of a short body follows its head at once.
const PATIENCE: Duration = Duration::from_secs(1);

/// A body whose rest comes back if it is dropped before its end.
pub(crate) struct Lent {
    body: Option<Incoming>,
    back: Option<Sender<Incoming>>,
}

/// Where the rest comes back. A body without bytes has none.
pub(crate) struct Unread(Option<Receiver<Incoming>>);

/// Lends a body to the service that answers the request.
pub(crate) fn lend(body: Incoming) -> (Lent, Unread) {
    if body.is_end_stream() {
        return (Lent { body: None, back: None }, Unread(None));
    }
    let (back, rest) = oneshot::channel();
    (Lent { body: Some(body), back: Some(back) }, Unread(Some(rest)))
}

impl Unread {
    /// To be called once there is an answer: whether the body has ended, or ends now within the bounds of this file.
    pub(crate) async fn ends(self) -> bool {
        let Some(mut rest) = self.0 else { return true };
        match rest.try_recv() {
            Ok(body) if body.size_hint().lower() <= MOST => {
                tokio::time::timeout(PATIENCE, throw_away(body)).await.unwrap_or(false)
            }
            Ok(_) | Err(TryRecvError::Empty) => false,
            Err(TryRecvError::Closed) => true,
        }
    }

    /// The same without reading on: a client that waits to be told to continue shall not be told so for nothing.
    pub(crate) fn has_ended(self) -> bool {
        self.0.is_none_or(|mut rest| matches!(rest.try_recv(), Err(TryRecvError::Closed)))
    }
}

async fn throw_away(mut body: Incoming) -> bool {
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        seen += frame.data_ref().map_or(0, |data| data.len() as u64);
        if seen > MOST {
            return false;
        }
    }
    true
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take()) {
            // If nobody waits for it any more, the connection is gone.
            let _ = back.send(body);
        }
    }
}

impl Body for Lent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = std::task::ready!(Pin::new(&mut *body).poll_frame(context));
        if body.is_end_stream() || !matches!(frame, Some(Ok(_))) {
            (self.body, self.back) = (None, None);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}
