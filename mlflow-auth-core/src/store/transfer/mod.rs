//! Moving what a store holds to another one.

mod check;
mod contents;
mod merge;
mod report;
mod table;

pub use contents::{Account, Assignment, Contents, Member, member_name};
pub use merge::{Merge, merge};
pub use report::{Entry, Outcome, Part};
pub use table::Table;

use super::{ChangeFeed, Revision, StoreError};
use async_trait::async_trait;

/// Gives all that a store holds, and takes what another one held.
///
/// [`merge`] finds out what of one store another one lacks.
///
/// # Contract
///
/// * What is read is one consistent picture: all of it was so at one moment.
/// * Texts are kept byte by byte. Numbers are not carried: an account, a role, a grant and a token get new ones.
/// * What is added is checked as if it were written one by one, but for what only a person who writes is held to: how
///   many tokens somebody may have.
/// * A grant that cannot be read is a refusal in the [`Contents`], and in the store that takes it.
/// * Sessions, and what was spent, are not among the contents: people sign in again.
/// * Every addition is told in the feed, as the write that makes it is.
#[async_trait]
pub trait Transfer: ChangeFeed {
    /// All it holds, and the revision it held that at. Never less than it holds: what cannot be read fails all of it,
    /// unless it is a grant.
    async fn contents(&self) -> Result<(Revision, Contents), StoreError>;

    /// Adds all of `contents` in one transaction if nothing was committed since the revision `at`, and returns the
    /// revision it was committed with. Everything of it must be new; what it refers to, such as the group of a membership
    /// or the account of a token, is among it or there already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the store has moved on, [`StoreError::Invalid`] if something cannot be kept
    /// ([`Contents::check`], [`check_patterns`](super::check_patterns)), [`StoreError::AlreadyExists`] if something is
    /// there already, [`StoreError::NotFound`] if something refers to what does not exist, or a token to an account that
    /// is not active. Nothing is changed then.
    async fn add_contents(&self, contents: Contents, at: Revision) -> Result<Revision, StoreError>;
}
