//! What is hashed for who does not exist.

use super::stored::Stored;
use crate::vocabulary::Username;
use std::hash::BuildHasher;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The kinds of hashes in use, so that an unknown user costs what a known one does.
///
/// While old hashes are being replaced, several kinds are in use. Names are spread over shelves by a random hash; an
/// unknown name gets the kind that was last seen on its shelf. So it keeps its kind, as a known one does, and what
/// somebody sees of their own account tells nothing of others.
pub(super) struct Decoys {
    hasher: foldhash::fast::RandomState,
    seen: Mutex<Shelves>,
}

struct Shelves {
    newest: Stored,
    shelves: Vec<Option<Stored>>,
}

const SHELVES: usize = 64;

impl Decoys {
    pub(super) fn new() -> Self {
        let seen = Shelves { newest: Stored::newest_decoy(), shelves: vec![None; SHELVES] };
        Self { hasher: Default::default(), seen: Mutex::new(seen) }
    }

    /// Learns the kind of a stored hash. One that cannot be read is of no kind.
    pub(super) fn learn(&self, user: &Username, stored: &Stored) {
        let Ok(decoy) = stored.decoy() else { return };
        let mut seen = self.lock();
        if let Some(shelf) = seen.shelves.get_mut(self.shelf(user)) {
            *shelf = Some(decoy.clone());
        }
        seen.newest = decoy;
    }

    /// What to hash for `user`: a kind from the same shelf, else the newest that was seen, else argon2id.
    pub(super) fn of(&self, user: &Username) -> Stored {
        let seen = self.lock();
        let shelf = seen.shelves.get(self.shelf(user)).and_then(Option::as_ref);
        shelf.unwrap_or(&seen.newest).clone()
    }

    pub(super) fn shelf(&self, user: &Username) -> usize {
        (self.hasher.hash_one(user) as usize) % SHELVES
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::PasswordHash;

    fn name(number: usize) -> Username {
        Username::new(format!("user {number}")).unwrap()
    }

    fn kind(decoys: &Decoys, user: usize) -> String {
        decoys.of(&name(user)).expose().split('$').next().unwrap().to_owned()
    }

    #[test]
    fn unknown_names_follow_what_is_in_use_and_keep_it() {
        let decoys = Decoys::new();
        let of = |text: String| Stored::Account(PasswordHash::from_stored(text));
        let stored = |method: &str| of(format!("{method}$salt${}", "0".repeat(64)));
        assert_eq!(decoys.of(&name(0)).expose(), Stored::newest_decoy().expose());
        decoys.learn(&name(1), &stored("pbkdf2:sha256:7"));
        assert_eq!(kind(&decoys, 0), "pbkdf2:sha256:7");
        decoys.learn(&name(1), &of("unreadable".to_owned()));
        for user in 0..1000 {
            let method = if user % 2 == 0 { "pbkdf2:sha256:7" } else { "pbkdf2:sha256:9" };
            decoys.learn(&name(user), &stored(method));
        }
        let kinds = |decoys: &Decoys| (1000..2000).map(|user| kind(decoys, user)).collect::<Vec<_>>();
        let before = kinds(&decoys);
        let sevens = before.iter().filter(|kind| kind.ends_with('7')).count();
        assert!((100..900).contains(&sevens), "{sevens}");
        // One account that signs in again and again moves its own shelf only.
        decoys.learn(&name(1), &stored("pbkdf2:sha256:9"));
        let moved = kinds(&decoys).iter().zip(&before).filter(|(now, before)| now != before).count();
        assert!(moved < 100, "{moved}");
    }
}
