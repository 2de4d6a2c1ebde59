//! Cookies that are set.

use http::HeaderMap;
use mlflow_auth_core::cookies;
use mlflow_auth_core::oidc::ATTEMPT_LIFETIME;
use std::fmt;
use std::str::FromStr;

/// How the cookie of sessions is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieSettings {
    name: String,
    secure: bool,
    same_site: SameSite,
    max_age: u64,
}

/// With which requests of other sites a browser sends a cookie (RFC 6265bis, section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// When somebody follows a link.
    Lax,
    /// With none.
    Strict,
    /// With all. What changes something must still come from our own pages.
    None,
}

/// A text that is none of the three words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is none of `lax`, `strict`, `none`", .0.escape_debug())]
pub struct UnknownSameSite(String);

impl FromStr for SameSite {
    type Err = UnknownSameSite;

    fn from_str(text: &str) -> Result<Self, UnknownSameSite> {
        match text.to_ascii_lowercase().as_str() {
            "lax" => Ok(SameSite::Lax),
            "strict" => Ok(SameSite::Strict),
            "none" => Ok(SameSite::None),
            _ => Err(UnknownSameSite(text.to_owned())),
        }
    }
}

impl fmt::Display for SameSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SameSite::Lax => "Lax",
            SameSite::Strict => "Strict",
            SameSite::None => "None",
        })
    }
}

/// How many sign-ins one browser may have begun at the same time.
const MOST_ATTEMPTS: usize = 5;
const ATTEMPT: &str = "mlflow_auth_sign_in_";
/// What MLflow's pages keep a user name in where they know one.
const OF_PAGES: &str = "mlflow_user";

impl CookieSettings {
    /// A cookie named `name`. If it is `secure` a browser sends it over TLS alone, and no neighbour can set it: `__Host-`
    /// is put in front of the name. `max_age` is how many seconds a browser keeps it, 0 for until it is closed.
    pub fn new(name: &str, secure: bool, same_site: SameSite, max_age: u64) -> Self {
        let prefix = if secure && !name.starts_with("__Host-") { "__Host-" } else { "" };
        Self { name: format!("{prefix}{name}"), secure, same_site, max_age }
    }

    /// The whole name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_strict(&self) -> bool {
        self.same_site == SameSite::Strict
    }

    fn set(&self, value: &str) -> String {
        format!("{}={value}{}{}", self.name, self.age(), self.attributes(self.same_site))
    }

    fn clear(&self) -> String {
        format!("{}=; Max-Age=0{}", self.name, self.attributes(self.same_site))
    }

    /// All that is set when a session is opened. MLflow's pages (3.17.2) take `mlflow_user` away when somebody presses
    /// their *Logout*, which is all that they do about a session: beside it goes a cookie that they cannot reach and that
    /// tells that there was one.
    pub(super) fn opened(&self, value: &str) -> [String; 3] {
        let (age, safe) = (self.age(), self.safe());
        let shown = format!("{}=1{age}{}", self.shown(), self.attributes(SameSite::Lax));
        [self.set(value), shown, format!("{OF_PAGES}=1{age}; Path=/; SameSite=Lax{safe}")]
    }

    /// The same cookies taken back.
    pub(super) fn closed(&self) -> [String; 3] {
        let (shown, safe) = (self.shown(), self.safe());
        [
            self.clear(),
            format!("{shown}=; Max-Age=0{}", self.attributes(SameSite::Lax)),
            format!("{OF_PAGES}=; Max-Age=0; Path=/; SameSite=Lax{safe}"),
        ]
    }

    /// Whether somebody pressed *Logout* in MLflow's pages since the session was opened.
    pub(super) fn left(&self, headers: &HeaderMap) -> bool {
        let shown = self.shown();
        let has = |wanted: &str| cookies::all(headers).any(|(name, _)| name == wanted);
        has(&shown) && !has(OF_PAGES)
    }

    fn shown(&self) -> String {
        format!("{}_shown", self.name)
    }

    fn age(&self) -> String {
        if self.max_age == 0 { String::new() } else { format!("; Max-Age={}", self.max_age) }
    }

    fn safe(&self) -> &'static str {
        if self.secure { "; Secure" } else { "" }
    }

    /// Somebody comes back from a provider by following a link, whatever holds for sessions.
    pub(super) fn set_attempt(&self, tag: &str, value: &str) -> String {
        let age = ATTEMPT_LIFETIME.as_secs();
        format!("{}={value}; Max-Age={age}{}", self.attempt(tag), self.attributes(SameSite::Lax))
    }

    pub(super) fn clear_attempt(&self, name: &str) -> String {
        format!("{name}=; Max-Age=0{}", self.attributes(SameSite::Lax))
    }

    /// The name of an attempt's cookie.
    pub(super) fn attempt(&self, tag: &str) -> String {
        format!("{}{ATTEMPT}{tag}", if self.secure { "__Host-" } else { "" })
    }

    /// The cookies of attempts that must make room for one more; browsers send the oldest first.
    pub(super) fn surplus(&self, headers: &HeaderMap) -> Vec<String> {
        let prefix = self.attempt("");
        let names: Vec<&str> =
            cookies::all(headers).map(|(name, _)| name).filter(|name| name.starts_with(&prefix)).collect();
        let surplus = (names.len() + 1).saturating_sub(MOST_ATTEMPTS);
        names.into_iter().take(surplus).filter(|name| is_token(name)).map(str::to_owned).collect()
    }

    fn attributes(&self, same_site: SameSite) -> String {
        format!("; Path=/; HttpOnly; SameSite={same_site}{}", self.safe())
    }
}

