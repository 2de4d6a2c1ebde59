//! Credentials that were found right.

use crate::authn::digest::{Digest, Digester, LazyDigester};
use crate::store::{Freshness, Stamp};
use crate::vocabulary::{Principal, Unavailable};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    /// Which state of the file of passwords was looked at.
    pub(super) file: u64,
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
    digester: LazyDigester,
    entries: Cache<Digest, Entry>,
    freshness: Arc<Freshness>,
    remember: Duration,
}

impl Remembered {
    pub(super) fn new(freshness: Arc<Freshness>, capacity: usize, remember: Duration) -> Self {
        Self { digester: LazyDigester::default(), entries: Cache::new(capacity), freshness, remember }
    }

    /// What makes digests.
    pub(super) fn digester(&self) -> Result<&Digester, Unavailable> {
        self.digester.get()
    }

    /// `file`: the state of the file of passwords now.
    pub(super) fn look(&self, credential: &Digest, file: u64) -> Seen {
        match self.entries.get(credential) {
            Some(entry) if self.is_current(&entry, file) => Seen::Current(entry.principal),
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

    fn is_current(&self, entry: &Entry, file: u64) -> bool {
        entry.file == file && self.freshness.is_current(entry.stamp) && entry.read.elapsed() < self.remember
    }
}
