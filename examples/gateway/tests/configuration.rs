//! Where values come from, who wins, and what is said about a bad one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail as the test itself does"
)]

use mlflow_auth_core::{Mode, Permission, Source};
use mlflow_auth_gateway::{Config, Flags, Loaded, SETTINGS, StoreLocation, load};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

/// A command line, an environment, a TOML file and an INI file.
#[derive(Default)]
struct Given {
    flags: Vec<(&'static str, &'static str)>,
    env: Vec<(&'static str, &'static str)>,
    toml: Option<&'static str>,
    ini: Option<&'static str>,
}

impl Given {
    fn load(&self) -> Result<Loaded, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut flags = Flags { values: self.flags.iter().map(|(k, v)| (*k, (*v).into())).collect(), config: None };
        let mut env: BTreeMap<&str, OsString> = self.env.iter().map(|(k, v)| (*k, v.into())).collect();
        if let Some(text) = self.toml {
            let path = folder.path().join("gateway.toml");
            std::fs::write(&path, text).unwrap();
            flags.config = Some(path);
        }
        if let Some(text) = self.ini {
            let path = folder.path().join("basic_auth.ini");
            std::fs::write(&path, text).unwrap();
            env.insert("MLFLOW_AUTH_CONFIG_PATH", path.into());
        }
        load(&flags, &|name| env.get(name).cloned()).map_err(|errors| errors.to_string())
    }

    fn config(&self) -> Config {
        self.load().map_err(|errors| panic!("{errors}")).unwrap().config
    }

    fn error(&self) -> String {
        self.load().err().expect("it was accepted")
    }
}

#[test]
fn without_anything_it_is_safe() {
    let config = Given::default().config();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.forward.upstream.as_str(), "127.0.0.1:5000");
    assert_eq!(config.policy.default, Permission::NoPermissions);
    assert!(matches!(config.policy.mode, Mode::FirstMatch(_)));
    assert!(!config.policy.workspaces && !config.allow_assistant);
    assert_eq!(config.admin.username.as_str(), "admin");
    assert!(config.admin.password.is_none());
    assert!(matches!(config.store, StoreLocation::Sqlite(path) if path == Path::new("mlflow-auth.db")));
}

#[test]
fn a_flag_wins_over_the_environment_over_the_file_over_mlflows_file() {
    let all = || Given {
        flags: vec![("default_permission", "MANAGE")],
        env: vec![("DEFAULT_MLFLOW_PERMISSION", "EDIT")],
        toml: Some("default_permission = \"USE\""),
        ini: Some("[mlflow]\ndefault_permission = READ\n"),
    };
    let strip: [fn(&mut Given); 5] = [
        |_| {},
        |given| given.flags.clear(),
        |given| given.env.clear(),
        |given| given.toml = None,
        |given| given.ini = None,
    ];
    let mut given = all();
    let expected = [Permission::Manage, Permission::Edit, Permission::Use, Permission::Read, Permission::NoPermissions];
    for (strip, expected) in strip.into_iter().zip(expected) {
        strip(&mut given);
        assert_eq!(given.config().policy.default, expected);
    }
}

#[test]
fn every_setting_can_come_from_each_source() {
    for setting in SETTINGS.iter() {
        // Long enough for a secret, and a key in base64.
        let secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        let text = if setting.secret { secret } else { setting.default };
        if text.is_empty() {
            continue;
        }
        let env = Given { env: vec![(setting.env, text)], ..Given::default() };
        let shown = env.load().map_err(|error| panic!("{error}")).unwrap().shown;
        assert!(shown.contains(&format!("from the environment variable `{}`", setting.env)), "{shown}");
        let line: &'static str = format!("{} = {text:?}", setting.key).leak();
        let shown = Given { toml: Some(line), ..Given::default() }.load().unwrap().shown;
        assert!(shown.contains("gateway.toml"), "{}: {shown}", setting.key);
        if !setting.secret {
            let shown = Given { flags: vec![(setting.key, text)], ..Given::default() }.load().unwrap().shown;
            assert!(shown.contains(&format!("from the flag `--{}`", setting.key.replace('_', "-"))), "{shown}");
        }
    }
}

