//! The way from the client.

mod connection;
mod front;
mod readiness;
mod unread;
mod upload;

pub use readiness::Readiness;

pub(crate) use upload::UploadError;

use connection::{Activity, Busy, Connection, Download, Patience};
use front::Front;
use http::header::CONNECTION;
use http::{Request, Response};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use mlflow_auth_tower::{Body, BoxError};
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::Service;

/// What clients may do to the server.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// How many connections are open at once; more wait to be accepted.
    pub max_connections: usize,
    /// How many headers a request may have.
    pub max_headers: usize,
    /// How long the head of a request may be, in bytes.
    pub max_header_bytes: usize,
    /// How long a body may be, in bytes; `None` for any length.
    pub max_upload: Option<u64>,
    /// How long the head of a request may take to arrive.
    pub header_timeout: Duration,
    /// How long a connection may do nothing between two requests.
    pub idle_timeout: Duration,
    /// How long the body of a request may pause while it is waited for.
    pub body_timeout: Duration,
    /// How long a client may take nothing of an answer.
    pub write_timeout: Duration,
    /// How long requests may go on after the server was told to stop.
    pub shutdown_grace: Duration,
    /// Values of `Host` that are accepted, `*` standing for any characters; empty for all.
    pub allowed_hosts: Vec<String>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            max_connections: 4096,
            max_headers: 100,
            max_header_bytes: 64 * 1024,
            max_upload: None,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            shutdown_grace: Duration::from_secs(30),
            allowed_hosts: Vec::new(),
        }
    }
}

/// How the server stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Every request was answered.
    Drained,
    /// Some connections were still busy when the time was over, and were cut off.
    CutOff(usize),
    /// It was told twice, and did not wait for anybody.
    Hurried,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopped::Drained => f.write_str("every request was answered"),
            Stopped::CutOff(connections) => write!(f, "{connections} connections were cut off"),
            Stopped::Hurried => f.write_str("requests under way were cut off"),
        }
    }
}

/// Serves `service` until `stop` is ready. Then nothing new is accepted, and requests under way have
/// [`ServerSettings::shutdown_grace`] to end.
pub async fn serve<S>(
    listener: TcpListener,
    service: S,
    readiness: Readiness,
    settings: ServerSettings,
    stop: impl Future<Output = ()>,
) -> Stopped
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    let server = Arc::new(Server { http: http(&settings), front: Front::new(service, readiness, &settings), settings });
    let room = Arc::new(Semaphore::new(server.settings.max_connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            (stream, client, permit) = accept(&listener, &room) => {
                let connection = server.clone().converse(stream, client, graceful.watcher());
                connections.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(server.settings.shutdown_grace, graceful.shutdown()).await.is_ok() {
        return Stopped::Drained;
    }
    let left = connections.len();
    connections.shutdown().await;
    Stopped::CutOff(left)
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<tokio::sync::OwnedSemaphorePermit>) {
    let permit = room.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, client)) => return (stream, client, permit),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors, mostly: trying again at once would only burn time.
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn http(settings: &ServerSettings) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(settings.idle_timeout)
        .max_headers(settings.max_headers)
        .max_header_size(settings.max_header_bytes)
        .max_buf_size(settings.max_header_bytes.max(BUFFER));
    http
}

/// How much of a body one connection keeps in memory at most.
const BUFFER: usize = 256 * 1024;

struct Server<S> {
    http: http1::Builder,
    front: Front<S>,
    settings: ServerSettings,
}

impl<S> Server<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    async fn converse(self: Arc<Self>, stream: TcpStream, client: SocketAddr, watcher: Watcher) {
        let _ = stream.set_nodelay(true);
        let activity = Arc::new(Activity::default());
        let patience = Patience { head: self.settings.header_timeout, write: self.settings.write_timeout };
        let io = Connection::new(stream, activity.clone(), patience);
        let server = self.clone();
        let service = service_fn(move |request| {
            let (server, busy, activity) = (server.clone(), Busy::with(&activity), activity.clone());
            async move {
                let answer = server.front.handle(request, client).await;
                if answer.headers().contains_key(CONNECTION) {
                    activity.lingers();
                }
                Ok::<_, Infallible>(answer.map(|body| Download::new(body, busy)))
            }
        });
        if let Err(error) = watcher.watch(self.http.serve_connection(io, service)).await {
            tracing::debug!(%error, %client, "a connection ended early");
        }
    }
}
