//! Who is calling.

use super::{GroupName, Narrowing, Username};
use std::fmt;
use std::sync::Arc;

/// Who is calling, as an [`Authenticator`](crate::Authenticator) found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The user name.
    pub user: Username,
    /// The groups that the proof itself named, such as the claims of a token. Those that a
    /// [`GroupResolver`](crate::GroupResolver) or the store knows are added when the caller's grants are gathered.
    pub groups: Vec<GroupName>,
    /// Whether the user passes every check.
    pub is_admin: bool,
    /// How they proved it.
    pub proof: Proof,
    /// What the proof may be used for, if that is less than its owner may do.
    pub narrowing: Option<Arc<Narrowing>>,
}

impl Principal {
    /// Somebody with this proof and no groups, who is no admin.
    pub fn new(user: Username, proof: Proof) -> Self {
        Self { user, groups: Vec::new(), is_admin: false, proof, narrowing: None }
    }

    /// Whether every check is passed: an admin is here, with a proof that holds for all they may do.
    pub fn passes_every_check(&self) -> bool {
        self.is_admin && self.narrowing.is_none()
    }
}

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Proof {
    /// A user name and a password of this project's own store.
    Password,
    /// A user name and a password of a file, such as `htpasswd` writes.
    PasswordFile,
    /// A user name and a password that a directory accepted.
    Directory,
    /// A token signed by an identity provider.
    SignedToken,
    /// A token that a cluster gave to a program of its own, which is nobody in person.
    Workload,
    /// A token that this project issued.
    AccessToken,
    /// A session in the browser.
    Session,
    /// A header set by a proxy that is trusted.
    ProxyHeader,
    /// Asserted by the program itself: a command line, a test.
    Asserted,
}

impl Proof {
    /// A short word for logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Proof::Password => "password",
            Proof::PasswordFile => "password-file",
            Proof::Directory => "directory",
            Proof::SignedToken => "signed-token",
            Proof::Workload => "workload",
            Proof::AccessToken => "access-token",
            Proof::Session => "session",
            Proof::ProxyHeader => "proxy-header",
            Proof::Asserted => "asserted",
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
