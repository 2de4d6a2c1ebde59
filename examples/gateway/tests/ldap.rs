//! The settings of a directory, and the page about it: what is on it is read by the gateway's own reader.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test is made of may fail as the test itself does"
)]

use mlflow_auth_core::accounts::{Names, UnknownUsers};
use mlflow_auth_gateway::{Flags, LdapConfig, Loaded, SETTINGS, assemble, load};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const PAGE: &str = include_str!("../docs/ldap.md");

const CHART: [(&str, &str); 7] = [
    ("LDAP_URI", "ldap://localhost:3890/dc=mlflow,dc=test"),
    ("LDAP_TLS_VERIFY", "required"),
    ("LDAP_LOOKUP_BIND", "uid=%s,ou=people,dc=mlflow,dc=test"),
    ("LDAP_GROUP_SEARCH_BASE_DN", "ou=groups,dc=mlflow,dc=test"),
    ("LDAP_GROUP_SEARCH_FILTER", "(&(objectclass=groupOfUniqueNames)(uniquemember=%s))"),
    ("LDAP_GROUP_ADMIN_DN", "cn=test-admin,ou=groups,dc=mlflow,dc=test"),
    ("LDAP_GROUP_USER_DN", "cn=test-user,ou=groups,dc=mlflow,dc=test"),
];

fn read(variables: &BTreeMap<String, String>) -> Result<Loaded, String> {
    load(&Flags::default(), &|name| variables.get(name).map(Into::into)).map_err(|errors| errors.to_string())
}

