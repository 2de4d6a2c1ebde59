//! Connections to MLflow.

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tower::Service;

/// Opens connections that never wait for a delayed acknowledgement.
///
/// MLflow's server sends the head and the body of an answer in two writes, with Nagle's algorithm on: the second waits
/// until the first is acknowledged, and on a kept-alive connection Linux delays that for 40 ms. `TCP_QUICKACK`
/// acknowledges at once, but the kernel forgets it, so it is set again around each read (`tcp(7)`).
#[derive(Clone, Debug)]
pub struct Connector {
    timeout: Duration,
}

impl Connector {
    /// Gives up after `timeout`, name look-up included.
    pub const fn new(timeout: Duration) -> Self {
        Self { timeout }
    }
}

impl Service<Uri> for Connector {
    type Response = QuickStream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<QuickStream>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let timeout = self.timeout;
        Box::pin(async move {
            let late = || io::Error::new(io::ErrorKind::TimedOut, "no connection in time");
            tokio::time::timeout(timeout, connect(&target)).await.map_err(|_| late())?
        })
    }
}

async fn connect(target: &Uri) -> io::Result<QuickStream> {
    let host = target.host().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let addresses = tokio::net::lookup_host((host, target.port_u16().unwrap_or(80))).await?;
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match connect_to(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

async fn connect_to(address: SocketAddr) -> io::Result<QuickStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(QuickStream { stream: TokioIo::new(stream), answered: Answered::default() })
}

/// Whether a connection has given an answer before: if so, a failure may only mean that it was closed while it was idle.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered(Arc<AtomicBool>);

impl Answered {
    pub(super) fn set(&self) {
        self.0.store(true, Relaxed);
    }

    pub(super) fn get(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// A TCP connection that acknowledges at once.
#[derive(Debug)]
pub struct QuickStream {
    stream: TokioIo<TcpStream>,
    answered: Answered,
}

impl QuickStream {
    /// A failure costs time, never correctness: it is not worth a word.
    fn acknowledge_at_once(&self) {
        #[cfg(target_os = "linux")]
        let _ = socket2::SockRef::from(self.stream.inner()).set_tcp_quickack(true);
    }
}

impl Connection for QuickStream {
    fn connected(&self) -> Connected {
        Connected::new().extra(self.answered.clone())
    }
}

impl Read for QuickStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.acknowledge_at_once();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.acknowledge_at_once();
        }
        read
    }
}

impl Write for QuickStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }
}
