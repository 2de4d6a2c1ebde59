//! What stands for a secret in memory.

use crate::vocabulary::Unavailable;
use std::sync::OnceLock;

/// A secret, made unreadable: nobody without the key of the process can tell which one, nor make another secret
/// with the same, so that comparing two of them need not hide how far they agree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub struct Digest([u8; 32]);

/// Makes digests with a random key.
pub struct Digester([u8; 32]);

impl Digester {
    fn new() -> Result<Self, Unavailable> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)
            .map_err(|error| Unavailable::new("the randomness of the operating system", error.to_string()))?;
        Ok(Self(key))
    }

    /// The digest of a name and a password: no two pairs share one.
    pub fn credential(&self, user: &str, password: &str) -> Digest {
        self.digest(b"credential", [user, password])
    }

    /// The digest of a stored hash.
    pub(in crate::authn) fn stored(&self, hash: &str) -> Digest {
        self.digest(b"stored", [hash])
    }

    /// The digest of a token.
    pub(in crate::authn) fn token(&self, token: &str) -> Digest {
        self.digest(b"token", [token])
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

/// A digester whose key is made when it is first needed.
#[derive(Default)]
pub struct LazyDigester(OnceLock<Digester>);

impl LazyDigester {
    /// What makes digests, the same one each time.
    ///
    /// # Errors
    /// [`Unavailable`] if the operating system gives no randomness.
    pub fn get(&self) -> Result<&Digester, Unavailable> {
        if let Some(digester) = self.0.get() {
            return Ok(digester);
        }
        let digester = Digester::new()?;
        Ok(self.0.get_or_init(|| digester))
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
        assert_ne!(key().stored("ab"), key().credential("ab", ""));
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
