//! The way to MLflow and back, against servers that do what a real one cannot be made to do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail as the test itself does"
)]

mod support;

use mlflow_auth_gateway::PublicUrl;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{Gateway, PATIENCE, Peer, Upstream, header};
use tokio::sync::Notify;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: gateway\r\n\r\n")
}

#[tokio::test]
async fn headers_pass_by_a_list() {
    let (upstream, seen) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |forward, _| forward.also = vec!["x-team".parse().unwrap()]).await;
    let pass = [
        "accept: */*",
        "accept-encoding: gzip",
        "user-agent: mlflow-python-client/3.17.2",
        "range: bytes=0-1",
        "if-none-match: \"x\"",
        "cache-control: no-cache",
        "x-mlflow-workspace: team-1",
        "x-mlflow-experiment-id: 7",
        "referer: http://gateway/",
        "sec-fetch-site: same-origin",
        "x-requested-with: XMLHttpRequest",
        "traceparent: 00-1-2-3",
        "x-request-id: 1",
        "x-team: blue",
        "content-type: application/json",
    ];
    let stop = [
        "authorization: Basic YTpi",
        "cookie: session=1",
        "forwarded: for=1.2.3.4",
        "x-forwarded-for: 1.2.3.4",
        "x-forwarded-host: evil",
        "x-forwarded-proto: https",
        "x-forwarded-prefix: /evil",
        "x-real-ip: 1.2.3.4",
        "script_name: /health",
        "x_mlflow_workspace: other",
        "x-mlflow.workspace: other",
        "x-mlflow-authorization: Basic YTpi",
        "x-mlflow-guardrail-bypass: 1",
        "x-unknown: 1",
        "keep-alive: timeout=5",
        "te: trailers",
        "proxy-authorization: Basic YTpi",
        "x-mlflow-named: 1",
        "connection: keep-alive, X-MLflow-Named",
    ];
    let request = format!(
        "GET /a%20b?c=d&e HTTP/1.1\r\nhost: gateway:1\r\n{}\r\n{}\r\n\r\n",
        pass.join("\r\n"),
        stop.join("\r\n")
    );
    assert_eq!(gateway.ask(&request).await.status, 200);
    let request = seen.lock().unwrap().remove(0);
    let mut lines = request.trim_end().split("\r\n");
    assert_eq!(lines.next(), Some("GET /a%20b?c=d&e HTTP/1.1"));
    let mut found: Vec<String> = lines.map(str::to_owned).collect();
    found.sort();
    let mut expected: Vec<String> = pass.map(str::to_owned).to_vec();
    expected.push(format!("host: {}", upstream.address));
    expected.extend(
        ["x-forwarded-for: 127.0.0.1", "x-forwarded-host: gateway:1", "x-forwarded-proto: http"].map(Into::into),
    );
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_public_address_is_told() {
    let (upstream, seen) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |forward, _| {
        forward.public_url = PublicUrl::parse("https://ml.example");
        forward.host = Some("localhost:5000".parse().unwrap());
    })
    .await;
    gateway.ask(&get("/")).await;
    let request = seen.lock().unwrap().remove(0);
    assert_eq!(header(&request, "x-forwarded-host"), Some("ml.example"));
    assert_eq!(header(&request, "x-forwarded-proto"), Some("https"));
    assert_eq!(header(&request, "host"), Some("localhost:5000"));
}

#[tokio::test]
async fn foreign_pages_may_not_write_and_are_told_nothing() {
    let (upstream, seen) = Upstream::answering(OK).await;
    let gateway =
        Gateway::with(upstream.address, |forward, _| forward.allowed_origins = vec!["https://app.example".into()])
            .await;
    let ask = async |method: &str, origin: &str| {
        let request =
            format!("{method} /x HTTP/1.1\r\nhost: gateway:1\r\norigin: {origin}\r\ncontent-length: 0\r\n\r\n");
        let status = gateway.ask(&request).await.status;
        let passed = seen.lock().unwrap().pop().map(|request| header(&request, "origin").map(str::to_owned));
        (status, passed)
    };
    assert_eq!(ask("POST", "http://gateway:1").await, (200, Some(None)), "our own page");
    assert_eq!(ask("POST", "http://localhost:3000").await, (403, None), "a page that MLflow itself would believe");
    assert_eq!(ask("DELETE", "null").await, (403, None), "a page without a name");
    assert_eq!(ask("GET", "http://localhost:3000").await, (200, Some(None)), "an answer it cannot read");
    assert_eq!(ask("POST", "https://app.example").await, (200, Some(Some("https://app.example".into()))), "listed");
}

