//! Password hashes as text.

mod argon;
#[cfg(feature = "htpasswd")]
mod crypt;
mod werkzeug;

#[cfg(feature = "htpasswd")]
pub(crate) use crypt::CryptHash;

use crate::vocabulary::{Secret, Unavailable};
use std::fmt;

/// The longest password in bytes that is looked at.
pub(crate) const LONGEST_PASSWORD: usize = 1024;

/// The stored form of a password.
///
/// | text | written by |
/// |---|---|
/// | `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`, any PHC string of Argon2 | this project, always argon2id with 19 MiB, 2 passes, 1 lane |
/// | `scrypt:32768:8:1$salt$hex`, `scrypt$salt$hex` | MLflow 3.17.2 through Werkzeug |
/// | `pbkdf2:sha256:1000000$salt$hex`, `pbkdf2:sha256$…`, `pbkdf2$…`; `sha1`, `sha224`, `sha384` and `sha512` too | older Werkzeug, the OIDC plugin |
///
/// Reading one is bounded: a text that asks for more than 256 MiB, for more than 16 passes of Argon2 or ten million
/// iterations is refused, so that whoever can write a row cannot stop the process.
///
/// # Blocking
/// [`new`](Self::new) and [`verify`](Self::verify) keep a thread busy for 10 to 200 ms and take 19 to 256 MiB. In async
/// code leave them to a [`PasswordAuthenticator`](crate::PasswordAuthenticator), which runs them on other threads and
/// bounds how many at once.
#[derive(Clone)]
pub struct PasswordHash(Secret);

/// Why a password cannot be hashed or compared. No text of it holds the hash or the password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HashError {
    /// The stored text is none of the known forms.
    #[error("the stored password hash cannot be read: {0}")]
    Unreadable(&'static str),
    /// The stored text asks for more memory or time than is given.
    #[error("the stored password hash is refused: {0}")]
    TooCostly(&'static str),
    /// A new password that nobody could sign in with: [`BasicCredentials`](crate::BasicCredentials) takes no longer one.
    #[error("the password is longer than {LONGEST_PASSWORD} bytes")]
    TooLong,
    /// No memory, no randomness, or too many passwords wait already. Never a refusal: callers answer 503.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A stored text, taken apart.
enum Parsed<'a> {
    Argon(Box<argon::Parsed>),
    Werkzeug(werkzeug::Parsed<'a>),
}

impl PasswordHash {
    /// Hashes a new password with argon2id and a random salt. Blocks the thread.
    ///
    /// # Errors
    /// [`HashError::TooLong`] for more than 1024 bytes, [`HashError::Unavailable`] without memory or randomness.
    pub fn new(password: &Secret) -> Result<Self, HashError> {
        if password.expose().len() > LONGEST_PASSWORD {
            return Err(HashError::TooLong);
        }
        argon::hash(password).map(Self::from_stored)
    }

    /// Takes a stored text as it stands. It is read when a password is checked.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(Secret::new(text))
    }

    /// The text to store.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether this is the hash of `password`. Blocks the thread. The comparison takes the same time wherever the two
    /// differ.
    ///
    /// # Errors
    /// [`HashError::Unreadable`] and [`HashError::TooCostly`] for a stored text that is not, or must not be, computed.
    pub fn verify(&self, password: &Secret) -> Result<bool, HashError> {
        match self.parse()? {
            Parsed::Argon(parsed) => parsed.verify(password),
            Parsed::Werkzeug(parsed) => parsed.verify(password),
        }
    }

    /// Whether it is weaker than what [`new`](Self::new) makes: not argon2id of version 19, less memory, less memory
    /// times passes, or a shorter tag or salt. A text that cannot be read is.
    pub fn needs_rehash(&self) -> bool {
        match self.parse() {
            Ok(Parsed::Argon(parsed)) => parsed.is_weak(),
            Ok(Parsed::Werkzeug(_)) | Err(_) => true,
        }
    }

    /// A hash that costs as much to check as this one and that no password matches.
    pub(super) fn decoy(&self) -> Result<Self, HashError> {
        Ok(Self::from_stored(match self.parse()? {
            Parsed::Argon(parsed) => parsed.decoy()?,
            Parsed::Werkzeug(parsed) => parsed.decoy(),
        }))
    }

    /// The decoy of what [`new`](Self::new) makes.
    pub(super) fn newest_decoy() -> Self {
        Self::from_stored(argon::DECOY)
    }

    fn parse(&self) -> Result<Parsed<'_>, HashError> {
        let text = self.expose();
        if text.starts_with('$') {
            argon::Parsed::read(text).map(Box::new).map(Parsed::Argon)
        } else {
            werkzeug::Parsed::read(text).map(Parsed::Werkzeug)
        }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

#[cfg(test)]
mod tests;
