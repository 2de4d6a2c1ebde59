//! The configuration: flags, environment, one TOML file, and MLflow's `basic_auth.ini`.
//!
//! [`SETTINGS`] lists every setting with its names and its default. A flag wins over the environment, the environment
//! over the TOML file (`--config`, `MLFLOW_AUTH_GATEWAY_CONFIG`), that over `basic_auth.ini` (`MLFLOW_AUTH_CONFIG_PATH`).
//! An environment variable that is set and empty counts as not set, except for the two admin settings, which it switches
//! off as in MLflow.

mod access_tokens;
mod error;
mod groups;
mod ini;
mod kubernetes;
mod ldap;
mod passwords;
mod providers;
mod proxies;
mod sessions;
mod settings;
mod show;
mod sources;
mod store;
mod tokens;
mod value;

pub use error::{ConfigError, ConfigErrors, Origin};
pub use groups::GroupConfig;
pub use kubernetes::Cluster;
pub use ldap::LdapConfig;
pub use passwords::HtpasswdConfig;
pub(crate) use providers::DEFAULT;
pub use providers::{Client, Provider};
pub use proxies::{Assertion, AssertionKeys, ForwardAuthConfig, ProxyConfig};
pub use sessions::SessionConfig;
pub use settings::{Kind, SETTINGS, Setting};
pub use sources::{Environment, Flags};
pub use store::StoreLocation;
pub(crate) use store::{holds_password, store_at};
pub use tokens::{SharedSecret, TokenConfig};
pub use value::LogFormat;

pub(crate) use sources::{CONFIG_VARIABLE, INI_VARIABLE};

use crate::proxy::ForwardSettings;
use crate::server::ServerSettings;
use crate::shadow::ShadowSettings;
use mlflow_auth_core::{Action, Mode, PasswordSettings, Policy, RuleLimits, Secret, TokenLimits, Username};
use mlflow_auth_tower::{CreatorGroups, Limits};
use providers::ClientSecrets;
use sources::{Found, Values};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use value::{Read, Resolution};

/// All that the gateway is told.
#[derive(Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The way to MLflow.
    pub forward: ForwardSettings,
    /// The way from clients.
    pub server: ServerSettings,
    /// Where users and grants are kept.
    pub store: StoreLocation,
    /// How decisions are made.
    pub policy: Policy,
    /// Which groups get a grant on what their members create.
    pub creator_groups: CreatorGroups,
    /// How passwords are checked.
    pub passwords: PasswordSettings,
    /// A file with more passwords.
    pub htpasswd: Option<HtpasswdConfig>,
    /// A directory whose people sign in.
    pub ldap: Option<LdapConfig>,
    /// Which bearer tokens are believed.
    pub tokens: TokenConfig,
    /// Where groups come from besides.
    pub groups: GroupConfig,
    /// What is said of proxies in front.
    pub proxies: ProxyConfig,
    /// How many access tokens are issued, and for how long.
    pub access_tokens: TokenLimits,
    /// How people sign in in a browser.
    pub sessions: SessionConfig,
    /// Who is made if there is no admin.
    pub admin: Admin,
    /// MLflow's `--static-prefix`; empty for none.
    pub static_prefix: String,
    /// Whether admins reach MLflow's assistant.
    pub allow_assistant: bool,
    /// Whether a new workspace begins with two roles.
    pub first_roles: bool,
    /// Whether callers are told why they are refused.
    pub explain_refusals: bool,
    /// What is observed beside the live rules.
    pub shadow: Option<ShadowSettings>,
    /// How much of a request is read before it is judged.
    pub limits: Limits,
    /// What is remembered of the store.
    pub cache: CacheSettings,
    /// How many patterns one subject may hold.
    pub rules: RuleLimits,
    /// What is logged, as `tracing-subscriber` writes filters.
    pub log_level: String,
    /// How it is written.
    pub log_format: LogFormat,
}

/// The admin that is made if the store has none.
#[derive(Clone)]
pub struct Admin {
    /// The name.
    pub username: Username,
    /// The password; one is made if `None`.
    pub password: Option<Secret>,
}

/// What is remembered of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheSettings {
    /// How many users, and how many holders of grants.
    pub size: usize,
    /// How long it is used while the store does not answer.
    pub staleness: Duration,
}

/// A configuration, and how it came about.
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// What was found and means nothing.
    pub warnings: Vec<String>,
    /// The configuration as a TOML file, with the source of each value as a comment. Secrets are left out.
    pub shown: String,
}

