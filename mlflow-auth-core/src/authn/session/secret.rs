//! The secret of a cookie.

use crate::store::SecretDigest;
use crate::vocabulary::{Secret, Unavailable};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A new random secret of 256 bits, as text of letters, digits, `-` and `_`.
pub struct NewSecret(Secret);

/// How long its text is.
const LENGTH: usize = 43;

impl NewSecret {
    /// Makes one.
    ///
    /// # Errors
    /// [`Unavailable`] if the operating system gives no randomness.
    pub fn generate() -> Result<Self, Unavailable> {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut())
            .map_err(|error| Unavailable::new("the randomness of the operating system", error.to_string()))?;
        Ok(Self(Secret::new(URL_SAFE_NO_PAD.encode(*bytes))))
    }

    /// The text, for the one who shall have it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What a store keeps of it.
    pub fn digest(&self) -> SecretDigest {
        digest(self.expose())
    }
}

/// What stands for a text in a store: its SHA-256.
pub(in crate::authn) fn digest(text: &str) -> SecretDigest {
    SecretDigest::from_bytes(Sha256::digest(text.as_bytes()).into())
}

/// The digest of a text that could be a secret of ours; nobody is asked about others.
pub(super) fn presented(text: &str) -> Option<SecretDigest> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (text.len() == LENGTH && text.bytes().all(plain)).then(|| digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_differ() {
        let (one, other) = (NewSecret::generate().unwrap(), NewSecret::generate().unwrap());
        assert_ne!(one.expose(), other.expose());
        assert_eq!(presented(one.expose()), Some(one.digest()));
        assert!(!one.expose().as_bytes().windows(32).any(|part| part == one.digest().as_bytes()));
    }

    #[test]
    fn what_cannot_be_a_secret_is_not_asked_for() {
        let good = "a".repeat(43);
        assert!(presented(&good).is_some());
        for text in
            ["", "a", &"a".repeat(42), &"a".repeat(44), &format!("{}=", &good[1..]), &format!("{} ", &good[1..])]
        {
            assert!(presented(text).is_none(), "{text}");
        }
    }
}
