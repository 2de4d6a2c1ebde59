//! Signing in in a browser: the providers, what is kept while somebody is away, and the session at the end.

mod attempts;
mod kept;
mod renewal;
mod returned;
mod rules;
mod service;

pub use attempts::ATTEMPT_LIFETIME;
pub use returned::Returned;
pub use rules::SignInRules;
pub use service::{Finished, SignIn, Started};
