//! Signing in in a browser, and sessions. Most names are those of mlflow-oidc-auth 11.0.2.

use super::Reader;
use super::value::{self, Read};
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use mlflow_auth_core::Secret;
use mlflow_auth_tower::SameSite;
use std::time::Duration;

/// How people sign in in a browser, and how long they stay.
#[derive(Clone)]
pub struct SessionConfig {
    /// What seals; none if nothing needs to be.
    pub secrets: Vec<Secret>,
    /// What seals the tokens of providers, if that is something else.
    pub token_keys: Vec<Secret>,
    /// The name of the cookie.
    pub cookie: String,
    /// How long a browser keeps it; 0 for until it is closed.
    pub max_age: Duration,
    /// With which requests of other sites it is sent.
    pub same_site: SameSite,
    /// Whether it is sent over TLS alone, if that was said.
    pub secure: Option<bool>,
    /// After how long without a request a session is over.
    pub idle: Duration,
    /// Whether browsers go straight to the only provider.
    pub automatic: bool,
    /// Whether passwords open sessions too.
    pub passwords: bool,
    /// Whether providers are asked again.
    pub refreshes: bool,
    /// How long before their tokens end.
    pub leeway: Duration,
}

impl Reader {
    pub(super) fn sessions(&mut self) -> Option<SessionConfig> {
        let secrets = self.get("secret_key", secrets);
        let token_keys = self.get("session_token_encryption_key", keys);
        let cookie = self.get("session_cookie_name", cookie_name);
        let max_age = self.get("session_cookie_max_age", value::time);
        let same_site = self.get("session_cookie_samesite", same_site);
        let secure = self.get("session_cookie_secure", perhaps);
        let idle = self.get("session_idle", idle);
        let automatic = self.get("automatic_login_redirect", value::switch);
        let passwords = self.get("password_login", value::switch);
        let refreshes = self.get("oidc_use_refresh_token", value::switch);
        let leeway = self.get("oidc_session_expiry_leeway", value::time);
        self.get("oidc_code_challenge", code_challenge)?;
        Some(SessionConfig {
            secrets: secrets?,
            token_keys: token_keys?,
            cookie: cookie?,
            max_age: max_age?,
            same_site: same_site?,
            secure: secure?,
            idle: idle?,
            automatic: automatic?,
            passwords: passwords?,
            refreshes: refreshes?,
            leeway: leeway?,
        })
    }
}

/// Texts with commas between, none of which can be guessed. None of them is quoted.
fn secrets(text: &str) -> Read<Vec<Secret>> {
    let secret = |part: &str| match part.len() {
        0..32 => Err("each secret in it must have at least 32 bytes".to_owned()),
        _ => Ok(Secret::new(part)),
    };
    text.split(',').map(str::trim).filter(|_| !text.is_empty()).map(secret).collect()
}

/// As Fernet writes keys, whichever of the two alphabets of base64 it is.
fn keys(text: &str) -> Read<Vec<Secret>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engines = [STANDARD, URL_SAFE].map(|alphabet| GeneralPurpose::new(&alphabet, config));
    let is_key = |part: &str| engines.iter().any(|engine| engine.decode(part).is_ok_and(|bytes| bytes.len() == 32));
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|_| !text.is_empty()).collect();
    match parts.iter().all(|part| is_key(part)) {
        true => Ok(parts.into_iter().map(Secret::new).collect()),
        false => Err("each key in it must be 32 bytes in base64".to_owned()),
    }
}

fn cookie_name(text: &str) -> Read<String> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match !text.is_empty() && text.len() <= 64 && text.bytes().all(token) {
        true => Ok(text.to_owned()),
        false => Err(format!("`{text}` is not the name of a cookie")),
    }
}

fn same_site(text: &str) -> Read<SameSite> {
    text.parse().map_err(|error: mlflow_auth_tower::UnknownSameSite| error.to_string())
}

fn perhaps(text: &str) -> Read<Option<bool>> {
    if text.is_empty() { Ok(None) } else { value::switch(text).map(Some) }
}

/// Less is not told apart: when a session was used is known to the minute.
fn idle(text: &str) -> Read<Duration> {
    match value::time(text)? {
        time if time >= Duration::from_secs(60) => Ok(time),
        _ => Err(format!("`{text}` is less than a minute")),
    }
}

/// The plugin's words that switch it off are refused: nobody should believe that they did.
fn code_challenge(text: &str) -> Read<()> {
    match text.eq_ignore_ascii_case("S256") {
        true => Ok(()),
        false => Err(format!("`{text}`: nothing but `S256` is offered, and it cannot be switched off")),
    }
}
