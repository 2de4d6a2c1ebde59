//! Bearer tokens that an identity provider has signed: JSON Web Tokens (RFC 7519, with the advice of RFC 8725).
//!
//! [`BearerAuthenticator`] takes `Authorization: Bearer` and believes a token that one of its [`Issuer`]s has signed for
//! us. What makes a token good is [`TokenRules`], who it is about [`IdentityRules`], where the keys come from a
//! [`KeySource`]. [`SignedHeaderAuthenticator`] does the same with the header of a proxy that signs who is calling.

mod alb;
mod algorithms;
mod bearer;
mod claims;
mod identities;
mod identity;
mod issuer;
mod keys;
mod ring;
mod rules;
mod service_accounts;
mod signed_header;
mod verify;

pub use super::accounts::{Identity, UnknownUsers};
pub use alb::{AlbRules, AlbVerifier, NamedKeySource};
pub use algorithms::{Algorithms, InvalidAlgorithms};
pub use bearer::{BearerAuthenticator, BearerSettings};
pub use claims::{ClaimPath, Claims};
pub use identities::Identities;
pub use identity::{IdentityRules, NotAdmitted};
pub use issuer::{Issuer, TokenError, WeakSecret};
pub use keys::{InvalidKeySet, InvalidPem, KeySet};
pub use ring::{KeyRefresh, KeySource};
pub use rules::TokenRules;
pub use service_accounts::{InvalidNamespaces, ServiceAccountRules};
pub use signed_header::{SignedHeader, SignedHeaderAuthenticator, SignedHeaderSettings, TokenVerifier};
pub use verify::InvalidToken;
