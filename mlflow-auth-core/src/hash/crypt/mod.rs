//! The hashes of `crypt(3)` and of Apache's `htpasswd`.

mod md5;
mod sha1;

use super::HashError;
use crate::vocabulary::Secret;
use sha_crypt::password_hash::Error as ShaError;
use sha_crypt::{PasswordHashRef, PasswordVerifier, ShaCrypt};

/// What stored hashes may ask for at the most.
const MOST_BCRYPT_COST: u32 = 14;
const MOST_SHA_ROUNDS: u32 = 1_000_000;

/// The longest password in bytes that bcrypt looks at; of a longer one it would take the beginning.
const LONGEST_BCRYPT_PASSWORD: usize = 72;

/// A stored hash whose form and cost were checked.
///
/// | text | strength |
/// |---|---|
/// | `$2y$05$…`, `$2a$`, `$2b$` | bcrypt, good |
/// | `$5$…`, `$6$rounds=…$…` | SHA-crypt with SHA-256 or SHA-512, fair |
/// | `$apr1$…` | a thousand rounds of MD5, what `htpasswd` still writes by default |
/// | `$1$…`, `{SHA}…`, `{SSHA}…` | weak |
#[derive(Clone)]
pub(crate) struct CryptHash(Secret);

/// A text, taken apart.
enum Parsed<'a> {
    Bcrypt,
    Sha { head: &'a str, tag: usize },
    Md5(md5::Parsed<'a>),
    Sha1(sha1::Parsed),
}

impl CryptHash {
    /// Takes a stored text, if it is of a kind and a cost that are accepted; of the weak kinds only if `weak`.
    ///
    /// # Errors
    /// [`HashError::Unreadable`] and [`HashError::TooCostly`], which do not quote it.
    pub(crate) fn read(text: &str, weak: bool) -> Result<Self, HashError> {
        let parsed = Parsed::read(text)?;
        if parsed.is_weak() && !weak {
            return Err(HashError::Unreadable("it is of a weak kind, which must be allowed explicitly"));
        }
        Ok(Self(Secret::new(text)))
    }

    /// The text.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether this is the hash of `password`. Blocks the thread. A password that holds a NUL character, or is too long
    /// for bcrypt, never is: others would cut it off there, and take another one for it.
    ///
    /// # Errors
    /// [`HashError::Unreadable`]
    pub(crate) fn verify(&self, password: &Secret) -> Result<bool, HashError> {
        let (text, password) = (self.expose(), password.expose().as_bytes());
        let mut whole = !password.contains(&0);
        let fits = match Parsed::read(text)? {
            Parsed::Bcrypt => {
                whole &= password.len() <= LONGEST_BCRYPT_PASSWORD;
                bcrypt::verify(password, text).map_err(|_| HashError::Unreadable("it is not a hash of bcrypt"))?
            }
            Parsed::Sha { .. } => match ShaCrypt::default().verify_password(password, text) {
                Ok(()) => true,
                Err(ShaError::PasswordInvalid) => false,
                Err(_) => return Err(HashError::Unreadable("it is not a hash of SHA-crypt")),
            },
            Parsed::Md5(parsed) => parsed.verify(password),
            Parsed::Sha1(parsed) => parsed.verify(password),
        };
        Ok(fits && whole)
    }

    /// A hash that costs as much to check as this one and that no password matches.
    pub(crate) fn decoy(&self) -> Result<Self, HashError> {
        let text = self.expose();
        Ok(Self(Secret::new(match Parsed::read(text)? {
            Parsed::Bcrypt => format!("{}{}", text.get(..7).unwrap_or_default(), ".".repeat(53)),
            Parsed::Sha { head, tag } => format!("{head}decoysaltof16chr${}", ".".repeat(tag)),
            Parsed::Md5(parsed) => parsed.decoy(),
            Parsed::Sha1(parsed) => parsed.decoy(),
        })))
    }
}

impl<'a> Parsed<'a> {
    fn read(text: &'a str) -> Result<Self, HashError> {
        if let Some(rest) = ["$2y$", "$2b$", "$2a$"].iter().find_map(|head| text.strip_prefix(head)) {
            return bcrypt_cost(text, rest).map(|()| Self::Bcrypt);
        }
        match text.get(..3) {
            Some("$5$") => sha(text, 43),
            Some("$6$") => sha(text, 86),
            _ => match md5::Parsed::read(text)? {
                Some(parsed) => Ok(Self::Md5(parsed)),
                None => sha1::Parsed::read(text).map(Self::Sha1),
            },
        }
    }

    fn is_weak(&self) -> bool {
        match self {
            Self::Bcrypt | Self::Sha { .. } => false,
            Self::Md5(parsed) => parsed.is_weak(),
            Self::Sha1(_) => true,
        }
    }
}

fn bcrypt_cost(text: &str, rest: &str) -> Result<(), HashError> {
    const MALFORMED: HashError = HashError::Unreadable("it is not a hash of bcrypt");
    let (cost, tail) = rest.split_once('$').ok_or(MALFORMED)?;
    if cost.len() != 2 || cost.starts_with('+') || tail.len() != 53 || !tail.bytes().all(is_crypt64) {
        return Err(MALFORMED);
    }
    match cost.parse::<u32>().map_err(|_| MALFORMED)? {
        4..=MOST_BCRYPT_COST => text.parse::<bcrypt::HashParts>().map(drop).map_err(|_| MALFORMED),
        0..4 => Err(MALFORMED),
        _ => Err(HashError::TooCostly("it asks for more than 2^14 rounds of bcrypt")),
    }
}

/// `$5$[rounds=n$]salt$tag`, the tag of `length` characters.
fn sha(text: &str, length: usize) -> Result<Parsed<'_>, HashError> {
    const MALFORMED: HashError = HashError::Unreadable("it is not a hash of SHA-crypt");
    let (front, tag) = text.rsplit_once('$').ok_or(MALFORMED)?;
    let salt_at = front.rfind('$').ok_or(MALFORMED)? + 1;
    let (head, salt) = front.split_at_checked(salt_at).ok_or(MALFORMED)?;
    if let Some(rounds) = head.get(3..).filter(|rounds| !rounds.is_empty()) {
        let number = rounds.strip_prefix("rounds=").and_then(|rounds| rounds.strip_suffix('$')).ok_or(MALFORMED)?;
        match number.parse::<u32>() {
            Ok(1_000..=MOST_SHA_ROUNDS) if !number.starts_with('+') => {}
            Ok(rounds) if rounds > MOST_SHA_ROUNDS => {
                return Err(HashError::TooCostly("it asks for more than a million rounds"));
            }
            // `crypt` raises what is too low, and writes so.
            Ok(_) | Err(_) => return Err(MALFORMED),
        }
    }
    let readable = PasswordHashRef::new(text).is_ok() && !salt.is_empty() && salt.len() <= 16;
    match readable && tag.len() == length && tag.bytes().all(is_crypt64) {
        true => Ok(Parsed::Sha { head, tag: length }),
        false => Err(MALFORMED),
    }
}

/// The characters of the base64 of `crypt`.
fn is_crypt64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"./".contains(&byte)
}

#[cfg(test)]
mod tests;
