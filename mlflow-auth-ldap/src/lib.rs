//! LDAP and Active Directory: an `Authenticator` and a `GroupResolver` over `ldap3`.
//!
//! Not built yet. What stands here is the error type, so that code which will use them can name it.

mod error;

pub use error::LdapError;
