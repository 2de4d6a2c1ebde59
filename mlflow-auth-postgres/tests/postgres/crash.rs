//! What was acknowledged is there, whoever is killed in the middle of a write, and no half of a list is.

use crate::cluster::Cluster;
use crate::words::*;
use mlflow_auth_core::store::{Change, NewUser, PermissionStore, StoreError, UserStore};
use mlflow_auth_core::{PasswordHash, Subject};
use mlflow_auth_postgres::{PostgresSettings, PostgresStore};
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const URL: &str = "MLFLOW_AUTH_TEST_URL";
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

/// What a list left behind: none, all or some of it.
async fn traces(store: &PostgresStore, name: &str) -> [bool; 5] {
    let holds = async |subject: Subject| !store.grants_of(&subject).await.unwrap().grants().is_empty();
    let belongs = store.membership(&user(name)).await.unwrap();
    [
        store.members(&group(name)).await.is_ok_and(|members| members == [user(name)]),
        belongs.groups == [group(name)] && belongs.roles == [role(name)],
        holds(user(name).into()).await,
        holds(role(name).into()).await,
        store.role_users(&role(name)).await.is_ok_and(|users| users == [user(name)]),
    ]
}

fn soon() -> Duration {
    Duration::from_micros(20_000 + RandomState::new().hash_one(()) % 150_000)
}

/// Writes lists until somebody says no; notes what was acknowledged and what was under way.
async fn write(store: Arc<PostgresStore>, who: String, noted: Arc<Mutex<(Vec<String>, Vec<String>)>>) {
    for number in 0.. {
        let name = format!("{who}-{number}");
        match store.apply(&list(&name)).await {
            Ok(_) => noted.lock().unwrap().0.push(name),
            Err(StoreError::Unavailable(_)) => return noted.lock().unwrap().1.push(name),
            Err(error) => panic!("{}", in_words(&error)),
        }
    }
}

/// The server is killed with all its processes, as if it crashed, while several write; `fsync` is on.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_it_acknowledged() {
    let cluster = Cluster::start(&[]);
    let settings = PostgresSettings { acquire_timeout: Duration::from_millis(200), ..cluster.settings() };
    let noted = Arc::new(Mutex::new((Vec::new(), Vec::new())));
    for round in 0..6 {
        let opening = (0..3).map(|_| open(&settings));
        let stores: Vec<_> = futures_util::future::join_all(opening).await.into_iter().map(Arc::new).collect();
        let writers = stores
            .iter()
            .enumerate()
            .map(|(who, store)| tokio::spawn(write(store.clone(), format!("r{round}-{who}"), noted.clone())));
        let writers: Vec<_> = writers.collect();
        tokio::time::sleep(soon() * 6).await;
        cluster.signal("-KILL");
        for writer in writers {
            writer.await.unwrap();
        }
        cluster.go();
    }
    let store = open(&settings).await;
    let (acknowledged, under_way) = std::mem::take(&mut *noted.lock().unwrap());
    for name in &acknowledged {
        assert_eq!(traces(&store, name).await, [true; 5], "{name} was acknowledged");
    }
    let mut made = 0;
    for name in &under_way {
        let traces = traces(&store, name).await;
        assert!(traces == [false; 5] || traces == [true; 5], "{name}: {traces:?}");
        made += usize::from(traces == [true; 5]);
    }
    println!(
        "{} acknowledged lists over 6 kills, none lost; {made} of {} of unknown outcome made",
        acknowledged.len(),
        under_way.len()
    );
    assert!(acknowledged.len() > 20, "only {} lists were written", acknowledged.len());
}

/// What the other test starts: writes and says so, until it is killed.
#[tokio::test]
async fn child() {
    let (Ok(url), Ok(name)) = (std::env::var(URL), std::env::var(NAME)) else { return };
    let store = open(&PostgresSettings::from_url(&url).unwrap()).await;
    for number in 0.. {
        let name = format!("{name}-{number}");
        store.apply(&list(&name)).await.unwrap();
        say(&name);
        let password = Some(PasswordHash::from_stored(name.as_str()));
        store.create_user(NewUser { password, ..NewUser::named(user(&name)) }).await.unwrap();
    }
}

fn say(name: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nacknowledged {name}").unwrap();
    out.flush().unwrap();
}

/// Writes in a process of its own, killed a random moment after its first word; returns what it acknowledged.
fn killed(url: &str, name: &str) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash::child", "--nocapture"]).env(URL, url).env(NAME, name);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut names = lines.filter_map(|line| line.strip_prefix("acknowledged ").map(str::to_owned));
    let mut acknowledged: Vec<_> = names.by_ref().take(1).collect();
    let killer = std::thread::spawn(move || {
        std::thread::sleep(soon());
        child.kill().unwrap();
        child.wait().unwrap()
    });
    acknowledged.extend(names);
    let status = killer.join().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "it did not end before");
    acknowledged
}

/// And the next one writes at once: whatever the dead one held is free.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_loses_nothing_it_acknowledged_and_holds_nobody_up() {
    let cluster = crate::cluster::shared();
    let settings = cluster.settings();
    let store = open(&settings).await;
    let password = crate::cluster::PASSWORD;
    let url = format!(
        "postgresql:///app?host=127.0.0.1&port={}&user=owner&schema={}&password={}",
        cluster.port,
        settings.schema,
        password.replace('%', "%25").replace(' ', "%20")
    );
    let mut count = 0;
    for round in 0..6 {
        let name = format!("r{round}");
        let acknowledged = tokio::task::spawn_blocking({
            let (url, name) = (url.clone(), name.clone());
            move || killed(&url, &name)
        });
        let acknowledged = acknowledged.await.unwrap();
        let began = std::time::Instant::now();
        store.apply(&[give(user("next"), &round.to_string())]).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(1), "the next write took {:?}", began.elapsed());
        for name in &acknowledged {
            assert_eq!(traces(&store, name).await, [true; 5], "{name} was acknowledged");
        }
        let next = traces(&store, &format!("{name}-{}", acknowledged.len())).await;
        assert!(next == [false; 5] || next == [true; 5], "{next:?}");
        count += acknowledged.len();
    }
    assert!(count >= 6);
}
