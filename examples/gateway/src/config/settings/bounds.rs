//! How much a request may take, how long, and what is logged.

use super::Kind::{Count, Size, Text, Time};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
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
