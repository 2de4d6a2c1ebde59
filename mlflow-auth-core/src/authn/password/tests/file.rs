//! Passwords of an htpasswd file beside those of accounts.

use super::*;
use crate::authn::accounts::UnknownUsers;
use crate::authn::htpasswd::{Htpasswd, HtpasswdSettings};
use crate::store::{MemoryStore, NewUser, UserUpdate};
use crate::vocabulary::Proof;
use std::path::PathBuf;

/// `S3cr3+` by `openssl passwd -apr1`, and by libxcrypt.
const APR1: &str = "$apr1$saltsalt$ukmifUYx5A7bsHRe9XXkp0";
const BCRYPT: &str = "$2y$04$......................VcL7tsZ69Jla0CeSekEF/WXpNo7nc1S";
/// `pässwörd` by the same.
const OTHER: &str = "$apr1$ab$J/pyQu7p0O5KCJfor.v6Y/";

struct World {
    store: Arc<MemoryStore>,
    freshness: Arc<Freshness>,
    authenticator: PasswordAuthenticator,
    path: PathBuf,
}

impl World {
    /// `alice`, `bob` and `sso` are in the file with `S3cr3+`; `alice` has the password `sesame` of her own, `bob` an
    /// account without one, `sso` none; `carol` has the password `sesame` and is not in the file.
    async fn new(name: &str, unknown_users: UnknownUsers, settings: PasswordSettings) -> Self {
        let path = std::env::temp_dir().join(format!("mlflow-auth-htpasswd-{}-{name}", std::process::id()));
        std::fs::write(&path, format!("alice:{APR1}\nbob:{BCRYPT}\nsso:{APR1}\n")).unwrap();
        let (store, freshness) = (Arc::new(MemoryStore::new()), Arc::new(Freshness::new(Duration::from_secs(600))));
        for (name, password) in [("alice", Some(sesame())), ("bob", None), ("carol", Some(sesame()))] {
            store.create_user(NewUser { password, ..NewUser::named(Username::new(name).unwrap()) }).await.unwrap();
        }
        let file = HtpasswdSettings { unknown_users, ..HtpasswdSettings::default() };
        let file = Htpasswd::open(&path, file).await.unwrap();
        let authenticator = PasswordAuthenticator::with_htpasswd(store.clone(), freshness.clone(), settings, file);
        let world = Self { store, freshness, authenticator, path };
        world.hear().await;
        world
    }

    /// One in which none of `users` takes away the kind of hash that another one has left on its shelf.
    async fn on_shelves_of_their_own<const N: usize>(name: &str, users: [&str; N]) -> Self {
        loop {
            let world = Self::new(name, UnknownUsers::Admit, settings()).await;
            let shelf = |user| world.authenticator.checker.decoys.shelf(&Username::new(user).unwrap());
            if users.map(shelf).into_iter().collect::<std::collections::HashSet<_>>().len() == N {
                return world;
            }
        }
    }

    async fn hear(&self) {
        self.freshness.catch_up(&*self.store, Duration::ZERO).await.unwrap();
    }

