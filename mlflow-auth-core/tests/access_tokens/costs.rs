//! What a request with a token costs.

use super::{Came, Fixture, basic, bearer, came_in, name, now};
use mlflow_auth_core::AccessTokenSettings;
use mlflow_auth_core::store::TokenStore;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

#[tokio::test]
async fn a_known_token_costs_no_statement_however_it_is_shown() {
    let fixture = Fixture::new().await;
    let (_, token) = fixture.token("alice").await;
    assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
    let before = fixture.reads();
    for _ in 0..10 {
        assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
        assert_eq!(fixture.came(&[&basic("alice", &token)]).await, came_in("alice"));
        assert_eq!(fixture.came(&[&basic("bob", &token)]).await, Came::Rejected);
    }
    assert_eq!(fixture.reads(), before);
}

#[test]
fn a_known_token_allocates_nothing_but_the_future_of_the_trait() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let fixture = runtime.block_on(Fixture::new());
    let (_, token) = runtime.block_on(fixture.token("alice"));
    for header in [bearer(&token), basic("alice", &token)] {
        let mut request = http::Request::new(()).into_parts().0;
        request.headers.insert("authorization", header.parse().unwrap());
        let ask = || assert!(runtime.block_on(fixture.request(&request)));
        for _ in 0..3 {
            ask();
        }
        assert_eq!(allocation_counter::measure(ask).count_total, 1, "{header:.6}");
    }
}

#[tokio::test]
async fn guesses_push_no_good_token_out_of_memory() {
    let settings = AccessTokenSettings { remembered: 2, ..AccessTokenSettings::default() };
    let fixture = Fixture::with(settings).await;
    let (_, token) = fixture.token("alice").await;
    assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
    for number in 0..2_000_u32 {
        let guess = format!("mlf_{number:08x}_{}", &token[13..]);
        assert_eq!(fixture.came(&[&bearer(&guess)]).await, Came::Rejected);
    }
    let before = fixture.reads();
    assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
    assert_eq!(fixture.reads(), before);
}

#[tokio::test]
async fn a_token_is_asked_for_again_after_a_while() {
    let settings = AccessTokenSettings { remember: Duration::ZERO, ..AccessTokenSettings::default() };
    let fixture = Fixture::with(settings).await;
    let (_, token) = fixture.token("alice").await;
    for _ in 0..2 {
        let before = fixture.reads();
        assert_eq!(fixture.came(&[&basic("alice", &token)]).await, came_in("alice"));
        assert_eq!(fixture.reads(), before + 2, "the token and the account");
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(fixture.store.sightings.load(SeqCst), 1, "read anew, it was still seen in this minute");
}

#[tokio::test]
async fn the_last_use_is_written_once_a_minute_and_nobody_waits_for_it() {
    let fixture = Fixture::new().await;
    let (kept, token) = fixture.token("alice").await;
    let shut = fixture.store.slow.write().await;
    for _ in 0..5 {
        assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
    }
    drop(shut);
    let mut seen = None;
    for _ in 0..1_000 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        seen = fixture.store.tokens_of(&name("alice")).await.unwrap().first().and_then(|token| token.last_used_at);
        if seen.is_some() {
            break;
        }
    }
    assert!(seen.is_some_and(|seen| seen >= kept.created_at && seen <= now()), "{seen:?}");
    assert_eq!(fixture.store.sightings.load(SeqCst), 1);
}

#[tokio::test]
async fn that_the_last_use_cannot_be_written_fails_no_request() {
    let fixture = Fixture::new().await;
    let (_, token) = fixture.token("alice").await;
    let shut = fixture.store.slow.write().await;
    assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
    fixture.store.is_down.store(true, SeqCst);
    drop(shut);
    for _ in 0..5 {
        tokio::task::yield_now().await;
        assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
    }
}
