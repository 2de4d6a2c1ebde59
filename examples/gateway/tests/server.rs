//! The way from the client: limits, time-outs, what is refused at the door, and how it stops.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail as the test itself does"
)]

mod support;

use mlflow_auth_gateway::Stopped;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{Gateway, PATIENCE, Peer, Upstream, nobody};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

/// Waits until the connection ends, and says after how long.
async fn ends(client: &mut Peer) -> Duration {
    let began = Instant::now();
    tokio::time::timeout(PATIENCE, client.rest()).await.expect("the connection stays open");
    began.elapsed()
}

#[tokio::test]
async fn what_is_refused_at_the_door() {
    let (upstream, seen) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| server.max_upload = Some(10)).await;
    let big = format!("GET / HTTP/1.1\r\nhost: g\r\nx-big: {}\r\n\r\n", "x".repeat(70_000));
    let many = format!("GET / HTTP/1.1\r\nhost: g\r\n{}\r\n", "x-many: 1\r\n".repeat(120));
    for (request, status) in [
        ("CONNECT evil:443 HTTP/1.1\r\nhost: evil:443\r\n\r\n", 405),
        ("TRACE / HTTP/1.1\r\nhost: g\r\n\r\n", 405),
        ("GET / HTTP/1.1\r\nhost: g\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", 501),
        ("GET / HTTP/1.1\r\nhost: g\r\nconnection: upgrade\r\nupgrade: h2c, websocket\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nhost: g\r\nexpect: 200-ok\r\ncontent-length: 2\r\n\r\n{}", 417),
        ("POST / HTTP/1.1\r\nhost: g\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nhost: g\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}", 400),
        ("POST / HTTP/1.1\r\nhost: g\r\ncontent-length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nhost: g\r\ncontent-length: 11\r\n\r\n", 413),
        ("GET / HTTP/1.1\r\nhost: g\r\nbad header\r\n\r\n", 400),
        ("GET / HTTP/9.9\r\nhost: g\r\n\r\n", 400),
        ("nonsense\r\n\r\n", 400),
        (&big, 431),
        (&many, 431),
    ] {
        assert_eq!(gateway.ask(request).await.status, status, "{request:.80}");
    }
    assert_eq!(seen.lock().unwrap().len(), 0, "nothing of it reaches MLflow");
}

#[tokio::test]
async fn offers_of_other_protocols_are_declined_in_passing() {
    let (upstream, seen) = Upstream::answering(OK).await;
    let gateway = Gateway::new(upstream.address).await;
    let request = "GET / HTTP/1.1\r\nhost: g\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c, TLS/1.2\r\n\
                   http2-settings: AAMAAABkAAQAAP__\r\n\r\n";
    assert_eq!(gateway.ask(request).await.status, 200);
    let request = seen.lock().unwrap().remove(0);
    assert!(!request.contains("upgrade") && !request.contains("http2-settings"), "{request}");
}

#[tokio::test]
async fn a_length_beside_chunks_does_not_survive() {
    let (upstream, seen) = Upstream::answering(OK).await;
    let gateway = Gateway::new(upstream.address).await;
    let request =
        "POST / HTTP/1.1\r\nhost: g\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    let answer = gateway.ask(request).await;
    let requests = seen.lock().unwrap().clone();
    assert!(answer.status == 400 || requests.len() == 1, "{answer:?} {requests:?}");
    for request in requests {
        assert!(request.ends_with("\r\n\r\nok") && !request.contains("content-length"), "{request}");
    }
}

#[tokio::test]
async fn an_upload_that_turns_out_too_long_is_a_413() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| server.max_upload = Some(10)).await;
    let request = "PUT / HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n";
    let answer = gateway.ask(request).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(answer.text().contains("longer than 10 bytes"));
}

#[tokio::test]
async fn an_expectation_is_met_only_when_the_body_is_wanted() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| server.max_upload = Some(10)).await;
    let mut client = gateway.connect().await;
    client.send("PUT / HTTP/1.1\r\nhost: g\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n").await;
    assert_eq!(client.answer().await.unwrap().status, 100);
    client.send("body").await;
    assert_eq!(client.answer().await.unwrap().status, 200);
    client.send("PUT / HTTP/1.1\r\nhost: g\r\nexpect: 100-continue\r\ncontent-length: 11\r\n\r\n").await;
    assert_eq!(client.answer().await.unwrap().status, 413, "a body that is refused anyway is not asked for");
}

#[tokio::test]
async fn a_connection_outlives_a_refusal_of_a_request_whose_body_is_under_way() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| server.allowed_hosts = vec!["g".into()]).await;
    let mut client = gateway.connect().await;
    for framing in ["content-length: 2\r\n\r\n#{}", "transfer-encoding: chunked\r\n\r\n2\r\n#{}\r\n0\r\n\r\n"] {
        let (head, body) = framing.split_once('#').unwrap();
        client.send(&format!("POST / HTTP/1.1\r\nhost: evil\r\n{head}")).await;
        pause(50).await;
        client.send(body).await;
        let refusal = client.answer().await.unwrap();
        assert_eq!((refusal.status, refusal.header("connection")), (403, None));
        client.send("POST / HTTP/1.1\r\nhost: g\r\ncontent-length: 2\r\n\r\n{}").await;
        assert_eq!(client.answer().await.expect("the connection was closed").status, 200);
    }
}

