//! The two traits about callers.

use crate::vocabulary::{GroupName, Principal, Unavailable, Username};
use async_trait::async_trait;
use std::sync::Arc;

/// Finds out who is calling.
///
/// # Contract
///
/// * `Ok(None)`: the request carries nothing for this authenticator; the next one in the chain is asked.
/// * `Ok(Some(_))`: the caller has proved who they are.
/// * [`AuthenticationError::Rejected`]: it carries something for this authenticator, and it is wrong. Nobody else is
///   asked: a bad password is not made good by a cookie.
/// * [`AuthenticationError::Unavailable`]: whoever could tell does not answer. Never a refusal; the caller answers 503.
/// * Every header it reads more than one value of is a rejection.
/// * Whoever it names with another proof than a directory's or the program's own word has an active account, or none: the
///   layer looks at the account again for those two only.
/// * It does not block the thread.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// Who is calling, from the head of the request.
    async fn authenticate(&self, request: &http::request::Parts)
    -> Result<Option<Arc<Principal>>, AuthenticationError>;
}

/// Knows the groups of users: a directory, a file, a service of yours.
#[async_trait]
pub trait GroupResolver: Send + Sync {
    /// The groups of `user`; none for one who is not known. Called for every request: remember what is costly.
    ///
    /// # Errors
    /// [`Unavailable`] if it cannot be told. An empty list instead would take rights away, or give them back where a
    /// group's grant refuses.
    async fn groups_of(&self, user: &Username) -> Result<Vec<GroupName>, Unavailable>;
}

/// Why a caller is not known.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticationError {
    /// The credentials are wrong.
    #[error("{0}")]
    Rejected(#[from] Rejection),
    /// Nobody can tell now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Wrong credentials. The text is for logs; callers learn only that they are not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The header or cookie cannot be read.
    #[error("the credentials are malformed")]
    Malformed,
    /// There is no such user, or the password is wrong; which of the two is not told.
    #[error("the user name or the password is wrong")]
    WrongPassword,
    /// A token or session that is not, or no longer, valid.
    #[error("the token or session is not valid")]
    InvalidToken,
    /// Somebody who is known, and not let in.
    #[error("whoever is named is not let in")]
    NotAdmitted,
    /// A proxy that is trusted lets a request through and names nobody.
    #[error("a proxy that is trusted names nobody")]
    Nobody,
    /// Too many attempts.
    #[error("too many attempts")]
    TooManyAttempts,
}
