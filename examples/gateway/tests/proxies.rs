//! What is configured of proxies in front, and what is said about a mistake.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test is made of may fail as the test itself does")]

use mlflow_auth_core::NamedBy;
use mlflow_auth_core::accounts::UnknownUsers;
use mlflow_auth_gateway::{AssertionKeys, Flags, ProxyConfig, load};
use mlflow_auth_tower::Dialect;
use std::collections::BTreeMap;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn read(given: &[(&str, &str)]) -> Result<ProxyConfig, String> {
    let given: BTreeMap<&str, &str> = given.iter().copied().collect();
    let environment = |name: &str| match name {
        "MLFLOW_AUTH_PROXY_SECRET" => given.get("proxy_secret").map(Into::into),
        _ => None,
    };
    let settings = mlflow_auth_gateway::SETTINGS.iter().filter(|setting| !setting.secret);
    let values = settings.filter_map(|setting| Some((setting.key, (*given.get(setting.key)?).to_owned()))).collect();
    let loaded = load(&Flags { config: None, values }, &environment).map_err(|errors| errors.to_string())?;
    Ok(loaded.config.proxies)
}

#[test]
fn without_anything_nobody_is_believed() {
    let config = read(&[]).unwrap();
    assert!(config.trust.is_none() && config.headers.is_none());
    assert!(config.assertion.is_none() && config.forward_auth.is_none());
    let trusted = read(&[("trusted_proxies", "10.0.0.0/8, fd00::/8, 192.0.2.1")]).unwrap();
    assert!(trusted.trust.is_some() && trusted.headers.is_none(), "what is trusted says nothing yet");
}

#[test]
fn presets_are_changed_by_what_is_named() {
    let base = [("trusted_proxies", "10.0.0.0/8"), ("proxy_headers", "oauth2-proxy")];
    let config = read(&base).unwrap();
    assert_eq!(config.accounts.unknown_users, UnknownUsers::Refuse);
    let plain = config.headers.unwrap();
    assert_eq!((plain.headers.named_by, plain.lower_case, plain.chained), (NamedBy::Email, true, false));
    assert!(plain.admitted_groups.is_empty());
    let more = [
        ("proxy_username", "preferred-username"),
        ("proxy_groups_header", "X-Groups"),
        ("proxy_groups_delimiter", "|"),
        ("proxy_allowed_groups", "users,staff"),
        ("proxy_admin_groups", "admins"),
        ("proxy_unknown_users", "create"),
        ("proxy_lower_case", "false"),
        ("proxy_require_groups", "true"),
        ("proxy_chained", "true"),
    ];
    let config = read(&[base.as_slice(), &more].concat()).unwrap();
    assert_eq!(config.accounts.unknown_users, UnknownUsers::Create);
    let changed = config.headers.unwrap();
    assert_eq!(changed.headers.named_by, NamedBy::PreferredUsername);
    assert_eq!(changed.headers.groups.unwrap(), "x-groups");
    assert_eq!(changed.headers.email.unwrap(), "x-forwarded-email");
    assert_eq!(changed.headers.delimiter, '|');
    assert_eq!((changed.admitted_groups.len(), changed.admin_groups.len()), (2, 1));
    assert!(!changed.lower_case && changed.require_groups && changed.chained);
    let by_secret = read(&[("proxy_secret", SECRET), ("proxy_headers", "authelia")]).unwrap();
    assert_eq!(by_secret.trust.unwrap().secret_header().unwrap(), "x-proxy-secret");
}

