//! For how long somebody is signed in.

use std::time::Duration;

/// How long those stay whom a provider signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRules {
    /// How long a session lasts at most.
    pub lifetime: Duration,
    /// Whether providers are asked again with refresh tokens, when what they gave ends.
    pub refreshes: bool,
    /// How long before that.
    pub leeway: Duration,
}

impl Default for SignInRules {
    /// Two weeks, nobody is asked again; half a minute. As mlflow-oidc-auth 11.0.2 has it.
    fn default() -> Self {
        Self { lifetime: Duration::from_secs(14 * 24 * 3600), refreshes: false, leeway: Duration::from_secs(30) }
    }
}

/// When a provider is asked again that does not say how long its tokens hold.
const UNTOLD: Duration = Duration::from_secs(3600);
/// A provider is not asked more often.
const SHORTEST: Duration = Duration::from_secs(5);

impl SignInRules {
    pub(super) fn lifetime(&self) -> u64 {
        self.lifetime.as_secs()
    }

    /// After how many seconds the provider is asked again whose tokens hold that long.
    pub(super) fn renew_after(&self, expires_in: Option<Duration>) -> u64 {
        expires_in.unwrap_or(UNTOLD).saturating_sub(self.leeway).max(SHORTEST).as_secs()
    }
}
