//! What comes back in the address, and where it comes from.

use crate::keys::RSA;
use crate::scripted::{Scripted, asked_for, outcome, parameter, provider};
use mlflow_auth_core::oidc::{Callback, Forged};
use serde_json::json;

#[tokio::test]
async fn a_browser_is_sent_with_state_nonce_and_a_proof_key() {
    let scripted = Scripted::start().await;
    let provider = scripted.provider();
    let (one, other) = (provider.begin().await.unwrap(), provider.begin().await.unwrap());
    assert!(one.url.starts_with(&format!("{}/auth?", scripted.origin)), "{}", one.url);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "us"),
        ("redirect_uri", "https://mlflow.example/callback"),
        ("scope", "openid email"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked_for(&one, name), value);
    }
    assert_eq!(asked_for(&one, "state"), one.state);
    for name in ["state", "nonce", "code_challenge"] {
        assert!(asked_for(&one, name).len() >= 43, "{name}");
        assert_ne!(asked_for(&one, name), asked_for(&other, name), "{name}");
    }
    assert_eq!(parameter(&one.url, "client_secret"), None);
    let told = format!("{:?}", one.attempt);
    assert!(!told.contains(&asked_for(&one, "nonce")), "{told}");
}

#[tokio::test]
async fn a_code_is_exchanged_with_the_verifier_of_its_attempt() {
    let scripted = Scripted::start().await;
    let provider = scripted.provider();
    let begun = provider.begin().await.unwrap();
    scripted.gives(&RSA.sign(&scripted.claims(&begun, json!({}))));
    let found = provider.finish(&begun.attempt, &scripted.callback(&begun, &[])).await.unwrap();
    assert_eq!((found.identity.user.as_str(), found.identity.subject.as_str()), ("alice@x.example", "s1"));
    assert_eq!(found.identity.display_name.as_deref(), Some("Alice"));
    let [form] = scripted.asked("/token").try_into().unwrap();
    let verifier = parameter(&format!("http://x/?{form}"), "code_verifier").unwrap();
    let challenge = {
        use base64::Engine;
        use sha2::Digest;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier))
    };
    assert_eq!(challenge, asked_for(&begun, "code_challenge"));
    assert_eq!(parameter(&format!("http://x/?{form}"), "redirect_uri").unwrap(), "https://mlflow.example/callback");
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_refused_before_the_code_is_shown_to_anybody() {
    let scripted = Scripted::start().await;
    let origin = scripted.origin.clone();
    let (slash, upper) = (format!("{origin}/"), origin.to_uppercase());
    let look_alike = origin.replace("127.0.0.1", "127.0.0.l");
    for (promises, must, more, expected) in [
        (false, false, vec![], "in"),
        (false, false, vec![("iss", origin.as_str())], "in"),
        (false, false, vec![("iss", "https://evil.example")], "Issuer"),
        (false, false, vec![("iss", &slash)], "Issuer"),
        (false, false, vec![("iss", &upper)], "Issuer"),
        (false, false, vec![("iss", &look_alike)], "Issuer"),
        (false, false, vec![("iss", "")], "Issuer"),
        (false, false, vec![("iss", " ")], "Issuer"),
        (true, false, vec![], "Issuer"),
        (true, false, vec![("iss", &origin)], "in"),
        (false, true, vec![], "Issuer"),
        (false, true, vec![("iss", &origin)], "in"),
    ] {
        scripted.publish(json!({"authorization_response_iss_parameter_supported": promises}));
        let settings = mlflow_auth_core::oidc::SignInSettings { must_name_itself: must, ..scripted.settings("one") };
        let fresh = crate::scripted::provider(settings);
        let begun = fresh.begin().await.unwrap();
        scripted.gives(&RSA.sign(&scripted.claims(&begun, json!({}))));
        let before = scripted.asked("/token").len();
        let result = fresh.finish(&begun.attempt, &scripted.callback(&begun, &more)).await;
        assert_eq!(outcome(&result), expected, "{promises} {must} {more:?}");
        assert_eq!(scripted.asked("/token").len() - before, usize::from(expected == "in"), "{more:?}");
    }
}

