//! Settings as a URL, as SQLAlchemy and libpq write them.

use crate::settings::{
    InvalidPostgresSettings, PostgresAddress, PostgresListen, PostgresPassword, PostgresSettings, PostgresTls,
};
use mlflow_auth_core::Secret;
use percent_encoding::percent_decode_str;
use std::time::Duration;
use url::Url;

type Result<T> = std::result::Result<T, InvalidPostgresSettings>;

/// The port where nothing else is said.
const PORT: u16 = 5432;

impl PostgresSettings {
    /// Reads `postgresql://user:password@host:5432/database?sslmode=verify-full`. A driver of SQLAlchemy
    /// (`postgresql+psycopg2://`) is left out; user, password and database may be percent-encoded.
    ///
    /// Parameters of libpq: `host` (also the folder of a socket), `port`, `user`, `password`, `dbname`, `sslmode` (`disable`,
    /// `require`, `verify-full`), `sslrootcert`, `sslcert`, `sslkey`, `connect_timeout` (seconds). Of ours: `schema`,
    /// `password_file`, `pool_size`, `transaction_pooling` (`true`, `false`), `listen` (`no`, or `host:port`), `replica`
    /// (`host:port`).
    ///
    /// # Errors
    /// What is wrong, without the URL itself, which may hold a password.
    pub fn from_url(url: &str) -> Result<Self> {
        let url = Url::parse(with_host(url).expose()).map_err(|_| InvalidPostgresSettings::Url("is not a URL"))?;
        if !matches!(url.scheme().split('+').next(), Some("postgresql" | "postgres")) {
            return Err(InvalidPostgresSettings::Url("does not begin with `postgresql://`"));
        }
        let host = decoded(url.host_str().filter(|host| *host != NO_HOST).unwrap_or_default())?;
        let address = PostgresAddress { host, port: url.port().unwrap_or(PORT) };
        let password = match url.password() {
            Some(text) => PostgresPassword::Text(Secret::new(decoded(text)?)),
            None => PostgresPassword::None,
        };
        let (database, user) = (decoded(url.path().trim_start_matches('/'))?, decoded(url.username())?);
        let mut settings = PostgresSettings::new(address, database, user, password);
        let mut certificate = (None, None);
        for (name, value) in url.query_pairs() {
            match &*name {
                "sslcert" => certificate.0 = Some(value.into_owned().into()),
                "sslkey" => certificate.1 = Some(value.into_owned().into()),
                _ => set(&mut settings, &name, &value)?,
            }
        }
        settings.client_certificate = match certificate {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) => return Err(parameter("sslcert", "needs `sslkey` beside it")),
            (None, Some(_)) => return Err(parameter("sslkey", "needs `sslcert` beside it")),
        };
        complete(settings)
    }
}

/// Stands where a URL names a user and no host, `user@/database?host=/run/postgresql`, which not every reader of URLs takes.
const NO_HOST: &str = "no-host.invalid";

fn with_host(url: &str) -> Secret {
    let Some((scheme, rest)) = url.split_once("://") else { return Secret::new(url) };
    match rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())) {
        (who, path) if who.ends_with('@') => Secret::new(format!("{scheme}://{who}{NO_HOST}{path}")),
        _ => Secret::new(url),
    }
}

fn complete(settings: PostgresSettings) -> Result<PostgresSettings> {
    for (is_missing, problem) in [
        (settings.address.host.is_empty(), "names no host"),
        (settings.database.is_empty(), "names no database"),
        (settings.user.is_empty(), "names no user"),
        (settings.database.contains('\0') || settings.user.contains('\0'), "holds a NUL character"),
    ] {
        if is_missing {
            return Err(InvalidPostgresSettings::Url(problem));
        }
    }
    settings.check()?;
    Ok(settings)
}

fn set(settings: &mut PostgresSettings, name: &str, value: &str) -> Result<()> {
    match name {
        "host" => settings.address.host = value.to_owned(),
        "port" => settings.address.port = number(name, value)?,
        "user" => settings.user = value.to_owned(),
        "password" => settings.password = PostgresPassword::Text(Secret::new(value)),
        "password_file" => settings.password = PostgresPassword::File(value.into()),
        "dbname" => settings.database = value.to_owned(),
        "schema" => settings.schema = value.to_owned(),
        "sslmode" => settings.tls = Some(tls(value)?),
        "sslrootcert" => settings.ca_file = Some(value.into()),
        "connect_timeout" => settings.acquire_timeout = Duration::from_secs(number(name, value)?),
        "pool_size" => settings.pool_size = number(name, value)?,
        "transaction_pooling" => settings.transaction_pooling = number(name, value)?,
        "listen" if value == "no" => settings.listen = PostgresListen::Nowhere,
        "listen" => settings.listen = PostgresListen::At(address(name, value)?),
        "replica" => settings.replica = Some(address(name, value)?),
        "options" => return Err(parameter(name, "is not taken; a schema is named by `schema`")),
        _ => return Err(parameter(name, "is not known")),
    }
    Ok(())
}