#[tokio::test]
async fn a_connection_that_ends_with_a_refusal_says_so() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| server.allowed_hosts = vec!["g".into()]).await;
    for (rest, what) in [
        ("content-length: 2\r\n\r\n", "a body that does not come"),
        ("content-length: 1000000\r\n\r\n{}", "a body that is long"),
        ("transfer-encoding: chunked\r\n\r\n2\r\n{}\r\nx", "a body of wrong form"),
        ("expect: 100-continue\r\ncontent-length: 2\r\n\r\n", "a body that waits to be wanted"),
    ] {
        let mut client = gateway.connect().await;
        client.send(&format!("POST / HTTP/1.1\r\nhost: evil\r\n{rest}")).await;
        let refusal = client.answer().await.unwrap();
        assert_eq!((refusal.status, refusal.header("connection")), (403, Some("close")), "{what}");
        ends(&mut client).await;
    }
}

#[tokio::test]
async fn a_client_that_sends_all_before_it_listens_learns_why_it_is_refused() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| server.max_upload = Some(10)).await;
    let body = "x".repeat(32 << 20);
    let mut client = gateway.connect().await;
    client.send(&format!("PUT / HTTP/1.1\r\nhost: g\r\ncontent-length: {}\r\n\r\n", body.len())).await;
    pause(50).await;
    client.stream.write_all(body.as_bytes()).await.expect("the gateway reads on");
    let refusal = client.answer().await.expect("the refusal was lost");
    assert_eq!((refusal.status, refusal.header("connection")), (413, Some("close")));
}

#[tokio::test]
async fn hosts_are_checked_when_they_are_listed() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway =
        Gateway::with(upstream.address, |_, server| server.allowed_hosts = vec!["ml.example".into(), "10.*".into()])
            .await;
    for (host, status) in [("ml.example", 200), ("10.1.2.3:8080", 200), ("evil.example", 403), ("", 403)] {
        assert_eq!(gateway.ask(&format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n")).await.status, status, "{host}");
    }
    let probe = "GET /healthz HTTP/1.1\r\nhost: whatever\r\n\r\n";
    assert_eq!(gateway.ask(probe).await.status, 200, "probes may use any name");
}

#[tokio::test]
async fn whoever_keeps_the_gateway_waiting_is_cut_off() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| {
        server.header_timeout = Duration::from_millis(300);
        server.idle_timeout = Duration::from_millis(1200);
        server.body_timeout = Duration::from_millis(300);
    })
    .await;
    let short = Duration::from_millis(200)..Duration::from_millis(900);
    let long = Duration::from_millis(900)..Duration::from_millis(2500);

    let mut silent = gateway.connect().await;
    assert!(short.contains(&ends(&mut silent).await), "a first request that never begins");

    let mut slow = gateway.connect().await;
    slow.send("GET / HTTP/1.1\r\nhost:").await;
    assert!(short.contains(&ends(&mut slow).await), "half of a first head");

    let mut idle = gateway.connect().await;
    idle.send("GET / HTTP/1.1\r\nhost: g\r\n\r\n").await;
    idle.answer().await.unwrap();
    assert!(long.contains(&ends(&mut idle).await), "an idle connection may wait longer");

    let mut again = gateway.connect().await;
    again.send("GET / HTTP/1.1\r\nhost: g\r\n\r\n").await;
    again.answer().await.unwrap();
    again.send("GE").await;
    assert!(short.contains(&ends(&mut again).await), "half of a second head");

    let mut half = gateway.connect().await;
    half.send("PUT / HTTP/1.1\r\nhost: g\r\ncontent-length: 10\r\n\r\nhalf").await;
    let answer = tokio::time::timeout(PATIENCE, half.answer()).await.unwrap().unwrap();
    assert_eq!(answer.status, 408, "half of a body");
}

#[tokio::test]
async fn a_head_that_drips_is_not_given_more_time_with_each_drop() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| server.header_timeout = Duration::from_millis(400)).await;
    let mut client = gateway.connect().await;
    let began = Instant::now();
    for _ in 0..40 {
        client.send("G").await;
        pause(50).await;
        if client.stream.try_read(&mut [0; 1]).is_ok() {
            break;
        }
    }
    assert!(began.elapsed() < Duration::from_millis(1200), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_head_in_two_pieces_does_not_count_against_the_next_request() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| server.header_timeout = Duration::from_millis(300)).await;
    let mut client = gateway.connect().await;
    for path in ["/healthz", "/", "/healthz"] {
        client.send(&format!("GET {path} HTTP/1.1\r\n")).await;
        pause(100).await;
        client.send("host: g\r\n\r\n").await;
        assert_eq!(client.answer().await.expect("it was cut off").status, 200);
        pause(600).await;
    }
}

