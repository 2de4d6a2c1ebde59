//! The keys that an issuer signs with.

use super::algorithms::name_of;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// The public keys of an issuer: a JSON Web Key Set (RFC 7517), less what cannot verify a signature.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<VerificationKey>,
    issuer: Option<String>,
}

#[derive(Clone)]
struct VerificationKey {
    id: Option<String>,
    key: DecodingKey,
    fits: Vec<Algorithm>,
}

impl std::fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerificationKey").field("id", &self.id).field("fits", &self.fits).finish_non_exhaustive()
    }
}

/// A text that is no key set.
#[derive(Debug, thiserror::Error)]
#[error("the key set cannot be read")]
pub struct InvalidKeySet(#[source] serde_json::Error);

/// A text that is no public key.
#[derive(Debug, thiserror::Error)]
#[error("the public key cannot be read")]
pub struct InvalidPem(#[source] jsonwebtoken::errors::Error);

/// The keys are read one by one: one of a kind that nobody here knows must not hide the others.
#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// More keys than any issuer has; a key is looked for in all of them.
const MOST_KEYS: usize = 256;

impl KeySet {
    /// Reads `{"keys": [...]}`. Keys for encryption, secrets, and keys that cannot be read are left out.
    ///
    /// # Errors
    /// [`InvalidKeySet`] for anything that is no such object.
    pub fn from_json(text: &[u8]) -> Result<Self, InvalidKeySet> {
        let document: Document = serde_json::from_slice(text).map_err(InvalidKeySet)?;
        Ok(Self { keys: document.keys.into_iter().take(MOST_KEYS).filter_map(read).collect(), issuer: None })
    }

    /// The one key on the curve P-256 in `pem`, published under the name `id`.
    ///
    /// # Errors
    /// [`InvalidPem`] for anything else.
    pub fn from_ec_pem(id: impl Into<String>, pem: &[u8]) -> Result<Self, InvalidPem> {
        let key = DecodingKey::from_ec_pem(pem).map_err(InvalidPem)?;
        Ok(Self {
            keys: vec![VerificationKey { id: Some(id.into()), key, fits: vec![Algorithm::ES256] }],
            issuer: None,
        })
    }

    /// A set of one key of an own kind, for tokens that name no key or any.
    pub(super) fn secret(secret: &[u8]) -> Self {
        let key = DecodingKey::from_secret(secret);
        Self { keys: vec![VerificationKey { id: None, key, fits: vec![Algorithm::HS256] }], issuer: None }
    }

    /// The same keys, published by `issuer`, which is what tokens must then say where [`TokenRules`](super::TokenRules)
    /// name no issuer.
    pub fn published_by(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    pub(super) fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key for a signature of this kind: the one of this id, or where no id is given the only one that fits.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&DecodingKey> {
        let mut fitting = self.keys.iter().filter(|key| key.fits.contains(&algorithm));
        match id {
            Some(id) => fitting.find(|key| key.id.as_deref() == Some(id)).map(|found| &found.key),
            None => {
                let only = fitting.next()?;
                fitting.next().is_none().then_some(&only.key)
            }
        }
    }
}

fn read(value: Value) -> Option<VerificationKey> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let signs = !matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_)));
    let verifies =
        jwk.common.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify));
    let fits = fitting(&jwk);
    if !signs || !verifies || fits.is_empty() {
        return None;
    }
    Some(VerificationKey { id: jwk.common.key_id.clone(), key: DecodingKey::from_jwk(&jwk).ok()?, fits })
}

/// The algorithms that a key may be used with: those of its kind, and only the one it is for if it names one.
fn fitting(jwk: &Jwk) -> Vec<Algorithm> {
    let kind: &[Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => AlgorithmFamily::Rsa.algorithms(),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[Algorithm::ES256],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => &[Algorithm::ES384],
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        // A secret in a public document is none.
        _ => &[],
    };
    let named = jwk.common.key_algorithm.map(|algorithm| algorithm.to_string());
    kind.iter().copied().filter(|one| named.as_deref().is_none_or(|named| named == name_of(*one))).collect()
}