#[test]
fn groups_of_creators_are_read_with_what_they_get() {
    let toml = Some("creator_groups = [\"fraud team=EDIT\", \"a=b = READ\"]");
    let config = Given { toml, ..Given::default() }.config();
    let found: Vec<_> = config.creator_groups.iter().map(|(group, gets)| format!("{group} {gets}")).collect();
    assert_eq!(found, ["a=b READ", "fraud team EDIT"]);
    assert!(Given::default().config().creator_groups.is_empty());
}

#[test]
fn a_restriction_that_restricts_little_is_told() {
    let warned = |rest: &[(&'static str, &'static str)]| {
        let flags = [&[("restrict_resource_creation", "true")], rest].concat();
        !Given { flags, ..Given::default() }.load().unwrap().warnings.is_empty()
    };
    assert!(warned(&[("default_permission", "EDIT")]) && warned(&[("default_permission", "MANAGE")]));
    assert!(!warned(&[]) && !warned(&[("default_permission", "READ")]));
    assert!(!warned(&[("default_permission", "EDIT"), ("enable_workspaces", "true")]));
}

#[test]
fn tokens_are_believed_only_of_whom_and_for_whom_is_said() {
    let url = "https://login.example/.well-known/openid-configuration";
    let provider = |rest: &[(&'static str, &'static str)]| {
        let env = [&[("OIDC_DISCOVERY_URL", url)], rest].concat();
        Given { env, ..Given::default() }
    };
    assert!(provider(&[]).error().contains("`oidc_audience`"));
    let config = provider(&[("OIDC_AUDIENCE", "mlflow,other"), ("OIDC_GROUP_NAME", "*")]).config().tokens;
    let found = config.providers.first().unwrap();
    assert_eq!((found.discovery_url.as_str(), found.audiences.len(), &found.issuer), (url, 2, &None));
    assert!(found.identities.admitted_groups.is_empty());
    let plain = Given::default().config().tokens;
    assert!(plain.providers.is_empty() && plain.secret.is_none());
    let plain = provider(&[("OIDC_AUDIENCE", "m")]).config().tokens;
    let groups = &plain.providers.first().unwrap().identities.admitted_groups;
    assert_eq!(groups.first().map(ToString::to_string).as_deref(), Some("mlflow"));
    for (settings, expected) in [
        (&[("MLFLOW_AUTH_OIDC_ALGORITHMS", "RS256,none"), ("OIDC_AUDIENCE", "m")][..], "`none` is not a signature"),
        (&[("MLFLOW_AUTH_OIDC_ALGORITHMS", "HS256"), ("OIDC_AUDIENCE", "m")], "`HS256` signs with a shared secret"),
        (&[("MLFLOW_AUTH_OIDC_CA_FILE", "/no/such/file"), ("OIDC_AUDIENCE", "m")], "`/no/such/file` cannot be read"),
        (&[("MLFLOW_AUTH_JWT_SECRET", "short"), ("OIDC_AUDIENCE", "m")], "at least 32 bytes"),
        (
            &[("MLFLOW_AUTH_JWT_SECRET", "0123456789abcdef0123456789abcdef"), ("OIDC_AUDIENCE", "m")],
            "`oidc_issuer` from the default is not valid: it is needed with `jwt_secret`",
        ),
    ] {
        let error = provider(settings).error();
        assert!(error.contains(expected) && !error.contains("0123456789abcdef"), "{error}");
    }
}

