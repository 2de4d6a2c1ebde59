//! What the file is, and what it must not be.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{give, group, in_words, open, read, user};
use mlflow_auth_core::store::{Change, ChangeFeed, Event, NewUser, PermissionStore, StoreError, UserStore};
use mlflow_auth_core::{Permission, ResourceType, Scope, Subject, Target, Workspace};
use mlflow_auth_sqlite::{SqliteSettings, SqliteStore};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::time::Duration;

async fn refusal(path: &Path) -> StoreError {
    SqliteStore::open(path, SqliteSettings::default()).await.unwrap_err()
}

/// Opens the file, gives something, closes it, and edits it with SQL.
async fn edited(path: &Path, sql: &str) {
    let store = open(path).await;
    store.apply(&[give(user("ann"), "1"), give(group("ml"), "1")]).await.unwrap();
    drop(store);
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    let store = open(&path).await;
    assert_eq!(store.path(), path);
    let revision = store.apply(&[give(user("ann"), "1")]).await.unwrap();
    drop(store);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a closed store is one file");
    let store = open(&path).await;
    assert_eq!(store.revision().await.unwrap(), revision);
    assert_eq!(store.holders().await.unwrap(), [Subject::User(user("ann"))]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    let store = open(&folder.path().join("auth.db")).await;
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    for name in ["auth.db", "auth.db-wal", "auth.db-shm"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_database_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("a-folder")).unwrap();
    fs::write(at("text.db"), "this is not a database, and longer than a header of one hundred bytes: ".repeat(4))
        .unwrap();
    Connection::open(at("foreign.db")).unwrap().execute_batch("CREATE TABLE users (id INTEGER)").unwrap();
    edited(&at("newer.db"), "INSERT INTO schema_version (version) VALUES (99)").await;
    for (path, says) in [
        (at("missing/auth.db"), "missing` for the database"),
        (at("a-folder"), "a-folder` is not a file"),
        (at("text.db"), "text.db` cannot be opened: file is not a database"),
        (at("foreign.db"), "foreign.db` is a database of another program"),
        (at("newer.db"), "newer.db` has version 99, and this program knows none after 5"),
        (":memory:".into(), "`:memory:` does not name a database file"),
        ("".into(), "`` does not name a database file"),
    ] {
        let before = fs::read(&path).ok();
        let words = in_words(&refusal(&path).await);
        assert!(words.contains(says), "{}: {words}", path.display());
        assert_eq!(fs::read(&path).ok(), before, "{} was touched", path.display());
    }
    assert!(!at("missing").exists());
}

/// As somebody whom modes bind: root may write what nobody may.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_may_not_be_written_is_refused_by_name() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    const ASKED: &str = "MLFLOW_AUTH_TEST_READ_ONLY_FILE";
    if let Some(path) = std::env::var_os(ASKED) {
        let error = refusal(Path::new(&path)).await;
        let words = in_words(&error);
        assert!(matches!(error, StoreError::Unavailable(_)), "{words}");
        assert!(words.contains("cannot be read and written: Permission denied"), "{words}");
        assert!(words.contains("auth.db"), "{words}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let (path, program) = (folder.path().join("auth.db"), folder.path().join("this-test"));
    drop(open(&path).await);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut again = std::process::Command::new(&program);
    again.args(["--exact", "a_file_that_may_not_be_written_is_refused_by_name"]).env(ASKED, &path);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        again.uid(65534).gid(65534);
    }
    let output = again.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_a_refusal() {
    let folder = tempfile::tempdir().unwrap();
    for (place, (sql, says)) in [
        ("UPDATE grants SET permission = 'OWNER'", "`OWNER` is not a permission"),
        ("UPDATE grants SET permission = CAST(x'ff' AS TEXT)", "is not a permission"),
        ("UPDATE grants SET form = 'pattern', text = 'team-('", "team-("),
        ("UPDATE grants SET form = 'glob'", "`glob` is not a form"),
        ("UPDATE grants SET workspace = 'NOT VALID'", "NOT VALID"),
        ("UPDATE grants SET text = CAST(x'31ff' AS TEXT)", "not UTF-8"),
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.path().join(format!("{place}.db"));
        edited(&path, sql).await;
        let store = open(&path).await;
        for subject in [Subject::User(user("ann")), Subject::Group(group("ml"))] {
            let held = store.grants_of(&subject).await.unwrap();
            assert_eq!(held.grants().len(), 1, "{sql}");
            let grant = &held.grants()[0];
            assert_eq!(grant.spec.permission, Permission::Deny, "{sql}");
            assert!(grant.fault.as_ref().is_some_and(|fault| fault.contains(says)), "{sql}: {grant}");
        }
        let held = store.grants_of(&Subject::User(user("ann"))).await.unwrap();
        let is_exact = matches!(held.grants()[0].spec.target, Target::Exact(_));
        let found = store.grants_on(&ResourceType::EXPERIMENT, "1", &Workspace::default()).await.unwrap();
        assert_eq!(found.len(), if is_exact { 2 } else { 0 }, "{sql}");
        store.apply(&[Change::Forget(user("ann").into())]).await.unwrap();
        assert_eq!(store.holders().await.unwrap(), [Subject::Group(group("ml"))]);
    }
}

#[tokio::test]
async fn an_unreadable_pattern_can_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    edited(&path, "UPDATE grants SET form = 'pattern', text = '('").await;
    let store = open(&path).await;
    let change = Change::Revoke {
        subject: user("ann").into(),
        scope: Scope::Everywhere,
        kind: ResourceType::EXPERIMENT,
        target: Target::Unreadable { text: "(".to_owned(), priority: 0 },
    };
    store.apply(&[change]).await.unwrap();
    assert!(store.grants_of(&user("ann").into()).await.unwrap().grants().is_empty());
}

#[tokio::test]
async fn a_name_that_cannot_be_read_is_a_failure_and_not_less() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    edited(&path, "UPDATE subjects SET name = 'a:b' WHERE kind = 'user'").await;
    let store = open(&path).await;
    let on = store.grants_on(&ResourceType::EXPERIMENT, "1", &Workspace::default()).await;
    for error in [store.holders().await.unwrap_err(), on.unwrap_err()] {
        assert!(matches!(error, StoreError::Failed(_)), "{error:?}");
        assert!(in_words(&error).contains("a:b"), "{}", in_words(&error));
    }
    assert_eq!(store.grants_of(&group("ml").into()).await.unwrap().grants().len(), 1);
}

