//! Who was given what, and how that is kept ready for a decision.

mod grant;
mod held;
mod holdings;

pub use grant::{Grant, GrantId, GrantSpec, Scope, StoredGrant, Target};
pub use held::SubjectGrants;
pub(crate) use holdings::Holder;
pub use holdings::Holdings;
