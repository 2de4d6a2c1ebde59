//! What became of each thing.

use std::fmt;

/// What became of one thing of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Of which kind it is.
    pub part: Part,
    /// Its place in that list of the source's [`Contents`](super::Contents).
    pub at: usize,
    /// Its name, such as ``user `bob` ``.
    pub what: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether somebody may be able to do more than before: because it was left out, and refuses or may bring refusals to
    /// somebody; or because what the target keeps in its place gives more.
    pub may_widen: bool,
}

/// What may become of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is to be added.
    Added,
    /// The target has the same.
    AlreadyThere,
    /// The target has another of that name, and keeps it: what is different.
    Differs(String),
    /// It cannot be added: why.
    LeftOut(String),
}

/// A list of the [`Contents`](super::Contents).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Accounts.
    Accounts,
    /// Groups.
    Groups,
    /// Roles.
    Roles,
    /// Memberships.
    Members,
    /// Assignments of roles.
    Assignments,
    /// Grants.
    Grants,
    /// Identities.
    Identities,
    /// Access tokens.
    Tokens,
}

impl Part {
    /// All of them, in the order in which they are added.
    pub const ALL: [Part; 8] = [
        Part::Accounts,
        Part::Groups,
        Part::Roles,
        Part::Members,
        Part::Assignments,
        Part::Grants,
        Part::Identities,
        Part::Tokens,
    ];

    /// What there may be many of, such as `accounts`.
    pub const fn name(self) -> &'static str {
        match self {
            Part::Accounts => "accounts",
            Part::Groups => "groups",
            Part::Roles => "roles",
            Part::Members => "memberships",
            Part::Assignments => "assignments of roles",
            Part::Grants => "grants",
            Part::Identities => "identities",
            Part::Tokens => "access tokens",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Added => f.write_str("added"),
            Outcome::AlreadyThere => f.write_str("already there"),
            Outcome::Differs(how) => write!(f, "kept as it is here: {how}"),
            Outcome::LeftOut(why) => write!(f, "left out: {why}"),
        }
    }
}

impl fmt::Display for Entry {
    /// Such as ``user `bob`: added``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.outcome)
    }
}
