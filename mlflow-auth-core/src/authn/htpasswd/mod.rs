//! Passwords of an htpasswd file.

mod table;

use super::accounts::UnknownUsers;
use super::watched::{FileUnusable, Watched};
use crate::hash::CryptHash;
use crate::vocabulary::Username;
use std::path::PathBuf;
use table::Table;

/// Names and hashed passwords of a file, as Apache's `htpasswd` writes them: `name:hash` on each line.
///
/// Give it to [`PasswordAuthenticator::with_htpasswd`](crate::PasswordAuthenticator::with_htpasswd).
///
/// * **Lines.** What follows a second colon, empty lines and lines that begin with `#` mean nothing; a carriage return at
///   the end of a line does not either. A line that cannot be read is logged by its number, never with its text, and
///   lets nobody in. Of several lines with one name the first counts, whether it can be read or not.
/// * **Hashes**: bcrypt (`$2y$`, `$2a$`, `$2b$`, at most 2^14 rounds), SHA-crypt (`$5$`, `$6$`, at most a million
///   rounds), Apache's MD5 (`$apr1$`). [`HtpasswdSettings::dangerously_allow_weak`] adds `$1$`, `{SHA}` and `{SSHA}`.
///   Plain text and the old `crypt` of DES are never accepted.
/// * **Passwords** of more than 72 bytes do not fit bcrypt, and none that holds a NUL character fits anything.
/// * **Changes** are taken up within a second, by time, length and inode, and end what was remembered of passwords. A
///   file that is gone or cannot be read is logged, and the old one goes on to hold.
#[derive(Clone)]
pub struct Htpasswd {
    table: Watched<Table>,
    settings: HtpasswdSettings,
}

/// How an htpasswd file is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HtpasswdSettings {
    /// What becomes of somebody in the file who has no account.
    pub unknown_users: UnknownUsers,
    /// Whether hashes are accepted that whoever reads the file finds the password of in no time.
    pub dangerously_allow_weak: bool,
}

impl Default for HtpasswdSettings {
    /// Only those who have an account; no weak hashes.
    fn default() -> Self {
        Self { unknown_users: UnknownUsers::Refuse, dangerously_allow_weak: false }
    }
}

/// The longest file in bytes: some two hundred thousand lines.
const LONGEST: u64 = 16 << 20;

/// How many hashes are looked at to learn of which kinds they are.
const SAMPLE: usize = 4096;

impl Htpasswd {
    /// Reads the file at `path`, and reads it again whenever it has changed. Needs a Tokio runtime.
    ///
    /// # Errors
    /// [`FileUnusable`] if it cannot be read, or is longer than 16 MiB.
    pub async fn open(path: impl Into<PathBuf>, settings: HtpasswdSettings) -> Result<Self, FileUnusable> {
        let path = path.into();
        let shown = path.display().to_string();
        let read = move |bytes: &[u8]| {
            let table = Table::read(bytes, settings.dangerously_allow_weak);
            table.tell(&shown);
            Ok(table)
        };
        Ok(Self { table: Watched::open(path, LONGEST, read).await?, settings })
    }

    /// How many people can sign in with it.
    pub fn len(&self) -> usize {
        self.table.get().hashes().count()
    }

    /// Whether nobody can sign in with it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hash of `user`, if there is one that can be read.
    pub(super) fn hash(&self, user: &Username) -> Option<CryptHash> {
        self.table.get().hash(user).cloned()
    }

    /// Some of those who can sign in, in no order: enough to tell of which kinds the hashes are.
    pub(super) fn sample(&self) -> Vec<(Username, CryptHash)> {
        self.table.get().hashes().take(SAMPLE).map(|(user, hash)| (user.clone(), hash.clone())).collect()
    }

    /// How many times the file changed. Ask before the others.
    pub(super) fn version(&self) -> u64 {
        self.table.version()
    }

    pub(super) fn unknown_users(&self) -> UnknownUsers {
        self.settings.unknown_users
    }
}
