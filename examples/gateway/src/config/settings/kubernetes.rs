//! Programs of a Kubernetes cluster.

use super::Kind::{List, Text};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::new(
        "kubernetes_api",
        "MLFLOW_AUTH_KUBERNETES_API",
        Text,
        "",
        "The API server of the cluster whose service-account tokens are believed, such as https://kubernetes.default.svc",
    ),
    Setting::new(
        "kubernetes_namespaces",
        "MLFLOW_AUTH_KUBERNETES_NAMESPACES",
        List,
        "",
        "The namespaces whose programs come in; there is no word for all of them",
    ),
    Setting::new(
        "kubernetes_audience",
        "MLFLOW_AUTH_KUBERNETES_AUDIENCE",
        List,
        "",
        "Whom the tokens must be meant for: one of these must be in `aud`; not the API server's own",
    ),
    Setting::new(
        "kubernetes_issuer",
        "MLFLOW_AUTH_KUBERNETES_ISSUER",
        Text,
        "https://kubernetes.default.svc.cluster.local",
        "What the tokens say in `iss`",
    ),
    Setting::new(
        "kubernetes_ca_file",
        "MLFLOW_AUTH_KUBERNETES_CA_FILE",
        Text,
        "",
        "A PEM file with the authority of the API server's certificate, and then no other is believed",
    ),
    Setting::new(
        "kubernetes_token_file",
        "MLFLOW_AUTH_KUBERNETES_TOKEN_FILE",
        Text,
        "",
        "A file with the token that the API server is asked with, read each time; nothing is sent if empty",
    ),
];