#[tokio::test]
async fn a_slow_answer_is_no_reason_to_cut_off() {
    let upstream = Upstream::new(|mut peer: Peer, _| async move {
        while peer.request().await.is_some() {
            pause(700).await;
            peer.send(OK).await;
        }
    })
    .await;
    let gateway = Gateway::with(upstream.address, |_, server| server.header_timeout = Duration::from_millis(200)).await;
    let mut client = gateway.connect().await;
    for _ in 0..2 {
        client.send("GET / HTTP/1.1\r\nhost: g\r\n\r\n").await;
        assert_eq!(client.answer().await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn who_does_not_take_the_answer_is_cut_off() {
    let gone = Arc::new(Notify::new());
    let told = gone.clone();
    let upstream = Upstream::new(move |mut peer: Peer, _| {
        let gone = gone.clone();
        async move {
            peer.request().await;
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n").await;
            let chunk = "x".repeat(1 << 16);
            while tokio::io::AsyncWriteExt::write_all(&mut peer.stream, chunk.as_bytes()).await.is_ok() {}
            gone.notify_one();
        }
    })
    .await;
    let gateway = Gateway::with(upstream.address, |_, server| server.write_timeout = Duration::from_millis(300)).await;
    let mut client = gateway.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: g\r\n\r\n").await;
    tokio::time::timeout(PATIENCE, told.notified()).await.expect("the answer is still being sent to nobody");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |_, server| server.max_connections = 2).await;
    let request = "GET / HTTP/1.1\r\nhost: g\r\n\r\n";
    let (mut first, mut second) = (gateway.connect().await, gateway.connect().await);
    for client in [&mut first, &mut second] {
        client.send(request).await;
        assert_eq!(client.answer().await.unwrap().status, 200);
    }
    let mut third = gateway.connect().await;
    third.send(request).await;
    assert!(tokio::time::timeout(Duration::from_millis(300), third.answer()).await.is_err());
    drop(first);
    assert_eq!(tokio::time::timeout(PATIENCE, third.answer()).await.unwrap().unwrap().status, 200);
}

#[tokio::test]
async fn health_is_told_without_mlflow_and_readiness_names_what_fails() {
    let gateway = Gateway::new(nobody().await).await;
    let health = gateway.ask("GET /healthz HTTP/1.1\r\nhost: g\r\n\r\n").await;
    assert_eq!((health.status, health.text()), (200, "ok\n"));
    let ready = gateway.ask("GET /readyz HTTP/1.1\r\nhost: g\r\n\r\n").await;
    assert_eq!(ready.status, 503);
    let report: serde_json::Value = serde_json::from_slice(&ready.body).unwrap();
    assert_eq!(report["status"], "unavailable");
    assert_eq!(report["failing"][0]["check"], "upstream");
    assert_eq!(gateway.ask("POST /readyz HTTP/1.1\r\nhost: g\r\n\r\n").await.status, 405);
}

#[tokio::test]
async fn readiness_asks_mlflows_health_check_and_not_too_often() {
    let (upstream, seen) = Upstream::answering(OK).await;
    let gateway = Gateway::new(upstream.address).await;
    for _ in 0..5 {
        let ready = gateway.ask("GET /readyz HTTP/1.1\r\nhost: g\r\n\r\n").await;
        assert_eq!((ready.status, ready.text()), (200, r#"{"status":"ready"}"#));
    }
    let requests = seen.lock().unwrap().clone();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].starts_with("GET /health HTTP/1.1\r\n"), "{requests:?}");
}

/// An upstream that answers when it is told to.
async fn patient() -> (Upstream, Arc<Notify>) {
    let now = Arc::new(Notify::new());
    let told = now.clone();
    let upstream = Upstream::new(move |mut peer: Peer, _| {
        let told = told.clone();
        async move {
            peer.request().await;
            told.notified().await;
            peer.send(OK).await;
        }
    })
    .await;
    (upstream, now)
}

#[tokio::test]
async fn stopping_lets_requests_end_and_takes_no_new_ones() {
    let (upstream, now) = patient().await;
    let mut gateway = Gateway::new(upstream.address).await;
    let mut idle = gateway.connect().await;
    let mut busy = gateway.connect().await;
    busy.send("GET / HTTP/1.1\r\nhost: g\r\n\r\n").await;
    pause(200).await;
    gateway.tell_to_stop();
    ends(&mut idle).await;
    assert!(tokio::net::TcpStream::connect(gateway.address).await.is_err(), "nothing new is accepted");
    now.notify_one();
    let answer = busy.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert_eq!(gateway.stopped().await, Stopped::Drained);
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let (upstream, _now) = patient().await;
    let mut gateway =
        Gateway::with(upstream.address, |_, server| server.shutdown_grace = Duration::from_millis(300)).await;
    let mut busy = gateway.connect().await;
    busy.send("GET / HTTP/1.1\r\nhost: g\r\n\r\n").await;
    pause(200).await;
    gateway.tell_to_stop();
    assert_eq!(tokio::time::timeout(PATIENCE, gateway.stopped()).await.unwrap(), Stopped::CutOff(1));
}
