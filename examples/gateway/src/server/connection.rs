//! One connection of a client, and the patience that it gets.

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use mlflow_auth_tower::{Body, BoxError};
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

/// What a connection is doing.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    /// Whether the answer to a request is under way.
    busy: AtomicBool,
    /// Whether the client may still be sending when the connection ends.
    lingers: AtomicBool,
}

impl Activity {
    /// The connection ends with the answer under way, while the client may still be sending.
    pub(crate) fn lingers(&self) {
        self.lingers.store(true, Relaxed);
    }
}

/// How long a client that still sends is listened to after the last answer, and how long it may pause. A connection that
/// is closed with bytes unread is reset, and the client may lose the answer (RFC 9112, 9.6).
const LINGER: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(2);

/// As long as it lives, the connection is busy.
pub(crate) struct Busy(Arc<Activity>);

impl Busy {
    pub(crate) fn with(activity: &Arc<Activity>) -> Self {
        activity.busy.store(true, Relaxed);
        Self(activity.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.store(false, Relaxed);
    }
}

/// How long a client may keep the gateway waiting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From the first byte of a request to the end of its head.
    pub(crate) head: Duration,
    /// For it to take some of the answer.
    pub(crate) write: Duration,
}

/// A connection that ends when the client keeps the gateway waiting: half of a request, or an answer that it does not
/// take. A client that waits between two requests is hyper's business.
pub(crate) struct Connection {
    stream: TokioIo<TcpStream>,
    activity: Arc<Activity>,
    patience: Patience,
    head: Option<Head>,
    write: Option<Pin<Box<Sleep>>>,
    goodbye: Option<Goodbye>,
}

/// Nothing is sent any more, and what still comes is thrown away.
struct Goodbye {
    end: Instant,
    late: Pin<Box<Sleep>>,
}

/// The head of a request that has begun to arrive.
struct Head {
    /// The end of the patience; made when the head does not come in one piece.
    late: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, activity: Arc<Activity>, patience: Patience) -> Self {
        let head = Some(Head { late: None });
        Self { stream: TokioIo::new(stream), activity, patience, head, write: None, goodbye: None }
    }

    /// To be called after each read; `came` if there was something to read.
    fn check_head(&mut self, context: &mut Context<'_>, came: bool) -> Poll<io::Result<()>> {
        if self.activity.busy.load(Relaxed) {
            // The head is complete: hyper goes on to read while the answer is under way, to see whether the client is
            // still there.
            self.head = None;
        } else if came && self.head.is_none() {
            self.head = Some(Head { late: None });
        }
        match &mut self.head {
            Some(head) if !came => {
                let late = head.late.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.patience.head)));
                late.as_mut().poll(context).map(|()| Err(timed_out("the head of a request did not arrive in time")))
            }
            _ => Poll::Pending,
        }
    }

    fn check_write<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write = None;
            return written;
        }
        let late = self.write.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.patience.write)));
        late.as_mut().poll(context).map(|()| Err(timed_out("the client does not take the answer")))
    }

    /// Reads until the client closes, too, or has had its time.
    fn linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let goodbye = self.goodbye.get_or_insert_with(|| {
            let now = Instant::now();
            Goodbye { end: now + LINGER, late: Box::pin(tokio::time::sleep_until(now + PAUSE)) }
        });
        let mut bytes = [0; 16 * 1024];
        loop {
            let mut buffer = ReadBuf::new(&mut bytes);
            match Pin::new(self.stream.inner_mut()).poll_read(context, &mut buffer) {
                Poll::Pending => return goodbye.late.as_mut().poll(context),
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() && Instant::now() < goodbye.end => {
                    goodbye.late.as_mut().reset(goodbye.end.min(Instant::now() + PAUSE));
                }
                Poll::Ready(_) => return Poll::Ready(()),
            }
        }
    }
}

fn timed_out(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl Read for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match self.check_head(context, read.is_ready()) {
            Poll::Ready(late) if read.is_pending() => Poll::Ready(late),
            _ => read,
        }
    }
}

impl Write for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.check_write(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.goodbye.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
        }
        match self.activity.lingers.load(Relaxed) {
            true => self.linger(context).map(Ok),
            false => Poll::Ready(Ok(())),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.check_write(context, written)
    }
}

pin_project_lite::pin_project! {
    /// The body of an answer; the connection is busy until it ends.
    pub(crate) struct Download {
        #[pin]
        body: Body,
        busy: Busy,
    }
}

impl Download {
    pub(crate) fn new(body: Body, busy: Busy) -> Self {
        Self { body, busy }
    }
}

impl http_body::Body for Download {
    type Data = bytes::Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, BoxError>>> {
        self.project().body.poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
