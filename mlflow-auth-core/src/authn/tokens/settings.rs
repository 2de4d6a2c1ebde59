//! How access tokens are checked.

use std::time::Duration;

/// How an [`AccessTokenAuthenticator`](super::AccessTokenAuthenticator) checks tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessTokenSettings {
    /// How long a good token is believed without asking the store again. Changes that the store tells of end it at once;
    /// this bounds what is changed behind the store's back. Zero asks every time.
    pub remember: Duration,
    /// How many good tokens are remembered at most; the least used go first.
    pub remembered: usize,
}

impl Default for AccessTokenSettings {
    /// 16,384 tokens for a minute.
    fn default() -> Self {
        Self { remember: Duration::from_secs(60), remembered: 1 << 14 }
    }
}