#[tokio::test]
async fn answers_lose_what_speaks_of_one_connection() {
    let answer = "HTTP/1.1 200 OK\r\nconnection: X-Hop\r\nx-hop: 1\r\nkeep-alive: timeout=5\r\nupgrade: h2c\r\n\
                  set-cookie: a=b\r\ncontent-type: text/plain\r\nx-content-type-options: nosniff\r\n\
                  transfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n";
    let (upstream, _) = Upstream::answering(answer).await;
    let gateway = Gateway::new(upstream.address).await;
    let answer = gateway.ask("GET / HTTP/1.1\r\nhost: g\r\nte: trailers\r\n\r\n").await;
    assert_eq!((answer.status, answer.text(), answer.whole), (200, "ok", true));
    for gone in ["x-hop", "keep-alive", "upgrade", "set-cookie", "trailer"] {
        assert_eq!(answer.header(gone), None, "{gone}");
    }
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn framing_is_made_anew() {
    let (upstream, seen) = Upstream::answering(OK).await;
    let gateway = Gateway::new(upstream.address).await;
    for (sent, length, chunked) in [
        ("POST / HTTP/1.1\r\nhost: g\r\ncontent-length: 4\r\n\r\nbody", Some("4"), false),
        (
            "POST / HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nx-late: 1\r\n\r\n",
            None,
            true,
        ),
        ("POST / HTTP/1.1\r\nhost: g\r\n\r\n", None, false),
        ("GET / HTTP/1.0\r\nhost: g\r\n\r\n", None, false),
    ] {
        assert_eq!(gateway.ask(sent).await.status, 200, "{sent}");
        let request = seen.lock().unwrap().remove(0);
        assert_eq!(header(&request, "content-length").filter(|length| *length != "0"), length, "{request}");
        assert_eq!(header(&request, "transfer-encoding").is_some(), chunked, "{request}");
        assert!(request.contains("HTTP/1.1\r\n") && !request.contains("x-late"), "{request}");
    }
}

#[tokio::test]
async fn answers_without_a_body_keep_their_length() {
    let (upstream, _) = Upstream::answering("HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n").await;
    let gateway = Gateway::new(upstream.address).await;
    let mut client = gateway.connect().await;
    client.send("HEAD /x HTTP/1.1\r\nhost: g\r\n\r\n").await;
    let answer = client.answer_to("HEAD").await.unwrap();
    assert_eq!(answer.header("content-length"), Some("1234"));
    client.send("HEAD /x HTTP/1.1\r\nhost: g\r\n\r\n").await;
    assert_eq!(client.answer_to("HEAD").await.unwrap().status, 200, "the connection goes on");
}

#[tokio::test]
async fn redirects_to_mlflow_itself_become_paths() {
    for (location, expected) in [
        ("http://UPSTREAM/a/b?c#d", "/a/b?c#d"),
        ("https://UPSTREAM/a", "/a"),
        ("//UPSTREAM/a", "/a"),
        ("http://UPSTREAM", "/"),
        ("http://UPSTREAM?x", "/?x"),
        ("http://UPSTREAM//evil.example/a", "/evil.example/a"),
        ("http://UPSTREAM/\\evil.example", "/evil.example"),
        ("/a", "/a"),
        ("http://elsewhere/a", "http://elsewhere/a"),
        ("http://UPSTREAM.evil.example/a", "http://UPSTREAM.evil.example/a"),
        ("http://u@UPSTREAM/a", "http://u@UPSTREAM/a"),
    ] {
        let upstream = Upstream::new(move |mut peer: Peer, _| async move {
            let address = peer.stream.local_addr().unwrap().to_string();
            peer.request().await;
            let location = location.replace("UPSTREAM", &address);
            peer.send(&format!("HTTP/1.1 308 Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")).await;
        })
        .await;
        let gateway = Gateway::new(upstream.address).await;
        let answer = gateway.ask(&get("/")).await;
        let expected = expected.replace("UPSTREAM", &upstream.address.to_string());
        assert_eq!(answer.header("location"), Some(expected.as_str()), "{location}");
    }
}

#[tokio::test]
async fn events_pass_one_by_one() {
    let seen = Arc::new(Notify::new());
    let told = seen.clone();
    let upstream = Upstream::new(move |mut peer: Peer, _| {
        let told = told.clone();
        async move {
            peer.request().await;
            peer.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n").await;
            for number in 0..3 {
                peer.send(&format!("9\r\ndata: {number}\n\n\r\n")).await;
                told.notified().await;
            }
            peer.send("0\r\n\r\n").await;
        }
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    let mut client = gateway.connect().await;
    client.send(&get("/events")).await;
    for number in 0..3 {
        // The next one is only sent when this one has arrived.
        let event = format!("data: {number}\n\n");
        assert!(tokio::time::timeout(PATIENCE, client.until(&event)).await.expect("an event is held back").is_some());
        seen.notify_one();
    }
    assert!(client.until("0\r\n\r\n").await.is_some());
}

/// An upstream that sends its answer in two writes with Nagle on, as MLflow's server does. Without immediate
/// acknowledgement every call on a kept-alive connection takes 40 ms.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn answers_in_two_writes_do_not_wait_for_an_acknowledgement() {
    let upstream = Upstream::new(|mut peer: Peer, _| async move {
        peer.stream.set_nodelay(false).unwrap();
        while peer.request().await.is_some() {
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n").await;
            peer.send("ok").await;
        }
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    let mut client = gateway.connect().await;
    let mut times = Vec::new();
    for _ in 0..30 {
        let began = Instant::now();
        client.send(&get("/")).await;
        assert_eq!(client.answer().await.unwrap().status, 200);
        times.push(began.elapsed());
    }
    times.sort();
    assert!(times[15] < Duration::from_millis(20), "the median call takes {:?}", times[15]);
}
