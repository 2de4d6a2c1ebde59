//! Values, from text.

use crate::proxy::{PublicUrl, is_forbidden};
use http::header::{HeaderName, HeaderValue};
use http::uri::{Authority, Uri};
use mlflow_auth_core::{GroupName, Permission, SourceOrder, Username};
use mlflow_auth_tower::CreatorGroups;
use std::net::SocketAddr;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// How grants become an answer, before the order of sources is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resolution {
    /// The first source that has an answer decides.
    FirstMatch,
    /// All grants are folded.
    Union,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What a value could not be read as. A secret one is not quoted.
pub(super) type Read<T> = Result<T, String>;

pub(super) fn address(text: &str) -> Read<SocketAddr> {
    text.parse().map_err(|_| format!("`{text}` is not an IP address with a port, such as `127.0.0.1:8080`"))
}

pub(super) fn upstream(text: &str) -> Read<Authority> {
    if text.starts_with("https://") {
        return Err(format!("`{text}`: this build speaks plain HTTP to MLflow; put both on one machine or network"));
    }
    let wrong = || format!("`{text}` is not the address of a server, such as `http://127.0.0.1:5000`");
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let bare = uri.path() == "/" && uri.query().is_none() && !text.contains(['@', '#', '?']);
    if uri.scheme_str() != Some("http") || !bare || uri.port().is_some_and(|port| port.as_u16() == 0) {
        return Err(wrong());
    }
    uri.authority().filter(|authority| !authority.host().is_empty()).cloned().ok_or_else(wrong)
}

pub(super) fn host(text: &str) -> Read<Option<HeaderValue>> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || format!("`{text}` is not a host name, with or without a port");
    let authority: Authority = text.parse().map_err(|_| wrong())?;
    let value = HeaderValue::try_from(authority.as_str()).map_err(|_| wrong())?;
    if text.contains('@') { Err(wrong()) } else { Ok(Some(value)) }
}

pub(super) fn public_url(text: &str) -> Read<Option<PublicUrl>> {
    let wrong = || format!("`{text}` is not an address such as `https://mlflow.example.com`, without a path");
    if text.is_empty() { Ok(None) } else { PublicUrl::parse(text).map(Some).ok_or_else(wrong) }
}

pub(super) fn static_prefix(text: &str) -> Read<String> {
    let canonical = |segment: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        !segment.is_empty() && !matches!(segment, "." | "..") && segment.bytes().all(plain)
    };
    match text.strip_prefix('/') {
        None if text.is_empty() => Ok(String::new()),
        Some(segments) if segments.split('/').all(canonical) => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is not a path such as `/mlflow`, beginning and not ending with a slash")),
    }
}

pub(super) fn list(text: &str) -> Read<Vec<String>> {
    let mut items = Vec::new();
    for item in text.split(',').map(str::trim).filter(|_| !text.is_empty()) {
        if item.is_empty() {
            return Err(format!("`{text}` has an empty entry"));
        }
        items.push(item.to_owned());
    }
    Ok(items)
}

pub(super) fn headers(text: &str) -> Read<Vec<HeaderName>> {
    let name = |item: String| {
        let name = HeaderName::try_from(&item).map_err(|_| format!("`{item}` is not the name of a header"))?;
        match is_forbidden(name.as_str()) {
            true => Err(format!("the header `{item}` may never pass to MLflow")),
            false => Ok(name),
        }
    };
    list(text)?.into_iter().map(name).collect()
}

pub(super) fn resolution(text: &str) -> Read<Resolution> {
    match text {
        "first-match" => Ok(Resolution::FirstMatch),
        "union" => Ok(Resolution::Union),
        _ => Err(format!("`{text}` is neither `first-match` nor `union`")),
    }
}

pub(super) fn source_order(text: &str) -> Read<SourceOrder> {
    text.parse().map_err(|error: mlflow_auth_core::UnknownSource| format!("`{text}`: {error}"))
}

