//! Who ends what the tests start.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "tests; each takes what it needs")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A process that waits until the tests are gone, however they end, stops whatever has left the number of its process in a
/// folder, and removes the folder.
pub(crate) struct Keeper(Child);

/// Reads until the tests close the other end; nobody writes.
const KEEP: &str = r#"trap '' INT TERM HUP
cat >/dev/null
cd /
for file in "$0"/data/postmaster.pid "$0"/*.pid; do
    [ -f "$file" ] || continue
    pid=$(head -n 1 "$file")
    kill -QUIT "$pid" 2>/dev/null || continue
    kill -CONT "$pid" 2>/dev/null
    n=0
    while kill -0 "$pid" 2>/dev/null && [ "$n" -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
    kill -KILL "$pid" 2>/dev/null
done
rm -rf "$0" 2>/dev/null
true"#;

impl Keeper {
    pub(crate) fn of(folder: &Path) -> Self {
        let mut command = as_user("sh");
        command.arg("-c").arg(KEEP).arg(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Whom servers run as that refuse to run as root.
pub(crate) fn worker() -> Option<(u32, u32)> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |line: &str| {
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let named = |name: &str| users.lines().find(|line| line.starts_with(&format!("{name}:"))).and_then(ids);
    named("postgres").or_else(|| named("nobody"))
}

/// A program that runs as that user.
pub(crate) fn as_user(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = worker() {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/").env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
    command
}

/// Runs a program, which must succeed, and returns what it said.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {said}{complained}");
    said.into_owned()
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
