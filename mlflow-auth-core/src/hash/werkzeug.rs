//! The texts of Werkzeug 3.1: `method$salt$hex`.
//!
//! Facts from `werkzeug.security`: the salt is used as its UTF-8 bytes, the tag is lower-case hexadecimal, scrypt makes 64
//! bytes, PBKDF2 as many as its hash has. Arguments that are left out mean `scrypt:32768:8:1`, `pbkdf2:sha256` and one
//! million iterations.

use super::HashError;
use crate::vocabulary::Secret;
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::fmt::Write;
use subtle::ConstantTimeEq;

const SCRYPT_TAG: usize = 64;
const DEFAULT_ITERATIONS: u32 = 1_000_000;

/// What stored hashes may ask for at the most. scrypt takes `128·N·r` bytes, and `p` times the time of that.
const MOST_SCRYPT_BYTES: u64 = 256 << 20;
const MOST_ITERATIONS: u32 = 10_000_000;

const DECOY_SALT: &str = "decoysaltof16chr";

type Pbkdf2 = fn(&[u8], &[u8], u32, &mut [u8]);

/// The hashes that PBKDF2 runs on: their name, the length of their tag, the function.
const HASHES: [(&str, usize, Pbkdf2); 5] = [
    ("sha256", 32, pbkdf2_hmac::<Sha256>),
    ("sha512", 64, pbkdf2_hmac::<Sha512>),
    ("sha1", 20, pbkdf2_hmac::<Sha1>),
    ("sha224", 28, pbkdf2_hmac::<Sha224>),
    ("sha384", 48, pbkdf2_hmac::<Sha384>),
];

/// A text of Werkzeug, taken apart, its cost checked.
pub(super) struct Parsed<'a> {
    /// The method as it is written.
    name: &'a str,
    method: Method,
    salt: &'a str,
    tag: &'a str,
}

enum Method {
    Scrypt(scrypt::Params),
    Pbkdf2 { run: Pbkdf2, tag: usize, iterations: u32 },
}

impl<'a> Parsed<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, HashError> {
        let mut parts = text.splitn(3, '$');
        let (Some(name), Some(salt), Some(tag)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(HashError::Unreadable("it does not have the form `method$salt$tag`"));
        };
        let method = Method::read(name)?;
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if tag.len() != 2 * method.tag() || !tag.bytes().all(is_hex) {
            return Err(HashError::Unreadable("its tag is not lower-case hexadecimal of the right length"));
        }
        Ok(Self { name, method, salt, tag })
    }

    pub(super) fn verify(&self, password: &Secret) -> Result<bool, HashError> {
        let computed = self.method.compute(password.expose().as_bytes(), self.salt.as_bytes())?;
        Ok(hex(&computed).as_bytes().ct_eq(self.tag.as_bytes()).into())
    }

    pub(super) fn decoy(&self) -> String {
        format!("{}${DECOY_SALT}${}", self.name, "0".repeat(self.tag.len()))
    }
}

impl Method {
    fn read(name: &str) -> Result<Self, HashError> {
        let arguments: Vec<&str> = name.split(':').collect();
        match arguments.as_slice() {
            ["scrypt"] => Self::scrypt(1 << 15, 8, 1),
            ["scrypt", n, r, p] => Self::scrypt(number(n)?, number(r)?, number(p)?),
            ["pbkdf2"] => Self::pbkdf2("sha256", DEFAULT_ITERATIONS),
            ["pbkdf2", hash] => Self::pbkdf2(hash, DEFAULT_ITERATIONS),
            ["pbkdf2", hash, iterations] => Self::pbkdf2(hash, number(iterations)?),
            ["scrypt" | "pbkdf2", ..] => Err(HashError::Unreadable("its method has the wrong number of arguments")),
            _ => Err(HashError::Unreadable("it names an unknown method")),
        }
    }

    fn scrypt(n: u32, r: u32, p: u32) -> Result<Self, HashError> {
        const INVALID: HashError = HashError::Unreadable("it has an invalid parameter of scrypt");
        if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
            return Err(INVALID);
        }
        let blocks = u64::from(n).checked_mul(u64::from(r)).and_then(|blocks| blocks.checked_mul(u64::from(p)));
        if blocks.is_none_or(|blocks| blocks > MOST_SCRYPT_BYTES / 128) {
            return Err(HashError::TooCostly("it asks for more than 256 MiB of scrypt"));
        }
        let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| INVALID)?;
        scrypt::Params::new(log_n, r, p).map(Self::Scrypt).map_err(|_| INVALID)
    }

    fn pbkdf2(hash: &str, iterations: u32) -> Result<Self, HashError> {
        // Python looks names of hashes up without regard to case.
        let known = HASHES.into_iter().find(|(name, ..)| name.eq_ignore_ascii_case(hash));
        let (_, tag, run) = known.ok_or(HashError::Unreadable("it names an unknown hash for PBKDF2"))?;
        match iterations {
            0 => Err(HashError::Unreadable("it has no iterations")),
            1..=MOST_ITERATIONS => Ok(Self::Pbkdf2 { run, tag, iterations }),
            _ => Err(HashError::TooCostly("it asks for more than ten million iterations")),
        }
    }

    fn tag(&self) -> usize {
        match self {
            Self::Scrypt(_) => SCRYPT_TAG,
            Self::Pbkdf2 { tag, .. } => *tag,
        }
    }

    fn compute(&self, password: &[u8], salt: &[u8]) -> Result<Vec<u8>, HashError> {
        let mut tag = vec![0; self.tag()];
        match self {
            Self::Scrypt(params) => scrypt::scrypt(password, salt, params, &mut tag)
                .map_err(|_| HashError::Unreadable("its tag has a length that scrypt cannot make"))?,
            Self::Pbkdf2 { run, iterations, .. } => run(password, salt, *iterations, &mut tag),
        }
        Ok(tag)
    }
}

/// A number of decimal digits and nothing else.
fn number(text: &str) -> Result<u32, HashError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(HashError::Unreadable("an argument of its method is not a number"));
    }
    text.parse().map_err(|_| HashError::TooCostly("an argument of its method is too large"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
