//! How a connection is made.

use crate::error::{PostgresError, Result};
use crate::settings::{PostgresAddress, PostgresPassword, PostgresSettings, PostgresTls};
use mlflow_auth_core::Secret;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::path::Path;

/// How the server lists us.
const NAME: &str = "mlflow-auth";

/// What a connection to `address` is made with. `is_pooled`: through a pooler, which takes no settings of sessions.
pub(crate) async fn options(
    settings: &PostgresSettings,
    address: &PostgresAddress,
    is_pooled: bool,
) -> Result<PgConnectOptions> {
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(address.port)
        .database(&settings.database)
        .username(&settings.user)
        .application_name(NAME)
        .extra_float_digits(None);
    options = match address.is_socket() {
        true => options.socket(&address.host),
        false => options.host(address.host.trim_start_matches('[').trim_end_matches(']')),
    };
    options = match password(&settings.password).await? {
        Some(password) => options.password(password.expose()),
        None => options,
    };
    options = encrypted(options, settings, settings.tls_to(address));
    Ok(match is_pooled {
        true => options.statement_cache_capacity(0),
        false => options.options(limits(settings)),
    })
}

fn encrypted(mut options: PgConnectOptions, settings: &PostgresSettings, tls: PostgresTls) -> PgConnectOptions {
    options = options.ssl_mode(match tls {
        PostgresTls::Off => PgSslMode::Disable,
        PostgresTls::Unverified => PgSslMode::Require,
        PostgresTls::VerifyFull => PgSslMode::VerifyFull,
    });
    // Whoever wants no certificate looked at gets none looked at: with an authority, `require` would mean another thing.
    if let Some(file) = settings.ca_file.as_ref().filter(|_| tls == PostgresTls::VerifyFull) {
        options = options.ssl_root_cert(file);
    }
    match &settings.client_certificate {
        Some((certificate, key)) => options.ssl_client_cert(certificate).ssl_client_key(key),
        None => options,
    }
}

/// The limits that the server keeps to, in milliseconds: on a statement, on waiting for a lock, on waiting for us inside a
/// transaction. The last one frees what a machine held that is gone without a word.
pub(crate) fn limits(settings: &PostgresSettings) -> [(&'static str, String); 3] {
    let limit = settings.statement_timeout.as_millis().max(1).to_string();
    ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"].map(|name| (name, limit.clone()))
}

async fn password(password: &PostgresPassword) -> Result<Option<Secret>> {
    match password {
        PostgresPassword::None => Ok(None),
        PostgresPassword::Text(secret) => Ok(Some(secret.clone())),
        PostgresPassword::File(path) => first_line(path).await.map(Some),
    }
}

async fn first_line(path: &Path) -> Result<Secret> {
    let file = path.to_owned();
    let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(file)).await?;
    let text = read.map_err(|source| PostgresError::PasswordFile { path: path.to_owned(), source })?;
    Ok(Secret::new(Secret::new(text).expose().lines().next().unwrap_or_default()))
}
