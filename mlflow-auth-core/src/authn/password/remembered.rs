//! Credentials that were found right.

use crate::hash::PasswordHash;
use crate::store::{Freshness, Stamp};
use crate::vocabulary::{Principal, Unavailable};
use quick_cache::sync::Cache;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// What stands for a secret in memory. Nobody without the key of the process can tell which one, nor make another secret
/// with the same, so that comparing two of them need not hide how far they agree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Digest([u8; 32]);

/// Makes digests with a random key.
pub(super) struct Digester([u8; 32]);

impl Digester {
    fn new() -> Result<Self, Unavailable> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)
            .map_err(|error| Unavailable::new("the randomness of the operating system", error.to_string()))?;
        Ok(Self(key))
    }

    /// The digest of a name and a password: no two pairs share one.
    pub(super) fn credential(&self, user: &str, password: &str) -> Digest {
        self.digest(b"credential", [user, password])
    }

    /// The digest of a stored hash.
    pub(super) fn stored(&self, hash: &PasswordHash) -> Digest {
        self.digest(b"stored", [hash.expose()])
    }

    fn digest<const N: usize>(&self, kind: &[u8], parts: [&str; N]) -> Digest {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(kind);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Digest(hasher.finalize().into())
    }
}

/// What is known of a credential that was found right.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) principal: Arc<Principal>,
    /// Taken before the account was read.
    pub(super) stamp: Stamp,
    /// When the account was read.
    pub(super) read: Instant,
    /// The stored hash that the password fits.
    pub(super) stored: Digest,
}

/// What the memory says of a credential.
pub(super) enum Seen {
    /// It is right.
    Current(Arc<Principal>),
    /// It was right for this stored hash.
    Once(Digest),
    /// It was not seen, or not lately.
    Never,
}

/// Remembers credentials that were found right, and no others.
pub(super) struct Remembered {
    digester: OnceLock<Digester>,
    entries: Cache<Digest, Entry>,
    freshness: Arc<Freshness>,
    remember: Duration,
}

impl Remembered {
    pub(super) fn new(freshness: Arc<Freshness>, capacity: usize, remember: Duration) -> Self {
        Self { digester: OnceLock::new(), entries: Cache::new(capacity), freshness, remember }
    }

    /// The key of this process, made when it is first needed.
    pub(super) fn digester(&self) -> Result<&Digester, Unavailable> {
        if let Some(digester) = self.digester.get() {
            return Ok(digester);
        }
        let digester = Digester::new()?;
        Ok(self.digester.get_or_init(|| digester))
    }

    pub(super) fn look(&self, credential: &Digest) -> Seen {
        match self.entries.get(credential) {
            Some(entry) if self.is_current(&entry) => Seen::Current(entry.principal),
            Some(entry) => Seen::Once(entry.stored),
            None => Seen::Never,
        }
    }

    pub(super) fn keep(&self, credential: Digest, entry: Entry) {
        self.entries.insert(credential, entry);
    }

    pub(super) fn forget(&self, credential: &Digest) {
        self.entries.remove(credential);
    }

    fn is_current(&self, entry: &Entry) -> bool {
        self.freshness.is_current(entry.stamp) && entry.read.elapsed() < self.remember
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> Digester {
        Digester([7; 32])
    }

    #[test]
    fn where_the_name_ends_matters() {
        let all = [("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", ""), ("c", "ab"), ("a", "b\0c"), ("a\0b", "c")];
        for (at, (user, password)) in all.iter().enumerate() {
            for (other_user, other_password) in &all[at + 1..] {
                let one = key().credential(user, password);
                assert_ne!(one, key().credential(other_user, other_password), "{user} {password}");
            }
        }
    }

    #[test]
    fn the_kind_and_the_key_matter() {
        let hash = PasswordHash::from_stored("ab");
        assert_ne!(key().stored(&hash), key().credential("ab", ""));
        assert_ne!(key().credential("a", "b"), Digester([8; 32]).credential("a", "b"));
        assert_ne!(Digester::new().unwrap().0, Digester::new().unwrap().0);
    }

    proptest! {
        #[test]
        fn no_two_splits_of_a_text_share_a_digest(text in "\\PC{1,40}", one: prop::sample::Index, two: prop::sample::Index) {
            let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let (one, two) = (text.split_at(*one.get(&cuts)), text.split_at(*two.get(&cuts)));
            let digests = (key().credential(one.0, one.1), key().credential(two.0, two.1));
            prop_assert_eq!(one == two, digests.0 == digests.1);
        }

        #[test]
        fn no_two_pairs_share_a_digest(one: (String, String), two: (String, String)) {
            let digests = (key().credential(&one.0, &one.1), key().credential(&two.0, &two.1));
            prop_assert_eq!(one == two, digests.0 == digests.1);
        }
    }
}