#[test]
fn repeated_and_missing_parameters_are_refused() {
    let read = |pairs: &[(&str, &str)]| {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (String::from(*name), String::from(*value))).collect();
        Callback::read(&pairs).err()
    };
    let long = "x".repeat(20_000);
    for (pairs, expected) in [
        (vec![("state", "s"), ("code", "c")], None),
        (vec![("state", "s"), ("code", "c"), ("session_state", "a"), ("session_state", "b")], None),
        (vec![("code", "c")], Some("state")),
        (vec![("state", ""), ("code", "c")], Some("state")),
        (vec![("state", "s"), ("state", "s"), ("code", "c")], Some("state")),
        (vec![("state", "s"), ("code", "c"), ("code", "d")], Some("code")),
        (vec![("state", "s"), ("code", "c"), ("iss", "i"), ("iss", "i")], Some("iss")),
        (vec![("state", "s"), ("error", "a"), ("error", "b")], Some("error")),
        (vec![("state", "s"), ("code", &long)], Some("code")),
    ] {
        assert_eq!(
            read(&pairs),
            expected.map(Forged::Parameter),
            "{:?}",
            pairs.iter().map(|(name, _)| name).collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn a_code_is_never_shown_to_a_provider_that_did_not_give_it() {
    let (honest, evil) = (Scripted::start().await, Scripted::start().await);
    let (one, two) = (honest.provider(), provider(evil.settings("two")));
    let (at_one, at_two) = (one.begin().await.unwrap(), two.begin().await.unwrap());
    for (begun, wrong) in [(&at_one, &two), (&at_two, &one)] {
        let result = wrong.finish(&begun.attempt, &honest.callback(begun, &[])).await;
        assert_eq!(outcome(&result), "Provider");
    }
    // The evil one has changed its name to that of the honest one since.
    evil.publish(json!({"issuer": honest.origin}));
    let claims = RSA.sign(&honest.claims(&at_two, json!({})));
    evil.gives(&claims);
    let fresh = provider(evil.settings("two"));
    assert_eq!(outcome(&fresh.finish(&at_two.attempt, &evil.callback(&at_two, &[])).await), "outage");
    assert!(honest.asked("/token").is_empty() && evil.asked("/token").is_empty());
}

#[tokio::test]
async fn an_error_of_the_provider_signs_nobody_in() {
    let scripted = Scripted::start().await;
    let provider = scripted.provider();
    let begun = provider.begin().await.unwrap();
    let query = |pairs: &[(&str, &str)]| {
        let mut query = vec![("state".to_owned(), begun.state.clone())];
        query.extend(pairs.iter().map(|(name, value)| (String::from(*name), String::from(*value))));
        Callback::read(&query).unwrap()
    };
    for (pairs, expected) in [
        (vec![("error", "access_denied")], "the provider answers with the error `access_denied`"),
        (vec![("error", "<b>\n")], "the provider answers with the error `<b>\\n`"),
        (vec![("error", "x"), ("code", "c")], "Parameter(\"error\")"),
        (vec![], "Parameter(\"code\")"),
        (vec![("code", "")], "Parameter(\"code\")"),
        (vec![("error", "x"), ("iss", "https://evil.example")], "Issuer"),
    ] {
        assert_eq!(outcome(&provider.finish(&begun.attempt, &query(&pairs)).await), expected, "{pairs:?}");
    }
    assert!(scripted.asked("/token").is_empty());
}

#[tokio::test]
async fn a_provider_without_s256_is_not_gone_to() {
    let scripted = Scripted::start().await;
    for (methods, works) in [
        (json!(["S256"]), true),
        (json!(null), true),
        (json!(["plain"]), false),
        (json!(["s256"]), false),
        (json!([]), false),
    ] {
        scripted.publish(json!({"code_challenge_methods_supported": methods}));
        assert_eq!(scripted.provider().begin().await.is_ok(), works, "{methods}");
    }
}

#[tokio::test]
async fn endpoints_in_clear_text_elsewhere_are_not_used() {
    let scripted = Scripted::start().await;
    for (name, path) in [("authorization_endpoint", "/auth"), ("token_endpoint", "/token")] {
        for address in [json!(format!("http://login.example{path}")), json!("javascript:alert(1)"), json!(null)] {
            scripted.publish(json!({name: address}));
            let provider = scripted.provider();
            match provider.begin().await {
                Err(_) => {}
                Ok(begun) => {
                    let result = provider.finish(&begun.attempt, &scripted.callback(&begun, &[])).await;
                    assert_eq!((outcome(&result).as_str(), name), ("outage", "token_endpoint"), "{address}");
                }
            }
        }
    }
}