#[tokio::test]
async fn a_feed_that_was_pruned_or_edited_tells_of_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    let settings = SqliteSettings { events_kept: 10, ..SqliteSettings::default() };
    let store = SqliteStore::open(&path, settings).await.unwrap();
    for id in 0..20 {
        store.apply(&[give(user("ann"), &id.to_string())]).await.unwrap();
    }
    let ann = Event::Grants(user("ann").into());
    for (after, expected) in [
        (0, vec![Event::Everything]),
        (9, vec![Event::Everything]),
        (10, vec![ann.clone(); 10]),
        (19, vec![ann.clone()]),
        (21, vec![Event::Everything]),
        (-5, vec![Event::Everything]),
        (i64::MAX, vec![Event::Everything]),
        (i64::MIN, vec![Event::Everything]),
    ] {
        let changes = store.changes(after, Duration::ZERO).await.unwrap();
        assert_eq!((changes.revision, changes.events), (20, expected), "after {after}");
    }
    let editor = Connection::open(&path).unwrap();
    editor.execute_batch("UPDATE changes SET topic = 'weather' WHERE revision = 20").unwrap();
    assert_eq!(store.changes(18, Duration::ZERO).await.unwrap().events, [ann, Event::Everything]);
    editor.execute_batch("DELETE FROM changes").unwrap();
    let changes = store.changes(18, Duration::ZERO).await.unwrap();
    assert_eq!((changes.revision, changes.events), (20, vec![Event::Everything]));
    assert_eq!(store.changes(20, Duration::ZERO).await.unwrap().events, []);
}

#[tokio::test]
async fn a_locked_file_is_an_outage_for_writers_and_none_for_readers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    let settings = SqliteSettings { busy_timeout: Duration::from_millis(50), ..SqliteSettings::default() };
    let store = SqliteStore::open(&path, settings).await.unwrap();
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.apply(&[give(user("bob"), "1")]).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(in_words(&error).contains("database is locked"), "{}", in_words(&error));
    assert_eq!(store.holders().await.unwrap(), [Subject::User(user("ann"))]);
    other.execute_batch("ROLLBACK").unwrap();
    store.apply(&[give(user("bob"), "1")]).await.unwrap();
    assert_eq!(store.holders().await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_abandoned_write_is_made_whole_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("auth.db")).await;
    let before = store.revision().await.unwrap();
    let (changes, ()) = tokio::join!(store.changes(before, Duration::from_secs(20)), async {
        let changes = [give(user("ann"), "1"), Change::Join(user("ann"), group("ml"))];
        let write = store.apply(&changes);
        // One look at the write starts it; then its caller goes away.
        let _ = tokio::time::timeout(Duration::ZERO, write).await;
    });
    assert!(changes.unwrap().events.contains(&Event::Grants(user("ann").into())));
    assert_eq!(store.grants_of(&user("ann").into()).await.unwrap().grants()[0].spec, read(user("ann"), "1"));
    assert_eq!(store.members(&group("ml")).await.unwrap(), [user("ann")]);
}

#[tokio::test]
async fn an_account_without_a_readable_name_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    let store = open(&path).await;
    store.create_user(NewUser::named(user("ann"))).await.unwrap();
    let editor = Connection::open(&path).unwrap();
    editor.execute_batch("UPDATE subjects SET name = char(10)").unwrap();
    match store.users().await {
        Err(StoreError::Failed(error)) => assert!(in_words(error.as_ref()).contains("user name"), "{error}"),
        other => panic!("{other:?}"),
    }
}