/// Reads the whole configuration.
///
/// # Errors
/// All that is wrong with it.
pub fn load(flags: &Flags, environment: Environment<'_>) -> Result<Loaded, ConfigErrors> {
    let (values, problems) = sources::gather(flags, environment);
    let client_secrets = providers::client_secrets(&values, environment);
    let mut reader = Reader { values, problems, client_secrets };
    let config = reader.config();
    match config {
        Some(config) if reader.problems.is_empty() => {
            let shown = show::as_toml(&reader.values);
            Ok(Loaded { config, warnings: reader.values.warnings, shown })
        }
        _ => Err(ConfigErrors(reader.problems)),
    }
}

struct Reader {
    values: Values,
    problems: Vec<ConfigError>,
    client_secrets: ClientSecrets,
}

impl Reader {
    /// `None` only if there is a problem; the others are still looked for.
    fn config(&mut self) -> Option<Config> {
        let (forward, server) = (self.forward(), self.server());
        let (policy, passwords, admin) = (self.policy(), self.passwords(), self.admin());
        let (htpasswd, tokens) = (self.htpasswd(), self.tokens());
        let ldap = self.ldap(tokens.as_ref(), htpasswd.as_ref().and_then(Option::as_ref));
        let groups = self.groups(ldap.as_ref().and_then(Option::as_ref));
        if let (Some(tokens), Some(groups)) = (&tokens, &groups)
            && groups.is_something()
        {
            self.nobody_takes_names(tokens);
        }
        if let (Some(Some(ldap)), Some(groups)) = (&ldap, &groups) {
            self.directory_takes_no_names(ldap, groups);
        }
        let for_directory = matches!(&ldap, Some(Some(ldap)) if ldap.groups_for_all);
        let access_tokens = self.access_tokens().map(|limits| TokenLimits { for_directory, ..limits });
        let (proxies, sessions) = (self.proxies(), self.sessions());
        let creator_groups = self.get("creator_groups", value::creator_groups);
        let listen = self.get("listen", value::address);
        let store = self.store();
        let static_prefix = self.get("static_prefix", value::static_prefix);
        let allow_assistant = self.get("allow_assistant", value::switch);
        let first_roles = self.get("rbac_seed_default_roles", value::switch);
        let explain_refusals = self.get("explain_refusals", value::switch);
        let shadow = self.shadow();
        let (limits, cache, rules) = (self.limits(), self.cache(), self.rules());
        let (log_level, log_format) =
            (self.get("log_level", value::log_level), self.get("log_format", value::log_format));
        Some(Config {
            listen: listen?,
            forward: forward?,
            server: server?,
            store: store?,
            policy: policy?,
            creator_groups: creator_groups?,
            passwords: passwords?,
            htpasswd: htpasswd?,
            ldap: ldap?,
            tokens: tokens?,
            groups: groups?,
            proxies: proxies?,
            access_tokens: access_tokens?,
            sessions: sessions?,
            admin: admin?,
            static_prefix: static_prefix?,
            allow_assistant: allow_assistant?,
            first_roles: first_roles?,
            explain_refusals: explain_refusals?,
            shadow: shadow?,
            limits: limits?,
            cache: cache?,
            rules: rules?,
            log_level: log_level?,
            log_format: log_format?,
        })
    }

    fn forward(&mut self) -> Option<ForwardSettings> {
        let (upstream, host) = (self.get("upstream", value::upstream), self.get("upstream_host", value::host));
        let also = self.get("forward_headers", value::headers);
        let public_url = self.get("public_url", value::public_url);
        let allowed_origins = self.get("allowed_origins", value::list);
        let connect_timeout = self.get("connect_timeout", value::some_time);
        let response_timeout = self.get("response_timeout", value::some_time);
        let idle_timeout = self.get("upstream_idle_timeout", value::some_time);
        Some(ForwardSettings {
            upstream: upstream?,
            host: host?,
            also: also?,
            public_url: public_url?,
            allowed_origins: allowed_origins?,
            connect_timeout: connect_timeout?,
            response_timeout: response_timeout?,
            idle_timeout: idle_timeout?,
        })
    }

