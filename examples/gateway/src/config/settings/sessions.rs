//! Signing in in a browser, and sessions. Most names are those of mlflow-oidc-auth 11.0.2.

use super::Kind::{Switch, Text, Time};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::new(
        "secret_key",
        "SECRET_KEY",
        Text,
        "",
        "Seals what browsers and the store keep of sign-ins; several with commas between, of which the first seals and all \
         open. The same for all replicas, at least 32 bytes each",
    )
    .secret(),
    Setting::new(
        "session_token_encryption_key",
        "SESSION_TOKEN_ENCRYPTION_KEY",
        Text,
        "",
        "Seals the tokens of providers in the store in the place of `secret_key`: 32 bytes in base64 each, with commas \
         between, of which the first seals and all open",
    )
    .secret(),
    Setting::new("session_cookie_name", "SESSION_COOKIE_NAME", Text, "session", "The cookie of sessions"),
    Setting::new(
        "session_cookie_max_age",
        "SESSION_COOKIE_MAX_AGE_SECONDS",
        Time,
        "1209600s",
        "How long a session lasts at most; 0 for two weeks, of which the browser forgets it when it is closed",
    ),
    Setting::new(
        "session_cookie_samesite",
        "SESSION_COOKIE_SAMESITE",
        Text,
        "lax",
        "With which requests of other sites a browser sends the cookie: lax, strict or none",
    ),
    Setting::new(
        "session_cookie_secure",
        "SESSION_COOKIE_SECURE",
        Text,
        "",
        "Whether the cookie is sent over TLS alone; if empty, unless people are sent back to an http:// address",
    ),
    Setting::new(
        "session_idle",
        "MLFLOW_AUTH_SESSION_IDLE_SECONDS",
        Time,
        "24h",
        "After how long without a request a session is over",
    ),
    Setting::new(
        "automatic_login_redirect",
        "AUTOMATIC_LOGIN_REDIRECT",
        Switch,
        "false",
        "Whether a browser goes straight to the provider if there is one alone",
    ),
    Setting::new(
        "password_login",
        "MLFLOW_AUTH_PASSWORD_LOGIN",
        Switch,
        "true",
        "Whether people can sign in in a browser with a password too, where they can with a provider",
    ),
    Setting::new(
        "oidc_use_refresh_token",
        "OIDC_USE_REFRESH_TOKEN",
        Switch,
        "false",
        "Whether providers are asked, when their tokens end, if the owner of a session is still welcome",
    ),
    Setting::new(
        "oidc_session_expiry_leeway",
        "OIDC_SESSION_EXPIRY_LEEWAY_SECONDS",
        Time,
        "30s",
        "How long before that",
    ),
    Setting::new(
        "oidc_code_challenge",
        "OIDC_CODE_CHALLENGE",
        Text,
        "S256",
        "How sign-ins are tied to the browser that began them; nothing but S256 is offered",
    ),
];