#[test]
fn names_that_exist_elsewhere_mean_the_same() {
    let given = Given {
        env: vec![
            ("MLFLOW_AUTH_ADMIN_USERNAME", "ann"),
            ("MLFLOW_AUTH_ADMIN_PASSWORD", "correct horse battery"),
            ("DEFAULT_MLFLOW_PERMISSION", "READ"),
            ("PERMISSION_SOURCE_ORDER", "group,user"),
            ("MLFLOW_ENABLE_WORKSPACES", "True"),
            ("RESTRICT_RESOURCE_CREATION", "true"),
            ("MLFLOW_STATIC_PREFIX", "/mlflow"),
            ("MLFLOW_SERVER_ALLOWED_HOSTS", "ml.example, 10.*"),
            ("MLFLOW_SERVER_CORS_ALLOWED_ORIGINS", "https://a.example"),
        ],
        ..Given::default()
    };
    let config = given.config();
    assert_eq!(config.admin.username.as_str(), "ann");
    assert!(config.admin.password.unwrap().matches("correct horse battery"));
    assert_eq!(config.policy.default, Permission::Read);
    let Mode::FirstMatch(order) = config.policy.mode else { panic!("it is not first-match") };
    assert_eq!(order.sources(), [Source::Group, Source::User]);
    assert!(config.policy.workspaces && config.policy.restrict_creation);
    assert_eq!(config.static_prefix, "/mlflow");
    assert_eq!(config.server.allowed_hosts, ["ml.example", "10.*"]);
    assert_eq!(config.forward.allowed_origins, ["https://a.example"]);
}

#[test]
fn mlflows_file_is_read_and_what_means_nothing_is_named() {
    let ini = "[mlflow]\ndefault_permission = EDIT\ndatabase_uri = sqlite:///basic_auth.db\nadmin_username = ann\n\
               admin_password = a%%very-long-one\ngrant_default_workspace_access = yes\nauth_cache_ttl_seconds = 5\n\
               authorization_function = mlflow.server.auth:authenticate_request_basic_auth\nnonsense = 1\n";
    let loaded = Given { ini: Some(ini), ..Given::default() }.load().map_err(|error| panic!("{error}")).unwrap();
    let config = loaded.config;
    assert_eq!(config.policy.default, Permission::Edit);
    assert!(config.policy.default_workspace_access);
    assert!(config.admin.password.unwrap().matches("a%very-long-one"));
    assert_eq!(config.passwords.remember, Duration::from_secs(5));
    let is_default = matches!(&config.store, StoreLocation::Sqlite(path) if path == Path::new("mlflow-auth.db"));
    assert!(is_default, "MLflow's own table is left alone");
    let warnings = loaded.warnings.join("\n");
    assert_eq!(loaded.warnings.len(), 2, "{warnings}");
    assert!(warnings.contains("`database_uri`") && warnings.contains("`nonsense`"), "{warnings}");
}

#[test]
fn an_empty_variable_switches_off_the_admin_of_a_file_and_nothing_else() {
    let ini =
        Some("[mlflow]\nadmin_username = ann\nadmin_password = correct horse battery\ndefault_permission = READ\n");
    let env =
        vec![("MLFLOW_AUTH_ADMIN_USERNAME", ""), ("MLFLOW_AUTH_ADMIN_PASSWORD", ""), ("DEFAULT_MLFLOW_PERMISSION", "")];
    let config = Given { ini, env, ..Given::default() }.config();
    assert_eq!(config.admin.username.as_str(), "admin");
    assert!(config.admin.password.is_none());
    assert_eq!(config.policy.default, Permission::Read);
}