/// Texts such as `fraud-team=EDIT`; what stands in front of the last `=` is the group.
pub(super) fn creator_groups(text: &str) -> Read<CreatorGroups> {
    let group = |item: String| {
        let parts = item.rsplit_once('=').map(|(group, permission)| (group.trim(), permission.trim()));
        let (group, permission) = parts.ok_or_else(|| format!("`{item}` is not a group such as `fraud-team=EDIT`"))?;
        Ok((GroupName::new(group).map_err(|error| error.to_string())?, self::permission(permission)?))
    };
    let groups = list(text)?.into_iter().map(group).collect::<Read<Vec<_>>>();
    let groups = groups.and_then(|groups| CreatorGroups::new(groups).map_err(|error| error.to_string()));
    groups.map_err(|problem| format!("`{text}`: {problem}"))
}

pub(super) fn permission(text: &str) -> Read<Permission> {
    text.parse().map_err(|error: mlflow_auth_core::UnknownPermission| error.to_string())
}

pub(super) fn username(text: &str) -> Read<Username> {
    Username::new(if text.is_empty() { "admin" } else { text }).map_err(|error| error.to_string())
}

/// The bootstrap rules of MLflow 3.17.2: at least 12 characters, and not the password that it once shipped.
pub(super) fn admin_password(text: &str) -> Read<Option<mlflow_auth_core::Secret>> {
    match text {
        "" => Ok(None),
        "password1234" => Err("it is the password that MLflow once shipped, which everybody knows".to_owned()),
        _ if text.chars().count() < 12 => Err("it is shorter than 12 characters".to_owned()),
        _ if text.len() > 1024 => Err("it is longer than 1024 bytes".to_owned()),
        _ => Ok(Some(mlflow_auth_core::Secret::new(text))),
    }
}

pub(super) fn switch(text: &str) -> Read<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("`{text}` is none of `true`, `false`, `1`, `0`")),
    }
}

pub(super) fn count(text: &str) -> Read<usize> {
    digits(text)
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| format!("`{text}` is not a whole number"))
}

pub(super) fn count_of(least: usize, most: usize) -> impl Fn(&str) -> Read<usize> {
    move |text| match count(text)? {
        number if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("`{text}` is not between {least} and {most}")),
    }
}

pub(super) fn time(text: &str) -> Read<Duration> {
    let wrong = || format!("`{text}` is not a time such as `500ms`, `10s`, `5m` or `1h`");
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end).ok_or_else(wrong)?;
    let number = digits(number).ok_or_else(wrong)?;
    let milliseconds = match unit {
        "ms" => Some(number),
        "s" | "" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => None,
    };
    milliseconds.filter(|time| *time <= LONGEST_TIME).map(Duration::from_millis).ok_or_else(wrong)
}

/// A year: more is a typing error, and timers do not take any number.
const LONGEST_TIME: u64 = 366 * 24 * 3_600_000;

pub(super) fn some_time(text: &str) -> Read<Duration> {
    match time(text)? {
        Duration::ZERO => Err(format!("`{text}` is no time at all")),
        time => Ok(time),
    }
}

pub(super) fn size(text: &str) -> Read<u64> {
    let wrong = || format!("`{text}` is not a size in bytes such as `65536`, `64KiB`, `16MiB` or `2GiB`");
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end).ok_or_else(wrong)?;
    let unit: u64 = match unit {
        "" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return Err(wrong()),
    };
    digits(number).and_then(|number| number.checked_mul(unit)).ok_or_else(wrong)
}

pub(super) fn size_of(least: u64, most: u64) -> impl Fn(&str) -> Read<usize> {
    move |text| match size(text)? {
        bytes if (least..=most).contains(&bytes) => usize::try_from(bytes).map_err(|_| format!("`{text}` is too much")),
        _ => Err(format!("`{text}` is not between {least} and {most} bytes")),
    }
}

pub(super) fn log_level(text: &str) -> Read<String> {
    match EnvFilter::try_new(text) {
        Ok(_) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is not a level such as `info`, nor a list such as `info,hyper=debug`")),
    }
}

pub(super) fn log_format(text: &str) -> Read<LogFormat> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("`{text}` is neither `text` nor `json`")),
    }
}

fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
