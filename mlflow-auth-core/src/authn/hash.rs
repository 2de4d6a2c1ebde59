//! Password hashes as text.

use crate::vocabulary::Secret;
use std::fmt;

/// The stored form of a password: a PHC string of argon2id, or one of Werkzeug's texts (`scrypt:…`, `pbkdf2:…`), as
/// MLflow's user table holds them.
#[derive(Clone)]
pub struct PasswordHash(Secret);

/// A stored hash that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the stored password hash cannot be read: {0}")]
pub struct HashError(pub(super) &'static str);

impl PasswordHash {
    /// Takes a stored text as it stands. It is read when a password is checked.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(Secret::new(text))
    }

    /// The text to store.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}
