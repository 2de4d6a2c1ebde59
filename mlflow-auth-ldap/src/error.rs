//! What a directory can say no to.

use mlflow_auth_core::{AuthenticationError, Rejection, Unavailable};

/// What went wrong between us and a directory.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LdapError {
    /// The directory answered, and the credentials are wrong (result code 49, RFC 4511).
    #[error("the directory refused the credentials")]
    InvalidCredentials,
    /// No server answers, or one answered with anything that tells neither yes nor no.
    #[error("the directory does not answer")]
    Directory(#[source] ldap3::LdapError),
}

impl From<LdapError> for AuthenticationError {
    fn from(error: LdapError) -> Self {
        match error {
            LdapError::InvalidCredentials => Rejection::WrongPassword.into(),
            error => Unavailable::new("the directory", error).into(),
        }
    }
}
