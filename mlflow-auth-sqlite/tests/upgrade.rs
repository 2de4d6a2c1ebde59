//! Files of earlier versions.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{group, open, read, user};
use mlflow_auth_core::store::{
    Adopts, Arrival, ArrivesAt, GroupSync, IdentityKey, IdentityStore, PermissionStore, SessionStore, TokenStore, User,
    UserStore, UserUpdate,
};
use mlflow_auth_core::{Subject, Target};
use rusqlite::Connection;

/// The first version's file, as it left it.
const FIRST: &str = concat!(
    "PRAGMA application_id = 1835820641;
    CREATE TABLE schema_version (
        version    INTEGER PRIMARY KEY,
        applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    ) STRICT;",
    include_str!("../migrations/0001_first.sql"),
    "INSERT INTO schema_version (version) VALUES (1);
    INSERT INTO subjects (id, kind, workspace, name) VALUES (3, 'user', '', 'ann'), (4, 'user', '', 'bob'),
        (5, 'group', '', 'ml');
    INSERT INTO accounts (subject_id, password_hash, is_admin) VALUES (3, 'kept', 1), (4, NULL, 0);
    INSERT INTO groups (subject_id) VALUES (5);
    INSERT INTO members (group_id, user_id) VALUES (5, 4);
    INSERT INTO grants (subject_id, workspace, resource_type, form, text, priority, permission)
        VALUES (5, NULL, 'experiment', 'exact', '7', 0, 'READ'), (4, NULL, 'experiment', 'pattern', '^a', 3, 'EDIT');"
);

/// The second version's file: the first's, brought on.
fn second() -> String {
    let migration = include_str!("../migrations/0002_accounts.sql");
    let rows = "INSERT INTO schema_version (version) VALUES (2);
        UPDATE accounts SET display_name = 'Bob', is_service = 1 WHERE subject_id = 4;";
    format!("{FIRST}{migration}{rows}")
}

#[tokio::test]
async fn a_file_of_the_second_version_keeps_its_memberships_as_given_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    Connection::open(&path).unwrap().execute_batch(&second()).unwrap();
    let store = open(&path).await;
    let bob = store.user(&user("bob")).await.unwrap().unwrap();
    assert_eq!((bob.id, bob.display_name.as_deref(), bob.is_service, bob.is_active), (4, Some("Bob"), true, true));
    let arrival = Arrival {
        key: IdentityKey { issuer: "https://idp.example".to_owned(), subject: "1".to_owned() },
        provider: "default".to_owned(),
        user: user("bob"),
        display_name: None,
        accounts: ArrivesAt::Either,
        creates: false,
        adopts: Adopts::NoAdmin,
        is_admin: None,
        groups: GroupSync::Replace(vec![]),
        at: 100,
    };
    store.arrive(arrival.clone()).await.unwrap();
    assert_eq!(store.members(&group("ml")).await.unwrap(), [user("bob")]);
    drop(store);
    let store = open(&path).await;
    assert_eq!(store.bound(&arrival.key).await.unwrap(), Some(bob));
    assert!(store.tokens_of(&user("bob")).await.unwrap().is_empty());
    assert!(store.sessions_of(&user("bob")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_of_the_first_version_keeps_all_it_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    Connection::open(&path).unwrap().execute_batch(FIRST).unwrap();
    let account = |id, name, is_admin| User {
        id,
        name: user(name),
        is_admin,
        display_name: None,
        is_service: false,
        is_active: true,
    };
    for _ in 0..2 {
        let store = open(&path).await;
        assert_eq!(store.users().await.unwrap(), [account(3, "ann", true), account(4, "bob", false)]);
        let (_, hash) = store.credentials(&user("ann")).await.unwrap().unwrap();
        assert_eq!(hash.unwrap().expose(), "kept");
        assert_eq!(store.members(&group("ml")).await.unwrap(), [user("bob")]);
        let held = store.grants_of(&Subject::Group(group("ml"))).await.unwrap();
        assert_eq!(held.grants().iter().map(|grant| &grant.spec).collect::<Vec<_>>(), [&read(group("ml"), "7")]);
        let patterns = store.patterns_on(&mlflow_auth_core::ResourceType::EXPERIMENT).await.unwrap();
        assert_eq!(patterns.len(), 1);
        assert_eq!(patterns.first().map(|grant| &grant.spec.target), Target::pattern("^a", 3).ok().as_ref());
    }
    let store = open(&path).await;
    let disable = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    store.update_user(&user("bob"), disable).await.unwrap();
    drop(store);
    let bob = open(&path).await.user(&user("bob")).await.unwrap().unwrap();
    assert!(!bob.is_active);
}