/// The chart's variables, with others in their place or besides.
fn chart(changes: &[(&str, &str)]) -> Result<Loaded, String> {
    let all = CHART.iter().chain(changes);
    read(&all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn ldap(changes: &[(&str, &str)]) -> LdapConfig {
    chart(changes).map_err(|error| panic!("{error}")).unwrap().config.ldap.expect("there is a directory")
}

#[test]
fn the_names_of_the_chart_are_read() {
    let config = ldap(&[]);
    assert_eq!(config.directory.uris, ["ldap://localhost:3890/dc=mlflow,dc=test"]);
    assert!(config.directory.verify_certificates && !config.groups_for_all);
    assert_eq!((config.sign_in.remember, config.directory.timeout), (Duration::from_secs(60), Duration::from_secs(10)));
    assert_eq!(config.sign_in.accounts.names, Names::Trusted);
    assert_eq!(config.sign_in.accounts.unknown_users, UnknownUsers::Create);
    assert!(read(&BTreeMap::new()).unwrap().config.ldap.is_none());
}

#[test]
fn settings_of_the_gateway_are_read_as_its_others_are() {
    let more = [
        ("LDAP_TIMEOUT", "500ms"),
        ("LDAP_CONNECT_TIMEOUT", "1m"),
        ("LDAP_CONNECTIONS", "3"),
        ("LDAP_WAITING", "0"),
        ("MLFLOW_AUTH_LDAP_CACHE_TTL", "5m"),
        ("MLFLOW_AUTH_LDAP_UNKNOWN_USERS", "refuse"),
    ];
    let config = ldap(&more);
    let directory = &config.directory;
    assert_eq!((directory.timeout, directory.connect_timeout), (Duration::from_millis(500), Duration::from_secs(60)));
    assert_eq!((directory.connections, directory.waiting), (3, 0));
    assert_eq!(config.sign_in.remember, Duration::from_secs(300));
    assert_eq!(config.sign_in.accounts.unknown_users, UnknownUsers::Refuse);
}

#[test]
fn what_does_not_fit_is_refused_with_the_name_of_the_variable() {
    for (changes, said) in [
        (vec![("LDAP_URI", "http://lldap")], "`ldap_uri` from the environment variable `LDAP_URI`"),
        (vec![("LDAP_TLS_VERIFY", "None")], "LDAP_TLS_VERIFY"),
        (vec![("LDAP_START_TLS", "perhaps")], "LDAP_START_TLS"),
        (vec![("LDAP_INSECURE_PLAINTEXT", "yes")], "LDAP_INSECURE_PLAINTEXT"),
        (vec![("LDAP_CA", "/nowhere.pem")], "LDAP_CA"),
        (vec![("LDAP_CLIENT_CERT", "/c.pem"), ("LDAP_URI", "ldaps://x")], "LDAP_CLIENT_KEY"),
        (vec![("LDAP_LOOKUP_BIND", "uid=alice")], "LDAP_LOOKUP_BIND"),
        (vec![("LDAP_LOOKUP_BIND", "")], "LDAP_USER_SEARCH_FILTER"),
        (vec![("LDAP_BIND_DN", "cn=svc")], "LDAP_BIND_PASSWORD"),
        (vec![("LDAP_BIND_PASSWORD", "secret-secret")], "LDAP_BIND_DN"),
        (vec![("LDAP_USER_SEARCH_FILTER", "(uid=%s"), ("LDAP_USER_SEARCH_BASE_DN", "dc=x")], "LDAP_USER_SEARCH_FILTER"),
        (vec![("LDAP_GROUP_SEARCH_FILTER", "")], "LDAP_GROUP_SEARCH_FILTER"),
        (vec![("LDAP_GROUP_ATTRIBUTE", "cn")], "LDAP_GROUP_ATTRIBUTE"),
        (vec![("LDAP_GROUP_ADMIN_DN", "*")], "LDAP_GROUP_ADMIN_DN"),
        (vec![("LDAP_GROUP_ADMIN_DN", ""), ("LDAP_GROUP_USER_DN", "")], "LDAP_GROUP_USER_DN"),
        (vec![("LDAP_TIMEOUT", "0")], "LDAP_TIMEOUT"),
        (vec![("LDAP_TIMEOUT", "2h")], "LDAP_TIMEOUT"),
        (vec![("LDAP_CONNECTIONS", "0")], "LDAP_CONNECTIONS"),
        (vec![("MLFLOW_AUTH_LDAP_CACHE_TTL", "2000h")], "MLFLOW_AUTH_LDAP_CACHE_TTL"),
        (vec![("MLFLOW_AUTH_LDAP_UNKNOWN_USERS", "all")], "MLFLOW_AUTH_LDAP_UNKNOWN_USERS"),
        (vec![("MLFLOW_AUTH_LDAP_GROUPS", "true")], "LDAP_BIND_DN"),
        (vec![("MLFLOW_AUTH_HTPASSWD_FILE", "people")], "MLFLOW_AUTH_HTPASSWD_FILE"),
    ] {
        let error = chart(&changes).err().unwrap_or_else(|| panic!("{changes:?} is accepted"));
        assert!(error.contains(said), "{changes:?}: {error}");
        assert!(!error.contains("secret-secret"), "{error}");
    }
}

#[test]
fn the_password_of_the_searching_account_may_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    let file = path.to_str().unwrap();
    let ask = |more: &[(&str, &str)]| {
        chart(&[&[("LDAP_BIND_DN", "cn=svc,dc=test"), ("LDAP_BIND_PASSWORD_FILE", file)], more].concat())
    };
    assert!(ask(&[]).err().unwrap().contains("cannot be read"));
    for (text, password) in [("hunter two", "hunter two"), (" hunter two \r\n", " hunter two "), ("\u{e4}\n", "\u{e4}")]
    {
        std::fs::write(&path, text).unwrap();
        let loaded = ask(&[]).map_err(|error| panic!("{error}")).unwrap();
        assert_eq!(loaded.config.ldap.unwrap().directory.bind_password.unwrap().expose(), password);
        assert!(!loaded.shown.contains("hunter"), "{}", loaded.shown);
    }
    assert!(ask(&[("LDAP_BIND_PASSWORD", "another")]).err().unwrap().contains("cannot both be set"));
    std::fs::write(&path, "\n").unwrap();
    assert!(ask(&[]).err().unwrap().contains("is empty"));
}

#[test]
fn without_servers_the_others_mean_nothing_and_that_is_said() {
    let one = BTreeMap::from([("LDAP_LOOKUP_BIND".to_owned(), "uid=%s,dc=test".to_owned())]);
    let warnings = read(&one).unwrap().warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("LDAP_URI"), "{warnings:?}");
    assert!(read(&BTreeMap::new()).unwrap().warnings.is_empty());
}

