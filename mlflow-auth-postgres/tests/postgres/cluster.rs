//! Servers of our own: PostgreSQL on a free port of this machine, in a folder that goes with it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "tests; each takes what it needs"
)]

use super::keeper::{Keeper, as_user, free_port, run, worker};
use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The role that owns everything here, and its password.
pub(crate) const OWNER: &str = "owner";
pub(crate) const PASSWORD: &str = "p@ss w/ord:%";

/// A server. Its folder and whatever runs in it end with the value, or with this process, however that ends.
pub(crate) struct Cluster {
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    _keeper: Keeper,
}

/// The cluster that tests share which leave it running.
pub(crate) fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| Cluster::start(&["fsync = off", "full_page_writes = off"]))
}

/// Where the programs of the newest version are.
pub(crate) fn programs() -> PathBuf {
    let version = |path: &Path| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = folders.map(|folder| folder.path().join("bin")).filter(|folder| folder.join("initdb").exists());
    let found = found.max_by_key(|folder| version(folder));
    found.expect("PostgreSQL is missing; install Debian's `postgresql`, as `./test` does")
}

/// A name that nothing else here has.
pub(crate) fn new_name(what: &str) -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    format!("{what}_{}", MADE.fetch_add(1, Relaxed))
}

impl Cluster {
    /// A cluster that was never used before, with lines of its own in its configuration.
    pub(crate) fn start(lines: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        Self::start_in(folder, lines)
    }

    pub(crate) fn start_in(folder: PathBuf, lines: &[&str]) -> Self {
        let user = worker();
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let cluster = Self { port: free_port(), _keeper: Keeper::of(&folder), folder };
        cluster.write("password", PASSWORD);
        // Not the order of bytes, so that whatever forgets to ask for that is found out.
        let order = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--encoding=UTF8"];
        let mut initdb = as_user(programs().join("initdb"));
        initdb.args(["--no-sync", "--auth=scram-sha-256", "--username", OWNER]).args(order);
        initdb.arg("--pwfile").arg(cluster.folder.join("password")).arg("--pgdata").arg(cluster.data());
        run(&mut initdb);
        cluster.configure(lines);
        cluster.go();
        run(cluster.psql("postgres").args(["--command", "CREATE DATABASE app"]));
        cluster
    }

    /// A server that follows another.
    pub(crate) fn follow(first: &Cluster) -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        if let Some((uid, gid)) = worker() {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let cluster = Self { port: free_port(), _keeper: Keeper::of(&folder), folder };
        let mut copy = as_user(programs().join("pg_basebackup"));
        copy.args(["--host", "127.0.0.1", "--username", OWNER, "--wal-method", "stream", "--write-recovery-conf"]);
        copy.arg("--port").arg(first.port.to_string()).arg("--pgdata").arg(cluster.data());
        run(copy.args(["--checkpoint", "fast", "--no-sync"]).env("PGPASSWORD", PASSWORD));
        cluster.configure(&["fsync = off"]);
        cluster.go();
        cluster
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A file in the folder, for the server to read.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        if let Some((uid, gid)) = worker() {
            chown(&path, Some(uid), Some(gid)).unwrap();
        }
        path
    }

    fn configure(&self, lines: &[&str]) {
        let path = self.data().join("postgresql.conf");
        let mut text = fs::read_to_string(&path).unwrap();
        let folder = self.folder.display();
        let always =
            format!("listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{folder}'", self.port);
        let sizes = "max_connections = 300\nshared_buffers = 32MB\nautovacuum = off\nlogging_collector = off";
        for line in [always.as_str(), sizes].iter().chain(lines) {
            text = format!("{text}\n{line}\n");
        }
        fs::write(path, text).unwrap();
    }

    fn control(&self, arguments: &[&str]) -> Command {
        let mut control = as_user(programs().join("pg_ctl"));
        control.arg("--pgdata").arg(self.data()).arg("--silent").args(arguments);
        control
    }

    /// Starts a server that stands still.
    pub(crate) fn go(&self) {
        let log = self.folder.join("log");
        let began = Instant::now();
        // Processes of a server that was killed end when they notice.
        while !self
            .control(&["start", "--wait", "--timeout", "60", "--log"])
            .arg(&log)
            .output()
            .unwrap()
            .status
            .success()
        {
            assert!(began.elapsed() < Duration::from_secs(30), "the server does not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(crate) fn stop(&self) {
        run(&mut self.control(&["stop", "--mode", "fast", "--wait"]));
    }

    /// The number of the process of the server.
    pub(crate) fn pid(&self) -> String {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        text.lines().next().unwrap().trim().to_owned()
    }

    /// Every process of the server, the first one first.
    pub(crate) fn pids(&self) -> Vec<String> {
        let first = self.pid();
        let all = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok());
        // After the name, which is in brackets and may hold anything: the state and the number of the parent.
        let is_child = |pid: &String| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)) == Some(first.as_str())
        };
        let children: Vec<_> = all.filter(is_child).collect();
        [first].into_iter().chain(children).collect()
    }

    /// Sends a signal to every process of the server.
    pub(crate) fn signal(&self, name: &str) {
        // A process may end meanwhile.
        let _ = Command::new("kill").arg(name).args(self.pids()).status().unwrap();
    }

    pub(crate) fn psql(&self, database: &str) -> Command {
        let mut psql = as_user(programs().join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]);
        psql.args(["--host", "127.0.0.1", "--username", OWNER, "--dbname", database]);
        psql.arg("--port").arg(self.port.to_string()).env("PGPASSWORD", PASSWORD);
        psql
    }

    /// What the server answers.
    pub(crate) fn ask(&self, sql: &str) -> String {
        run(self.psql("app").args(["--command", sql])).trim().to_owned()
    }

    /// What is in the log of the server.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}
