//! What an Application Load Balancer of AWS signs, which is a JSON Web Token but for its padding and its claims: who
//! signed it, and until when it holds, stands in its header.

mod keys;
mod verify;

pub use keys::NamedKeySource;
pub use verify::{AlbRules, AlbVerifier};
