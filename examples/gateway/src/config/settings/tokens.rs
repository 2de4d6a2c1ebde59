//! Which bearer tokens are believed. Most names are those of mlflow-oidc-auth 11.0.2.

use super::Kind::{List, Switch, Text, Time};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
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
        "oidc_audience_claim",
        "MLFLOW_AUTH_OIDC_AUDIENCE_CLAIM",
        Text,
        "aud",
        "The claim that says whom its tokens are meant for; client_id for access tokens of AWS Cognito",
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
];
