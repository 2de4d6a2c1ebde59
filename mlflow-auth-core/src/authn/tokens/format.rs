//! How a token looks, and what is kept of it.

use crate::hash::PasswordHash;
use crate::store::TokenHash;
use crate::vocabulary::{Secret, Unavailable};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What every token begins with, as those of mlflow-oidc-auth do.
const MARK: &str = "mlf_";
/// Random bytes of the part that is no secret; written as twice as many hexadecimal digits.
const PREFIX: usize = 4;
/// Random bytes of the secret: what makes a slow hash needless.
const SECRET: usize = 32;
/// The secret as text.
const SECRET_TEXT: usize = 43;
/// How the kept hash is made.
const METHOD: &str = "sha256$";

/// The length of a token in bytes.
pub(super) const LENGTH: usize = MARK.len() + 2 * PREFIX + 1 + SECRET_TEXT;

/// A token: `mlf_`, eight hexadecimal digits by which it is found, `_`, and 43 characters of a secret of 256 bits, all of
/// them letters, digits, `-` and `_`. The hash that is kept is `sha256$` and the SHA-256 of the whole text in hexadecimal
/// digits: nobody guesses what is random throughout, so that a slow hash would only cost.
#[derive(Clone)]
pub struct TokenText(Secret);

impl TokenText {
    /// A new one.
    ///
    /// # Errors
    /// [`Unavailable`] if the operating system gives no randomness.
    pub fn random() -> Result<Self, Unavailable> {
        let (mut prefix, mut secret) = ([0; PREFIX], [0; SECRET]);
        for bytes in [prefix.as_mut_slice(), secret.as_mut_slice()] {
            getrandom::fill(bytes)
                .map_err(|error| Unavailable::new("the randomness of the operating system", error.to_string()))?;
        }
        let text = format!("{MARK}{:08x}_{}", u32::from_be_bytes(prefix), URL_SAFE_NO_PAD.encode(secret));
        Ok(Self(Secret::new(text)))
    }

    /// Takes a text that looks like a token, whether it is one or not.
    pub fn read(text: &str) -> Option<Self> {
        is_token(text).then(|| Self(Secret::new(text)))
    }

    /// The part that is no secret.
    pub fn prefix(&self) -> &str {
        self.0.expose().get(MARK.len()..MARK.len() + 2 * PREFIX).unwrap_or_default()
    }

    /// What to keep of it.
    pub fn hash(&self) -> TokenHash {
        let digest = Sha256::digest(self.0.expose().as_bytes());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        TokenHash::from_stored(format!("{METHOD}{hex}"))
    }

    /// Whether `kept` is what is kept of it, in a time that tells nothing. mlflow-oidc-auth's hashes are checked as well,
    /// if they are cheap ([`TokenHash::is_readable`]); what was made in another way is not.
    pub fn fits(&self, kept: &TokenHash) -> bool {
        if kept.is_of_werkzeug() {
            return PasswordHash::from_stored(kept.expose()).verify(&self.0).unwrap_or(false);
        }
        self.hash().expose().as_bytes().ct_eq(kept.expose().as_bytes()).into()
    }

