//! What can be set.

use crate::schema::Schema;
use mlflow_auth_core::{RuleLimits, Secret};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Where the database is, and how a [`PostgresStore`](crate::PostgresStore) uses it. [`PostgresSettings::new`] and
/// [`PostgresSettings::from_url`](PostgresSettings::from_url) fill in what is right for most.
#[derive(Clone)]
pub struct PostgresSettings {
    /// The server, or a pooler before it.
    pub address: PostgresAddress,
    /// The name of the database.
    pub database: String,
    /// The role that signs in.
    pub user: String,
    /// Its password.
    pub password: PostgresPassword,
    /// The schema that holds the tables, and nothing else; made if it is not there. Lower-case letters, digits and `_`,
    /// at most 63, no digit first. `mlflow_auth`.
    pub schema: String,
    /// How connections are encrypted; none for [`PostgresTls::VerifyFull`], and [`PostgresTls::Off`] where the server is on
    /// this machine: a socket, `localhost`, an address of the loopback.
    pub tls: Option<PostgresTls>,
    /// Certificates (PEM) to trust beside the public ones.
    pub ca_file: Option<PathBuf>,
    /// A certificate to sign in with, and its key (PEM).
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// How many connections are open at most, one more for listening not counted; at least one. 10.
    pub pool_size: u32,
    /// How long a request waits for a connection, be it for one to become free or to be made. 3 seconds.
    pub acquire_timeout: Duration,
    /// How long the server works on one statement, waits for a lock, or for us between two statements of a transaction.
    /// 5 seconds.
    pub statement_timeout: Duration,
    /// How long one read or write takes at most, all attempts together; then the store is unavailable. 10
    /// seconds, and 5 milliseconds more for each change of a list.
    pub operation_timeout: Duration,
    /// How long opening takes at most, waiting for another process that migrates included. 60 seconds.
    pub open_timeout: Duration,
    /// Whether connections lead through a pooler that hands them out for one transaction (PgBouncer's `pool_mode =
    /// transaction`): nothing is then kept on a connection, which costs round trips.
    pub transaction_pooling: bool,
    /// Where to hear of changes at once.
    pub listen: PostgresListen,
    /// A server that follows the first. It is asked for groups, roles, grants and lists when it is known to be no further
    /// behind than this process itself.
    pub replica: Option<PostgresAddress>,
    /// How often the revision is looked at while somebody waits for changes: this often where nothing listens, a fifth as
    /// often beside a connection that does. 50 milliseconds.
    pub poll_every: Duration,
    /// How many events of the change feed are kept for those who are behind, at least; who is further behind than that
    /// forgets everything. 10,000.
    pub events_kept: u32,
    /// How many patterns a subject may hold. More are refused when they are written; where more are stored already, what
    /// the subject holds cannot be read. 100,000 on each type of resource in each workspace, 256 MiB compiled.
    pub rules: RuleLimits,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PostgresAddress {
    /// A host name, an address, or the folder of a Unix socket, which begins with `/`.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// The password of the role.
#[derive(Clone)]
#[non_exhaustive]
pub enum PostgresPassword {
    /// None: the server trusts us for something else.
    None,
    /// This.
    Text(Secret),
    /// The first line of a file, which is read again when the server refuses what it said before.
    File(PathBuf),
}

/// How connections are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PostgresTls {
    /// Not at all. Who is on the way reads and changes everything.
    Off,
    /// Encrypted, with whoever answers (`sslmode=require`): who is on the way reads and changes everything if they try.
    Unverified,
    /// Encrypted, with a server whose certificate is trusted and names the host (`sslmode=verify-full`).
    VerifyFull,
}

/// Where to hear of changes at once (`LISTEN`). Where nobody does, they are found by looking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PostgresListen {
    /// On one more connection to the address of the store; not with `transaction_pooling`, where that cannot work.
    Here,
    /// On a connection to this address: the server itself, behind the pooler.
    At(PostgresAddress),
    /// Nowhere, and nobody is told: for servers without `NOTIFY`.
    Nowhere,
}

/// The schema where nothing else is said.
const SCHEMA: &str = "mlflow_auth";

