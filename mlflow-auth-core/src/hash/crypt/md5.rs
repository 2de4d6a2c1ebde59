//! A thousand rounds of MD5, as FreeBSD (`$1$`) and Apache (`$apr1$`) write it.
//!
//! Facts from FreeBSD's `crypt-md5.c` of 1994 and Apache's `apr_md5_encode`, which differ in the magic word alone.

use super::HashError;
use super::is_crypt64;
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

const ROUNDS: usize = 1000;
const TAG: usize = 22;
const LONGEST_SALT: usize = 8;

/// A text, taken apart.
pub(super) struct Parsed<'a> {
    magic: &'static str,
    salt: &'a str,
    tag: &'a str,
}

impl<'a> Parsed<'a> {
    /// `None` if it is of another kind.
    pub(super) fn read(text: &'a str) -> Result<Option<Self>, HashError> {
        let found = ["$apr1$", "$1$"].into_iter().find_map(|magic| Some((magic, text.strip_prefix(magic)?)));
        let Some((magic, rest)) = found else { return Ok(None) };
        let parts = rest.split_once('$').filter(|(salt, tag)| {
            salt.len() <= LONGEST_SALT && !salt.is_empty() && tag.len() == TAG && tag.bytes().all(is_crypt64)
        });
        let (salt, tag) = parts.ok_or(HashError::Unreadable("it is not a hash of MD5-crypt"))?;
        Ok(Some(Self { magic, salt, tag }))
    }

    pub(super) fn is_weak(&self) -> bool {
        self.magic != "$apr1$"
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        encode(compute(self.magic, self.salt.as_bytes(), password)).ct_eq(self.tag.as_bytes()).into()
    }

    pub(super) fn decoy(&self) -> String {
        format!("{}decoyslt${}", self.magic, ".".repeat(TAG))
    }
}

fn compute(magic: &str, salt: &[u8], password: &[u8]) -> [u8; 16] {
    let inner: [u8; 16] = Md5::new().chain_update(password).chain_update(salt).chain_update(password).finalize().into();
    let mut outer = Md5::new().chain_update(password).chain_update(magic).chain_update(salt);
    for at in (0..password.len()).step_by(16) {
        outer.update(inner.get(..(password.len() - at).min(16)).unwrap_or_default());
    }
    let mut length = password.len();
    while length > 0 {
        outer.update(if length & 1 == 1 { &[0] } else { password.get(..1).unwrap_or_default() });
        length >>= 1;
    }
    (0..ROUNDS).fold(outer.finalize().into(), |last, round| again(&last, round, salt, password))
}

fn again(last: &[u8; 16], round: usize, salt: &[u8], password: &[u8]) -> [u8; 16] {
    let odd = round % 2 == 1;
    let mut hasher = Md5::new();
    hasher.update(if odd { password } else { last });
    if !round.is_multiple_of(3) {
        hasher.update(salt);
    }
    if !round.is_multiple_of(7) {
        hasher.update(password);
    }
    hasher.update(if odd { last } else { password });
    hasher.finalize().into()
}

/// The base64 of `crypt`: the lowest bits first, the bytes in the order of its source.
fn encode(bytes: [u8; 16]) -> [u8; TAG] {
    const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15] = bytes.map(u32::from);
    let group = |high: u32, middle: u32, low: u32| high << 16 | middle << 8 | low;
    let groups = [
        group(b0, b6, b12),
        group(b1, b7, b13),
        group(b2, b8, b14),
        group(b3, b9, b15),
        group(b4, b10, b5),
        group(0, 0, b11),
    ];
    let mut sixes = groups.into_iter().flat_map(|group| (0..4).map(move |at| (group >> (6 * at)) & 0x3f));
    std::array::from_fn(|_| {
        let six = sixes.next().and_then(|six| usize::try_from(six).ok()).unwrap_or_default();
        ALPHABET.get(six).copied().unwrap_or_default()
    })
}
