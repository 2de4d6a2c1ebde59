//! A gateway without the layer, a server behind it that does what it is told, and a client that sends what it likes.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(unreachable_pub, reason = "it is a module of several test binaries")]

use http::uri::Authority;
use mlflow_auth_gateway::{DangerouslyUnjudged, Forward, ForwardSettings, Readiness, ServerSettings, Stopped, serve};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long a test waits for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A server behind the gateway: what it does with each connection is up to the test.
pub struct Upstream {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Upstream {
    pub async fn new<F, R>(each: F) -> Self
    where
        F: Fn(Peer, usize) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = counter.fetch_add(1, SeqCst);
                tokio::spawn(each(Peer::new(stream), number));
            }
        });
        Self { address, connections }
    }

    /// One that gives the same answer to every request, and remembers what it was sent.
    pub async fn answering(answer: &'static str) -> (Self, Arc<std::sync::Mutex<Vec<String>>>) {
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let log = seen.clone();
        let upstream = Self::new(move |mut peer, _| {
            let log = log.clone();
            async move {
                while let Some(request) = peer.request().await {
                    log.lock().unwrap().push(request);
                    peer.send(answer).await;
                }
            }
        })
        .await;
        (upstream, seen)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }
}

/// An address at which nobody listens.
pub async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// A gateway without the layer.
pub struct Gateway {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Stopped>,
}

impl Gateway {
    pub async fn new(upstream: SocketAddr) -> Self {
        Self::with(upstream, |_, _| {}).await
    }

    pub async fn with(upstream: SocketAddr, change: impl FnOnce(&mut ForwardSettings, &mut ServerSettings)) -> Self {
        let authority: Authority = upstream.to_string().parse().unwrap();
        let (mut forward, mut server) = (ForwardSettings::new(authority), ServerSettings::default());
        server.shutdown_grace = Duration::from_secs(5);
        change(&mut forward, &mut server);
        let forward = Forward::new(forward);
        let readiness = Readiness::new(forward.clone(), None, "/health".parse().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let service = DangerouslyUnjudged(forward);
        let task = tokio::spawn(async move {
            let until = async {
                let _ = stopped.await;
            };
            serve(listener, service, readiness, server, until).await
        });
        Self { address, stop: Some(stop), task }
    }

    pub async fn connect(&self) -> Peer {
        Peer::new(TcpStream::connect(self.address).await.unwrap())
    }

    /// Sends one request on a connection of its own, and returns the whole answer.
    pub async fn ask(&self, request: &str) -> Answer {
        let mut client = self.connect().await;
        client.send(request).await;
        client.answer().await.expect("there is no answer")
    }

    pub fn tell_to_stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub async fn stopped(self) -> Stopped {
        self.task.await.unwrap()
    }
}

/// A connection, seen from the other side.
pub struct Peer {
    pub stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// Whether the body ended as the head said.
    pub whole: bool,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// The first value of a header in a raw head.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

impl Peer {
    pub fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::new() }
    }

    pub async fn send(&mut self, text: &str) {
        let _ = self.stream.write_all(text.as_bytes()).await;
    }

    /// Reads some more. `false` at the end.
    async fn more(&mut self) -> bool {
        let mut chunk = [0; 16 * 1024];
        match self.stream.read(&mut chunk).await {
            Ok(0) | Err(_) => false,
            Ok(length) => {
                self.buffer.extend_from_slice(&chunk[..length]);
                true
            }
        }
    }

    /// Reads up to and with `mark`.
    pub async fn until(&mut self, mark: &str) -> Option<String> {
        loop {
            let found = self.buffer.windows(mark.len()).position(|window| window == mark.as_bytes());
            if let Some(position) = found {
                let rest = self.buffer.split_off(position + mark.len());
                return Some(String::from_utf8(std::mem::replace(&mut self.buffer, rest)).unwrap());
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// Reads a head byte by byte, so that the body stays in the socket.
    pub async fn head_only(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    async fn exactly(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < length {
            if !self.more().await {
                return None;
            }
        }
        let rest = self.buffer.split_off(length);
        Some(std::mem::replace(&mut self.buffer, rest))
    }

    /// A request, head and body as text.
    pub async fn request(&mut self) -> Option<String> {
        let head = self.until("\r\n\r\n").await?;
        let body = self.body(&head).await?;
        Some(head + std::str::from_utf8(&body).unwrap())
    }

    async fn body(&mut self, head: &str) -> Option<Vec<u8>> {
        if header(head, "transfer-encoding").is_some() {
            return self.chunks().await;
        }
        let length = header(head, "content-length").map_or(0, |length| length.parse().unwrap());
        self.exactly(length).await
    }

    async fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let length = self.until("\r\n").await?;
            let length = usize::from_str_radix(length.trim(), 16).unwrap();
            body.extend(self.exactly(length).await?);
            self.until("\r\n").await?;
            if length == 0 {
                return Some(body);
            }
        }
    }

    /// The next answer; `None` if the connection ends before its head does.
    pub async fn answer(&mut self) -> Option<Answer> {
        self.answer_to("GET").await
    }

    pub async fn answer_to(&mut self, method: &str) -> Option<Answer> {
        let head = self.until("\r\n\r\n").await?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        if status == 100 {
            return Some(Answer { status, head, body: Vec::new(), whole: true });
        }
        if method == "HEAD" || status == 304 || status == 204 {
            return Some(Answer { status, head, body: Vec::new(), whole: true });
        }
        let framed = header(&head, "content-length").is_some() || header(&head, "transfer-encoding").is_some();
        let body = if framed { self.body(&head).await } else { Some(self.rest().await) };
        let whole = body.is_some();
        let body = body.unwrap_or_else(|| std::mem::take(&mut self.buffer));
        Some(Answer { status, head, body, whole })
    }

    pub async fn rest(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.buffer)
    }

    /// Closes with a reset instead of a goodbye.
    pub fn reset(self) {
        socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).unwrap();
    }
}
