mod changes;
mod costs;
#[cfg(feature = "htpasswd")]
mod file;
mod guesses;
mod store;

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use store::Store;

/// `sesame`, cheap and strong enough not to be replaced by a test that does not want it.
fn sesame() -> PasswordHash {
    static HASH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    PasswordHash::from_stored(HASH.get_or_init(|| hash("sesame").expose().to_owned()).as_str())
}

fn hash(password: &str) -> PasswordHash {
    PasswordHash::new(&Secret::new(password)).unwrap()
}

/// `sesame` as Werkzeug 3.1.9 writes it with the method `pbkdf2:sha256:1000`.
const OLD_SESAME: &str =
    "pbkdf2:sha256:1000$dgRB3cnX7QZcsFUa$1b92016a68ec7076cc21f03996de4e8bb7e8a3436841e9991a67cd42f38ccf6f";

/// The same with its default method.
const SCRYPT_SESAME: &str = "scrypt:32768:8:1$UbWVtrROMHiJK27m$cfa8389fdf561ce9e116ad821379f833ac2620ef00f69298229404cc2985bbfe124cf8f1857b6a7222b6b9fa46d60dd5f437475ebdc28528f2e75da083bcadf4";

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

struct Fixture {
    store: Arc<Store>,
    freshness: Arc<Freshness>,
    authenticator: PasswordAuthenticator,
}

fn settings() -> PasswordSettings {
    PasswordSettings { free_attempts: 0, ..PasswordSettings::default() }
}

impl Fixture {
    /// `alice` has the password `sesame`.
    async fn new(settings: PasswordSettings) -> Self {
        Self::with_bound(settings, Duration::from_secs(600)).await
    }

    async fn with_bound(settings: PasswordSettings, bound: Duration) -> Self {
        let (store, freshness) = (Arc::new(Store::default()), Arc::new(Freshness::new(bound)));
        store.put("alice", Some(sesame()), false);
        let users: Arc<dyn UserStore> = Arc::clone(&store) as _;
        let authenticator = PasswordAuthenticator::new(users, Arc::clone(&freshness), settings);
        let fixture = Self { store, freshness, authenticator };
        fixture.hear().await;
        fixture
    }

    /// Reads the feed.
    async fn hear(&self) {
        self.freshness.catch_up(&*self.store, Duration::ZERO).await.unwrap();
    }

    async fn ask(&self, user: &str, password: &str) -> Answer {
        let text = STANDARD.encode(format!("{user}:{password}"));
        Answer::of(self.authenticate(&[&format!("Basic {text}")]).await)
    }

    async fn authenticate(&self, headers: &[&str]) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let mut request = http::Request::new(()).into_parts().0;
        for value in headers {
            request.headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        self.authenticator.authenticate(&request).await
    }

    /// Waits until the store was asked `times` times.
    async fn asked(&self, times: usize) {
        let asked = async {
            while self.store.reads.load(SeqCst) < times {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.expect("the store is asked");
    }

    /// Hashes and reads so far.
    fn costs(&self) -> (u64, usize) {
        (self.authenticator.hashes(), self.store.reads.load(SeqCst))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    User,
    Admin,
    Nobody,
    Rejected(Rejection),
    Unavailable,
}

const WRONG: Answer = Answer::Rejected(Rejection::WrongPassword);
const WAIT: Answer = Answer::Rejected(Rejection::TooManyAttempts);

impl Answer {
    fn of(result: Result<Option<Arc<Principal>>, AuthenticationError>) -> Self {
        match result {
            Ok(None) => Answer::Nobody,
            Ok(Some(principal)) if principal.is_admin => Answer::Admin,
            Ok(Some(_)) => Answer::User,
            Err(AuthenticationError::Rejected(rejection)) => Answer::Rejected(rejection),
            Err(AuthenticationError::Unavailable(_)) => Answer::Unavailable,
        }
    }
}

#[tokio::test]
async fn a_header_is_somebody_nobody_or_wrong() {
    let fixture = Fixture::new(settings()).await;
    fixture.store.put("root", Some(sesame()), true);
    fixture.store.put("sso", None, true);
    fixture.store.put("broken", Some(PasswordHash::from_stored("sesame")), true);
    for (user, password, answer) in [
        ("alice", "sesame", Answer::User),
        ("root", "sesame", Answer::Admin),
        ("alice", "Sesame", WRONG),
        ("alice", "", WRONG),
        ("Alice", "sesame", WRONG),
        ("bob", "sesame", WRONG),
        ("sso", "sesame", WRONG),
        ("sso", "", WRONG),
        ("broken", "sesame", WRONG),
        (" alice", "sesame", Answer::Rejected(Rejection::Malformed)),
        ("", "sesame", Answer::Rejected(Rejection::Malformed)),
    ] {
        assert_eq!(fixture.ask(user, password).await, answer, "{user}:{password}");
    }
    let malformed = Answer::Rejected(Rejection::Malformed);
    let right = format!("Basic {}", STANDARD.encode("alice:sesame"));
    for (headers, answer) in [
        (vec![], Answer::Nobody),
        (vec!["Bearer abc"], Answer::Nobody),
        (vec![right.as_str()], Answer::User),
        (vec!["Basic ###"], malformed),
        (vec![right.as_str(), right.as_str()], malformed),
        (vec![right.as_str(), "Bearer abc"], malformed),
    ] {
        assert_eq!(Answer::of(fixture.authenticate(&headers).await), answer, "{headers:?}");
    }
}

#[tokio::test]
async fn the_principal_is_the_account() {
    let fixture = Fixture::new(settings()).await;
    let (alice, password) = (Username::new("alice").unwrap(), Secret::new("sesame"));
    let principal = fixture.authenticator.verify(&alice, &password).await.unwrap().unwrap();
    let proof = crate::vocabulary::Proof::Password;
    assert_eq!(*principal, Principal::new(alice.clone(), proof));
    let again = fixture.authenticator.verify(&alice, &password).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&principal, &again));
    assert_eq!(fixture.costs(), (1, 1));
    for wrong in ["", "x", &"x".repeat(1025)] {
        assert!(fixture.authenticator.verify(&alice, &Secret::new(wrong)).await.unwrap().is_none());
    }
    assert_eq!(fixture.authenticator.hashes(), 3, "what is too long is not hashed");
}

#[tokio::test]
async fn new_hashes_are_made_in_the_pool() {
    let fixture = Fixture::new(settings()).await;
    let hash = fixture.authenticator.hash(&Secret::new("x")).await.unwrap();
    assert!(hash.verify(&Secret::new("x")).unwrap());
    assert_eq!(fixture.authenticator.hashes(), 1);
    let long = fixture.authenticator.hash(&Secret::new("x".repeat(1025))).await;
    assert!(matches!(long, Err(HashError::TooLong)));
}

#[tokio::test]
async fn the_password_that_mlflow_shipped_is_not_for_admins() {
    let fixture = Fixture::new(settings()).await;
    let shipped = hash("password1234");
    fixture.store.put("root", Some(shipped.clone()), true);
    fixture.store.put("bob", Some(shipped.clone()), false);
    assert_eq!(fixture.ask("root", "password1234").await, WRONG);
    assert_eq!(fixture.ask("bob", "password1234").await, Answer::User);
    fixture.store.put("bob", Some(shipped), true);
    fixture.hear().await;
    assert_eq!(fixture.ask("bob", "password1234").await, WRONG);
    assert_eq!(fixture.ask("root", "password1234").await, WRONG);
}