    /// The text, to be shown once.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

/// Whether `text` looks like a token. No password may.
pub fn is_token(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(MARK).filter(|_| text.len() == LENGTH) else { return false };
    let Some((prefix, secret)) = rest.split_at_checked(2 * PREFIX) else { return false };
    let is_prefix = prefix.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_secret = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    is_prefix && secret.strip_prefix('_').is_some_and(is_secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ones_look_like_tokens_and_no_two_are_the_same() {
        let made: Vec<TokenText> = (0..100).map(|_| TokenText::random().unwrap()).collect();
        for (at, token) in made.iter().enumerate() {
            let text = token.0.expose();
            assert!(is_token(text) && text.len() == LENGTH, "{text}");
            assert_eq!(&text[4..12], token.prefix());
            assert!(made.iter().skip(at + 1).all(|other| !other.0.matches(text)));
            assert!(token.fits(&token.hash()));
            assert!(made.iter().skip(at + 1).all(|other| !other.fits(&token.hash())));
        }
    }

    #[test]
    fn the_hash_is_the_known_one_of_the_whole_text() {
        let text = TokenText::read(&format!("mlf_0123abcd_{}", "A".repeat(43))).unwrap();
        assert_eq!(text.hash().expose(), KNOWN);
        assert!(text.fits(&TokenHash::from_stored(KNOWN)));
        for wrong in ["", "sha256$", &KNOWN[..70], &KNOWN.to_uppercase(), &KNOWN.replace("sha256", "plain")] {
            assert!(!text.fits(&TokenHash::from_stored(wrong)), "{wrong}");
        }
    }

    /// Of `mlf_0123abcd_` and 43 times `A`, by Python's `hashlib`.
    const KNOWN: &str = "sha256$de5316ef4fada2727cdff0e95f400e130e91ff060cb41a1f7bd307bf6d65ea0d";

    /// The same by Werkzeug's `generate_password_hash` with `pbkdf2:sha256:1000`.
    const OTHER: &str =
        "pbkdf2:sha256:1000$abcdefghijklmnop$1f962ecccd681a06e4ac78afbd8a891e014cf6820f6ad8aafa4adb2156816ac2";

    #[test]
    fn hashes_of_the_plugin_are_checked_if_they_are_cheap() {
        let text = TokenText::read(&format!("mlf_0123abcd_{}", "A".repeat(43))).unwrap();
        let wrong = TokenText::read(&format!("mlf_0123abcd_{}", "B".repeat(43))).unwrap();
        let kept = TokenHash::from_stored(OTHER);
        assert!(text.fits(&kept) && !wrong.fits(&kept) && kept.is_readable());
        assert!(text.hash().is_readable());
        let dear =
            "pbkdf2:sha256:1001$abcdefghijklmnop$a052a74c5e4c28f0c7b516739a5f75108eb230cc9a6f6a27b5a5b1f748510c76";
        let (with, tag) = (|salt: &str, tag: &str| format!("pbkdf2:sha256:1000${salt}${tag}"), "0".repeat(64));
        assert!(TokenHash::from_stored(with(&"s".repeat(171), &tag)).is_readable());
        for bad in [
            dear.to_owned(),
            with(&"s".repeat(172), &tag),
            with("a", &tag[1..]),
            with("a", &format!("{tag}0")),
            with("a", &tag.replace('0', "A")),
            with("a$b", &tag),
            OTHER.replace(":1000$", ":0$"),
            OTHER.replace(":1000$", ":+1$"),
            OTHER.replace(":1000$", ":$"),
            OTHER.replace("sha256", "sha512"),
            KNOWN.to_uppercase().replace("SHA256", "sha256"),
            "pbkdf2:sha256:1000$a".to_owned(),
            "scrypt:2:1:1$a$b".to_owned(),
            String::new(),
        ] {
            let kept = TokenHash::from_stored(bad.as_str());
            assert!(!text.fits(&kept) && !kept.is_readable(), "{bad}");
        }
    }

    #[test]
    fn what_looks_like_a_token_and_what_does_not() {
        let secret = "aZ09-_".repeat(8)[..43].to_owned();
        assert!(is_token(&format!("mlf_0123abcd_{secret}")));
        for wrong in [
            String::new(),
            secret.clone(),
            format!("mlf_0123ABCD_{secret}"),
            format!("mlf_0123abcd-{secret}"),
            format!("MLF_0123abcd_{secret}"),
            format!("mlf_0123abc_{secret}x"),
            format!("mlf_0123abcd_{secret}x"),
            format!("mlf_0123abcd_{}", &secret[1..]),
            format!("mlf_0123abcd_{}+", &secret[1..]),
            format!("mlf_0123abcd_{}ä", &secret[2..]),
            format!(" mlf_0123abcd_{secret}"),
            format!("mlf_0123abä_{secret}"),
        ] {
            assert!(!is_token(&wrong) && TokenText::read(&wrong).is_none(), "{wrong}");
        }
    }
}
