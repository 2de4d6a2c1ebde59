//! Which access tokens are issued.

use super::{Reader, value};
use mlflow_auth_core::TokenLimits;
use mlflow_auth_core::store::Seconds;

/// Seconds of a day.
const DAY: Seconds = 86_400;

impl Reader {
    pub(super) fn access_tokens(&mut self) -> Option<TokenLimits> {
        let days = self.get("access_token_max_days", value::count_of(1, 366));
        let most = self.get("access_tokens_per_user", value::count_of(1, 10_000));
        Some(TokenLimits { most: most?, longest: DAY * days? as Seconds, ..TokenLimits::default() })
    }
}
