//! Directories whose passwords open sessions.

use crate::authn::AuthenticationError;
use crate::vocabulary::{GroupName, Principal, Secret, Unavailable, Username};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Instant;

/// What sessions name as their provider that a directory opened.
pub const DIRECTORY: &str = "directory";

/// A directory whose passwords open sessions. It is asked about their owners again and again: nothing of what it says is
/// written into the store.
#[async_trait]
pub trait SessionDirectory: Send + Sync {
    /// Who has this name and this password. `None` for a name that is not the directory's to judge.
    ///
    /// # Errors
    /// [`AuthenticationError::Rejected`] if it is not theirs, [`AuthenticationError::Unavailable`] if nobody can tell now.
    async fn verify(&self, user: &Username, password: &Secret) -> Result<Option<Arc<Principal>>, AuthenticationError>;

    /// What the owner of such a session is now. `None` for somebody who would not be let in any more: the session is over.
    ///
    /// # Errors
    /// [`Unavailable`] if nobody can tell now: the session lets nobody in until somebody can.
    async fn standing(&self, user: &Username) -> Result<Option<Standing>, Unavailable>;
}

/// What somebody is by a directory.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Their groups.
    pub groups: Vec<GroupName>,
    /// Whether a group makes them an admin.
    pub is_admin: bool,
    /// How long that holds without asking again.
    pub until: Instant,
}
