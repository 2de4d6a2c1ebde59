//! What a load balancer of AWS signs.

use crate::keys::{Key, encode, now};
use crate::server::Server;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use jsonwebtoken::{Algorithm, EncodingKey};
use mlflow_auth_core::jwt::{AlbRules, AlbVerifier, IdentityRules, InvalidToken, KeyRefresh, TokenError};
use mlflow_auth_core::oidc::{AlbKeys, FetchError, FetchSettings, Fetcher};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const ID: &str = "0123abcd-0123-4567-89ab-0123456789ab";
const UNKNOWN: &str = "99999999-0123-4567-89ab-0123456789ab";
const ARN: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/mlflow/0123456789abcdef";
const ISSUER: &str = "https://login.example";

/// A load balancer with a key of its own.
struct Balancer {
    key: EncodingKey,
    pem: String,
}

impl Balancer {
    fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let pem =
            format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(public.as_ref()));
        let key = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
        Self { key, pem }
    }

    /// Signed as it does it: every part padded, who and until when in the header.
    fn sign(&self, head: &Value, claims: &Value) -> String {
        let text = format!("{}.{}", URL_SAFE.encode(head.to_string()), URL_SAFE.encode(claims.to_string()));
        let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &self.key, Algorithm::ES256).unwrap();
        format!("{text}.{signature}==")
    }
}

fn with(mut value: Value, changes: Value) -> Value {
    value.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    value
}

fn head(changes: Value) -> Value {
    let head = json!({
        "typ": "JWT", "kid": ID, "alg": "ES256", "iss": ISSUER, "client": "mlflow", "signer": ARN, "exp": now() + 60,
    });
    with(head, changes)
}

fn claims(changes: Value) -> Value {
    with(json!({"sub": "s", "email": "alice@x", "email_verified": "true"}), changes)
}

fn verifier(server: &Server, refresh: KeyRefresh) -> AlbVerifier {
    let settings = FetchSettings { timeout: Duration::from_millis(300), ..FetchSettings::default() };
    let keys = AlbKeys::at(Fetcher::new(&settings).unwrap(), &format!("{}/", server.origin)).unwrap();
    let rules = AlbRules {
        issuer: ISSUER.into(),
        signers: vec![ARN.into()],
        client: Some("mlflow".into()),
        leeway: Duration::from_secs(10),
    };
    AlbVerifier::new(rules, IdentityRules::default(), Arc::new(keys), refresh)
}