impl PostgresSettings {
    /// A database at an address, with the role and the password to sign in; all else as most need it.
    pub fn new(
        address: PostgresAddress,
        database: impl Into<String>,
        user: impl Into<String>,
        password: PostgresPassword,
    ) -> Self {
        Self {
            address,
            database: database.into(),
            user: user.into(),
            password,
            schema: SCHEMA.to_owned(),
            tls: None,
            ca_file: None,
            client_certificate: None,
            pool_size: 10,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(5),
            operation_timeout: Duration::from_secs(10),
            open_timeout: Duration::from_secs(60),
            transaction_pooling: false,
            listen: PostgresListen::Here,
            replica: None,
            poll_every: Duration::from_millis(50),
            events_kept: 10_000,
            rules: RuleLimits::default(),
        }
    }

    /// Refuses what no store can be opened with; [`PostgresStore::open`](crate::PostgresStore::open) does so too.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), InvalidPostgresSettings> {
        Schema::new(&self.schema).map(|_| ())
    }

    /// What somebody asked for is done, and said.
    pub(crate) fn warn_of_risks(&self) {
        let listens = match &self.listen {
            PostgresListen::At(address) => Some(address),
            PostgresListen::Here | PostgresListen::Nowhere => None,
        };
        for address in [Some(&self.address), self.replica.as_ref(), listens].into_iter().flatten() {
            match self.tls_to(address) {
                PostgresTls::VerifyFull => {}
                PostgresTls::Off if address.is_local() => {}
                PostgresTls::Off => tracing::warn!(%address, "the connection to the database is not encrypted"),
                PostgresTls::Unverified => tracing::warn!(%address, "whoever answers is taken for the database"),
            }
        }
    }

    pub(crate) fn tls_to(&self, address: &PostgresAddress) -> PostgresTls {
        let default = if address.is_local() { PostgresTls::Off } else { PostgresTls::VerifyFull };
        // A socket cannot be encrypted, and is read by nobody else.
        if address.is_socket() { PostgresTls::Off } else { self.tls.unwrap_or(default) }
    }
}

impl PostgresAddress {
    /// Whether it is the folder of a Unix socket.
    pub(crate) fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    fn is_local(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        self.is_socket() || host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    }
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') && !self.host.starts_with('[') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("PostgresSettings");
        debug.field("address", &self.address).field("database", &self.database).field("user", &self.user);
        debug.field("schema", &self.schema).field("tls", &self.tls).finish_non_exhaustive()
    }
}

/// Why settings cannot be used. Never quotes a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPostgresSettings {
    /// The schema has a name that none of ours may have.
    #[error("the schema `{}` is not valid: {problem}", name.escape_debug())]
    Schema {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The URL is none, or not of PostgreSQL.
    #[error("the URL of the database {0}")]
    Url(&'static str),
    /// A parameter of the URL is not known, or has a value that it cannot have.
    #[error("the parameter `{}` of the database's URL {problem}", name.escape_debug())]
    Parameter {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(host: &str) -> PostgresSettings {
        let address = PostgresAddress { host: host.to_owned(), port: 5432 };
        PostgresSettings::new(address, "mlflow", "mlflow", PostgresPassword::None)
    }

    #[test]
    fn servers_elsewhere_must_prove_who_they_are_unless_somebody_says_otherwise() {
        for (host, tls) in [
            ("localhost", PostgresTls::Off),
            ("127.0.0.1", PostgresTls::Off),
            ("127.8.8.8", PostgresTls::Off),
            ("::1", PostgresTls::Off),
            ("[::1]", PostgresTls::Off),
            ("/run/postgresql", PostgresTls::Off),
            ("localhost.example", PostgresTls::VerifyFull),
            ("10.0.0.1", PostgresTls::VerifyFull),
            ("db", PostgresTls::VerifyFull),
            ("0.0.0.0", PostgresTls::VerifyFull),
        ] {
            let settings = settings(host);
            assert_eq!(settings.tls_to(&settings.address), tls, "{host}");
            let told = PostgresSettings { tls: Some(PostgresTls::VerifyFull), ..settings };
            let socket = host.starts_with('/');
            assert_eq!(told.tls_to(&told.address) == PostgresTls::VerifyFull, !socket, "{host}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        let password = PostgresPassword::Text(Secret::new("hunter2"));
        let settings = PostgresSettings { password, ..settings("db") };
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
