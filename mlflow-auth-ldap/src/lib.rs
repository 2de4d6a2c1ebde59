#![doc = include_str!("../README.md")]

#[cfg(not(unix))]
compile_error!("mlflow-auth-ldap keeps replies of a directory from the parser of ldap3 by a Unix socket pair");

mod authenticator;
mod directory;
mod error;
mod groups;
mod look_ups;
mod names;
mod outcome;
mod sessions;
mod settings;
mod tls;
mod wire;

pub use authenticator::{LdapAuthenticator, LdapSignInSettings};
pub use error::LdapError;
pub use groups::LdapGroups;
pub use settings::{InvalidLdapSettings, LdapSettings};
