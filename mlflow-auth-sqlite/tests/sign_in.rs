//! Tokens, sessions and identities in a file: they last, they go with their account, and no secret is among them.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{group, open, user};
use mlflow_auth_core::store::{
    Adopts, Arrival, ArrivesAt, GroupSync, IdentityKey, IdentityStore, NewSession, NewToken, NewUser, PermissionStore,
    SecretDigest, SessionStore, TokenHash, TokenStore, UserStore,
};
use mlflow_auth_core::{NarrowedTo, Narrowing, ResourceType};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// What the cookie holds, and the part of the token that is a secret.
const SECRETS: [&str; 2] = ["the-secret-of-the-cookie-0123456789", "the-secret-of-the-token-0123456789"];

fn digest(secret: &str) -> SecretDigest {
    SecretDigest::from_bytes(Sha256::digest(secret).into())
}

fn key() -> IdentityKey {
    IdentityKey { issuer: "https://idp.example".to_owned(), subject: "7f3".to_owned() }
}

fn arrival() -> Arrival {
    Arrival {
        key: key(),
        provider: "default".to_owned(),
        user: user("ann"),
        display_name: None,
        accounts: ArrivesAt::Person,
        creates: true,
        adopts: Adopts::Nobody,
        is_admin: None,
        groups: GroupSync::Replace(vec![group("ml")]),
        at: 100,
    }
}

fn session() -> NewSession {
    let [cookie, _] = SECRETS;
    NewSession {
        digest: digest(cookie),
        user: user("ann"),
        provider: "default".to_owned(),
        created_at: 100,
        expires_at: u64::MAX,
        renew_at: Some(500),
        sealed: Some(vec![1, 2, 3]),
        replaces: None,
    }
}

fn token() -> NewToken {
    let [_, secret] = SECRETS;
    let hash = Sha256::digest(secret).iter().fold("sha256$".to_owned(), |hash, byte| format!("{hash}{byte:02x}"));
    let to = NarrowedTo { kind: ResourceType::EXPERIMENT, id: Some("1".to_owned()), workspace: None };
    NewToken {
        user: user("ann"),
        name: "ci".to_owned(),
        prefix: "mlf_0001".to_owned(),
        hash: TokenHash::from_stored(hash),
        narrowing: Narrowing { read_only: true, only: Some(vec![to]) },
        created_at: 100,
        created_by: user("ann"),
        expires_at: 1000,
        replaces: false,
        most: 5,
    }
}

/// A file in which ann has one of each; something is spent.
async fn furnish(path: &Path) {
    let store = open(path).await;
    store.arrive(arrival()).await.unwrap();
    store.open_session(session()).await.unwrap();
    store.create_token(token()).await.unwrap();
    store.spend(&digest("nonce"), 900).await.unwrap();
    let id = store.sessions_of(&user("ann")).await.unwrap().first().unwrap().id;
    assert!(store.lease_renewal(id, 100, 200).await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_kept_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    furnish(&path).await;
    let store = open(&path).await;
    assert_eq!(store.bound(&key()).await.unwrap().map(|found| found.name), Some(user("ann")));
    let [cookie, _] = SECRETS;
    let found = store.session(&digest(cookie)).await.unwrap().unwrap();
    assert_eq!((found.user, found.sealed, found.renew_at), (user("ann"), Some(vec![1, 2, 3]), Some(500)));
    assert!(found.expires_at >= i64::MAX.cast_unsigned(), "a moment too far away is the last there is");
    let found = store.token("mlf_0001").await.unwrap().unwrap();
    assert_eq!((found.hash.expose(), &found.narrowing), (token().hash.expose(), &token().narrowing));
    assert!(!store.spend(&digest("nonce"), 900).await.unwrap());
    let id = store.sessions_of(&user("ann")).await.unwrap().first().unwrap().id;
    assert!(store.lease_renewal(id, 199, 300).await.unwrap().is_none(), "a lease outlives who took it");
    let left = Arrival { groups: GroupSync::Replace(vec![]), ..arrival() };
    store.arrive(left).await.unwrap();
    assert!(store.membership(&user("ann")).await.unwrap().groups.is_empty(), "whose a membership is outlives it too");
}

#[tokio::test]
async fn the_file_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    furnish(&path).await;
    let store = open(&path).await;
    store.saw_token(store.token("mlf_0001").await.unwrap().unwrap().id, 150).await.unwrap();
    let mut bytes = Vec::new();
    for file in fs::read_dir(folder.path()).unwrap() {
        bytes.extend(fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(holds(b"mlf_0001") && holds(b"sha256$"), "the test looks where things are");
    for secret in SECRETS {
        assert!(!holds(secret.as_bytes()), "{secret}");
    }
}

/// Rows that a wrong hand left without an account are removed by the database itself.
#[tokio::test]
async fn what_belongs_to_an_account_goes_with_it_in_the_tables_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    furnish(&path).await;
    let store = open(&path).await;
    store.delete_user(&user("ann")).await.unwrap();
    drop(store);
    let file = Connection::open(&path).unwrap();
    for table in ["accounts", "identities", "tokens", "sessions", "members"] {
        let left: i64 = file.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[tokio::test]
async fn a_narrowing_that_cannot_be_read_reaches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    furnish(&path).await;
    for text in ["", "{}", r#"{"read_only": false, "only": null, "later": 1}"#] {
        Connection::open(&path).unwrap().execute("UPDATE tokens SET narrowing = ?1", [text]).unwrap();
        let found = open(&path).await.token("mlf_0001").await.unwrap().unwrap();
        assert_eq!(found.narrowing, Narrowing { read_only: true, only: Some(vec![]) }, "{text}");
    }
}

/// Two processes that share the file share what was spent, leases and names.
#[tokio::test]
async fn what_may_be_had_once_is_had_once_through_two_connections() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    furnish(&path).await;
    let (one, two) = (open(&path).await, open(&path).await);
    for number in 0..20 {
        let what = digest(&number.to_string());
        let (first, second) = tokio::join!(one.spend(&what, 900), two.spend(&what, 900));
        assert_ne!(first.unwrap(), second.unwrap());
        let arrive = |subject: &str| Arrival {
            key: IdentityKey { subject: format!("{subject} {number}"), ..key() },
            user: user(&format!("user {number}")),
            ..arrival()
        };
        let _ = tokio::join!(one.arrive(arrive("one")), two.arrive(arrive("two")));
        assert_eq!(one.identities_of(&user(&format!("user {number}"))).await.unwrap().len(), 1);
    }
    one.create_user(NewUser::named(user("bob"))).await.unwrap();
    let id = two.sessions_of(&user("ann")).await.unwrap().first().unwrap().id;
    let (first, second) = tokio::join!(one.lease_renewal(id, 300, 400), two.lease_renewal(id, 300, 400));
    assert_ne!(first.unwrap().is_some(), second.unwrap().is_some());
}
