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
}

/// An account to be made.
#[derive(Clone)]
pub struct NewUser {
    /// Its name.
    pub name: Username,
    /// Its password; none for somebody who signs in elsewhere, whom no password lets in here.
    pub password: Option<PasswordHash>,
    /// Whether it passes every check.
    pub is_admin: bool,
}

/// What to change of an account. What is `None` stays.
#[derive(Clone, Default)]
pub struct UserUpdate {
    /// A new password.
    pub password: Option<PasswordHash>,
    /// A new admin flag.
    pub is_admin: Option<bool>,
    /// Only if the password hash is still this one; else [`StoreError::Conflict`].
    pub if_password_is: Option<PasswordHash>,
}

/// Keeps accounts: who can sign in with a password of ours, and who is an admin.
///
/// # Contract
///
/// * Names are compared byte by byte, numbers are never used again.
/// * A read that begins after a write was acknowledged sees it.
/// * Removing an account removes, in the same transaction, all that the same store keeps of it: memberships, and grants
///   if it is a [`PermissionStore`](super::PermissionStore) too. Nothing of it is left for somebody who takes the name
///   later.
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
    /// [`StoreError::AlreadyExists`] if the name is taken.
    async fn create_user(&self, user: NewUser) -> Result<User, StoreError>;

    /// Changes an account.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none, [`StoreError::Conflict`] if its condition does not hold.
    async fn update_user(&self, name: &Username, update: UserUpdate) -> Result<(), StoreError>;

    /// Removes an account and all that this store keeps of it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none.
    async fn delete_user(&self, name: &Username) -> Result<(), StoreError>;
}
