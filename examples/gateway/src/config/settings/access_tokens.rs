//! Which access tokens are issued.

use super::Kind::Count;
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::new(
        "access_token_max_days",
        "MLFLOW_AUTH_ACCESS_TOKEN_MAX_DAYS",
        Count,
        "366",
        "How many days an access token may live at most, up to 366",
    ),
    Setting::new(
        "access_tokens_per_user",
        "MLFLOW_AUTH_ACCESS_TOKENS_PER_USER",
        Count,
        "20",
        "How many access tokens that have not expired one user may have",
    ),
];
