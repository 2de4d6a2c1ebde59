//! Pieces to build an authenticator from, for those that live outside of this crate.

pub use super::digest::{Digest, Digester, LazyDigester};
pub use super::password::attempts::Attempts;
pub use super::password::flights::Flights;
