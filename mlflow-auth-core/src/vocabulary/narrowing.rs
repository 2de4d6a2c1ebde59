//! What a token may be used for, where that is less than its owner may do.

use super::{ResourceType, Workspace};

/// A bound on what a principal may do with this proof: it takes away and never gives. Whoever is narrowed passes no check
/// for being an admin; an admin's narrowed token may do, within the bound, what an admin may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// Nothing but reading.
    pub read_only: bool,
    /// Nothing but these; none for whatever the owner may reach. An empty list reaches nothing.
    pub only: Option<Vec<NarrowedTo>>,
}

/// Resources that a narrowed token reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NarrowedTo {
    /// Of which type.
    pub kind: ResourceType,
    /// Which one; none for all of the type.
    pub id: Option<String>,
    /// In which workspace; none for every one.
    pub workspace: Option<Workspace>,
}

impl Narrowing {
    /// Whether it takes nothing away.
    pub fn is_whole(&self) -> bool {
        !self.read_only && self.only.is_none()
    }
}
