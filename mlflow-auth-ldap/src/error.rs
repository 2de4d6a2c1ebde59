//! What can go wrong between us and a directory.

use crate::wire::Refused;
use mlflow_auth_core::{AuthenticationError, Rejection, Unavailable};
use std::io;

/// What went wrong between us and a directory. Only [`LdapError::InvalidCredentials`] is a refusal; with all others
/// nobody can tell who the caller is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LdapError {
    /// The directory answered, and the credentials are wrong.
    #[error("the directory refused the credentials")]
    InvalidCredentials,
    /// No connection to a server.
    #[error("`{server}` cannot be reached: {source}")]
    Unreachable {
        /// Which, as the settings have it.
        server: String,
        /// Why.
        source: io::Error,
    },
    /// No trust in a server: its certificate is not good for its name, or no TLS was agreed upon.
    #[error("TLS with `{server}` failed: {source}")]
    Tls {
        /// Which.
        server: String,
        /// Why.
        source: io::Error,
    },
    /// A server does not want to begin TLS.
    #[error("`{server}` refused StartTLS with result code {code}")]
    NoStartTls {
        /// Which.
        server: String,
        /// Its result code (RFC 4511).
        code: u32,
    },
    /// A password would have gone over the network in clear text.
    #[error(
        "a password for `{server}` would go over the network in clear text; use ldaps:// or LDAP_START_TLS, or say \
         LDAP_INSECURE_PLAINTEXT"
    )]
    ClearText {
        /// Which.
        server: String,
    },
    /// A server did not answer in time.
    #[error("`{server}` did not answer in time")]
    TimedOut {
        /// Which.
        server: String,
    },
    /// A server broke off, or sent what no server should.
    #[error("`{server}` cannot be understood: {reason}")]
    Broken {
        /// Which.
        server: String,
        /// What it did.
        reason: String,
    },
    /// A server answered with a result that says neither yes nor no.
    #[error("`{server}` answered {operation} with result code {code}{}", quoted(text))]
    Answered {
        /// Which.
        server: String,
        /// What was asked for.
        operation: &'static str,
        /// The result code (RFC 4511, appendix A).
        code: u32,
        /// What the server said about it.
        text: String,
    },
    /// An entry or a group that cannot be used as the settings want it.
    #[error("{0}")]
    Entry(String),
    /// Too many requests wait for the directory.
    #[error("too many requests wait for the directory")]
    Crowded,
    /// All servers failed lately and are left alone for some seconds.
    #[error("no server answered lately; the next attempt is due soon")]
    Resting,
}

impl LdapError {
    /// Whether another server may answer what this one could not.
    pub(crate) fn is_of_one_server(&self) -> bool {
        match self {
            Self::Answered { code, .. } => matches!(code, 51 | 52),
            Self::Unreachable { .. } | Self::Tls { .. } | Self::NoStartTls { .. } => true,
            _ => false,
        }
    }

    /// Whether the server should be left alone for a while.
    pub(crate) fn is_a_failure(&self) -> bool {
        self.is_of_one_server() || matches!(self, Self::TimedOut { .. } | Self::Broken { .. })
    }

    pub(crate) fn broken(server: &str, refused: &Refused) -> Self {
        Self::Broken { server: server.to_owned(), reason: refused.to_string() }
    }
}

impl From<LdapError> for AuthenticationError {
    fn from(error: LdapError) -> Self {
        match error {
            LdapError::InvalidCredentials => Rejection::WrongPassword.into(),
            error => unavailable(error).into(),
        }
    }
}

/// `error`, as an outage.
pub(crate) fn unavailable(error: LdapError) -> Unavailable {
    Unavailable::new("the directory", error)
}

/// What a server said, if it said anything.
fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" `{text}`") }
}
