//! A stored hash, wherever it is kept.

#[cfg(feature = "htpasswd")]
use crate::hash::CryptHash;
use crate::hash::{HashError, PasswordHash};
use crate::vocabulary::{Proof, Secret};

/// A stored hash.
#[derive(Clone)]
pub(super) enum Stored {
    /// Of an account.
    Account(PasswordHash),
    /// Of a file.
    #[cfg(feature = "htpasswd")]
    File(CryptHash),
}

impl Stored {
    /// What no password matches, of the kind of new hashes.
    pub(super) fn newest_decoy() -> Self {
        Self::Account(PasswordHash::newest_decoy())
    }

    /// What costs as much and no password matches.
    pub(super) fn decoy(&self) -> Result<Self, HashError> {
        match self {
            Self::Account(hash) => hash.decoy().map(Self::Account),
            #[cfg(feature = "htpasswd")]
            Self::File(hash) => hash.decoy().map(Self::File),
        }
    }

    /// Whether it is the hash of `password`. Blocks the thread.
    pub(super) fn verify(&self, password: &Secret) -> Result<bool, HashError> {
        match self {
            Self::Account(hash) => hash.verify(password),
            #[cfg(feature = "htpasswd")]
            Self::File(hash) => hash.verify(password),
        }
    }

    /// The text.
    pub(super) fn expose(&self) -> &str {
        match self {
            Self::Account(hash) => hash.expose(),
            #[cfg(feature = "htpasswd")]
            Self::File(hash) => hash.expose(),
        }
    }

    /// The hash of an account that a log-in should replace. What a file says is never written to.
    pub(super) fn to_replace(&self) -> Option<&PasswordHash> {
        match self {
            Self::Account(hash) => Some(hash).filter(|hash| hash.needs_rehash()),
            #[cfg(feature = "htpasswd")]
            Self::File(_) => None,
        }
    }

    /// What a password that fits it proves.
    pub(super) fn proof(&self) -> Proof {
        match self {
            Self::Account(_) => Proof::Password,
            #[cfg(feature = "htpasswd")]
            Self::File(_) => Proof::PasswordFile,
        }
    }
}