/// A setting, a bad value for it, and what is said about it.
const BAD: &[(&str, &str, &str)] = &[
    ("listen", "localhost", "is not an IP address with a port"),
    ("listen", "", "is not an IP address with a port"),
    ("upstream", "127.0.0.1:5000", "is not the address of a server"),
    ("upstream", "https://mlflow", "plain HTTP"),
    ("upstream", "http://mlflow/path", "is not the address of a server"),
    ("upstream", "http://u:p@mlflow", "is not the address of a server"),
    ("upstream", "http://:5000", "is not the address of a server"),
    ("upstream", "ftp://mlflow", "is not the address of a server"),
    ("upstream_host", "a b", "is not a host name"),
    ("store", "auth.db", "is not a URL"),
    ("store", "sqlite://auth.db", "three slashes"),
    ("store", "sqlite:///", "must be kept in a file"),
    ("store", "sqlite:///:memory:", "must be kept in a file"),
    ("store", "sqlite:///a.db?key=hunter2", "options behind `?`"),
    ("store", "sqlite+aiosqlite:///a.db", "the driver is unknown"),
    ("store", "postgresql://u:hunter2@db/auth", "can read a password in a flag"),
    ("store", "postgresql://u@db/auth?password=hunter2", "can read a password in a flag"),
    ("store", "mysql://u:hunter2@db/auth", "there is no store for `mysql`"),
    ("public_url", "ml.example", "is not an address"),
    ("public_url", "https://ml.example/mlflow", "is not an address"),
    ("static_prefix", "mlflow", "is not a path"),
    ("static_prefix", "/mlflow/", "is not a path"),
    ("static_prefix", "/a/../b", "is not a path"),
    ("allowed_hosts", "a,,b", "has an empty entry"),
    ("forward_headers", "a b", "is not the name of a header"),
    ("forward_headers", "Authorization", "may never pass"),
    ("forward_headers", "x-forwarded-for", "may never pass"),
    ("forward_headers", "script_name", "may never pass"),
    ("resolution", "best", "is neither `first-match` nor `union`"),
    ("permission_source_order", "user,idp", "`idp`"),
    ("default_permission", "read", "is not a permission"),
    ("restrict_resource_creation", "yes", "is none of"),
    ("creator_groups", "team", "is not a group such as"),
    ("creator_groups", "team=EDIT,=READ", "is not valid: it is empty"),
    ("creator_groups", "team=OWNER", "`OWNER` is not a permission"),
    ("creator_groups", "team=DENY", "`team` cannot get `DENY`"),
    ("creator_groups", "team=EDIT,team=READ", "`team` stands twice"),
    ("enable_workspaces", "yes", "is none of"),
    ("admin_username", "a:b", "a:b"),
    ("credential_cache_ttl", "soon", "is not a time"),
    ("credential_cache_size", "-1", "is not a whole number"),
    ("allow_assistant", "perhaps", "is none of"),
    ("max_connections", "0", "is not between"),
    ("max_headers", "3.5", "is not a whole number"),
    ("max_header_bytes", "1KiB", "is not between"),
    ("max_body_bytes", "64MB", "is not a size"),
    ("max_spans_bytes", "1", "is not between"),
    ("cache_size", "0", "is not between"),
    ("max_rules", "0", "is not between"),
    ("max_rules_bytes", "1KiB", "is not between"),
    ("cache_staleness", "0", "is no time at all"),
    ("explain_refusals", "2", "is none of"),
    ("max_upload_bytes", "99999999999TiB", "is not a size"),
    ("header_timeout", "0s", "is no time at all"),
    ("idle_timeout", "10 s", "is not a time"),
    ("response_timeout", "99999999999999999999s", "is not a time"),
    ("shutdown_grace", "1d", "is not a time"),
    ("log_level", "lo=ud=er", "is not a level"),
    ("log_format", "xml", "is neither"),
];

#[test]
fn a_bad_value_is_named_with_its_source() {
    for &(key, value, problem) in BAD {
        let error = Given { flags: vec![(key, value)], ..Given::default() }.error();
        let flag = format!("the setting `{key}` from the flag `--{}` is not valid: ", key.replace('_', "-"));
        assert!(error.starts_with(&flag) && error.contains(problem), "{key}={value}: {error}");
        let secret = value.contains("hunter2");
        assert!(secret || value.is_empty() || error.contains(value), "{key}={value} is not quoted: {error}");
        assert!(!error.contains("hunter2"), "a password is shown: {error}");
    }
}

#[test]
fn a_bad_admin_password_is_named_and_not_shown() {
    for (password, problem) in [("password1234", "once shipped"), ("tooshort!", "shorter than 12 characters")] {
        let error = Given { env: vec![("MLFLOW_AUTH_ADMIN_PASSWORD", password)], ..Given::default() }.error();
        let start = "the setting `admin_password` from the environment variable `MLFLOW_AUTH_ADMIN_PASSWORD`";
        assert!(error.starts_with(start) && error.contains(problem) && !error.contains(password), "{error}");
    }
}

