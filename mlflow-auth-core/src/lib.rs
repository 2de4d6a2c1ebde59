//! mlflow-auth-core
mod authn;
mod authorizer;
#[cfg(feature = "conformance")]
pub mod conformance;
mod freshness;
mod grants;
pub mod routes;
mod policy;
mod rules;
pub mod store;
mod vocabulary;

pub use authn::*;
pub use authorizer::*;
pub use freshness::*;
pub use grants::*;
pub use policy::*;
pub use rules::*;
pub use vocabulary::*;
