//! Where to listen, what is behind.

use super::Kind::{List, Text};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
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
];
