//! The settings, one row each.

use super::Kind::{Count, List, Size, Switch, Text, Time};

/// One setting. Its flag is its key with dashes.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key in the TOML file.
    pub key: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// Its key in MLflow's `basic_auth.ini`, if MLflow has it.
    pub ini: Option<&'static str>,
    /// How its value is written.
    pub kind: Kind,
    /// Its value where nobody gives one; empty for none.
    pub default: &'static str,
    /// Whether its value is never shown, and cannot be a flag: anybody on the machine can read those.
    pub secret: bool,
    /// What it is for.
    pub help: &'static str,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As text.
    Text,
    /// `true` or `false`, `1` or `0`.
    Switch,
    /// A whole number.
    Count,
    /// Texts; with commas between where there is only one text.
    List,
    /// `500ms`, `10s`, `5m`, `1h`; a number alone means seconds.
    Time,
    /// `64KiB`, `16MiB`, `2GiB`; a number alone means bytes.
    Size,
}

impl Setting {
    const fn new(key: &'static str, env: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Self {
        Self { key, env, ini: None, kind, default, secret: false, help }
    }

    const fn ini(mut self, key: &'static str) -> Self {
        self.ini = Some(key);
        self
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Whether a variable that is set and empty takes the place of what a file says, as in MLflow.
    pub(super) fn empty_counts(&self) -> bool {
        self.ini.is_some_and(|key| key.starts_with("admin_"))
    }
}

/// All settings, in the order in which they are shown. Names that MLflow 3.17.2 or mlflow-oidc-auth have already are
/// kept, and mean the same.
pub const SETTINGS: &[Setting] = &[
    Setting::new("listen", "MLFLOW_AUTH_LISTEN", Text, "127.0.0.1:8080", "Address and port to listen on"),
    Setting::new(
        "upstream",
        "MLFLOW_AUTH_UPSTREAM",
        Text,
        "http://127.0.0.1:5000",
        "MLflow's own address, which must be reachable only through this gateway",
    ),
    Setting::new(
        "upstream_host",
        "MLFLOW_AUTH_UPSTREAM_HOST",
        Text,
        "",
        "What MLflow is told in `Host`, if it is not the address of `upstream`; MLflow must allow it",
    ),
    Setting::new(
        "store",
        "MLFLOW_AUTH_STORE",
        Text,
        "sqlite:///mlflow-auth.db",
        "Where users and grants are kept, as SQLAlchemy writes it: sqlite:///relative/path, sqlite:////absolute/path",
    ),
    Setting::new(
        "public_url",
        "MLFLOW_AUTH_PUBLIC_URL",
        Text,
        "",
        "The address that people type, if something in front of the gateway changes `Host` or ends TLS",
    ),
    Setting::new(
        "static_prefix",
        "MLFLOW_STATIC_PREFIX",
        Text,
        "",
        "The `--static-prefix` that MLflow was started with",
    ),
    Setting::new(
        "allowed_hosts",
        "MLFLOW_SERVER_ALLOWED_HOSTS",
        List,
        "",
        "Values of `Host` that are accepted, * standing for any characters; every one if empty",
    ),
    Setting::new(
        "allowed_origins",
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
        List,
        "",
        "Origins of other web pages that may use MLflow through the gateway; MLflow must allow them as well",
    ),
    Setting::new(
        "forward_headers",
        "MLFLOW_AUTH_FORWARD_HEADERS",
        List,
        "",
        "Names of more request headers that pass to MLflow",
    ),
    Setting::new(
        "resolution",
        "MLFLOW_AUTH_RESOLUTION",
        Text,
        "first-match",
        "How grants become an answer: first-match (as mlflow-oidc-auth) or union (as MLflow's own auth)",
    ),
    Setting::new(
        "permission_source_order",
        "PERMISSION_SOURCE_ORDER",
        List,
        "user,group,regex,group-regex",
        "The order in which sources of grants are asked; for first-match",
    ),
    Setting::new(
        "default_permission",
        "DEFAULT_MLFLOW_PERMISSION",
        Text,
        "NO_PERMISSIONS",
        "What everybody may do where no grant speaks",
    )
    .ini("default_permission"),
    Setting::new(
        "restrict_resource_creation",
        "RESTRICT_RESOURCE_CREATION",
        Switch,
        "false",
        "Whether creating an experiment, a model or a prompt takes EDIT on its name, by a pattern or where none matches by \
         the workspace or the default permission",
    ),
    Setting::new(
        "creator_groups",
        "MLFLOW_AUTH_CREATOR_GROUPS",
        List,
        "",
        "Groups that get a permission on what their members create, such as fraud-team=EDIT,auditors=READ",
    ),
    Setting::new(
        "enable_workspaces",
        "MLFLOW_ENABLE_WORKSPACES",
        Switch,
        "false",
        "Whether MLflow runs with workspaces",
    ),
    Setting::new(
        "grant_default_workspace_access",
        "MLFLOW_AUTH_GRANT_DEFAULT_WORKSPACE_ACCESS",
        Switch,
        "false",
        "With workspaces: whether the default permission holds in the workspace `default`",
    )
    .ini("grant_default_workspace_access"),
    Setting::new(
        "admin_username",
        "MLFLOW_AUTH_ADMIN_USERNAME",
        Text,
        "admin",
        "The name of the admin that is made if the store has none",
    )
    .ini("admin_username"),
    Setting::new(
        "admin_password",
        "MLFLOW_AUTH_ADMIN_PASSWORD",
        Text,
        "",
        "Its password, of at least 12 characters; without one, one is made and printed",
    )
    .ini("admin_password")
    .secret(),
    Setting::new(
        "credential_cache_ttl",
        "MLFLOW_AUTH_CREDENTIAL_CACHE_TTL",
        Time,
        "60s",
        "How long a verified password is remembered without asking the store again",
    )
    .ini("auth_cache_ttl_seconds"),
    Setting::new(
        "credential_cache_size",
        "MLFLOW_AUTH_CREDENTIAL_CACHE_SIZE",
        Count,
        "16384",
        "How many verified passwords are remembered",
    )
    .ini("auth_cache_max_size"),
    Setting::new(
        "oidc_discovery_url",
        "OIDC_DISCOVERY_URL",
        Text,
        "",
        "The discovery document of the OpenID Connect provider whose bearer tokens are believed",
    ),
    Setting::new(
        "oidc_issuer",
        "OIDC_ISSUER",
        Text,
        "",
        "What its tokens say in `iss`, if the provider does not live at the address of its document",
    ),
    Setting::new(
        "oidc_audience",
        "OIDC_AUDIENCE",
        List,
        "",
        "Whom its tokens must be meant for: one of these must be in `aud`",
    ),
    Setting::new(
        "oidc_algorithms",
        "MLFLOW_AUTH_OIDC_ALGORITHMS",
        List,
        "",
        "The signatures that are accepted, such as RS256; every one that is made with a private key if empty",
    ),
    Setting::new(
        "oidc_username_field",
        "OIDC_USERNAME_FIELD",
        List,
        "email,preferred_username",
        "The claims that name the user; the first that is there is taken, in small letters",
    ),
    Setting::new(
        "oidc_groups_attribute",
        "OIDC_GROUPS_ATTRIBUTE",
        Text,
        "groups",
        "The claim that lists the groups; dots lead into nested claims, or slashes as in /realm_access/roles",
    ),
    Setting::new(
        "oidc_group_name",
        "OIDC_GROUP_NAME",
        List,
        "mlflow",
        "The groups whose members come in; * for everybody",
    ),
    Setting::new(
        "oidc_admin_group_name",
        "OIDC_ADMIN_GROUP_NAME",
        List,
        "mlflow-admin",
        "The groups whose members come in, as admins where groups of tokens are trusted",
    ),
    Setting::new(
        "oidc_provision_on_bearer_auth",
        "OIDC_PROVISION_ON_BEARER_AUTH",
        Switch,
        "false",
        "Whether somebody without an account gets one when they come with a good token",
    ),
    Setting::new(
        "oidc_trust_bearer_group_claims",
        "OIDC_TRUST_BEARER_GROUP_CLAIMS",
        Switch,
        "false",
        "Whether groups of a bearer token make admins",
    ),
    Setting::new(
        "oidc_jwks_cache_ttl",
        "OIDC_JWKS_CACHE_TTL_SECONDS",
        Time,
        "300s",
        "How long the keys of the provider are used before they are asked for again",
    ),
    Setting::new(
        "oidc_http_timeout",
        "OIDC_HTTP_TIMEOUT_SECONDS",
        Time,
        "10s",
        "How long an answer of the provider may take",
    ),
    Setting::new(
        "oidc_ca_file",
        "MLFLOW_AUTH_OIDC_CA_FILE",
        Text,
        "",
        "A PEM file with authorities that sign the provider's certificate, besides those of the operating system",
    ),
    Setting::new(
        "oidc_verify_ssl",
        "OIDC_VERIFY_SSL",
        Switch,
        "true",
        "Whether the provider's certificate is checked; without, whoever is in between can sign in as anybody",
    ),
    Setting::new(
        "jwt_secret",
        "MLFLOW_AUTH_JWT_SECRET",
        Text,
        "",
        "A secret of at least 32 bytes: bearer tokens that it signs with HS256 are believed, from whoever knows it",
    )
    .secret(),
    Setting::new(
        "jwt_secret_issuer",
        "MLFLOW_AUTH_JWT_SECRET_ISSUER",
        Text,
        "mlflow-auth",
        "What tokens of the secret must say in `iss`",
    ),
    Setting::new(
        "jwt_secret_audience",
        "MLFLOW_AUTH_JWT_SECRET_AUDIENCE",
        Text,
        "mlflow",
        "What tokens of the secret must say in `aud`",
    ),
    Setting::new(
        "cache_size",
        "MLFLOW_AUTH_CACHE_SIZE",
        Count,
        "10000",
        "How many users, and how many holders of grants, are kept in memory",
    ),
    Setting::new(
        "cache_staleness",
        "MLFLOW_AUTH_CACHE_STALENESS",
        Time,
        "10s",
        "How long what is in memory is used while the store does not answer",
    ),
    Setting::new(
        "max_rules",
        "MLFLOW_AUTH_MAX_RULES",
        Count,
        "100000",
        "How many patterns one user, group or role may hold on one type of resource in one workspace",
    ),
    Setting::new(
        "max_rules_bytes",
        "MLFLOW_AUTH_MAX_RULES_BYTES",
        Size,
        "256MiB",
        "How much memory these patterns may take when they are compiled",
    ),
    Setting::new(
        "explain_refusals",
        "MLFLOW_AUTH_EXPLAIN_REFUSALS",
        Switch,
        "false",
        "Whether callers are told why they are refused; it names grants and who holds them",
    ),
    Setting::new(
        "shadow_rules",
        "MLFLOW_AUTH_SHADOW_RULES",
        Text,
        "",
        "A file of candidate rules (.yaml or .toml) that is observed beside the live ones, and changes nothing",
    ),
    Setting::new(
        "shadow_prune",
        "MLFLOW_AUTH_SHADOW_PRUNE",
        Switch,
        "false",
        "Whether the candidate takes away what the sections of its file do not name",
    ),
    Setting::new(
        "allow_assistant",
        "MLFLOW_AUTH_ALLOW_ASSISTANT",
        Switch,
        "false",
        "Whether MLflow's assistant, which runs programs on the server's machine, can be reached by admins",
    ),
    Setting::new(
        "max_connections",
        "MLFLOW_AUTH_MAX_CONNECTIONS",
        Count,
        "4096",
        "How many connections are open at once; more wait",
    ),
    Setting::new("max_headers", "MLFLOW_AUTH_MAX_HEADERS", Count, "100", "How many headers a request may have"),
    Setting::new(
        "max_header_bytes",
        "MLFLOW_AUTH_MAX_HEADER_BYTES",
        Size,
        "64KiB",
        "How long the head of a request may be",
    ),
    Setting::new(
        "max_body_bytes",
        "MLFLOW_AUTH_MAX_BODY_BYTES",
        Size,
        "32MiB",
        "How long a body may be that is read to judge the request",
    ),
    Setting::new(
        "max_spans_bytes",
        "MLFLOW_AUTH_MAX_SPANS_BYTES",
        Size,
        "64MiB",
        "How long a body of OpenTelemetry spans may be, decompressed",
    ),
    Setting::new(
        "max_upload_bytes",
        "MLFLOW_AUTH_MAX_UPLOAD_BYTES",
        Size,
        "0",
        "How long a body may be that streams through, such as an artifact; 0 for any length",
    ),
    Setting::new(
        "header_timeout",
        "MLFLOW_AUTH_HEADER_TIMEOUT",
        Time,
        "10s",
        "How long the head of a request may take to arrive",
    ),
    Setting::new(
        "idle_timeout",
        "MLFLOW_AUTH_IDLE_TIMEOUT",
        Time,
        "75s",
        "How long a client's connection may do nothing between two requests",
    ),
    Setting::new(
        "body_timeout",
        "MLFLOW_AUTH_BODY_TIMEOUT",
        Time,
        "60s",
        "How long the body of a request may pause while it is waited for",
    ),
    Setting::new(
        "write_timeout",
        "MLFLOW_AUTH_WRITE_TIMEOUT",
        Time,
        "60s",
        "How long a client may take nothing of an answer",
    ),
    Setting::new(
        "connect_timeout",
        "MLFLOW_AUTH_CONNECT_TIMEOUT",
        Time,
        "5s",
        "How long a connection to MLflow may take to open",
    ),
    Setting::new(
        "response_timeout",
        "MLFLOW_AUTH_RESPONSE_TIMEOUT",
        Time,
        "600s",
        "How long MLflow may take to begin its answer, after the last byte of the request moved",
    ),
    Setting::new(
        "upstream_idle_timeout",
        "MLFLOW_AUTH_UPSTREAM_IDLE_TIMEOUT",
        Time,
        "1500ms",
        "How long an unused connection to MLflow is kept; shorter than MLflow's server keeps it",
    ),
    Setting::new(
        "shutdown_grace",
        "MLFLOW_AUTH_SHUTDOWN_GRACE",
        Time,
        "30s",
        "How long requests may go on after the gateway was told to stop",
    ),
    Setting::new(
        "log_level",
        "MLFLOW_AUTH_LOG_LEVEL",
        Text,
        "info",
        "error, warn, info, debug or trace; or a list such as `info,mlflow_auth_gateway=debug`",
    ),
    Setting::new("log_format", "MLFLOW_AUTH_LOG_FORMAT", Text, "text", "text or json"),
];