    fn server(&mut self) -> Option<ServerSettings> {
        let max_connections = self.get("max_connections", value::count_of(1, 1_000_000));
        let max_headers = self.get("max_headers", value::count_of(10, 1000));
        let max_header_bytes = self.get("max_header_bytes", value::size_of(8 << 10, 1 << 20));
        let max_upload = self.get("max_upload_bytes", value::size).map(|bytes| (bytes > 0).then_some(bytes));
        let header_timeout = self.get("header_timeout", value::some_time);
        let idle_timeout = self.get("idle_timeout", value::some_time);
        let body_timeout = self.get("body_timeout", value::some_time);
        let write_timeout = self.get("write_timeout", value::some_time);
        let shutdown_grace = self.get("shutdown_grace", value::time);
        let allowed_hosts = self.get("allowed_hosts", value::list);
        Some(ServerSettings {
            max_connections: max_connections?,
            max_headers: max_headers?,
            max_header_bytes: max_header_bytes?,
            max_upload: max_upload?,
            header_timeout: header_timeout?,
            idle_timeout: idle_timeout?,
            body_timeout: body_timeout?,
            write_timeout: write_timeout?,
            shutdown_grace: shutdown_grace?,
            allowed_hosts: allowed_hosts?,
        })
    }

    fn policy(&mut self) -> Option<Policy> {
        let resolution = self.get("resolution", value::resolution);
        let order = self.get("permission_source_order", value::source_order);
        let default = self.get("default_permission", value::permission);
        let workspaces = self.get("enable_workspaces", value::switch);
        let default_workspace_access = self.get("grant_default_workspace_access", value::switch);
        let restrict_creation = self.get("restrict_resource_creation", value::switch);
        let mode = match (resolution?, order?) {
            (Resolution::FirstMatch, order) => Mode::FirstMatch(order),
            (Resolution::Union, _) => Mode::Union,
        };
        let policy = Policy {
            mode,
            default: default?,
            workspaces: workspaces?,
            default_workspace_access: default_workspace_access?,
            restrict_creation: restrict_creation?,
        };
        if policy.restrict_creation && !policy.workspaces && policy.default.allows(Action::Update) {
            let default = policy.default;
            self.values.warnings.push(format!(
                "`restrict_resource_creation` restricts little: `default_permission` is `{default}`, so that everybody may \
                 create what no pattern refuses"
            ));
        }
        Some(policy)
    }

    fn shadow(&mut self) -> Option<Option<ShadowSettings>> {
        let rules = self.get("shadow_rules", |text| Ok(PathBuf::from(text)));
        let prune = self.get("shadow_prune", value::switch);
        let (rules, prune) = (rules?, prune?);
        Some((!rules.as_os_str().is_empty()).then_some(ShadowSettings { rules, prune }))
    }

    fn limits(&mut self) -> Option<Limits> {
        let body = self.get("max_body_bytes", value::size_of(1 << 10, 1 << 32));
        let spans = self.get("max_spans_bytes", value::size_of(1 << 10, 1 << 32));
        Some(Limits { body: body?, spans: spans? })
    }

    fn rules(&mut self) -> Option<RuleLimits> {
        let rules = self.get("max_rules", value::count_of(1, 10_000_000));
        let bytes = self.get("max_rules_bytes", value::size_of(1 << 20, 1 << 34));
        Some(RuleLimits { rules: rules?, bytes: bytes? })
    }

    fn cache(&mut self) -> Option<CacheSettings> {
        let size = self.get("cache_size", value::count_of(1, 10_000_000));
        let staleness = self.get("cache_staleness", value::some_time);
        Some(CacheSettings { size: size?, staleness: staleness? })
    }

    fn passwords(&mut self) -> Option<PasswordSettings> {
        let remember = self.get("credential_cache_ttl", value::time);
        let remembered = self.get("credential_cache_size", value::count_of(0, 10_000_000));
        Some(PasswordSettings { remember: remember?, remembered: remembered?, ..PasswordSettings::default() })
    }

    fn admin(&mut self) -> Option<Admin> {
        let username = self.get("admin_username", value::username);
        let password = self.get("admin_password", value::admin_password);
        Some(Admin { username: username?, password: password? })
    }

    /// Refuses a setting for what others say.
    fn lacking(&mut self, key: &'static str, problem: &str) {
        let origin = self.origin_of(key);
        self.problems.push(ConfigError::Value { key, origin, problem: problem.to_owned() });
    }

    fn origin_of(&self, key: &str) -> Origin {
        let found = self.values.found.iter().find(|found| found.setting.key == key);
        found.map_or(Origin::Default, |found| found.origin.clone())
    }

    fn get<T>(&mut self, key: &'static str, read: impl Fn(&str) -> Read<T>) -> Option<T> {
        let Found { text, origin, .. } = self.values.found.iter().find(|found| found.setting.key == key)?;
        match read(text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problems.push(ConfigError::Value { key, origin: origin.clone(), problem });
                None
            }
        }
    }
}
