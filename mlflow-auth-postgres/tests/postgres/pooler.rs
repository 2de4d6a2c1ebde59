//! Through PgBouncer, which hands out its connections for one transaction.

use crate::cluster::{Cluster, OWNER, PASSWORD, shared};
use crate::keeper::{Keeper, as_user, free_port, worker};
use crate::words::*;
use mlflow_auth_core::conformance;
use mlflow_auth_core::store::{ChangeFeed, Event, PermissionStore};
use mlflow_auth_postgres::{PostgresListen, PostgresSettings, PostgresStore};
use std::net::TcpStream;
use std::os::unix::fs::chown;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

struct Pooler {
    port: u16,
    _keeper: Keeper,
}

/// Few connections behind many, so that a transaction seldom meets the one of before.
fn pooler() -> &'static Pooler {
    static POOLER: OnceLock<Pooler> = OnceLock::new();
    POOLER.get_or_init(|| Pooler::start(shared()))
}

impl Pooler {
    fn start(cluster: &Cluster) -> Self {
        let folder: PathBuf = tempfile::tempdir().unwrap().keep();
        if let Some((uid, gid)) = worker() {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let (port, at) = (free_port(), folder.display().to_string());
        std::fs::write(folder.join("users"), format!("\"{OWNER}\" \"{PASSWORD}\"\n")).unwrap();
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
            unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {at}/users\npidfile = {at}/pgbouncer.pid\n\
            logfile = {at}/log\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 500\n",
            cluster.port
        );
        std::fs::write(folder.join("settings.ini"), text).unwrap();
        let mut program = as_user("/usr/sbin/pgbouncer");
        program
            .args(["--quiet", "--daemon"])
            .arg(folder.join("settings.ini"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let keeper = Keeper::of(&folder);
        assert!(program.status().unwrap().success(), "PgBouncer does not start");
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < LONG, "PgBouncer does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { port, _keeper: keeper }
    }
}

fn settings() -> PostgresSettings {
    PostgresSettings { address: at(pooler().port), transaction_pooling: true, ..shared().settings() }
}

async fn make() -> PostgresStore {
    open(&settings()).await
}

#[tokio::test]
async fn the_store_conforms_behind_a_pooler() {
    conformance::all(make).await;
}

#[tokio::test]
async fn the_store_conforms_in_signing_in_behind_a_pooler() {
    conformance::sign_in(make).await;
}

#[test]
fn the_store_is_like_a_memory_store_behind_a_pooler() {
    conformance::same_as_memory(4, make);
}

async fn worst_delay(settings: &PostgresSettings) -> Duration {
    let (one, other) = (open(settings).await, open(settings).await);
    let mut worst = Duration::ZERO;
    for round in 0..10 {
        let before = other.revision().await.unwrap();
        let wait = async { (other.changes(before, LONG).await.unwrap(), Instant::now()) };
        let write = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            one.apply(&[give(user("ann"), &round.to_string())]).await.unwrap();
            Instant::now()
        };
        let ((changes, heard), written) = tokio::join!(wait, write);
        assert_eq!(changes.events, [Event::Grants(user("ann").into())]);
        worst = worst.max(heard.saturating_duration_since(written));
    }
    worst
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_heard_past_the_pooler_and_found_through_it() {
    let direct = PostgresSettings { listen: PostgresListen::At(at(shared().port)), ..settings() };
    let (heard, found) = (worst_delay(&direct).await, worst_delay(&settings()).await);
    println!("past the pooler {heard:?}, through it {found:?}");
    assert!(heard < Duration::from_millis(500) && found < Duration::from_secs(1), "{heard:?} {found:?}");
}

/// What one client sets is not there for the next: nothing is left on the connections behind.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_on_a_connection() {
    let store = make().await;
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    let idle = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'";
    // Other tests have transactions of their own, which end.
    let began = Instant::now();
    while shared().ask(idle) != "0" {
        assert!(began.elapsed() < Duration::from_secs(20), "a transaction is left open");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let through = |sql: &str| {
        let mut psql = shared().psql("app");
        psql.arg("--port").arg(pooler().port.to_string()).args(["--command", sql]);
        crate::keeper::run(&mut psql).trim().to_owned()
    };
    for _ in 0..6 {
        assert_eq!(through("SHOW statement_timeout"), "0");
        assert_eq!(through("SELECT count(*) FROM pg_prepared_statements"), "0");
    }
}
