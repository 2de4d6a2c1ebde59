//! One check of one credential, and what follows from it.

use super::attempts::Attempts;
use super::decoys::Decoys;
#[cfg(feature = "htpasswd")]
use super::filed::Filed;
use super::pool::{Pool, Seat};
use super::remembered::{Entry, Remembered, Seen};
use super::stored::Stored;
use super::{AuthenticationError, HashError, PasswordHash, PasswordSettings, Rejection, Unavailable};
use crate::authn::digest::Digest;
use crate::store::{Freshness, Stamp, StoreError, Topic, User, UserStore, UserUpdate};
use crate::vocabulary::{Principal, Secret, Username};
use std::sync::Arc;
use std::time::Instant;

/// The password of the first admin in MLflow until 3.16.
const SHIPPED_PASSWORD: &str = "password1234";

/// Checks credentials and remembers those that are right.
pub(super) struct Checker {
    pub(super) users: Arc<dyn UserStore>,
    freshness: Arc<Freshness>,
    memory: Remembered,
    pub(super) attempts: Attempts,
    pub(super) decoys: Decoys,
    pool: Pool,
    #[cfg(feature = "htpasswd")]
    pub(super) file: Option<Filed>,
}

/// A name and a password that somebody claims to be theirs.
pub(super) struct Claim {
    pub(super) user: Username,
    pub(super) password: Secret,
    pub(super) digest: Digest,
}

/// What was read of somebody who has a password.
struct Account {
    stamp: Stamp,
    read: Instant,
    /// The state of the file of passwords before it was read.
    file: u64,
    /// Nobody, where the file alone knows the name.
    user: Option<User>,
    hash: Stored,
}

/// Who was let in.
pub(super) struct Admitted {
    pub(super) user: Username,
    pub(super) is_admin: bool,
}

impl Claim {
    pub(super) fn new(checker: &Checker, user: Username, password: Secret) -> Result<Self, Unavailable> {
        let digest = checker.memory.digester()?.credential(user.as_str(), password.expose());
        Ok(Self { user, password, digest })
    }
}

impl Checker {
    pub(super) fn new(users: Arc<dyn UserStore>, freshness: Arc<Freshness>, settings: &PasswordSettings) -> Self {
        Self {
            users,
            memory: Remembered::new(Arc::clone(&freshness), settings.remembered, settings.remember),
            freshness,
            attempts: Attempts::new(settings.free_attempts, settings.longest_pause),
            decoys: Decoys::new(),
            pool: Pool::new(settings.parallel_hashes, settings.waiting_hashes),
            #[cfg(feature = "htpasswd")]
            file: None,
        }
    }

    pub(super) fn memory(&self) -> &Remembered {
        &self.memory
    }

    pub(super) fn freshness(&self) -> &Freshness {
        &self.freshness
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// What the memory says of a credential.
    pub(super) fn look(&self, credential: &Digest) -> Seen {
        self.memory.look(credential, self.file_version())
    }

    /// Who `claim` is. Looks into the memory again: somebody else's check may have ended since the caller looked.
    pub(super) async fn check(&self, claim: &Claim) -> Result<Arc<Principal>, AuthenticationError> {
        match self.look(&claim.digest) {
            Seen::Current(principal) => Ok(principal),
            Seen::Once(stored) => match self.renew(claim, stored).await? {
                Some(principal) => Ok(principal),
                None => self.check_again(claim).await,
            },
            Seen::Never => self.attempt(claim).await,
        }
    }

    /// Goes on with a credential that was right, if the account still has the hash it was right for.
    async fn renew(&self, claim: &Claim, stored: Digest) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        match self.read(&claim.user).await? {
            Some(account) if self.memory.digester()?.stored(account.hash.expose()) == stored => {
                let who = self.admit(claim, account.user.as_ref()).await?;
                Ok(Some(self.remember(claim, &account, who, stored)))
            }
            _ => Ok(None),
        }
    }

    /// Checks a credential that was right before, which nobody has to wait for.
    async fn check_again(&self, claim: &Claim) -> Result<Arc<Principal>, AuthenticationError> {
        let outcome = self.check_by_hash(claim).await;
        if let Err(AuthenticationError::Rejected(_)) = outcome {
            self.memory.forget(&claim.digest);
        }
        outcome
    }

    /// Checks a credential that may be a guess.
    async fn attempt(&self, claim: &Claim) -> Result<Arc<Principal>, AuthenticationError> {
        self.attempts.run(&claim.user, self.check_by_hash(claim)).await
    }

    /// Checks a credential the long way. The account is read when there is a seat, so that nobody waits with old news.
    async fn check_by_hash(&self, claim: &Claim) -> Result<Arc<Principal>, AuthenticationError> {
        let seat = self.pool.enter().await?;
        let account = self.read(&claim.user).await?;
        self.learn_file();
        if let Some(account) = &account {
            self.decoys.learn(&claim.user, &account.hash);
        }
        let (password, decoy) = (claim.password.clone(), self.decoys.of(&claim.user));
        let hash = account.as_ref().map(|account| account.hash.clone());
        let compared = seat.run(move || compare(&password, hash.as_ref(), &decoy)).await?;
        let fits = judge(&claim.user, compared)?;
        match account {
            Some(account) if fits => self.accept(claim, account, &seat).await,
            _ => Err(Rejection::WrongPassword.into()),
        }
    }

