//! How much a server may send.

/// How much is taken from a server. Beyond, the connection is closed and nobody can tell who the caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The longest message in bytes.
    pub(crate) message: usize,
    /// The bytes that all replies to one request may have together.
    pub(crate) reply: usize,
    /// The entries and references that one search may find.
    pub(crate) entries: usize,
    /// The values that all replies to one request may have together.
    pub(crate) values: usize,
}

impl Default for Limits {
    /// Room for an entry with 1,500 groups, which is as many as Active Directory lists at once, and for a person with
    /// some thousand groups found one by one.
    fn default() -> Self {
        Self { message: 1 << 20, reply: 4 << 20, entries: 5_000, values: 20_000 }
    }
}