async fn outcome(verifier: &AlbVerifier, token: &str) -> Result<String, InvalidToken> {
    match verifier.verify(token).await {
        Ok((identity, _)) => Ok(identity.user.to_string()),
        Err(TokenError::Invalid(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

async fn world() -> (Server, Balancer, AlbVerifier) {
    let (server, balancer) = (Server::start().await, Balancer::new());
    server.answer(&format!("/{ID}"), "200 OK", "", &balancer.pem);
    let verifier = verifier(&server, KeyRefresh::default());
    (server, balancer, verifier)
}

#[tokio::test]
async fn what_it_signs_is_believed_with_its_padding_and_without() {
    let (_server, balancer, verifier) = world().await;
    let token = balancer.sign(&head(json!({})), &claims(json!({})));
    assert!(token.contains('='), "{token}");
    let (identity, until) = verifier.verify(&token).await.unwrap();
    assert_eq!((identity.user.as_str(), identity.issuer.as_str()), ("alice@x", ISSUER));
    assert!(until >= now().unsigned_abs() + 60);
    let text = format!("{}.{}", encode(&head(json!({})).to_string()), encode(&claims(json!({})).to_string()));
    let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &balancer.key, Algorithm::ES256).unwrap();
    assert_eq!(outcome(&verifier, &format!("{text}.{signature}")).await.as_deref(), Ok("alice@x"));
    let both = balancer.sign(&head(json!({})), &claims(json!({"iss": ISSUER, "exp": now() + 60})));
    assert_eq!(outcome(&verifier, &both).await.as_deref(), Ok("alice@x"));
}

#[tokio::test]
async fn another_signer_and_every_other_forgery_is_refused() {
    use InvalidToken::{
        Algorithm, Audience, Claim, Critical, Expired, Issuer, Malformed, Signature, Signer, Type, UnknownKey,
    };
    let (_server, balancer, verifier) = world().await;
    let other = ARN.replace("123456789012", "666666666666");
    for (name, head, claims, expected) in [
        ("a load balancer of somebody else", head(json!({"signer": other})), claims(json!({})), Signer),
        ("no signer", head(json!({"signer": null})), claims(json!({})), Claim("signer")),
        ("several signers", head(json!({"signer": [ARN]})), claims(json!({})), Claim("signer")),
        ("the signer as a claim", head(json!({"signer": other})), claims(json!({"signer": ARN})), Signer),
        ("another provider", head(json!({"iss": "https://evil.example"})), claims(json!({})), Issuer),
        ("another provider in the body", head(json!({})), claims(json!({"iss": "https://evil.example"})), Issuer),
        ("another client", head(json!({"client": "other"})), claims(json!({})), Audience),
        ("expired", head(json!({"exp": now() - 60})), claims(json!({})), Expired),
        ("expired in the body", head(json!({})), claims(json!({"exp": now() - 60})), Expired),
        ("an end in the body alone", head(json!({"exp": null})), claims(json!({"exp": now() + 60})), Claim("exp")),
        ("an end that is a text", head(json!({"exp": "9999999999"})), claims(json!({})), Claim("exp")),
        ("a key that leads elsewhere", head(json!({"kid": "../../evil"})), claims(json!({})), UnknownKey),
        ("no key", head(json!({"kid": null})), claims(json!({})), UnknownKey),
        ("another algorithm", head(json!({"alg": "HS256"})), claims(json!({})), Algorithm),
        ("no algorithm", head(json!({"alg": "none"})), claims(json!({})), Algorithm),
        ("demands", head(json!({"crit": ["x"]})), claims(json!({})), Critical),
        ("another type", head(json!({"typ": "logout+jwt"})), claims(json!({})), Type),
        ("nobody", head(json!({})), claims(json!({"sub": ""})), Claim("sub")),
    ] {
        assert_eq!(outcome(&verifier, &balancer.sign(&head, &claims)).await, Err(expected), "{name}");
    }
    let good = balancer.sign(&head(json!({})), &claims(json!({})));
    let forged = Balancer::new().sign(&head(json!({})), &claims(json!({"email": "admin@x"})));
    let (start, _) = good.split_once('.').unwrap();
    let (_, signature) = good.rsplit_once('.').unwrap();
    let body = URL_SAFE.encode(claims(json!({"email": "admin@x"})).to_string());
    for (name, token, expected) in [
        ("another key under this id", forged, Signature),
        ("other claims", format!("{start}.{body}.{signature}"), Signature),
        ("no signature", good.replace(signature, ""), Signature),
        ("two parts", start.to_owned(), Malformed),
        ("four parts", format!("{good}.x"), Malformed),
        ("standard base64", good.replace('=', "+"), Malformed),
    ] {
        assert_eq!(outcome(&verifier, &token).await, Err(expected), "{name}");
    }
}

#[tokio::test]
async fn unknown_keys_are_asked_for_once_and_then_not_for_a_while() {
    let (server, balancer, verifier) = world().await;
    server.answer(&format!("/{UNKNOWN}"), "404 Not Found", "", "");
    let unknown = balancer.sign(&head(json!({"kid": UNKNOWN})), &claims(json!({})));
    for _ in 0..5 {
        assert_eq!(outcome(&verifier, &unknown).await, Err(InvalidToken::UnknownKey));
    }
    assert_eq!(server.asked().len(), 1);
    for number in 0..20 {
        let kid = format!("{number:08}-0123-4567-89ab-0123456789ab");
        let token = balancer.sign(&head(json!({"kid": kid})), &claims(json!({})));
        assert!(matches!(verifier.verify(&token).await, Err(TokenError::Unavailable(_))), "nobody can tell now");
    }
    assert_eq!(server.asked().len(), 1);
    let foreign = balancer.sign(&head(json!({"kid": UNKNOWN, "signer": "x"})), &claims(json!({})));
    assert_eq!(outcome(&verifier, &foreign).await, Err(InvalidToken::Signer));
}

#[tokio::test]
async fn keys_outlive_an_address_that_does_not_answer() {
    let (server, balancer) = (Server::start().await, Balancer::new());
    let short = Duration::from_millis(50);
    let verifier = verifier(&server, KeyRefresh { keep: short, keep_when_unreachable: short * 20, pause: short });
    let token = balancer.sign(&head(json!({})), &claims(json!({})));
    server.answer(&format!("/{ID}"), "500 Oops", "", "");
    assert!(matches!(verifier.verify(&token).await, Err(TokenError::Unavailable(_))));
    server.answer(&format!("/{ID}"), "200 OK", "", "no key");
    tokio::time::sleep(short * 2).await;
    assert!(matches!(verifier.verify(&token).await, Err(TokenError::Unavailable(_))));
    server.answer(&format!("/{ID}"), "200 OK", "", &balancer.pem);
    tokio::time::sleep(short * 2).await;
    assert!(verifier.verify(&token).await.is_ok());
    server.answer(&format!("/{ID}"), "500 Oops", "", "");
    tokio::time::sleep(short * 2).await;
    assert!(verifier.verify(&token).await.is_ok(), "the key of before");
    server.answer(&format!("/{ID}"), "404 Not Found", "", "");
    tokio::time::sleep(short * 2).await;
    assert_eq!(outcome(&verifier, &token).await, Err(InvalidToken::UnknownKey), "it was taken away");
}

#[test]
fn keys_come_from_addresses_that_are_ours_to_choose() {
    let fetcher = || Fetcher::new(&FetchSettings::default()).unwrap();
    assert!(AlbKeys::new(fetcher(), "eu-central-1").is_ok());
    assert!(AlbKeys::new(fetcher(), "eu-central-1.evil.example/").is_err());
    for base in ["http://keys.example/", "https://keys.example", "https://keys.example/?x=", "https://k.example/#/"] {
        assert!(matches!(AlbKeys::at(fetcher(), base), Err(FetchError::Address(_))), "{base}");
    }
}

/// The keys of other tests sign nothing that a load balancer could.
#[tokio::test]
async fn a_token_of_an_ordinary_issuer_is_no_assertion_of_a_load_balancer() {
    let (_server, _, verifier) = world().await;
    let key: &Key = &crate::keys::EC;
    let token = key.sign(&json!({"iss": ISSUER, "aud": "mlflow", "sub": "s", "exp": now() + 60, "email": "admin@x"}));
    assert_eq!(outcome(&verifier, &token).await, Err(InvalidToken::Claim("signer")));
}
