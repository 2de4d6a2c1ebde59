//! Where groups come from, if no token names them.

#[cfg(feature = "file")]
mod file;
#[cfg(feature = "oidc")]
mod hook;

#[cfg(feature = "file")]
pub use file::GroupFile;
#[cfg(feature = "oidc")]
pub use hook::{GroupHook, GroupHookSettings, InvalidHook};
