//! Who may do what, and what is remembered of it.

use super::Kind::{Count, List, Size, Switch, Text, Time};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
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
];