fn tls(mode: &str) -> Result<PostgresTls> {
    match mode {
        "disable" => Ok(PostgresTls::Off),
        "require" => Ok(PostgresTls::Unverified),
        "verify-full" => Ok(PostgresTls::VerifyFull),
        "allow" | "prefer" => {
            Err(parameter("sslmode", "lets whoever is on the way turn encryption off: use `verify-full`"))
        }
        "verify-ca" => Err(parameter("sslmode", "lets any trusted server take the place of this: use `verify-full`")),
        _ => Err(parameter("sslmode", "must be `disable`, `require` or `verify-full`")),
    }
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T> {
    value.parse().map_err(|_| parameter(name, "has a value that it cannot have"))
}

/// `host`, `host:port` or `[address]:port`.
fn address(name: &str, value: &str) -> Result<PostgresAddress> {
    let is_bare = value.ends_with(']') || !value.contains(':');
    let (host, port) = match value.rsplit_once(':').filter(|_| !is_bare) {
        Some((host, port)) => (host, number(name, port)?),
        None => (value, PORT),
    };
    match host {
        "" => Err(parameter(name, "names no host")),
        host => Ok(PostgresAddress { host: host.to_owned(), port }),
    }
}

fn decoded(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    Ok(decoded.map_err(|_| InvalidPostgresSettings::Url("is not UTF-8"))?.into_owned())
}

fn parameter(name: &str, problem: &'static str) -> InvalidPostgresSettings {
    InvalidPostgresSettings::Parameter { name: name.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(settings: &PostgresSettings) -> Option<&str> {
        match &settings.password {
            PostgresPassword::Text(secret) => Some(secret.expose()),
            PostgresPassword::File(path) => path.to_str(),
            PostgresPassword::None => None,
        }
    }

    #[test]
    fn urls_of_sqlalchemy_and_libpq_are_read() {
        for (url, expected) in [
            ("postgresql://ann:pw@db/mlflow", ("db", 5432, "ann", Some("pw"), "mlflow")),
            ("postgres://ann@db:6432/mlflow", ("db", 6432, "ann", None, "mlflow")),
            ("postgresql+psycopg2://a%40b:p%3Aw%2F@10.0.0.1/my%20db", ("10.0.0.1", 5432, "a@b", Some("p:w/"), "my db")),
            ("postgresql+asyncpg://ann@[::1]:5/m", ("[::1]", 5, "ann", None, "m")),
            ("postgresql:///m?host=/run/postgresql&user=ann&port=7", ("/run/postgresql", 7, "ann", None, "m")),
            ("postgresql://ann:pw@/m?host=/run/pg", ("/run/pg", 5432, "ann", Some("pw"), "m")),
            ("postgresql://ann@%2Frun%2Fpg/m", ("/run/pg", 5432, "ann", None, "m")),
            ("postgresql://db?user=ann&password=a%26b&dbname=m", ("db", 5432, "ann", Some("a&b"), "m")),
            ("postgresql://ann@db/m?password_file=/run/secret", ("db", 5432, "ann", Some("/run/secret"), "m")),
        ] {
            let settings = PostgresSettings::from_url(url).unwrap();
            let address = (settings.address.host.as_str(), settings.address.port);
            let found = (address.0, address.1, settings.user.as_str(), password(&settings), settings.database.as_str());
            assert_eq!(found, expected, "{url}");
        }
    }

    #[test]
    fn parameters_are_read() {
        let url = "postgresql://a@db/m?sslmode=verify-full&sslrootcert=/ca&sslcert=/c&sslkey=/k&connect_timeout=7&\
            schema=mine&pool_size=3&transaction_pooling=true&listen=db:5433&replica=[::2]:9";
        let settings = PostgresSettings::from_url(url).unwrap();
        let at = |host: &str, port| PostgresAddress { host: host.to_owned(), port };
        assert_eq!((settings.tls, settings.ca_file), (Some(PostgresTls::VerifyFull), Some("/ca".into())));
        assert_eq!(settings.client_certificate, Some(("/c".into(), "/k".into())));
        assert_eq!((settings.acquire_timeout, settings.pool_size), (Duration::from_secs(7), 3));
        assert_eq!((settings.schema.as_str(), settings.transaction_pooling), ("mine", true));
        assert_eq!((settings.listen, settings.replica), (PostgresListen::At(at("db", 5433)), Some(at("[::2]", 9))));
        let quiet = PostgresSettings::from_url("postgresql://a@db/m?listen=no&replica=other").unwrap();
        assert_eq!((quiet.listen, quiet.replica), (PostgresListen::Nowhere, Some(at("other", 5432))));
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_the_password() {
        for (url, says) in [
            ("", "is not a URL"),
            ("hunter2", "is not a URL"),
            ("mysql://a:hunter2@db/m", "does not begin with"),
            ("sqlite:///hunter2.db", "does not begin with"),
            ("postgresql://a:hunter2@/m", "names no host"),
            ("postgresql://a:hunter2@db", "names no database"),
            ("postgresql://:hunter2@db/m", "names no user"),
            ("postgresql://a:hunter2@db:port/m", "is not a URL"),
            ("postgresql://a:hunter2@db/m?sslmode=prefer", "use `verify-full`"),
            ("postgresql://a:hunter2@db/m?sslmode=verify-ca", "use `verify-full`"),
            ("postgresql://a:hunter2@db/m?sslmode=hunter2", "must be `disable`"),
            ("postgresql://a:hunter2@db/m?pool_size=hunter2", "`pool_size` of the database's URL has a value"),
            ("postgresql://a:hunter2@db/m?colour=hunter2", "`colour` of the database's URL is not known"),
            ("postgresql://a:hunter2@db/m?options=-csearch_path%3Dx", "named by `schema`"),
            ("postgresql://a:hunter2@db/m?schema=A", "the schema `A` is not valid"),
            ("postgresql://a:hunter2@db/m?sslcert=/c", "needs `sslkey`"),
            ("postgresql://a:hunter2@db/m?listen=:5", "names no host"),
            ("postgresql://a:hunter2@db/%FF", "is not UTF-8"),
            ("postgresql://a:hunter2@db/m%00", "NUL"),
        ] {
            let refusal = PostgresSettings::from_url(url).unwrap_err();
            let (words, debug) = (refusal.to_string(), format!("{refusal:?}"));
            assert!(words.contains(says), "{url}: {words}");
            assert!(!words.contains("hunter2") && !debug.contains("hunter2"), "{words} {debug}");
        }
    }
}
