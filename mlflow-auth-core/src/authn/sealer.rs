//! Texts that only we can read again: cookies of ours, and what stores keep for us.

use crate::vocabulary::{Secret, Unavailable};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

/// Encrypts what leaves our hands and must come back unread and unchanged (AES-256-GCM-SIV, RFC 8452).
///
/// Its keys are derived from secrets and a purpose (HKDF, RFC 5869): what was sealed for one purpose cannot be opened for
/// another. The first secret seals, all of them open: to change a secret, put the new one in front, and take the old one
/// out when nothing sealed with it is left.
pub struct Sealer {
    keys: Vec<RandomizedNonceKey>,
}

/// Secrets that seal nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSealer {
    /// There is none.
    #[error("there is no secret to seal with")]
    Missing,
    /// One of them can be guessed.
    #[error("a secret to seal with must have at least 32 bytes, not {0}")]
    Weak(usize),
    /// The cryptographic library refuses.
    #[error("no key can be derived from the secret")]
    Key,
}

/// The shortest secret in bytes.
const SHORTEST: usize = 32;
const VERSION: u8 = 1;
const NONCE: usize = 12;

impl Sealer {
    /// Seals with the first of `secrets`, for `purpose`.
    ///
    /// # Errors
    /// [`InvalidSealer`] for no secret, or one of less than 32 bytes.
    pub fn new(secrets: &[Secret], purpose: &str) -> Result<Self, InvalidSealer> {
        if secrets.is_empty() {
            return Err(InvalidSealer::Missing);
        }
        let keys = secrets.iter().map(|secret| match secret.expose().len() {
            length if length < SHORTEST => Err(InvalidSealer::Weak(length)),
            _ => derive(secret, purpose).map_err(|_| InvalidSealer::Key),
        });
        Ok(Self { keys: keys.collect::<Result<_, _>>()? })
    }

    /// Seals `text`. It is opened only beside the same `context`, which is not kept in it.
    ///
    /// # Errors
    /// [`Unavailable`] if the operating system gives no randomness.
    pub fn seal(&self, text: &[u8], context: &[u8]) -> Result<Vec<u8>, Unavailable> {
        let refused = || Unavailable::new("the sealing of secrets", "the cryptographic library refuses");
        let key = self.keys.first().ok_or_else(refused)?;
        let mut body = text.to_vec();
        let nonce = key.seal_in_place_append_tag(Aad::from(context), &mut body).map_err(|_| refused())?;
        Ok([&[VERSION], nonce.as_ref().as_slice(), &body].concat())
    }

    /// Opens what was sealed beside `context`. `None` for anything else.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.strip_prefix(&[VERSION])?.split_at_checked(NONCE)?;
        self.keys.iter().find_map(|key| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut text = Zeroizing::new(body.to_vec());
            let length = key.open_in_place(nonce, Aad::from(context), &mut text).ok()?.len();
            text.truncate(length);
            Some(text)
        })
    }
}

fn derive(secret: &Secret, purpose: &str) -> Result<RandomizedNonceKey, Unspecified> {
    let mut key = Zeroizing::new([0; 32]);
    let extracted = Salt::new(HKDF_SHA256, b"mlflow-auth").extract(secret.expose().as_bytes());
    extracted.expand(&[purpose.as_bytes()], HKDF_SHA256)?.fill(key.as_mut())?;
    RandomizedNonceKey::new(&AES_256_GCM_SIV, key.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(secrets: &[&str], purpose: &str) -> Sealer {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(secret.repeat(32))).collect();
        Sealer::new(&secrets, purpose).unwrap()
    }

    fn opens(sealer: &Sealer, sealed: &[u8], context: &str) -> bool {
        sealer.open(sealed, context.as_bytes()).is_some_and(|text| *text == b"text")
    }

    #[test]
    fn only_the_same_secret_purpose_and_context_open() {
        let sealed = sealer(&["a"], "cookies").seal(b"text", b"alice").unwrap();
        for (secrets, purpose, context, expected) in [
            (["a"].as_slice(), "cookies", "alice", true),
            (&["b", "a"], "cookies", "alice", true),
            (&["b"], "cookies", "alice", false),
            (&["a"], "tokens", "alice", false),
            (&["a"], "cookies", "bob", false),
            (&["a"], "cookies", "", false),
        ] {
            assert_eq!(opens(&sealer(secrets, purpose), &sealed, context), expected, "{secrets:?} {purpose} {context}");
        }
    }

    #[test]
    fn the_first_secret_seals() {
        let sealed = sealer(&["b", "a"], "x").seal(b"text", b"").unwrap();
        assert!(opens(&sealer(&["b"], "x"), &sealed, ""));
        assert!(!opens(&sealer(&["a"], "x"), &sealed, ""));
    }

    #[test]
    fn a_changed_bit_anywhere_is_noticed() {
        let sealer = sealer(&["a"], "x");
        let sealed = sealer.seal(b"text", b"c").unwrap();
        assert!(opens(&sealer, &sealed, "c"));
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(sealer.open(&changed, b"c").is_none(), "{bit}");
        }
        for length in 0..sealed.len() {
            assert!(sealer.open(&sealed[..length], b"c").is_none(), "{length}");
        }
        assert_ne!(sealer.seal(b"text", b"c").unwrap(), sealed);
    }

    #[test]
    fn weak_secrets_are_refused_and_not_quoted() {
        assert_eq!(Sealer::new(&[], "x").err(), Some(InvalidSealer::Missing));
        let weak = [Secret::new("a".repeat(32)), Secret::new("b".repeat(31))];
        assert_eq!(Sealer::new(&weak, "x").err(), Some(InvalidSealer::Weak(31)));
    }
}
