//! Which account somebody is whom a provider vouches for.
//!
//! A provider is whoever proves who people are in our place: an OpenID Connect provider, a proxy that signs people in, a
//! directory, a password file. [`Accounts`] is the one place where an [`Identity`] becomes a user, by
//! [`AccountRules`]: every way to sign in that trusts a provider goes through it.

mod admit;
mod identity;
mod rules;

pub use admit::{AccountStore, Accounts, AdmitError, Admitted};
pub use identity::Identity;
pub use rules::{AccountRules, GroupUpkeep, Names, UnknownUsers};

#[cfg(test)]
mod tests;
