//! Somebody whom a provider vouches for.

use crate::store::IdentityKey;
use crate::vocabulary::{GroupName, Username};

/// Somebody whom a provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who vouches: `iss` of a token.
    pub issuer: String,
    /// The name that the issuer never gives to somebody else: `sub` of a token.
    pub subject: String,
    /// The user name here, as long as the identity is bound to no account.
    pub user: Username,
    /// What people call them, if the proof says so.
    pub display_name: Option<String>,
    /// The groups, sorted, each once.
    pub groups: Vec<GroupName>,
    /// Those of them that the proof does not say itself. Somebody else is asked for them each time, and no store keeps them.
    pub asked_groups: Vec<GroupName>,
    /// Whether one of the groups makes an admin.
    pub is_admin: bool,
}

impl Identity {
    /// Somebody of an issuer that tells people apart by nothing but their user names, without groups, and no admin.
    pub fn named(issuer: impl Into<String>, user: Username) -> Self {
        Self {
            issuer: issuer.into(),
            subject: user.as_str().to_owned(),
            user,
            display_name: None,
            groups: Vec::new(),
            asked_groups: Vec::new(),
            is_admin: false,
        }
    }

    /// What it is bound by.
    pub fn key(&self) -> IdentityKey {
        IdentityKey { issuer: self.issuer.clone(), subject: self.subject.clone() }
    }
}