#[test]
fn bad_files_are_named() {
    for (toml, problem) in [
        ("lisTen = \"127.0.0.1:1\"", "the key `lisTen` in the file"),
        ("lisTen = \"127.0.0.1:1\"", "is `listen` meant?"),
        ("[server]\nlisten = \"x\"", "the key `server` in the file"),
        ("listen = \"a\"\nlisten = \"b\"", "line 2"),
        ("admin_password = \"hunter2", "line 1"),
        ("listen = 8080", "it is a TOML integer"),
        ("allow_assistant = 1", "it is a TOML integer"),
        ("allowed_hosts = [1]", "it is not a list of texts"),
        ("max_connections = -5", "`-5` is not a whole number"),
    ] {
        let error = Given { toml: Some(toml), ..Given::default() }.error();
        assert!(error.contains(problem) && error.contains("gateway.toml"), "{toml}: {error}");
        assert!(!error.contains("hunter2"), "a password is shown: {error}");
    }
    let error = Given { ini: Some("[mlflow]\nadmin_password = 50%off"), ..Given::default() }.error();
    assert!(error.contains("basic_auth.ini` is not valid: `admin_password`: a `%` must be written `%%`"), "{error}");
}

#[test]
fn a_file_that_is_not_there_is_named_with_what_names_it() {
    let flags = Flags { config: Some("/nowhere/gateway.toml".into()), ..Flags::default() };
    let error = load(&flags, &|_| None).err().unwrap().to_string();
    assert!(
        error.starts_with("the file `/nowhere/gateway.toml`, named by the flag `--config`, cannot be read"),
        "{error}"
    );
    for variable in ["MLFLOW_AUTH_CONFIG_PATH", "MLFLOW_AUTH_GATEWAY_CONFIG"] {
        let env = |name: &str| (name == variable).then(|| "/nowhere/x".into());
        let error = load(&Flags::default(), &env).err().unwrap().to_string();
        assert!(error.contains(&format!("named by the environment variable `{variable}`")), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn text_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStringExt;
    let env = |name: &str| (name == "PERMISSION_SOURCE_ORDER").then(|| OsString::from_vec(vec![0xff]));
    let error = load(&Flags::default(), &env).err().unwrap().to_string();
    assert_eq!(error, "the value of the environment variable `PERMISSION_SOURCE_ORDER` is not UTF-8");
}

#[test]
fn everything_wrong_is_told_at_once() {
    let given = Given {
        flags: vec![("listen", "x")],
        env: vec![("DEFAULT_MLFLOW_PERMISSION", "y")],
        toml: Some("nonsense = 1"),
        ..Given::default()
    };
    let error = given.error();
    assert_eq!(error.lines().count(), 3, "{error}");
}

#[test]
fn what_is_shown_means_the_same_when_it_is_read() {
    let given = Given {
        flags: vec![("allowed_hosts", "a,b"), ("upstream", "http://[::1]:5000"), ("store", "sqlite:///a \"b\".db")],
        env: vec![("MLFLOW_AUTH_ADMIN_PASSWORD", "correct horse battery"), ("MLFLOW_ENABLE_WORKSPACES", "1")],
        ..Given::default()
    };
    let shown = given.load().map_err(|error| panic!("{error}")).unwrap().shown;
    assert!(!shown.contains("correct horse"), "{shown}");
    assert!(shown.contains("# admin_password is set and hidden, from the environment"), "{shown}");
    let again = Given { toml: Some(shown.clone().leak()), ..Given::default() };
    let shown_again = again.load().map_err(|error| panic!("{error}")).unwrap().shown;
    let values = |shown: &str| -> Vec<String> {
        let lines = shown.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.split(" # ").next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(values(&shown), values(&shown_again));
    let shown_at_all = SETTINGS.iter().filter(|setting| !setting.secret).count();
    assert_eq!(values(&shown).len(), shown_at_all);
}
