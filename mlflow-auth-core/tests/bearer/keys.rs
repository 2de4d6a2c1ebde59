//! Keys of issuers that exist only here, and tokens signed with them.

use async_trait::async_trait;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use mlflow_auth_core::Unavailable;
use mlflow_auth_core::jwt::{KeySet, KeySource};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

/// A key that signs.
pub(crate) struct Key {
    pub(crate) id: &'static str,
    pub(crate) algorithm: Algorithm,
    secret: EncodingKey,
}

pub(crate) static RSA: LazyLock<Key> = LazyLock::new(|| rsa("rsa"));
pub(crate) static OTHER_RSA: LazyLock<Key> = LazyLock::new(|| rsa("other"));
pub(crate) static EC: LazyLock<Key> = LazyLock::new(|| {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der = pair.to_pkcs8v1().unwrap();
    Key { id: "ec", algorithm: Algorithm::ES256, secret: EncodingKey::from_ec_der(der.as_ref()) }
});
pub(crate) static ED: LazyLock<Key> = LazyLock::new(|| {
    let der = Ed25519KeyPair::generate_pkcs8v1(&aws_lc_rs::rand::SystemRandom::new()).unwrap();
    Key { id: "ed", algorithm: Algorithm::EdDSA, secret: EncodingKey::from_ed_der(der.as_ref()) }
});

fn rsa(id: &'static str) -> Key {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der>::as_der(&pair).unwrap();
    // What PKCS #8 wraps is the PKCS #1 that is wanted: behind 26 bytes, for a key of this size.
    Key { id, algorithm: Algorithm::RS256, secret: EncodingKey::from_rsa_der(&der.as_ref()[26..]) }
}

impl Key {
    /// Its public half, as an issuer publishes it.
    pub(crate) fn public(&self) -> Value {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&self.secret, self.algorithm).unwrap()).unwrap();
        jwk["kid"] = json!(self.id);
        jwk
    }

    /// `claims`, signed.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.into());
        jsonwebtoken::encode(&header, claims, &self.secret).unwrap()
    }

    /// `claims`, signed under a header that may be anything.
    pub(crate) fn sign_under(&self, header: &Value, claims: &str) -> String {
        let text = format!("{}.{}", encode(&header.to_string()), encode(claims));
        let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &self.secret, self.algorithm).unwrap();
        format!("{text}.{signature}")
    }
}

/// A part of a token.
pub(crate) fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The set of these keys.
pub(crate) fn set(keys: &[&Key]) -> KeySet {
    let keys: Vec<_> = keys.iter().map(|key| key.public()).collect();
    KeySet::from_json(json!({"keys": keys}).to_string().as_bytes()).unwrap()
}

pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// An issuer's document of keys, which counts who asks.
#[derive(Default)]
pub(crate) struct Published {
    keys: Mutex<Option<KeySet>>,
    asked: AtomicUsize,
}

impl Published {
    pub(crate) fn new(keys: &[&Key]) -> Arc<Self> {
        let published = Self::default();
        published.publish(keys);
        Arc::new(published)
    }

    pub(crate) fn publish(&self, keys: &[&Key]) {
        *self.keys.lock().unwrap() = Some(set(keys));
    }

    /// From now on nobody answers.
    pub(crate) fn go_away(&self) {
        *self.keys.lock().unwrap() = None;
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(SeqCst)
    }
}

#[async_trait]
impl KeySource for Published {
    async fn fetch(&self) -> Result<KeySet, Unavailable> {
        self.asked.fetch_add(1, SeqCst);
        self.keys.lock().unwrap().clone().ok_or_else(|| Unavailable::new("the key set", "it went away"))
    }
}
