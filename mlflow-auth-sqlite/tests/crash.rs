//! A process that is killed in the middle of its writes loses nothing that it acknowledged, and leaves no half of a list.
//!
//! 25 rounds; `MLFLOW_AUTH_KILL_ROUNDS` sets another number.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{give, group, open, read, role, user};
use mlflow_auth_core::store::{Change, ChangeFeed, NewUser, PermissionStore, UserStore};
use mlflow_auth_core::{PasswordHash, Subject};
use mlflow_auth_sqlite::SqliteStore;
use rusqlite::Connection;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const FILE: &str = "MLFLOW_AUTH_TEST_FILE";
const NAME: &str = "MLFLOW_AUTH_TEST_NAME";

/// One list of changes that touches every table of grants and groups.
fn list(name: &str) -> [Change; 5] {
    [
        Change::Join(user(name), group(name)),
        give(user(name), "1"),
        Change::CreateRole { key: role(name), description: None },
        Change::Assign(user(name), role(name)),
        give(role(name), "1"),
    ]
}

/// What a list and the account after it left behind: none, all or some of it.
async fn traces(store: &SqliteStore, name: &str) -> [bool; 6] {
    let holds = async |subject: Subject| !store.grants_of(&subject).await.unwrap().grants().is_empty();
    let belongs = store.membership(&user(name)).await.unwrap();
    [
        store.members(&group(name)).await.is_ok_and(|members| members == [user(name)]),
        belongs.groups == [group(name)] && belongs.roles == [role(name)],
        holds(user(name).into()).await,
        holds(role(name).into()).await,
        store.role_users(&role(name)).await.is_ok_and(|users| users == [user(name)]),
        store.user(&user(name)).await.unwrap().is_some(),
    ]
}

/// What the other test starts: writes and says so, until it is killed.
#[tokio::test]
async fn child() {
    let (Ok(file), Ok(name)) = (std::env::var(FILE), std::env::var(NAME)) else { return };
    let store = open(Path::new(&file)).await;
    for number in 0.. {
        let name = format!("{name}-{number}");
        let revision = store.apply(&list(&name)).await.unwrap();
        say(&format!("list {number} {revision}"));
        let password = Some(PasswordHash::from_stored(name.as_str()));
        store.create_user(NewUser { password, ..NewUser::named(user(&name)) }).await.unwrap();
        say(&format!("account {number} {}", store.revision().await.unwrap()));
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nacknowledged {line}").unwrap();
    out.flush().unwrap();
}

fn start(file: &Path, name: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture"]).env(FILE, file).env(NAME, name);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills the process a random moment after its first word, and returns all that it acknowledged.
fn kill_soon(mut child: Child) -> Vec<(String, usize, i64)> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut acknowledged: Vec<_> = lines.by_ref().find_map(|line| acknowledgement(&line)).into_iter().collect();
    let killer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_micros(RandomState::new().hash_one(()) % 100_000));
        child.kill().unwrap();
        child.wait().unwrap()
    });
    acknowledged.extend(lines.filter_map(|line| acknowledgement(&line)));
    let status = killer.join().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(9),
        "it was killed, and did not end before"
    );
    acknowledged
}

fn acknowledgement(line: &str) -> Option<(String, usize, i64)> {
    let mut words = line.strip_prefix("acknowledged ")?.split(' ');
    Some((words.next()?.to_owned(), words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// Every acknowledged write is there, what was under way is there whole or not at all, and nothing came after it.
async fn check(file: &Path, name: &str, acknowledged: &[(String, usize, i64)]) {
    let store = open(file).await;
    let (kind, last, revision) = acknowledged.last().unwrap();
    assert!(store.revision().await.unwrap() >= *revision);
    for number in 0..*last {
        assert_eq!(traces(&store, &format!("{name}-{number}")).await, [true; 6], "{name}-{number}");
    }
    let newest = traces(&store, &format!("{name}-{last}")).await;
    assert_eq!(newest[..5], [true; 5], "{name}-{last}");
    let next = traces(&store, &format!("{name}-{}", last + 1)).await;
    if kind == "account" {
        assert!(newest[5], "{name}-{last}");
        assert!(next == [false; 6] || next == [true, true, true, true, true, false], "{next:?}");
    } else {
        assert_eq!(next, [false; 6], "{name}-{}", last + 1);
    }
    let held = store.grants_of(&user(&format!("{name}-0")).into()).await.unwrap();
    assert_eq!(held.grants()[0].spec, read(user(&format!("{name}-0")), "1"));
}

fn check_file(file: &Path) {
    let connection = Connection::open(file).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let mut broken = connection.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!broken.exists([]).unwrap(), "a foreign key leads nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_loses_nothing_it_acknowledged() {
    let rounds = std::env::var("MLFLOW_AUTH_KILL_ROUNDS").map_or(25, |rounds| rounds.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("auth.db");
    let mut writes = 0;
    for round in 0..rounds {
        // Every third round two processes write to the file, and are killed at moments of their own.
        let names: Vec<_> = (0..if round % 3 == 0 { 2 } else { 1 }).map(|who| format!("r{round}-{who}")).collect();
        let killed = names.iter().map(|name| {
            let child = start(&file, name);
            std::thread::spawn(|| kill_soon(child))
        });
        let acknowledged = killed.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap());
        for (name, acknowledged) in names.iter().zip(acknowledged.collect::<Vec<_>>()) {
            check(&file, name, &acknowledged).await;
            writes += acknowledged.len();
        }
        check_file(&file);
    }
    println!("{writes} acknowledged writes over {rounds} rounds, none lost");
}
