//! Bodies of any size pass in constant memory, each as fast as its receiver takes it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail as the test itself does"
)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;
use support::{Gateway, PATIENCE, Peer, Upstream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Mutex, Notify};

const SIZE: u64 = 512 << 20;

/// How much memory the process may grow while it passes.
const MEMORY: u64 = 48 << 20;

/// The tests look at the memory of the whole process: one at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

/// How much memory this process uses, in bytes (`proc(5)`).
fn memory() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = text.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

async fn write(peer: &mut Peer, length: u64) {
    let chunk = vec![b'x'; 1 << 16];
    let mut left = length;
    while left > 0 {
        let now = left.min(chunk.len() as u64) as usize;
        peer.stream.write_all(&chunk[..now]).await.unwrap();
        left -= now as u64;
    }
}

/// Reads `length` bytes, and returns the most memory that was in use meanwhile.
async fn read(peer: &mut Peer, length: u64) -> u64 {
    let (mut chunk, mut left, mut most) = (vec![0; 1 << 16], length, 0);
    while left > 0 {
        let now = peer.stream.read(&mut chunk).await.unwrap();
        assert!(now > 0, "{left} bytes are missing");
        left -= now as u64;
        most = most.max(memory());
    }
    most
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_answer_passes_in_constant_memory() {
    let _alone = ALONE.lock().await;
    let upstream = Upstream::new(|mut peer: Peer, _| async move {
        peer.request().await;
        peer.send(&format!("HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\n\r\n")).await;
        write(&mut peer, SIZE).await;
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    let mut client = gateway.connect().await;
    let before = memory();
    client.send("GET / HTTP/1.1\r\nhost: g\r\n\r\n").await;
    let head = client.head_only().await;
    assert!(head.contains(&format!("content-length: {SIZE}")), "{head}");
    let most = read(&mut client, SIZE).await;
    assert!(most < before + MEMORY, "{} MiB", (most - before) >> 20);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_upload_passes_in_constant_memory() {
    let _alone = ALONE.lock().await;
    let most = Arc::new(AtomicU64::new(0));
    let seen = most.clone();
    let upstream = Upstream::new(move |mut peer: Peer, _| {
        let seen = seen.clone();
        async move {
            let head = peer.head_only().await;
            assert!(head.contains(&format!("content-length: {SIZE}")), "{head}");
            seen.store(read(&mut peer, SIZE).await, SeqCst);
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        }
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    let mut client = gateway.connect().await;
    let before = memory();
    client.send(&format!("PUT / HTTP/1.1\r\nhost: g\r\ncontent-length: {SIZE}\r\n\r\n")).await;
    write(&mut client, SIZE).await;
    assert_eq!(client.answer().await.unwrap().status, 200);
    let most = most.load(SeqCst);
    assert!(most < before + MEMORY, "{} MiB", (most - before) >> 20);
}

/// How much a sender gets rid of while nobody takes anything: what the buffers of three sockets and the gateway hold.
const HELD: u64 = 64 << 20;

async fn push(peer: &mut Peer, sent: &AtomicU64) {
    let chunk = vec![b'x'; 1 << 16];
    while peer.stream.write_all(&chunk).await.is_ok() {
        sent.fetch_add(chunk.len() as u64, SeqCst);
    }
}

/// Waits until `sent` grows no more.
async fn settled(sent: &AtomicU64) -> u64 {
    let mut last = u64::MAX;
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = sent.load(SeqCst);
        if now == last {
            return now;
        }
        last = now;
        assert!(now < HELD * 4, "nothing holds it back");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_mlflow_does_not_take_is_held_back() {
    let _alone = ALONE.lock().await;
    let upstream = Upstream::new(|mut peer: Peer, _| async move {
        peer.head_only().await;
        tokio::time::sleep(Duration::from_secs(600)).await;
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    let mut client = gateway.connect().await;
    client.send(&format!("PUT / HTTP/1.1\r\nhost: g\r\ncontent-length: {}\r\n\r\n", 10 * SIZE)).await;
    let sent = Arc::new(AtomicU64::new(0));
    let counter = sent.clone();
    tokio::spawn(async move { push(&mut client, &counter).await });
    let held = tokio::time::timeout(PATIENCE, settled(&sent)).await.unwrap();
    assert!(held < HELD, "{} MiB", held >> 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_the_client_does_not_take_is_held_back() {
    let _alone = ALONE.lock().await;
    let (sent, begun) = (Arc::new(AtomicU64::new(0)), Arc::new(Notify::new()));
    let (counter, told) = (sent.clone(), begun.clone());
    let upstream = Upstream::new(move |mut peer: Peer, _| {
        let (counter, begun) = (counter.clone(), begun.clone());
        async move {
            peer.request().await;
            peer.send(&format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 10 * SIZE)).await;
            begun.notify_one();
            push(&mut peer, &counter).await;
        }
    })
    .await;
    let gateway = Gateway::new(upstream.address).await;
    let mut client = gateway.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: g\r\n\r\n").await;
    told.notified().await;
    let held = tokio::time::timeout(PATIENCE, settled(&sent)).await.unwrap();
    assert!(held < HELD, "{} MiB", held >> 20);
}
