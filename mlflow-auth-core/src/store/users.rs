//! The store of accounts.

use super::{ChangeFeed, StoreError};
use crate::hash::PasswordHash;
use crate::vocabulary::Username;
use async_trait::async_trait;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its number in the store, never used again for another.
    pub id: i64,
    /// Its name.
    pub name: Username,
    /// Whether it passes every check.
    pub is_admin: bool,
    /// What people call it, if that is not its name; at most 255 bytes.
    pub display_name: Option<String>,
    /// Whether a program signs in with it, and nobody in person.
    pub is_service: bool,
    /// Whether it may sign in, by whatever proof.
    pub is_active: bool,
}

/// An account to be made. It is active.
///
/// ```
/// # use mlflow_auth_core::{Username, store::NewUser};
/// let bot = NewUser { is_service: true, ..NewUser::named(Username::new("ci")?) };
/// # assert!(bot.password.is_none());
/// # Ok::<(), mlflow_auth_core::InvalidName>(())
/// ```
#[derive(Clone)]
pub struct NewUser {
    /// Its name.
    pub name: Username,
    /// Its password; none for somebody who signs in elsewhere, whom no password lets in here.
    pub password: Option<PasswordHash>,
    /// Whether it passes every check.
    pub is_admin: bool,
    /// What people call it, if that is not its name.
    pub display_name: Option<String>,
    /// Whether a program signs in with it, and nobody in person.
    pub is_service: bool,
}

impl NewUser {
    /// A person without a password who is no admin.
    pub fn named(name: Username) -> Self {
        Self { name, password: None, is_admin: false, display_name: None, is_service: false }
    }

    /// Refuses a display name that not every database can hold. Every store calls it first.
    ///
    /// # Errors
    /// [`StoreError::Invalid`]
    pub fn check(&self) -> Result<(), StoreError> {
        check_display_name(self.display_name.as_deref())
    }
}

/// What to change of an account. What is `None` stays.
#[derive(Clone, Default)]
pub struct UserUpdate {
    /// A new password.
    pub password: Option<PasswordHash>,
    /// Whether that is the old password, only hashed in another way: then it ends no session.
    pub same_password: bool,
    /// A new admin flag.
    pub is_admin: Option<bool>,
    /// What people call it from now on.
    pub display_name: Option<String>,
    /// Whether it may sign in from now on.
    pub is_active: Option<bool>,
    /// Only if the password hash is still this one; else [`StoreError::Conflict`].
    pub if_password_is: Option<PasswordHash>,
    /// Only if an admin is left who is active; else [`StoreError::LastAdmin`]. What takes no such admin away passes.
    pub leave_an_admin: bool,
}

impl UserUpdate {
    /// Whether this ends the sessions of the account.
    pub fn ends_sessions(&self) -> bool {
        self.ends_tokens() || (self.password.is_some() && !self.same_password)
    }

    /// Whether this ends the tokens of the account.
    pub fn ends_tokens(&self) -> bool {
        self.is_active == Some(false)
    }

    /// Refuses a display name that not every database can hold. Every store calls it first.
    ///
    /// # Errors
    /// [`StoreError::Invalid`]
    pub fn check(&self) -> Result<(), StoreError> {
        check_display_name(self.display_name.as_deref())
    }

    /// Whether this makes an active admin of `user`, as it stands, anything else, and must leave another.
    pub fn needs_another_admin(&self, user: &User) -> bool {
        let stays = self.is_admin.unwrap_or(user.is_admin) && self.is_active.unwrap_or(user.is_active);
        self.leave_an_admin && user.is_admin && user.is_active && !stays
    }
}

/// The longest display name in bytes, as MLflow's columns for names have it (`VARCHAR(255)`).
const LONGEST: usize = 255;

pub(super) fn check_display_name(name: Option<&str>) -> Result<(), StoreError> {
    match name {
        Some(name) if name.len() > LONGEST => {
            Err(StoreError::Invalid(format!("the display name is longer than {LONGEST} bytes")))
        }
        Some(name) if name.contains('\0') => {
            Err(StoreError::Invalid(format!("the display name `{}` holds a NUL character", name.escape_debug())))
        }
        Some(_) | None => Ok(()),
    }
}

/// Keeps accounts: who can sign in with a password of ours, and who is an admin.
///
/// # Contract
///
/// * Names are compared byte by byte, numbers are never used again.
/// * A read that begins after a write was acknowledged sees it.
/// * Removing an account removes, in the same transaction, all that the same store keeps of it: memberships, and grants
///   if it is a [`PermissionStore`](super::PermissionStore) too. Nothing of it is left for somebody who takes the name
///   later. Tokens, sessions and identities of the same store go with it.
/// * Making an account inactive ends its tokens and sessions in the same transaction; another password ends its sessions,
///   unless it is [the same](UserUpdate::same_password). Making it active again brings none of them back.
/// * Every write is told in the feed as [`Event::User`](super::Event::User).
#[async_trait]
pub trait UserStore: ChangeFeed {
    /// One account, if it exists.
    async fn user(&self, name: &Username) -> Result<Option<User>, StoreError>;

    /// One account with its password hash, if it exists. The hash is `None` for somebody who signs in elsewhere.
    async fn credentials(&self, name: &Username) -> Result<Option<(User, Option<PasswordHash>)>, StoreError>;

    /// All accounts, by name.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// Makes an account.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if the name is taken, [`StoreError::Invalid`] if it cannot be kept.
    async fn create_user(&self, user: NewUser) -> Result<User, StoreError>;

    /// Changes an account.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none, [`StoreError::Conflict`] or [`StoreError::LastAdmin`] if a condition
    /// does not hold.
    async fn update_user(&self, name: &Username, update: UserUpdate) -> Result<(), StoreError>;

    /// Removes an account and all that this store keeps of it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none.
    async fn delete_user(&self, name: &Username) -> Result<(), StoreError>;
}
