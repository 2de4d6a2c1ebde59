//! The gateway beside the same proxy without the layer: requests a second over kept-alive connections on loopback, both
//! in front of one upstream that answers a kilobyte of JSON at once.
//!
//! ```text
//! cargo bench -p benches --bench proxy
//! ```
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot be set up must stop, and prints")]

use base64::Engine;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use mlflow_auth_core::store::{Cached, Change, GrantConflict, MemoryStore, NewUser, PermissionStore, UserStore};
use mlflow_auth_core::{
    Authorizer, Freshness, GrantSpec, PasswordAuthenticator, PasswordHash, PasswordSettings, Permission, Policy,
    ResourceType, Scope, Secret, Target, Username,
};
use mlflow_auth_gateway::{DangerouslyUnjudged, Forward, ForwardSettings, Readiness, ServerSettings, serve};
use mlflow_auth_tower::{AuthLayer, Body, BoxError};
use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::Service;

const PASSWORD: &str = "correct-horse-battery";
const EACH: Duration = Duration::from_secs(2);
const ROUNDS: usize = 5;

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Answers everything with a kilobyte of JSON.
async fn upstream() -> SocketAddr {
    let (listener, address) = listen().await;
    let body = Bytes::from(format!(r#"{{"experiment": {{"name": "{}"}}}}"#, "x".repeat(1000)));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let body = body.clone();
            let service = hyper::service::service_fn(move |_: Request<Incoming>| {
                let body = body.clone();
                async move {
                    let response = Response::builder().header("content-type", "application/json");
                    Ok::<_, Infallible>(response.body(Full::new(body)).unwrap())
                }
            });
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}

async fn start<S>(forward: Forward, service: S) -> SocketAddr
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    let (listener, address) = listen().await;
    let readiness = Readiness::new(forward, None, "/health".parse().unwrap());
    tokio::spawn(serve(listener, service, readiness, ServerSettings::default(), pending()));
    address
}

async fn layer() -> AuthLayer {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 10_000));
    let name = Username::new("alice").unwrap();
    let password = Some(PasswordHash::new(&Secret::new(PASSWORD)).unwrap());
    store.create_user(NewUser { password, ..NewUser::named(name.clone()) }).await.unwrap();
    let (kind, target) = (ResourceType::EXPERIMENT, Target::Exact("7".into()));
    let spec = GrantSpec { subject: name.into(), scope: Scope::Everywhere, kind, target, permission: Permission::Read };
    store.apply(&[Change::Grant(spec, GrantConflict::Refuse)]).await.unwrap();
    let passwords = PasswordAuthenticator::new(store.clone(), freshness, PasswordSettings::default());
    let layer = AuthLayer::mlflow(Authorizer::new(Policy::default(), store)).unwrap();
    layer.with_authenticator(Arc::new(passwords))
}

/// One kept-alive connection that asks the same until the time is over.
async fn client(address: SocketAddr, until: Instant, count: Arc<AtomicU64>) {
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("alice:{PASSWORD}"));
    let request = format!(
        "GET /api/2.0/mlflow/experiments/get?experiment_id=7 HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Basic {basic}\r\nuser-agent: mlflow-python-client/3.17.2\r\naccept: */*\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 16 * 1024];
    while Instant::now() < until {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut read = 0;
        loop {
            read += stream.read(buffer.get_mut(read..).unwrap()).await.unwrap();
            let answer = buffer.get(..read).unwrap();
            assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(answer));
            if answer.ends_with(b"\"}}") {
                break;
            }
        }
        count.fetch_add(1, Relaxed);
    }
}

async fn rate(address: SocketAddr, connections: usize) -> f64 {
    let (count, began) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let clients: Vec<_> =
        (0..connections).map(|_| tokio::spawn(client(address, began + EACH, count.clone()))).collect();
    for client in clients {
        client.await.unwrap();
    }
    count.load(Relaxed) as f64 / began.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    *values.get(values.len() / 2).unwrap()
}

#[tokio::main]
async fn main() {
    let upstream = upstream().await;
    let forward = Forward::new(ForwardSettings::new(upstream.to_string().parse().unwrap()));
    let bare = start(forward.clone(), DangerouslyUnjudged(forward.clone())).await;
    let gateway = start(forward.clone(), layer().await.guard(forward)).await;
    println!("| connections | proxy alone, requests/s | with the layer | ratio |");
    println!("|---:|---:|---:|---:|");
    for connections in [1, 32] {
        let (mut alone, mut layered) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            alone.push(rate(bare, connections).await);
            layered.push(rate(gateway, connections).await);
        }
        let (alone, layered) = (median(alone), median(layered));
        println!("| {connections} | {alone:.0} | {layered:.0} | {:.3} |", layered / alone);
    }
}
