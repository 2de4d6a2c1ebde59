//! What becomes of a request when MLflow, or the client, does not do its part.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail as the test itself does"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;
use support::{Gateway, PATIENCE, Peer, Upstream, nobody};
use tokio::sync::Notify;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: gateway\r\n\r\n")
}

async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

#[tokio::test]
async fn an_outage_is_a_502_with_mlflows_error_object() {
    let gateway = Gateway::new(nobody().await).await;
    let answer = gateway.ask(&get("/api/2.0/mlflow/experiments/search")).await;
    assert_eq!(answer.status, 502);
    let error: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(error["error_code"], "TEMPORARILY_UNAVAILABLE");
    assert_eq!(error["message"], "MLflow cannot be reached");
    assert!(!answer.text().contains("127.0.0.1"), "clients learn nothing of the inside");
}

/// What each broken upstream sends before it closes, and what the client must see: an answer of the gateway, or one that
/// is visibly cut off.
#[tokio::test]
async fn broken_answers_are_never_taken_for_whole_ones() {
    let giant: &'static str = format!("HTTP/1.1 200 OK\r\nx-giant: {}\r\n\r\n", "x".repeat(2 << 20)).leak();
    let many: &'static str = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x-many: 1\r\n".repeat(500)).leak();
    for (sent, status) in [
        ("", 502),
        ("HTTP/1.1 200 OK\r\ncontent-le", 502),
        ("nonsense\r\n\r\n", 502),
        ("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", 502),
        ("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n", 502),
        (giant, 502),
        (many, 502),
        ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", 200),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n", 200),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 200),
    ] {
        let upstream = Upstream::new(move |mut peer: Peer, _| async move {
            peer.until("\r\n\r\n").await;
            peer.send(sent).await;
        })
        .await;
        let gateway = Gateway::new(upstream.address).await;
        let mut client = gateway.connect().await;
        client.send(&get("/")).await;
        match client.answer().await {
            Some(answer) if answer.whole => assert_eq!((answer.status, status), (502, 502), "{sent:.60}"),
            Some(answer) => assert_eq!((answer.status, status), (200, 200), "{sent:.60}"),
            None => assert_eq!(status, 200, "{sent:.60}"),
        }
    }
}

#[tokio::test]
async fn a_reset_on_a_new_connection_is_told_and_not_repeated() {
    let upstream = Upstream::new(|mut peer: Peer, _| async move {
        peer.until("\r\n\r\n").await;
        peer.reset();
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    assert_eq!(gateway.ask(&get("/")).await.status, 502);
    assert_eq!(upstream.connections(), 1);
}

/// Each connection answers once, and closes when the second request is there: as a server does whose patience with an
/// idle connection ends in this moment.
async fn closing_idle() -> Upstream {
    Upstream::new(|mut peer: Peer, _| async move {
        peer.request().await;
        peer.send(OK).await;
        peer.until("\r\n\r\n").await;
        peer.reset();
    })
    .await
}

#[tokio::test]
async fn what_is_safe_is_sent_again_when_an_idle_connection_was_closed() {
    let upstream = closing_idle().await;
    let gateway = Gateway::new(upstream.address).await;
    for _ in 0..20 {
        assert_eq!(gateway.ask(&get("/")).await.status, 200);
    }
}

#[tokio::test]
async fn what_changes_something_is_never_sent_twice() {
    let upstream = closing_idle().await;
    let gateway = Gateway::new(upstream.address).await;
    assert_eq!(gateway.ask(&get("/")).await.status, 200);
    let post = "POST / HTTP/1.1\r\nhost: g\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(gateway.ask(post).await.status, 502);
    assert_eq!(upstream.connections(), 1);
    assert_eq!(gateway.ask(&get("/")).await.status, 200);
    let with_body = post.replace("POST", "GET");
    assert_eq!(gateway.ask(&with_body).await.status, 502, "the body is gone, and without it it is another request");
    assert_eq!(upstream.connections(), 2);
}

/// uvicorn closes a connection after the answer in which a program of its own failed, and the answer does not say so.
#[tokio::test]
async fn after_an_error_of_the_server_nothing_is_sent_on_its_connection() {
    const ERROR: &str = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\n\r\nno";
    let upstream = Upstream::new(|mut peer: Peer, number| async move {
        peer.until("\r\n\r\n").await;
        peer.send(if number == 0 { ERROR } else { OK }).await;
        // What came on this connection next would be lost.
        peer.until("\r\n\r\n").await;
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    let post = "POST /x HTTP/1.1\r\nhost: gateway\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(gateway.ask(post).await.status, 500);
    assert_eq!(gateway.ask(post).await.status, 200);
    assert_eq!(upstream.connections(), 2);
}

#[tokio::test]
async fn connections_are_reused_and_closed_before_mlflow_does_it() {
    let (upstream, _) = Upstream::answering(OK).await;
    let gateway = Gateway::with(upstream.address, |forward, _| forward.idle_timeout = Duration::from_millis(200)).await;
    for _ in 0..5 {
        gateway.ask(&get("/")).await;
    }
    assert_eq!(upstream.connections(), 1);
    pause(400).await;
    gateway.ask(&get("/")).await;
    assert_eq!(upstream.connections(), 2);
}

#[tokio::test]
async fn a_slow_head_is_a_504_and_a_slow_upload_is_not() {
    let upstream = Upstream::new(|mut peer: Peer, _| async move {
        let Some(request) = peer.request().await else { return };
        if request.starts_with("GET") {
            pause(60_000).await;
        }
        peer.send(OK).await;
    })
    .await;
    let gateway =
        Gateway::with(upstream.address, |forward, _| forward.response_timeout = Duration::from_millis(300)).await;
    let answer = gateway.ask(&get("/")).await;
    assert_eq!(answer.status, 504);
    assert!(answer.text().contains("TEMPORARILY_UNAVAILABLE"));
    let mut client = gateway.connect().await;
    client.send("PUT / HTTP/1.1\r\nhost: g\r\ncontent-length: 8\r\n\r\n").await;
    for _ in 0..8 {
        pause(100).await;
        client.send("x").await;
    }
    assert_eq!(client.answer().await.unwrap().status, 200, "the clock starts anew with every byte");
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_request_at_mlflow() {
    let gone = Arc::new(Notify::new());
    let told = gone.clone();
    let upstream = Upstream::new(move |mut peer: Peer, _| {
        let gone = gone.clone();
        async move {
            peer.until("\r\n\r\n").await;
            peer.rest().await;
            gone.notify_one();
        }
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    let mut client = gateway.connect().await;
    client.send(&get("/slow")).await;
    pause(200).await;
    drop(client);
    tokio::time::timeout(PATIENCE, told.notified()).await.expect("MLflow still works for nobody");
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_an_upload_reaches_the_client() {
    let upstream = Upstream::new(|mut peer: Peer, _| async move {
        peer.until("\r\n\r\n").await;
        peer.send("HTTP/1.1 413 Too Large\r\ncontent-length: 5\r\nconnection: close\r\n\r\nlarge").await;
        pause(1000).await;
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    let mut client = gateway.connect().await;
    client.send("PUT / HTTP/1.1\r\nhost: g\r\ncontent-length: 1000000000\r\n\r\nsome").await;
    let answer = client.answer().await.unwrap();
    assert_eq!((answer.status, answer.text()), (413, "large"));
}