    /// The password fits: replaces an old hash, and remembers.
    async fn accept(
        &self,
        claim: &Claim,
        account: Account,
        seat: &Seat,
    ) -> Result<Arc<Principal>, AuthenticationError> {
        let who = self.admit(claim, account.user.as_ref()).await?;
        let replaced = match account.hash.to_replace() {
            Some(old) => self.replace(claim, old, seat).await,
            None => None,
        };
        let hash = replaced.as_ref().map_or(account.hash.expose(), PasswordHash::expose);
        let stored = self.memory.digester()?.stored(hash);
        Ok(self.remember(claim, &account, who, stored))
    }

    /// Stores a new hash in the place of `old`, if `old` is still there. The log-in is good without it.
    async fn replace(&self, claim: &Claim, old: &PasswordHash, seat: &Seat) -> Option<PasswordHash> {
        let (user, password) = (&claim.user, claim.password.clone());
        let new = match seat.run(move || PasswordHash::new(&password)).await.map_err(HashError::from) {
            Ok(Ok(new)) => new,
            Ok(Err(error)) | Err(error) => {
                tracing::warn!(%user, %error, "the old password hash could not be computed anew");
                return None;
            }
        };
        let password = Some(new.clone());
        let if_password_is = Some(old.clone());
        let update = UserUpdate { password, same_password: true, if_password_is, ..UserUpdate::default() };
        match self.users.update_user(user, update).await {
            Ok(()) => {
                self.decoys.learn(user, &Stored::Account(new.clone()));
                Some(new)
            }
            Err(StoreError::Conflict(_)) => None,
            Err(error) => {
                tracing::warn!(%user, %error, "the old password hash could not be replaced");
                None
            }
        }
    }

    fn remember(&self, claim: &Claim, account: &Account, who: Admitted, stored: Digest) -> Arc<Principal> {
        let Admitted { user, is_admin } = who;
        let Account { stamp, read, file, .. } = *account;
        let principal = Arc::new(Principal { is_admin, ..Principal::new(user, account.hash.proof()) });
        self.memory.keep(claim.digest, Entry { principal: Arc::clone(&principal), stamp, read, stored, file });
        principal
    }

    /// Reads who has a password: an account, else a line of the file.
    async fn read(&self, name: &Username) -> Result<Option<Account>, Unavailable> {
        let (stamp, read, file) = (self.freshness.stamp(Topic::User(name)), Instant::now(), self.file_version());
        let found = self.users.credentials(name).await.map_err(|error| Unavailable::new("the user store", error))?;
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        let hash = self.prefer(name, hash);
        Ok(hash.map(|hash| Account { stamp, read, file, user, hash }))
    }

    /// Who comes in with a password that fits, if `account` is theirs.
    async fn admit(&self, claim: &Claim, account: Option<&User>) -> Result<Admitted, AuthenticationError> {
        match account {
            Some(account) => {
                refuse(claim, account)?;
                Ok(Admitted { user: account.name.clone(), is_admin: account.is_admin })
            }
            None => self.admit_unknown(claim).await,
        }
    }
}

/// Compares a password with a stored hash. Blocks. Where there is none that can be computed, the decoy is, so that it
/// takes no less time.
fn compare(password: &Secret, stored: Option<&Stored>, decoy: &Stored) -> Result<bool, HashError> {
    let outcome = stored.map(|hash| hash.verify(password));
    if let None | Some(Err(HashError::Unreadable(_) | HashError::TooCostly(_))) = outcome {
        decoy.verify(password)?;
    }
    outcome.unwrap_or(Ok(false))
}

/// Whether the password fits. A stored hash that nobody can read fits none, and an administrator should know.
fn judge(user: &Username, compared: Result<bool, HashError>) -> Result<bool, Unavailable> {
    match compared {
        Ok(fits) => Ok(fits),
        Err(HashError::Unavailable(error)) => Err(error),
        Err(error) => {
            tracing::error!(%user, %error, "nobody can sign in to this account with a password");
            Ok(false)
        }
    }
}

/// Refuses those who may not sign in though their password is right; which of the reasons it is, is not told.
pub(super) fn refuse(claim: &Claim, user: &User) -> Result<(), Rejection> {
    if !user.is_active {
        tracing::info!(user = %user.name, "refused an account that is not active");
        return Err(Rejection::WrongPassword);
    }
    if user.is_admin && claim.password.matches(SHIPPED_PASSWORD) {
        tracing::warn!(user = %user.name, "refused the password that MLflow used to ship, which is not good for an admin");
        return Err(Rejection::WrongPassword);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn want_of_memory_is_no_wrong_password() {
        let judge = |compared| judge(&Username::new("alice").unwrap(), compared);
        assert!(judge(Ok(true)).unwrap());
        for wrong in [Ok(false), Err(HashError::Unreadable("")), Err(HashError::TooCostly(""))] {
            assert!(!judge(wrong).unwrap());
        }
        assert!(judge(Err(Unavailable::new("argon2", "no memory").into())).is_err());
    }
}
