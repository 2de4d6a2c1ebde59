//! Bearer tokens of a provider: the layer around a service that does nothing, warm, and a token that is seen for the
//! first time beside the bare check of its signature.
//!
//! ```text
//! cargo bench -p benches --bench bearer
//! ```
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up must stop")]
#![allow(missing_docs, reason = "made by a macro of criterion")]

use async_trait::async_trait;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use benches::warm::{ITEM, Store, USER, layer, noop, request, store};
use criterion::{Criterion, criterion_group, criterion_main};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use mlflow_auth_core::accounts::{AccountRules, Accounts};
use mlflow_auth_core::jwt::{
    BearerAuthenticator, BearerSettings, IdentityRules, Issuer, KeyRefresh, KeySet, KeySource, TokenRules,
};
use mlflow_auth_core::{Authenticator, Unavailable};
use serde_json::json;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tower::{Layer, Service};

const ISSUER: &str = "https://id.example";
const AUDIENCE: &str = "mlflow";

struct Keys(KeySet);

#[async_trait]
impl KeySource for Keys {
    async fn fetch(&self) -> Result<KeySet, Unavailable> {
        Ok(self.0.clone())
    }
}

fn rsa() -> EncodingKey {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = AsDer::<Pkcs8V1Der>::as_der(&pair).unwrap();
    // What PKCS #8 wraps is the PKCS #1 that is wanted: behind 26 bytes, for a key of this size.
    EncodingKey::from_rsa_der(der.as_ref().get(26..).unwrap())
}

fn ec() -> EncodingKey {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref())
}

/// An issuer of tokens, its token for the caller, and its public key.
fn issuer(algorithm: Algorithm, key: &EncodingKey) -> (Issuer, String, DecodingKey) {
    let jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
    let set = KeySet::from_json(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap();
    let rules = TokenRules::new(ISSUER, AUDIENCE);
    let until = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(36_000);
    let claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "1", "exp": until.as_secs(), "iat": until.as_secs() - 36_000,
        "preferred_username": USER, "groups": ["research", "platform", "mlflow"], "name": "Alice of the bench",
    });
    let token = jsonwebtoken::encode(&Header::new(algorithm), &claims, key).unwrap();
    let issuer = Issuer::new(rules, IdentityRules::default(), Arc::new(Keys(set)), KeyRefresh::default());
    (issuer, token, DecodingKey::from_jwk(&jwk).unwrap())
}

fn bearer(issuer: Issuer, store: &Arc<Store>, remember: Duration) -> Arc<BearerAuthenticator> {
    let settings = BearerSettings { remember, ..BearerSettings::default() };
    let accounts = Accounts::new(store.clone(), store.freshness().clone(), AccountRules::only("default"));
    Arc::new(BearerAuthenticator::new(vec![(issuer, accounts)], settings))
}

fn tokens(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut group = criterion.benchmark_group("bearer");
    for (algorithm, key) in [(Algorithm::RS256, rsa()), (Algorithm::ES256, ec())] {
        let store = runtime.block_on(store()).unwrap();
        let (warm, token, public) = issuer(algorithm, &key);
        let header = format!("Bearer {token}");
        let request = || request(ITEM, ("authorization", &header)).unwrap();
        let warm = bearer(warm, &store, Duration::from_secs(3600));
        let mut service = layer(store.clone(), warm.clone()).unwrap().layer(tower::service_fn(noop));
        assert_eq!(runtime.block_on(service.call(request())).unwrap().status(), 200);
        group.bench_function(format!("{algorithm:?}: layer, warm"), |bench| {
            bench.iter(|| runtime.block_on(service.call(black_box(request()))).unwrap());
        });
        let (parts, _) = request().into_parts();
        group.bench_function(format!("{algorithm:?}: authentication alone, warm"), |bench| {
            bench.iter(|| runtime.block_on(warm.authenticate(black_box(&parts))).unwrap());
        });
        let (cold, ..) = issuer(algorithm, &key);
        let cold = bearer(cold, &store, Duration::ZERO);
        group.bench_function(format!("{algorithm:?}: authentication alone, cold"), |bench| {
            bench.iter(|| runtime.block_on(cold.authenticate(black_box(&parts))).unwrap());
        });
        let (message, signature) = token.rsplit_once('.').unwrap();
        group.bench_function(format!("{algorithm:?}: signature alone"), |bench| {
            let check = || jsonwebtoken::crypto::verify(signature, black_box(message.as_bytes()), &public, algorithm);
            bench.iter(|| assert!(check().unwrap()));
        });
    }
    group.finish();
}

criterion_group!(benches, tokens);
criterion_main!(benches);
