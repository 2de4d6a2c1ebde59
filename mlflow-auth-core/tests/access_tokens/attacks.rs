//! What an attacker tries with tokens, or with what looks like them.

use super::{Came, DAY, Fixture, basic, bearer, came_in, name, now};
use mlflow_auth_core::TokenOrder;
use mlflow_auth_core::store::{StoreError, TokenStore, UserStore, UserUpdate};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// The token with another last character.
fn bent(token: &str) -> String {
    let last = if token.ends_with('A') { 'B' } else { 'A' };
    format!("{}{last}", &token[..token.len() - 1])
}

#[tokio::test]
async fn a_wrong_secret_an_unknown_prefix_another_user_and_the_name_alone_are_refused() {
    let fixture = Fixture::new().await;
    let (_, token) = fixture.token("alice").await;
    let (_, other) = fixture.token("bob").await;
    let with_the_prefix_of_the_other = format!("{}{}", &other[..12], &token[12..]);
    // Twice: nothing of it may be remembered as good, before the right token was seen and after.
    for _ in 0..2 {
        for (user, text) in [
            ("alice", bent(&token)),
            ("alice", format!("mlf_00000000_{}", &token[13..])),
            ("alice", other.clone()),
            ("bob", token.clone()),
            ("nobody", token.clone()),
            ("Alice", token.clone()),
            ("alice ", token.clone()),
            ("bob", with_the_prefix_of_the_other.clone()),
        ] {
            assert_eq!(fixture.came(&[&basic(user, &text)]).await, Came::Rejected, "{user} {text}");
        }
        for text in [bent(&token), with_the_prefix_of_the_other.clone(), format!("mlf_{:08x}_{}", 1, &token[13..])] {
            assert_eq!(fixture.came(&[&bearer(&text)]).await, Came::Rejected, "{text}");
        }
        assert_eq!(fixture.came(&[&basic("alice", &token)]).await, came_in("alice"));
    }
}

#[tokio::test]
async fn headers_that_are_malformed_or_repeated_are_refused() {
    let fixture = Fixture::new().await;
    let (_, token) = fixture.token("alice").await;
    let good = bearer(&token);
    assert_eq!(fixture.came(&[&good, &good]).await, Came::Rejected);
    assert_eq!(fixture.came(&[&good, &basic("alice", &token)]).await, Came::Rejected);
    let no_colon = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("alice{token}{token}"));
    for header in [format!("Basic {no_colon}"), format!("Basic {}", "#".repeat(80)), basic("", &token)] {
        assert_eq!(fixture.came(&[&header]).await, Came::Rejected, "{header}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once_and_is_no_password() {
    let fixture = Fixture::new().await;
    let (kept, token) = fixture.token("alice").await;
    assert_eq!(fixture.came(&[&basic("alice", &token)]).await, came_in("alice"));
    fixture.store.delete_token(&name("alice"), kept.id).await.unwrap();
    fixture.hear().await;
    // Not left to the next: a directory must not be shown it, and its owner not be locked out by it.
    for header in [basic("alice", &token), bearer(&token)] {
        assert_eq!(fixture.came(&[&header]).await, Came::Rejected);
    }
}

#[tokio::test]
async fn a_foreign_number_ends_nobodys_token() {
    let fixture = Fixture::new().await;
    let (kept, token) = fixture.token("alice").await;
    let ended = fixture.store.delete_token(&name("bob"), kept.id).await;
    assert!(matches!(ended, Err(StoreError::NotFound(_))));
    assert_eq!(fixture.store.delete_tokens(&name("bob")).await.unwrap(), 0);
    assert_eq!(fixture.came(&[&bearer(&token)]).await, came_in("alice"));
}

#[tokio::test]
async fn a_deactivated_user_is_issued_no_token_in_either_order() {
    let fixture = Fixture::new().await;
    let deactivate = || UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    fixture.store.update_user(&name("alice"), deactivate()).await.unwrap();
    assert!(fixture.issue(Fixture::order("alice", "late")).await.is_err());

    let (_, early) = fixture.token("bob").await;
    fixture.store.update_user(&name("bob"), deactivate()).await.unwrap();
    fixture.hear().await;
    assert_eq!(fixture.came(&[&bearer(&early)]).await, Came::Rejected);
    assert_eq!(fixture.store.tokens_of(&name("bob")).await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_issued_while_its_owner_is_deactivated_never_works() {
    for _ in 0..50 {
        let fixture = Arc::new(Fixture::new().await);
        let issuing = tokio::spawn({
            let fixture = fixture.clone();
            async move { fixture.issue(Fixture::order("alice", "race")).await }
        });
        let deactivate = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
        fixture.store.update_user(&name("alice"), deactivate).await.unwrap();
        let issued = issuing.await.unwrap();
        fixture.hear().await;
        if let Ok((_, token)) = issued {
            assert_eq!(fixture.came(&[&bearer(&token)]).await, Came::Rejected);
        }
        assert_eq!(fixture.store.tokens_of(&name("alice")).await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn a_request_that_began_before_the_revocation_puts_nothing_back() {
    for as_bearer in [true, false] {
        let fixture = Arc::new(Fixture::new().await);
        let (kept, token) = fixture.token("alice").await;
        let header = if as_bearer { bearer(&token) } else { basic("alice", &token) };
        let shut = fixture.store.gate.write().await;
        let early = tokio::spawn({
            let (fixture, header) = (fixture.clone(), header.clone());
            async move { fixture.came(&[&header]).await }
        });
        while fixture.reads() == 0 {
            tokio::task::yield_now().await;
        }
        fixture.store.delete_token(&name("alice"), kept.id).await.unwrap();
        fixture.hear().await;
        drop(shut);
        early.await.unwrap();
        assert_eq!(fixture.came(&[&header]).await, Came::Rejected, "{header:.6}");
    }
}

#[tokio::test]
async fn an_outage_of_the_store_is_no_refusal() {
    let fixture = Fixture::new().await;
    let (_, warm) = fixture.token("alice").await;
    let (_, cold) = fixture.token("bob").await;
    assert_eq!(fixture.came(&[&bearer(&warm)]).await, came_in("alice"));
    fixture.store.is_down.store(true, SeqCst);
    for header in [bearer(&cold), basic("bob", &cold), bearer(&bent(&cold))] {
        assert_eq!(fixture.came(&[&header]).await, Came::Unavailable);
    }
    assert_eq!(fixture.came(&[&bearer(&warm)]).await, came_in("alice"), "what is known goes on");
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_token() {
    let fixture = Fixture::new().await;
    let order = TokenOrder { expires_at: now() + DAY, ..Fixture::order("alice", "secret") };
    let printed = format!("{order:?}");
    let (kept, token) = fixture.issue(order).await.unwrap();
    let secret = &token[13..];
    let hash = kept.hash.expose().strip_prefix("sha256$").unwrap();
    let refused = fixture.ask(&[&basic("bob", &token)]).await.unwrap_err();
    let who = fixture.ask(&[&bearer(&token)]).await.unwrap().unwrap();
    for text in [printed, format!("{kept:?}"), format!("{refused} {refused:?}"), format!("{who:?}")] {
        assert!(!text.contains(secret) && !text.contains(hash), "{text}");
    }
}
