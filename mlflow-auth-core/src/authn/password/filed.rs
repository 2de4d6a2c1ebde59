//! Passwords of a file beside those of accounts.

use super::check::{Admitted, Checker, Claim, refuse};
use super::stored::Stored;
use super::{AuthenticationError, PasswordHash, Rejection, Unavailable};
use crate::authn::accounts::UnknownUsers;
use crate::authn::htpasswd::Htpasswd;
use crate::store::{NewUser, StoreError, User};
use crate::vocabulary::Username;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// A file, and which state of it the decoys know.
pub(super) struct Filed {
    file: Htpasswd,
    learned: AtomicU64,
}

impl Checker {
    pub(super) fn with_file(mut self, file: Htpasswd) -> Self {
        self.file = Some(Filed { file, learned: AtomicU64::new(u64::MAX) });
        self
    }

    /// The state of the file. Ask before anything else of it.
    pub(super) fn file_version(&self) -> u64 {
        self.file.as_ref().map_or(0, |filed| filed.file.version())
    }

    /// Learns of which kinds the hashes of the file are, so that who does not exist costs what they cost.
    pub(super) fn learn_file(&self) {
        let Some(filed) = &self.file else { return };
        let version = filed.file.version();
        if filed.learned.swap(version, SeqCst) != version {
            for (user, hash) in filed.file.sample() {
                self.decoys.learn(&user, &Stored::File(hash));
            }
        }
    }

    /// The hash of `user` that counts: `stored`, that of the account, else that of the file.
    pub(super) fn prefer(&self, user: &Username, stored: Option<PasswordHash>) -> Option<Stored> {
        let filed = self.file.as_ref().and_then(|filed| filed.file.hash(user));
        if stored.is_some() && filed.is_some() {
            tracing::warn!(%user, "the line of the password file is ignored: the account has a password of its own");
        }
        stored.map(Stored::Account).or(filed.map(Stored::File))
    }

    /// Lets somebody in whom the file alone knows, as its settings say.
    pub(super) async fn admit_unknown(&self, claim: &Claim) -> Result<Admitted, AuthenticationError> {
        let unknown = self.file.as_ref().map_or(UnknownUsers::Refuse, |filed| filed.file.unknown_users());
        match unknown {
            UnknownUsers::Refuse => {
                tracing::info!(user = %claim.user, "a password of the file was refused: there is no such account");
                Err(Rejection::WrongPassword.into())
            }
            UnknownUsers::Admit => Ok(Admitted { user: claim.user.clone(), is_admin: false }),
            UnknownUsers::Create => {
                let account = self.create(&claim.user).await?.ok_or(Rejection::WrongPassword)?;
                refuse(claim, &account)?;
                Ok(Admitted { user: account.name, is_admin: account.is_admin })
            }
        }
    }

    async fn create(&self, user: &Username) -> Result<Option<User>, Unavailable> {
        let unavailable = |error| Unavailable::new("the user store", error);
        match self.users.create_user(NewUser::named(user.clone())).await {
            Ok(made) => {
                tracing::info!(user = %made.name, "an account was made for a line of the password file");
                Ok(Some(made))
            }
            // Somebody else was faster.
            Err(StoreError::AlreadyExists(_)) => self.users.user(user).await.map_err(unavailable),
            Err(error) => Err(unavailable(error)),
        }
    }
}
