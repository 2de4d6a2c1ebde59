//! Plain headers of a proxy.

use super::{Reader, header_or_none};
use crate::config::providers::{admitted_groups, groups_of};
use crate::config::value::{self, Read};
use http::HeaderName;
use mlflow_auth_core::{NamedBy, ProxyHeaders, ProxySettings};

/// The headers that are read, each with its setting.
const HEADERS: [&str; 4] =
    ["proxy_user_header", "proxy_preferred_username_header", "proxy_email_header", "proxy_groups_header"];

impl Reader {
    pub(super) fn proxy_headers(&mut self) -> Option<Option<ProxySettings>> {
        let preset = self.get("proxy_headers", preset)?;
        let [user, preferred_username, email, groups] = HEADERS.map(|key| self.get(key, header_or_none));
        let (user, preferred_username, email, groups) = (user?, preferred_username?, email?, groups?);
        let (delimiter, named_by) =
            (self.get("proxy_groups_delimiter", delimiter), self.get("proxy_username", named_by));
        let lower_case = self.get("proxy_lower_case", value::switch);
        let admitted_groups = self.get("proxy_allowed_groups", admitted_groups);
        let admin_groups = self.get("proxy_admin_groups", groups_of);
        let require_groups = self.get("proxy_require_groups", value::switch);
        let chained = self.get("proxy_chained", value::switch);
        let base = match preset {
            None if [&user, &preferred_username, &email, &groups].into_iter().any(Option::is_some) => {
                self.lacking(
                    "proxy_headers",
                    "a header of a proxy is named; say `generic` if its headers are believed",
                );
                return None;
            }
            None => return Some(None),
            Some(Preset::OAuth2Proxy) => ProxyHeaders::oauth2_proxy(),
            Some(Preset::Authelia) => ProxyHeaders::authelia(),
            Some(Preset::Generic) => ProxyHeaders { user: None, ..ProxyHeaders::generic(HeaderName::from_static("x")) },
        };
        let headers = ProxyHeaders {
            user: user.or(base.user),
            preferred_username: preferred_username.or(base.preferred_username),
            email: email.or(base.email),
            groups: groups.or(base.groups),
            delimiter: delimiter?,
            named_by: named_by?.unwrap_or(base.named_by),
            others: base.others,
        };
        Some(Some(ProxySettings {
            lower_case: lower_case?,
            admitted_groups: admitted_groups?,
            admin_groups: admin_groups?,
            require_groups: require_groups?,
            chained: chained?,
            ..ProxySettings::new(headers)
        }))
    }
}

enum Preset {
    OAuth2Proxy,
    Authelia,
    Generic,
}

fn preset(text: &str) -> Read<Option<Preset>> {
    match text {
        "" => Ok(None),
        "oauth2-proxy" => Ok(Some(Preset::OAuth2Proxy)),
        "authelia" => Ok(Some(Preset::Authelia)),
        "generic" => Ok(Some(Preset::Generic)),
        _ => Err(format!("`{text}` is none of `oauth2-proxy`, `authelia`, `generic`")),
    }
}

fn named_by(text: &str) -> Read<Option<NamedBy>> {
    match text {
        "" => Ok(None),
        "user" => Ok(Some(NamedBy::User)),
        "preferred-username" => Ok(Some(NamedBy::PreferredUsername)),
        "email" => Ok(Some(NamedBy::Email)),
        _ => Err(format!("`{text}` is none of `user`, `preferred-username`, `email`")),
    }
}

fn delimiter(text: &str) -> Read<char> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(format!("`{text}` is not one character")),
    }
}
