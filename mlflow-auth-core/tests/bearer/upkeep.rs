//! When an issuer is asked for its keys, and what holds while it does not answer.

use crate::keys::{EC, ED, OTHER_RSA, Published, RSA, encode, now};
use mlflow_auth_core::jwt::{IdentityRules, InvalidToken, Issuer, KeyRefresh, TokenError, TokenRules};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const NEVER: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(40);

fn refresh(keep: Duration, keep_when_unreachable: Duration, pause: Duration) -> KeyRefresh {
    KeyRefresh { keep, keep_when_unreachable, pause }
}

fn issuer(published: &Arc<Published>, refresh: KeyRefresh) -> Issuer {
    Issuer::new(TokenRules::new("i", "a"), IdentityRules::default(), published.clone(), refresh)
}

fn claims() -> Value {
    json!({"iss": "i", "aud": "a", "sub": "s", "exp": now() + 600, "email": "x"})
}

fn forged(key: &str) -> String {
    let header = json!({"alg": "RS256", "kid": key}).to_string();
    format!("{}.{}.{}", encode(&header), encode(&claims().to_string()), encode("no signature"))
}

async fn refused(issuer: &Issuer, token: &str) -> InvalidToken {
    match issuer.verify(token).await {
        Err(TokenError::Invalid(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn keys_are_asked_for_once() {
    let published = Published::new(&[&RSA]);
    let issuer = Arc::new(issuer(&published, KeyRefresh::default()));
    assert_eq!(published.asked(), 0, "nothing is asked before somebody comes");
    let token = RSA.sign(&claims());
    let many: Vec<_> = (0..20)
        .map(|_| (issuer.clone(), token.clone()))
        .map(|(issuer, token)| tokio::spawn(async move { issuer.verify(&token).await.is_ok() }))
        .collect();
    for one in many {
        assert!(one.await.unwrap());
    }
    assert_eq!(published.asked(), 1);
}

#[tokio::test]
async fn a_new_key_is_found_by_its_first_token() {
    let published = Published::new(&[&RSA]);
    let issuer = issuer(&published, refresh(NEVER, NEVER, Duration::ZERO));
    issuer.verify(&RSA.sign(&claims())).await.unwrap();
    published.publish(&[&OTHER_RSA]);
    issuer.verify(&OTHER_RSA.sign(&claims())).await.unwrap();
    assert_eq!(refused(&issuer, &RSA.sign(&claims())).await, InvalidToken::UnknownKey, "the old key is gone");
    assert!(published.asked() <= 3);
}

#[tokio::test]
async fn forged_tokens_do_not_make_us_ask_again_and_again() {
    let published = Published::new(&[&RSA]);
    let eager = issuer(&published, refresh(NEVER, NEVER, Duration::ZERO));
    eager.verify(&RSA.sign(&claims())).await.unwrap();
    for _ in 0..10 {
        assert_eq!(refused(&eager, &forged("rsa")).await, InvalidToken::Signature);
    }
    assert_eq!(published.asked(), 1, "a wrong signature under a known key");
    for _ in 0..10 {
        for key in ["one", "two"] {
            assert_eq!(refused(&eager, &forged(key)).await, InvalidToken::UnknownKey);
        }
    }
    assert_eq!(published.asked(), 3, "each unknown key once");
    let calm = issuer(&published, refresh(NEVER, NEVER, NEVER));
    calm.verify(&RSA.sign(&claims())).await.unwrap();
    for number in 0..100 {
        assert_eq!(refused(&calm, &forged(&number.to_string())).await, InvalidToken::UnknownKey);
    }
    assert_eq!(published.asked(), 4, "nothing within the pause");
}

#[tokio::test]
async fn keys_outlive_an_issuer_that_is_away_but_not_for_ever() {
    let published = Published::new(&[&RSA, &EC]);
    let issuer = issuer(&published, refresh(SHORT, SHORT * 5, Duration::ZERO));
    issuer.verify(&RSA.sign(&claims())).await.unwrap();
    published.go_away();
    tokio::time::sleep(SHORT * 2).await;
    issuer.verify(&EC.sign(&claims())).await.unwrap();
    let unknown = issuer.verify(&ED.sign(&claims())).await;
    assert!(matches!(unknown, Err(TokenError::Unavailable(_))), "it may be a new key: {unknown:?}");
    tokio::time::sleep(SHORT * 5).await;
    let late = issuer.verify(&RSA.sign(&claims())).await;
    assert!(matches!(late, Err(TokenError::Unavailable(_))), "{late:?}");
    published.publish(&[&RSA]);
    issuer.verify(&RSA.sign(&claims())).await.unwrap();
}

#[tokio::test]
async fn an_issuer_that_never_answered_is_an_outage_and_is_not_pressed() {
    let published = Published::new(&[]);
    published.go_away();
    let issuer = issuer(&published, refresh(NEVER, NEVER, NEVER));
    for _ in 0..10 {
        let found = issuer.verify(&RSA.sign(&claims())).await;
        assert!(matches!(found, Err(TokenError::Unavailable(_))), "{found:?}");
    }
    assert_eq!(published.asked(), 1);
}
