//! What no store may keep.

use super::{Account, Contents, Member};
use crate::grants::{Grant, Target};
use crate::store::identities::check_identity;
use crate::store::tokens::check_text;
use crate::store::users::check_display_name;
use crate::store::{AccessToken, BoundIdentity, Role, StoreError};
use crate::vocabulary::{Permission, Subject};

impl Contents {
    /// Refuses what no store may keep. Every store calls it first.
    ///
    /// # Errors
    /// [`StoreError::Invalid`]
    pub fn check(&self) -> Result<(), StoreError> {
        self.accounts.iter().try_for_each(account)?;
        self.roles.iter().try_for_each(role)?;
        self.members.iter().try_for_each(member)?;
        self.grants.iter().try_for_each(grant)?;
        self.identities.iter().try_for_each(identity)?;
        self.tokens.iter().try_for_each(token)
    }
}

pub(super) fn account(account: &Account) -> Result<(), StoreError> {
    check_display_name(account.user.display_name.as_deref())?;
    match &account.password {
        Some(hash) if hash.expose().contains('\0') => {
            let whose = Subject::User(account.user.name.clone());
            Err(StoreError::Invalid(format!("the password hash of {whose} holds a NUL character")))
        }
        Some(_) | None => Ok(()),
    }
}

pub(super) fn role(role: &Role) -> Result<(), StoreError> {
    no_nul(role.description.as_deref().unwrap_or_default())
}

pub(super) fn member(member: &Member) -> Result<(), StoreError> {
    match &member.provider {
        Some(provider) => check_text("the provider", provider, 255),
        None => Ok(()),
    }
}

/// One that cannot be read may be kept as long as it refuses.
pub(super) fn grant(grant: &Grant) -> Result<(), StoreError> {
    let spec = &grant.spec;
    let is_unreadable = grant.fault.is_some() || matches!(spec.target, Target::Unreadable { .. });
    if is_unreadable && spec.permission != Permission::Deny {
        return Err(StoreError::Invalid(format!("{spec}: it cannot be read and does not refuse")));
    }
    no_nul(spec.kind.name())?;
    no_nul(spec.target.text())
}

pub(super) fn identity(identity: &BoundIdentity) -> Result<(), StoreError> {
    check_identity(&identity.key)
}

pub(super) fn token(token: &AccessToken) -> Result<(), StoreError> {
    token.check()?;
    match token.hash.expose().contains('\0') {
        true => Err(StoreError::Invalid(format!("the hash of the token `{}` holds a NUL character", token.name))),
        false => Ok(()),
    }
}

fn no_nul(text: &str) -> Result<(), StoreError> {
    match text.contains('\0') {
        true => Err(StoreError::Invalid(format!("`{}` holds a NUL character", text.escape_debug()))),
        false => Ok(()),
    }
}