fn is_token(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::COOKIE;

    #[test]
    fn secure_cookies_belong_to_this_host_alone() {
        let secure = CookieSettings::new("session", true, SameSite::Lax, 60);
        assert_eq!(secure.set("x"), "__Host-session=x; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(secure.clear(), "__Host-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure");
        let plain = CookieSettings::new("session", false, SameSite::Strict, 0);
        assert_eq!(plain.set("x"), "session=x; Path=/; HttpOnly; SameSite=Strict");
        assert!(plain.set_attempt("t", "x").ends_with("; Path=/; HttpOnly; SameSite=Lax"));
        assert_eq!(CookieSettings::new("__Host-s", true, SameSite::Lax, 0).name(), "__Host-s");
    }

    #[test]
    fn whoever_pressed_log_out_in_mlflows_pages_has_left() {
        let settings = CookieSettings::new("session", true, SameSite::Strict, 60);
        let [_, shown, pages] = settings.opened("x");
        assert_eq!(shown, "__Host-session_shown=1; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(pages, "mlflow_user=1; Max-Age=60; Path=/; SameSite=Lax; Secure");
        assert!(settings.closed().iter().all(|cookie| cookie.contains("=; Max-Age=0; Path=/; ")));
        for (sent, expected) in [
            ("__Host-session=x; __Host-session_shown=1; mlflow_user=1", false),
            ("__Host-session=x; __Host-session_shown=1", true),
            ("__Host-session=x", false),
            ("__Host-session=x; mlflow_user=1", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, sent.parse().unwrap());
            assert_eq!(settings.left(&headers), expected, "{sent}");
        }
    }

    #[test]
    fn many_attempts_push_out_the_oldest_and_nothing_else() {
        let settings = CookieSettings::new("session", true, SameSite::Lax, 60);
        for (count, surplus) in [(0, 0), (4, 0), (5, 1), (20, 16)] {
            let mut texts = vec!["other=1".to_owned(), "__Host-session=2".to_owned()];
            texts.extend((0..count).map(|number| format!("{}=3", settings.attempt(&format!("tag{number}")))));
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, texts.join("; ").parse().unwrap());
            let found = settings.surplus(&headers);
            assert_eq!(found.len(), surplus, "{count}");
            assert!(found.iter().all(|name| name.starts_with("__Host-mlflow_auth_sign_in_tag")), "{found:?}");
        }
    }
}