#[test]
fn beside_others_who_vouch_for_people_names_of_the_directory_take_no_accounts() {
    let provider =
        [("OIDC_DISCOVERY_URL", "https://login.example/.well-known/openid-configuration"), ("OIDC_AUDIENCE", "mlflow")];
    let loaded = chart(&provider).unwrap().config;
    assert_eq!(loaded.ldap.unwrap().sign_in.accounts.names, Names::Separate);
    let names: Vec<Names> = loaded.tokens.providers.iter().map(|provider| provider.requests.names).collect();
    assert_eq!(names, [Names::Adopts], "it is not the only one any more");
    for reserved in ["ldap", "directory"] {
        let list = format!(r#"[{{"id": "{reserved}", "issuer": "https://a.example", "audience": "x"}}]"#);
        assert!(chart(&[("AUTH_PROVIDERS", list.leak() as &str)]).is_err(), "{reserved}");
    }
}

/// The blocks of variables on the page, the first one of which the others change.
fn blocks() -> Vec<BTreeMap<String, String>> {
    let blocks = PAGE.split("```env\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    blocks.map(|block| block.lines().map(pair).collect()).collect()
}

#[tokio::test]
async fn what_the_page_shows_is_what_the_gateway_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem();
    std::fs::write(folder.path().join("ca.pem"), authority).unwrap();
    std::fs::write(folder.path().join("secret"), "secret\n").unwrap();
    let blocks = blocks();
    assert_eq!(blocks.len(), 6);
    for (number, block) in blocks.iter().enumerate() {
        let mut settings = match number {
            // An authority, for the first; groups in groups, for the fourth.
            1 => blocks[0].clone(),
            4 | 5 => {
                let memberships = ["LDAP_GROUP_ATTRIBUTE", "LDAP_GROUP_ATTRIBUTE_KEY"];
                blocks[3].clone().into_iter().filter(|(name, _)| !memberships.contains(&name.as_str())).collect()
            }
            _ => BTreeMap::new(),
        };
        settings.extend(block.clone());
        for (name, file) in [("LDAP_CA", "ca.pem"), ("LDAP_BIND_PASSWORD_FILE", "secret")] {
            if let Some(value) = settings.get_mut(name) {
                *value = folder.path().join(file).display().to_string();
            }
        }
        settings.insert("MLFLOW_AUTH_STORE".into(), format!("sqlite:///{}/{number}.db", folder.path().display()));
        let loaded = read(&settings).unwrap_or_else(|error| panic!("{error}: {settings:?}"));
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
        assert!(loaded.config.ldap.as_ref().is_some_and(|ldap| ldap.about.len() == 6));
        assemble(&loaded.config).await.unwrap();
    }
}

#[test]
fn the_page_lists_every_setting_with_its_default() {
    let table = PAGE.split("| setting | default | |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut listed = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').skip(1).map(str::trim).collect();
        let texts = |cell: &'static str| cell.split('`').skip(1).step_by(2).collect::<Vec<_>>();
        let (names, defaults) = (texts(cells[0]), texts(cells[1]));
        for (at, name) in names.iter().enumerate() {
            let setting = SETTINGS.iter().find(|setting| setting.env == *name).unwrap_or_else(|| panic!("{name}"));
            let default = defaults.get(at).copied().unwrap_or_default();
            // Empty means the same.
            let same = setting.default == default || (*name == "LDAP_GROUP_ATTRIBUTE" && default == "dn");
            assert!(same, "{name}: `{default}`");
            listed.insert(*name);
        }
    }
    let all: BTreeSet<&str> =
        SETTINGS.iter().filter(|setting| setting.key.starts_with("ldap_")).map(|setting| setting.env).collect();
    assert_eq!(listed, all);
}