    async fn principal(&self, user: &str, password: &str) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let text = STANDARD.encode(format!("{user}:{password}"));
        let request = http::Request::builder().header(AUTHORIZATION, format!("Basic {text}"));
        self.authenticator.authenticate(&request.body(()).unwrap().into_parts().0).await
    }

    async fn ask(&self, user: &str, password: &str) -> Answer {
        Answer::of(self.principal(user, password).await)
    }

    async fn becomes(&self, user: &str, password: &str, answer: Answer) {
        let end = tokio::time::Instant::now() + Duration::from_secs(10);
        while self.ask(user, password).await != answer {
            assert!(tokio::time::Instant::now() < end, "{user} is not {answer:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[tokio::test]
async fn an_account_with_a_password_is_not_taken_over_by_a_line_of_the_file() {
    let world = World::new("whose", UnknownUsers::Admit, settings()).await;
    for (user, password, answer) in [
        ("alice", "sesame", Answer::User),
        ("alice", "S3cr3+", WRONG),
        ("bob", "S3cr3+", Answer::User),
        ("bob", "sesame", WRONG),
        ("bob", "", WRONG),
        ("sso", "S3cr3+", Answer::User),
        ("SSO", "S3cr3+", WRONG),
        ("carol", "sesame", Answer::User),
        ("carol", "S3cr3+", WRONG),
        ("dave", "S3cr3+", WRONG),
    ] {
        assert_eq!(world.ask(user, password).await, answer, "{user}:{password}");
    }
    let proof = |found: Result<Option<Arc<Principal>>, AuthenticationError>| found.unwrap().unwrap().proof;
    assert_eq!(proof(world.principal("alice", "sesame").await), Proof::Password);
    assert_eq!(proof(world.principal("bob", "S3cr3+").await), Proof::PasswordFile);
}

#[tokio::test]
async fn who_has_no_account_is_refused_admitted_or_made() {
    for (unknown_users, answer, exists) in [
        (UnknownUsers::Refuse, WRONG, false),
        (UnknownUsers::Admit, Answer::User, false),
        (UnknownUsers::Create, Answer::User, true),
    ] {
        let world = World::new(&format!("{unknown_users:?}"), unknown_users, settings()).await;
        for _ in 0..2 {
            assert_eq!(world.ask("sso", "S3cr3+").await, answer, "{unknown_users:?}");
            assert_eq!(world.ask("sso", "wrong").await, WRONG);
            assert_eq!(world.ask("bob", "S3cr3+").await, Answer::User, "bob has an account");
        }
        let account = world.store.credentials(&Username::new("sso").unwrap()).await.unwrap();
        assert_eq!(account.is_some(), exists, "{unknown_users:?}");
        assert!(account.is_none_or(|(user, password)| !user.is_admin && password.is_none()));
        assert!(world.store.user(&Username::new("nobody").unwrap()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_account_that_is_shut_is_refused_at_once_though_the_line_stands() {
    let world = World::new("shut", UnknownUsers::Create, settings()).await;
    for user in ["bob", "sso"] {
        assert_eq!(world.ask(user, "S3cr3+").await, Answer::User);
        for (is_active, answer) in [(false, WRONG), (true, Answer::User)] {
            let update = UserUpdate { is_active: Some(is_active), ..UserUpdate::default() };
            world.store.update_user(&Username::new(user).unwrap(), update).await.unwrap();
            world.hear().await;
            assert_eq!(world.ask(user, "S3cr3+").await, answer, "{user} {is_active}");
        }
    }
    let update = UserUpdate { is_admin: Some(true), ..UserUpdate::default() };
    world.store.update_user(&Username::new("bob").unwrap(), update).await.unwrap();
    world.hear().await;
    assert_eq!(world.ask("bob", "S3cr3+").await, Answer::Admin, "the account says who is an admin");
}

#[tokio::test]
async fn a_changed_file_ends_what_was_remembered_and_costs_no_hash_to_others() {
    let world = World::new("changed", UnknownUsers::Admit, settings()).await;
    for user in ["bob", "sso"] {
        assert_eq!(world.ask(user, "S3cr3+").await, Answer::User);
    }
    assert_eq!(world.ask("carol", "sesame").await, Answer::User);
    let before = world.authenticator.hashes();
    for _ in 0..3 {
        assert_eq!(world.ask("bob", "S3cr3+").await, Answer::User);
    }
    assert_eq!(world.authenticator.hashes(), before, "what is remembered costs no hash");
    std::fs::write(&world.path, format!("bob:{BCRYPT}\n")).unwrap();
    world.becomes("sso", "S3cr3+", WRONG).await;
    let before = world.authenticator.hashes();
    assert_eq!(world.ask("bob", "S3cr3+").await, Answer::User);
    assert_eq!(world.ask("carol", "sesame").await, Answer::User);
    assert_eq!(world.authenticator.hashes(), before, "their hashes are the same");
    std::fs::write(&world.path, format!("bob:{OTHER}\n")).unwrap();
    world.becomes("bob", "S3cr3+", WRONG).await;
    assert_eq!(world.ask("bob", "pässwörd").await, Answer::User);
}

#[tokio::test]
async fn a_file_that_is_gone_goes_on_to_hold() {
    let world = World::new("gone", UnknownUsers::Admit, settings()).await;
    std::fs::remove_file(&world.path).unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(world.ask("sso", "S3cr3+").await, Answer::User);
    assert_eq!(world.ask("sso", "wrong").await, WRONG);
}

#[tokio::test]
async fn nobody_can_tell_by_the_cost_who_is_in_the_file() {
    let world = World::on_shelves_of_their_own("cost", ["alice", "bob", "sso", "carol"]).await;
    for user in ["alice", "bob", "sso", "carol", "dave", "erin"] {
        let before = world.authenticator.hashes();
        assert_eq!(world.ask(user, "wrong").await, WRONG);
        assert_eq!(world.authenticator.hashes(), before + 1, "{user}");
    }
    // Names that nobody has cost what the store's cost, and what the file's of either kind cost.
    let kinds: std::collections::BTreeSet<String> = (0..2000)
        .map(|number| world.authenticator.checker.decoys.of(&Username::new(format!("user {number}")).unwrap()))
        .map(|decoy| decoy.expose().split('$').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["2y", "apr1", "argon2id"]);
}

#[tokio::test]
async fn guesses_at_the_file_slow_the_account_down() {
    let few = PasswordSettings { free_attempts: 3, ..PasswordSettings::default() };
    let world = World::new("guesses", UnknownUsers::Admit, few).await;
    for user in ["alice", "bob", "sso", "dave"] {
        for _ in 0..3 {
            assert_eq!(world.ask(user, "wrong").await, WRONG, "{user}");
        }
        assert_eq!(world.ask(user, "S3cr3+").await, WAIT, "{user}");
    }
}

#[tokio::test]
async fn a_password_that_would_be_cut_off_is_refused() {
    let world = World::new("long", UnknownUsers::Admit, settings()).await;
    // 72 times `x`, of which `crypt` makes the same hash as of more.
    let long = "$2y$04$......................SZFhVdUK5wGKY4lx/QrgUMHG0XsWjbi";
    std::fs::write(&world.path, format!("bob:{long}\n")).unwrap();
    world.becomes("bob", &"x".repeat(72), Answer::User).await;
    assert_eq!(world.ask("bob", &"x".repeat(73)).await, WRONG);
}