#[test]
fn signed_headers_know_where_the_keys_are() {
    let audience = ("proxy_assertion_audience", "tag");
    let cloudflare = [
        ("proxy_assertion", "cloudflare-access"),
        ("proxy_assertion_issuer", "https://t.cloudflareaccess.com"),
        audience,
    ];
    let keys = |given: &[(&str, &str)]| match read(given).unwrap().assertion.unwrap().keys {
        AssertionKeys::Set(address) | AssertionKeys::Region(_, address) | AssertionKeys::Below(_, address) => address,
    };
    assert_eq!(keys(&cloudflare), "https://t.cloudflareaccess.com/cdn-cgi/access/certs");
    assert_eq!(
        keys(&[("proxy_assertion", "google-iap"), audience]),
        "https://www.gstatic.com/iap/verify/public_key-jwk"
    );
    let alb = [
        ("proxy_assertion", "alb"),
        ("proxy_assertion_issuer", "https://i.example"),
        ("proxy_assertion_signers", "arn:one,arn:two"),
        ("proxy_assertion_region", "eu-central-1"),
    ];
    assert_eq!(keys(&alb), "eu-central-1");
    let config = read(&[cloudflare.as_slice(), &[("trusted_proxies", "10.0.0.1")]].concat()).unwrap();
    assert!(config.assertion.unwrap().settings.trust.is_some(), "a second factor");
}

#[test]
fn who_asks_says_how() {
    for (name, expected) in [
        ("nginx", Dialect::Nginx),
        ("traefik", Dialect::Traefik),
        ("caddy", Dialect::Traefik),
        ("envoy", Dialect::Envoy { prefix: "/ask".into() }),
    ] {
        let given = [("forward_auth", name), ("trusted_proxies", "10.0.0.1"), ("forward_auth_path", "/ask")];
        let found = read(&given).unwrap().forward_auth.unwrap();
        assert_eq!((found.settings.dialect, found.path.as_str()), (expected, "/ask"));
        assert!(!found.settings.authn_only);
    }
}

#[test]
fn a_mistake_is_told_with_its_setting() {
    let trusted = ("trusted_proxies", "10.0.0.0/8");
    for (given, words) in [
        (&[("proxy_headers", "oauth2-proxy")][..], &["trusted_proxies", "proxy_secret"][..]),
        (&[("trusted_proxies", "0.0.0.0/0"), ("proxy_headers", "authelia")], &["trusted_proxies", "could be anybody"]),
        (&[("trusted_proxies", "::/1,8000::/1")], &["trusted_proxies", "could be anybody"]),
        (&[("trusted_proxies", "10.0.0.1/8")], &["trusted_proxies", "`10.0.0.1/8`"]),
        (&[("trusted_proxies", "proxy.example")], &["trusted_proxies", "`proxy.example`"]),
        (&[("proxy_secret", "short")], &["proxy_secret", "32 bytes"]),
        (&[("proxy_headers", "oauth"), trusted], &["proxy_headers", "`oauth`"]),
        (&[("proxy_user_header", "X-User"), trusted], &["proxy_headers", "generic"]),
        (
            &[("proxy_headers", "generic"), ("proxy_user_header", "no name"), trusted],
            &["proxy_user_header", "`no name`"],
        ),
        (&[("proxy_groups_delimiter", ", ")], &["proxy_groups_delimiter"]),
        (&[("proxy_username", "mail")], &["proxy_username", "`mail`"]),
        (&[("proxy_unknown_users", "yes")], &["proxy_unknown_users", "`yes`"]),
        (&[("proxy_assertion", "okta")], &["proxy_assertion", "`okta`"]),
        (&[("proxy_assertion", "google-iap")], &["proxy_assertion_audience"]),
        (&[("proxy_assertion", "pomerium"), ("proxy_assertion_audience", "h")], &["proxy_assertion_issuer"]),
        (&[("proxy_assertion", "alb"), ("proxy_assertion_issuer", "i")], &["proxy_assertion_signers"]),
        (&[("forward_auth", "nginx")], &["trusted_proxies", "forward_auth"]),
        (&[("forward_auth", "apache"), trusted], &["forward_auth", "`apache`"]),
        (&[("forward_auth_path", "/")], &["forward_auth_path"]),
        (&[("forward_auth_path", "/healthz")], &["forward_auth_path", "`/healthz`"]),
        (&[("forward_auth_path", "/a/../b")], &["forward_auth_path"]),
    ] {
        let error = read(given).err().unwrap_or_else(|| panic!("accepted: {given:?}"));
        assert!(words.iter().all(|word| error.contains(word)), "{given:?}: {error}");
        assert!(!error.contains("short"), "{error}");
    }
}
