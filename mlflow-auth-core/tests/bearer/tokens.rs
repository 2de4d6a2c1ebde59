//! Good tokens, and every kind of bad one.

use crate::keys::{EC, ED, Key, OTHER_RSA, Published, RSA, encode, now, set};
use mlflow_auth_core::Secret;
use mlflow_auth_core::jwt::{
    Algorithms, IdentityRules, InvalidToken, Issuer, KeyRefresh, KeySet, NotAdmitted, TokenError, TokenRules,
    WeakSecret,
};
use serde_json::{Value, json};

const ISSUER: &str = "https://issuer.example";

fn issuer(rules: TokenRules) -> Issuer {
    let keys = Published::new(&[&RSA, &EC, &ED]);
    Issuer::new(rules, IdentityRules::default(), keys, KeyRefresh::default())
}

fn rules() -> TokenRules {
    TokenRules::new(ISSUER, "mlflow")
}

/// Claims that are believed, with `changes` put over them; `null` takes a claim away.
fn claims(changes: Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "aud": "mlflow", "sub": "u-1", "exp": now() + 600, "iat": now(), "email": "Alice@x.example",
        "groups": ["ml"],
    });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

async fn outcome(issuer: &Issuer, token: &str) -> Result<String, InvalidToken> {
    match issuer.verify(token).await {
        Ok((identity, _)) => Ok(identity.user.to_string()),
        Err(TokenError::Invalid(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn tokens_of_each_kind_of_key_are_believed() {
    let issuer = issuer(rules());
    for key in [&*RSA, &EC, &ED] {
        let (identity, until) = issuer.verify(&key.sign(&claims(json!({"exp": now() + 100})))).await.unwrap();
        assert_eq!((identity.issuer.as_str(), identity.subject.as_str()), (ISSUER, "u-1"));
        assert_eq!((identity.user.as_str(), identity.groups.len(), identity.is_admin), ("alice@x.example", 1, false));
        assert!((now() + 129..=now() + 130).contains(&i64::try_from(until).unwrap()), "{until}");
    }
}

#[tokio::test]
async fn claims_must_be_right() {
    use InvalidToken::{Audience, Claim, Expired, NotYetValid};
    let issuer = issuer(rules());
    let good = || Ok("alice@x.example".to_owned());
    for (changes, expected) in [
        (json!({}), good()),
        (json!({"aud": ["mlflow"]}), good()),
        (json!({"aud": ["other", "mlflow"]}), good()),
        (json!({"aud": ["other", "mlflow"], "azp": "mlflow"}), good()),
        (json!({"aud": ["other", "mlflow"], "azp": "other"}), Err(Audience)),
        (json!({"aud": ["other", "mlflow"], "azp": 5}), Err(Claim("azp"))),
        (json!({"aud": "mlflow", "azp": "a-client"}), good()),
        (json!({"aud": "mlflow2"}), Err(Audience)),
        (json!({"aud": "MLFLOW"}), Err(Audience)),
        (json!({"aud": []}), Err(Audience)),
        (json!({"aud": null}), Err(Claim("aud"))),
        (json!({"aud": {"mlflow": 1}}), Err(Claim("aud"))),
        (json!({"iss": "https://issuer.example/"}), Err(InvalidToken::Issuer)),
        (json!({"iss": "HTTPS://issuer.example"}), Err(InvalidToken::Issuer)),
        (json!({"iss": [ISSUER]}), Err(Claim("iss"))),
        (json!({"iss": null}), Err(Claim("iss"))),
        (json!({"sub": null}), Err(Claim("sub"))),
        (json!({"sub": ""}), Err(Claim("sub"))),
        (json!({"sub": 7}), Err(Claim("sub"))),
        (json!({"exp": null}), Err(Claim("exp"))),
        (json!({"exp": "soon"}), Err(Claim("exp"))),
        (json!({"exp": now() - 20}), good()),
        (json!({"exp": now() - 40}), Err(Expired)),
        (json!({"exp": 0}), Err(Expired)),
        (json!({"nbf": now() + 20}), good()),
        (json!({"nbf": now() + 60}), Err(NotYetValid)),
        (json!({"nbf": "x"}), Err(Claim("nbf"))),
        (json!({"iat": now() + 20}), good()),
        (json!({"iat": now() + 60}), Err(NotYetValid)),
        (json!({"iat": "x"}), Err(Claim("iat"))),
        (json!({"iat": null}), good()),
    ] {
        assert_eq!(outcome(&issuer, &RSA.sign(&claims(changes.clone()))).await, expected, "{changes}");
    }
}

#[tokio::test]
async fn headers_never_choose_how_they_are_judged() {
    use InvalidToken::{Algorithm, Critical, Malformed, Type, UnknownKey};
    let issuer = issuer(rules());
    let text = claims(json!({})).to_string();
    let good = || Ok("alice@x.example".to_owned());
    for (header, expected) in [
        (json!({"alg": "RS256", "kid": "rsa"}), good()),
        (json!({"alg": "RS256", "kid": "rsa", "typ": "JWT"}), good()),
        (json!({"alg": "RS256", "kid": "rsa", "typ": "application/at+jwt"}), good()),
        // The only key that fits.
        (json!({"alg": "RS256"}), good()),
        (json!({"alg": "RS256", "kid": "rsa", "jku": "https://evil.example", "jwk": OTHER_RSA.public()}), good()),
        (json!({"alg": "RS256", "kid": "rsa", "typ": "logout+jwt"}), Err(Type)),
        (json!({"alg": "RS256", "kid": "rsa", "typ": 1}), Err(Malformed)),
        (json!({"alg": "RS256", "kid": "rsa", "crit": ["exp"]}), Err(Critical)),
        (json!({"alg": "RS256", "kid": "rsa", "b64": false}), Err(Critical)),
        (json!({"alg": "none", "kid": "rsa"}), Err(Algorithm)),
        (json!({"alg": "NONE", "kid": "rsa"}), Err(Algorithm)),
        (json!({"alg": "HS256", "kid": "rsa"}), Err(Algorithm)),
        (json!({"alg": "rs256", "kid": "rsa"}), Err(Algorithm)),
        (json!({"kid": "rsa"}), Err(Malformed)),
        (json!({"alg": "RS256", "kid": "ec"}), Err(UnknownKey)),
        (json!({"alg": "ES256", "kid": "rsa"}), Err(UnknownKey)),
        (json!({"alg": "RS256", "kid": "../../dev/null"}), Err(UnknownKey)),
        (json!({"alg": "RS256", "kid": ["rsa"]}), Err(Malformed)),
        // Each algorithm has its own signature.
        (json!({"alg": "PS256", "kid": "rsa"}), Err(UnknownKey)),
    ] {
        let expected: Result<String, InvalidToken> = expected;
        assert_eq!(outcome(&issuer, &RSA.sign_under(&header, &text)).await, expected, "{header}");
    }
}

#[tokio::test]
async fn what_is_no_signed_token_is_malformed() {
    use InvalidToken::{Malformed, Signature, TooLong};
    let issuer = issuer(rules());
    let good = RSA.sign(&claims(json!({})));
    let parts: Vec<&str> = good.split('.').collect();
    let (head, body, signature) = (parts[0], parts[1], parts[2]);
    let twice = format!("{{\"sub\": \"admin\", {}", &claims(json!({})).to_string()[1..]);
    let header = json!({"alg": "RS256", "kid": "rsa"});
    for (name, token, expected) in [
        ("no parts", String::new(), Malformed),
        ("one part", head.into(), Malformed),
        ("two parts", format!("{head}.{body}"), Malformed),
        ("four parts", format!("{good}.{signature}"), Malformed),
        ("five parts, as encrypted ones have", format!("{good}.{signature}.{signature}"), Malformed),
        ("no signature", format!("{head}.{body}."), Signature),
        ("another body", format!("{head}.{}.{signature}", encode(&claims(json!({"sub": "x"})).to_string())), Signature),
        ("a signature cut short", good[..good.len() - 2].into(), Signature),
        ("padding", format!("{head}=.{body}.{signature}"), Malformed),
        ("a header that is no object", format!("{}.{body}.{signature}", encode("[]")), Malformed),
        ("a claim twice", RSA.sign_under(&header, &twice), Malformed),
        ("claims that are no object", RSA.sign_under(&header, "[]"), Malformed),
        ("claims that end early", RSA.sign_under(&header, "{\"sub\": "), Malformed),
        ("claims nested deeply", RSA.sign_under(&header, &format!("{{\"a\": {}", "[".repeat(20_000))), Malformed),
        ("another key under a known id", OTHER_RSA.sign_under(&header, &claims(json!({})).to_string()), Signature),
        ("too long", "a".repeat(70_000), TooLong),
    ] {
        assert_eq!(outcome(&issuer, &token).await, Err(expected), "{name}");
    }
}

#[tokio::test]
async fn a_public_key_is_no_secret() {
    let issuer = issuer(rules());
    let public = serde_json::to_vec(&RSA.public()).unwrap();
    let key = jsonwebtoken::EncodingKey::from_secret(&public);
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims(json!({})), &key).unwrap();
    assert_eq!(outcome(&issuer, &token).await, Err(InvalidToken::Algorithm));
}

#[tokio::test]
async fn only_the_algorithms_of_the_issuer_count() {
    let issuer = issuer(TokenRules { algorithms: Algorithms::new(["ES256"]).unwrap(), ..rules() });
    assert!(issuer.verify(&EC.sign(&claims(json!({})))).await.is_ok());
    assert_eq!(outcome(&issuer, &RSA.sign(&claims(json!({})))).await, Err(InvalidToken::Algorithm));
}

#[tokio::test]
async fn a_type_can_be_demanded() {
    let issuer = issuer(TokenRules { token_type: Some("at+jwt".into()), ..rules() });
    let text = claims(json!({})).to_string();
    for (typ, good) in [(json!("at+jwt"), true), (json!("AT+JWT"), true), (json!("JWT"), false), (json!(null), false)] {
        let mut header = json!({"alg": "RS256", "kid": "rsa"});
        if !typ.is_null() {
            header["typ"] = typ.clone();
        }
        assert_eq!(outcome(&issuer, &RSA.sign_under(&header, &text)).await.is_ok(), good, "{typ}");
    }
}

#[tokio::test]
async fn clocks_may_not_differ_by_hours_whatever_is_configured() {
    let issuer = issuer(TokenRules { leeway: std::time::Duration::from_secs(86_400), ..rules() });
    assert!(issuer.verify(&RSA.sign(&claims(json!({"exp": now() - 50})))).await.is_ok());
    let late = RSA.sign(&claims(json!({"exp": now() - 70})));
    assert_eq!(outcome(&issuer, &late).await, Err(InvalidToken::Expired));
}

#[tokio::test]
async fn shared_secrets_sign_nothing_but_hs256_and_are_long() {
    let secret = Secret::new("0123456789abcdef0123456789abcdef");
    let issuer = Issuer::with_shared_secret(rules(), IdentityRules::default(), &secret).unwrap();
    let sign = |algorithm, secret: &[u8]| {
        let key = jsonwebtoken::EncodingKey::from_secret(secret);
        jsonwebtoken::encode(&jsonwebtoken::Header::new(algorithm), &claims(json!({})), &key).unwrap()
    };
    let exposed = secret.expose().as_bytes();
    assert!(issuer.verify(&sign(jsonwebtoken::Algorithm::HS256, exposed)).await.is_ok());
    let wrong = sign(jsonwebtoken::Algorithm::HS256, b"another secret of enough length!");
    assert_eq!(outcome(&issuer, &wrong).await, Err(InvalidToken::Signature));
    let other = sign(jsonwebtoken::Algorithm::HS512, exposed);
    assert_eq!(outcome(&issuer, &other).await, Err(InvalidToken::Algorithm));
    assert_eq!(outcome(&issuer, &RSA.sign(&claims(json!({})))).await, Err(InvalidToken::Algorithm));
    let short = Issuer::with_shared_secret(rules(), IdentityRules::default(), &Secret::new("short"));
    assert_eq!(short.err(), Some(WeakSecret(5)));
}

#[tokio::test]
async fn a_genuine_token_of_nobody_who_may_come_in_is_told_apart() {
    let found = issuer(rules()).verify(&RSA.sign(&claims(json!({"email": null})))).await;
    assert!(matches!(found, Err(TokenError::NotAdmitted(NotAdmitted::NoUsername(_)))), "{found:?}");
}

#[test]
fn key_sets_keep_what_verifies() {
    let mut encrypts = RSA.public();
    encrypts["use"] = json!("enc");
    let mut wraps = RSA.public();
    wraps["alg"] = json!("RSA-OAEP");
    let mut signs = RSA.public();
    signs["key_ops"] = json!(["sign"]);
    for (name, key, kept) in [
        ("rsa", RSA.public(), 1),
        ("p-256", EC.public(), 1),
        ("ed25519", ED.public(), 1),
        ("for encryption", encrypts, 0),
        ("for wrapping keys", wraps, 0),
        ("for signing", signs, 0),
        ("a secret", json!({"kty": "oct", "kid": "rsa", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}), 0),
        ("an unknown kind", json!({"kty": "AKP", "kid": "x", "pub": "AAAA"}), 0),
        ("nothing", json!({}), 0),
        ("no object", json!(5), 0),
    ] {
        let document = json!({"keys": [key]}).to_string();
        assert_eq!(KeySet::from_json(document.as_bytes()).unwrap().len(), kept, "{name}");
    }
    for text in ["", "[]", "{}", r#"{"keys": {}}"#] {
        assert!(KeySet::from_json(text.as_bytes()).is_err(), "{text}");
    }
}

#[tokio::test]
async fn one_of_several_keys_must_be_named() {
    let both: [&Key; 2] = [&RSA, &OTHER_RSA];
    let issuer = Issuer::new(rules(), IdentityRules::default(), std::sync::Arc::new(set(&both)), KeyRefresh::default());
    assert!(issuer.verify(&OTHER_RSA.sign(&claims(json!({})))).await.is_ok());
    let unnamed = RSA.sign_under(&json!({"alg": "RS256"}), &claims(json!({})).to_string());
    assert_eq!(outcome(&issuer, &unnamed).await, Err(InvalidToken::UnknownKey));
}

#[tokio::test]
async fn an_issuer_without_a_name_is_whoever_publishes_the_keys() {
    let unnamed = TokenRules { issuer: None, ..rules() };
    let of = |keys: KeySet| {
        Issuer::new(unnamed.clone(), IdentityRules::default(), std::sync::Arc::new(keys), KeyRefresh::default())
    };
    let token = RSA.sign(&claims(json!({})));
    assert!(of(set(&[&RSA]).published_by(ISSUER)).verify(&token).await.is_ok());
    for keys in [set(&[&RSA]).published_by("https://other.example"), set(&[&RSA])] {
        assert_eq!(outcome(&of(keys), &token).await, Err(InvalidToken::Issuer));
    }
}

#[tokio::test]
async fn another_claim_can_say_who_a_token_is_for_and_then_aud_does_not() {
    let rules = TokenRules { audience_claim: Some("client_id".into()), ..rules() };
    let issuer = issuer(rules);
    let with = |changes: Value| RSA.sign(&claims(changes));
    assert!(outcome(&issuer, &with(json!({"aud": null, "client_id": "mlflow"}))).await.is_ok());
    for changes in [
        json!({}),
        json!({"aud": null}),
        json!({"aud": null, "client_id": "other"}),
        json!({"aud": null, "client_id": ["mlflow"]}),
        json!({"aud": null, "client_id": ""}),
        json!({"aud": "mlflow", "client_id": "other"}),
    ] {
        assert_eq!(outcome(&issuer, &with(changes.clone())).await, Err(InvalidToken::Audience), "{changes}");
    }
    let expired = json!({"aud": null, "client_id": "mlflow", "exp": now() - 60});
    assert_eq!(outcome(&issuer, &with(expired)).await, Err(InvalidToken::Expired));
}
