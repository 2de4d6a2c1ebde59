//! No passwords but those of accounts.

use super::check::{Admitted, Checker, Claim};
use super::stored::Stored;
use super::{AuthenticationError, PasswordHash, Rejection};
use crate::vocabulary::Username;

impl Checker {
    pub(super) fn file_version(&self) -> u64 {
        0
    }

    pub(super) fn learn_file(&self) {}

    pub(super) fn prefer(&self, _: &Username, stored: Option<PasswordHash>) -> Option<Stored> {
        stored.map(Stored::Account)
    }

    /// Only a file has passwords of somebody without an account.
    pub(super) async fn admit_unknown(&self, _: &Claim) -> Result<Admitted, AuthenticationError> {
        Err(Rejection::WrongPassword.into())
    }
}
