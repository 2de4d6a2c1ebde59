//! Sessions of browsers, and what may be used once.

use super::fixtures::*;
use crate::store::{Event, NewSession, NewUser, Renewal, SecretDigest, Session, Store, UserUpdate};

/// The digest that stands for a secret of the tests.
pub(super) fn digest(number: u8) -> SecretDigest {
    SecretDigest::from_bytes([number; 32])
}

/// A session of `owner` that lives from 100 to 1000.
pub(super) fn session(owner: &str, number: u8) -> NewSession {
    NewSession {
        digest: digest(number),
        user: user(owner),
        provider: "default".to_owned(),
        created_at: 100,
        expires_at: 1000,
        renew_at: None,
        sealed: None,
        replaces: None,
    }
}

async fn open(store: &dyn Store, owner: &str, number: u8) -> Session {
    store.open_session(session(owner, number)).await.unwrap()
}

pub(super) async fn is_open(store: &dyn Store, number: u8) -> bool {
    store.session(&digest(number)).await.unwrap().is_some()
}

async fn count(store: &dyn Store, owner: &str) -> usize {
    store.sessions_of(&user(owner)).await.unwrap().len()
}

pub(super) type Seen = (i64, String, String, [Option<u64>; 4], Option<Vec<u8>>);

/// All that there is to compare.
pub(super) fn seen(session: Session) -> Seen {
    let times = [Some(session.created_at), Some(session.seen_at), Some(session.expires_at), session.renew_at];
    (session.id, session.user.as_str().to_owned(), session.provider, times, session.sealed)
}

/// By its secret and in the list.
pub async fn a_session_is_read_back(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    assert!(!is_open(store, 1).await);
    for (number, provider, renew_at, sealed) in [
        (1, "default", None, None),
        (2, "ünï 'x'", Some(500), Some(vec![0, 255, 39, 0])),
        (0, "p", Some(0), Some(vec![])),
    ] {
        let provider = provider.to_owned();
        let new = NewSession { provider: provider.clone(), renew_at, sealed: sealed.clone(), ..session("ann", number) };
        let made = store.open_session(new).await.unwrap();
        let expected = (made.id, "ann".to_owned(), provider, [Some(100), Some(100), Some(1000), renew_at], sealed);
        assert_eq!(seen(made), expected);
        assert_eq!(seen(store.session(&digest(number)).await.unwrap().unwrap()), expected);
        let newest = store.sessions_of(&user("ann")).await.unwrap().pop().unwrap();
        assert_eq!(seen(newest), expected, "the newest comes last");
    }
    assert!(store.session(&SecretDigest::from_bytes([1; 32].map(|byte: u8| byte + 8))).await.unwrap().is_none());
    assert_eq!((count(store, "ann").await, count(store, "nobody").await), (3, 0));
}

/// A program signs in in another way.
pub async fn only_an_active_person_gets_a_session(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    store.create_user(NewUser { is_service: true, ..account("bot") }).await.unwrap();
    store.update_user(&user("bob"), deactivate()).await.unwrap();
    apply(store, &[give(&read(user("guest"), EXPERIMENT, exact("1")))]).await;
    for name in ["bob", "bot", "guest", "Ann"] {
        assert_refused!(store.open_session(session(name, 1)).await, NotFound, "{name}");
    }
    assert!(!is_open(store, 1).await);
    open(store, "ann", 1).await;
}

/// Nobody gets a session under the secret of another.
pub async fn a_secret_is_taken_once(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    open(store, "ann", 1).await;
    for name in ["ann", "bob"] {
        assert_refused!(store.open_session(session(name, 1)).await, AlreadyExists, "{name}");
    }
    assert_eq!(store.session(&digest(1)).await.unwrap().unwrap().user, user("ann"));
    assert_eq!((count(store, "ann").await, count(store, "bob").await), (1, 0));
}

/// Whoever had it; it may be gone. What cannot be opened ends nothing.
pub async fn a_new_session_ends_the_one_it_replaces(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    open(store, "ann", 1).await;
    open(store, "ann", 2).await;
    let replacing = |owner: &str, number, old| NewSession { replaces: Some(digest(old)), ..session(owner, number) };
    assert_refused!(store.open_session(replacing("bob", 2, 1)).await, AlreadyExists);
    assert_refused!(store.open_session(replacing("nobody", 3, 1)).await, NotFound);
    assert!(is_open(store, 1).await);
    let before = store.revision().await.unwrap();
    store.open_session(replacing("bob", 3, 1)).await.unwrap();
    assert_told(store, before, &[Event::User(user("ann")), Event::User(user("bob"))], "both owners").await;
    assert!(!is_open(store, 1).await && is_open(store, 2).await);
    store.open_session(replacing("bob", 4, 1)).await.unwrap();
    store.open_session(replacing("bob", 3, 3)).await.unwrap();
    assert_eq!((count(store, "ann").await, count(store, "bob").await), (1, 2));
}

/// The name of a provider that is none.
pub async fn what_cannot_be_kept_is_refused(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    for provider in [String::new(), "a".repeat(256), "a\0b".to_owned()] {
        let new = NewSession { provider: provider.clone(), ..session("ann", 1) };
        assert_refused!(store.open_session(new).await, Invalid, "{provider:?}");
    }
    assert!(!is_open(store, 1).await);
}

/// A foreign number reads as one that is not there.
pub async fn a_session_is_ended_by_its_owner_only(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    let ended = open(store, "ann", 1).await.id;
    open(store, "ann", 2).await;
    for (name, id) in [("bob", ended), ("nobody", ended), ("Ann", ended), ("ann", ended + 1000)] {
        assert_refused!(store.end_session(&user(name), id).await, NotFound, "{name} {id}");
    }
    store.end_session(&user("ann"), ended).await.unwrap();
    assert_refused!(store.end_session(&user("ann"), ended).await, NotFound);
    assert!(!is_open(store, 1).await && is_open(store, 2).await);
}

/// And it is said how many there were.
pub async fn all_sessions_of_one_user_end(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    for (owner, number) in [("ann", 1), ("bob", 2), ("ann", 3)] {
        open(store, owner, number).await;
    }
    for (name, expected) in [("ann", 2), ("ann", 0), ("nobody", 0)] {
        assert_eq!(store.end_sessions(&user(name)).await.unwrap(), expected, "{name}");
    }
    assert!(!is_open(store, 1).await && is_open(store, 2).await && !is_open(store, 3).await);
}

/// Not of another session, nor of one that is gone.
pub async fn use_is_noted_and_never_put_back(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let id = open(store, "ann", 1).await.id;
    open(store, "ann", 2).await;
    for (at, expected) in [(90, 100), (150, 150), (120, 150), (151, 151)] {
        store.saw_session(id, at).await.unwrap();
        assert_eq!(store.session(&digest(1)).await.unwrap().unwrap().seen_at, expected);
    }
    store.saw_session(id + 1000, 150).await.unwrap();
    assert_eq!(store.session(&digest(2)).await.unwrap().unwrap().seen_at, 100);
}

/// Until the lease is over, or the provider has answered.
pub async fn one_asks_the_provider_at_a_time(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let id = open(store, "ann", 1).await.id;
    let other = open(store, "ann", 2).await.id;
    for (now, until, expected) in [(200, 230, true), (200, 230, false), (229, 260, false), (230, 250, true)] {
        let lease = store.lease_renewal(id, now, until).await.unwrap();
        assert_eq!(lease.map(|session| session.id), expected.then_some(id), "{now}");
    }
    assert!(store.lease_renewal(other, 231, 250).await.unwrap().is_some());
    store.renew_session(id, Renewal { renew_at: Some(400), sealed: None }).await.unwrap();
    assert!(store.lease_renewal(id, 232, 250).await.unwrap().is_some());
    store.end_session(&user("ann"), id).await.unwrap();
    assert!(store.lease_renewal(id, 900, 950).await.unwrap().is_none());
}

/// And nothing else changes.
pub async fn what_the_provider_said_is_kept(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let made = open(store, "ann", 1).await;
    let other = open(store, "ann", 2).await;
    for (renew_at, sealed) in [(Some(300), Some(vec![1, 2])), (None, Some(vec![])), (Some(5), None)] {
        store.renew_session(made.id, Renewal { renew_at, sealed: sealed.clone() }).await.unwrap();
        let expected = seen(Session { renew_at, sealed, ..made.clone() });
        assert_eq!(seen(store.session(&digest(1)).await.unwrap().unwrap()), expected);
    }
    assert_eq!(seen(store.session(&digest(2)).await.unwrap().unwrap()), seen(other));
    store.end_sessions(&user("ann")).await.unwrap();
    assert_refused!(store.renew_session(made.id, Renewal { renew_at: None, sealed: None }).await, NotFound);
    assert_eq!(count(store, "ann").await, 0, "an answer of the provider does not bring a session back");
}

/// Nobody's number becomes another's.
pub async fn numbers_are_never_used_again(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let mut last = 0;
    for _ in 0..3 {
        let id = open(store, "ann", 1).await.id;
        assert!(id > last, "{id} after {last}");
        last = id;
        store.end_session(&user("ann"), id).await.unwrap();
    }
}

/// Removal, deactivation and another password do; neither a namesake nor reactivation brings them back. A new hash of the
/// same password, a new name, a new admin flag do not.
pub async fn what_happens_to_an_account_ends_its_sessions(store: &dyn Store) {
    let none = UserUpdate::default;
    let password = || Some(hash("new"));
    for (number, (update, ends)) in (0_u8..).zip([
        (deactivate(), true),
        (UserUpdate { password: password(), ..none() }, true),
        (UserUpdate { password: password(), same_password: true, ..deactivate() }, true),
        (UserUpdate { password: password(), same_password: true, ..none() }, false),
        (UserUpdate { same_password: true, ..none() }, false),
        (UserUpdate { is_active: Some(true), ..none() }, false),
        (UserUpdate { is_admin: Some(true), display_name: Some("x".to_owned()), ..none() }, false),
    ]) {
        let name = format!("user {number}");
        accounts(store, [&name]).await;
        open(store, &name, number).await;
        open(store, &name, 100 + number).await;
        store.update_user(&user(&name), update).await.unwrap();
        store.update_user(&user(&name), UserUpdate { is_active: Some(true), ..none() }).await.unwrap();
        assert_eq!(count(store, &name).await, if ends { 0 } else { 2 }, "{name}");
        assert_eq!(is_open(store, number).await, !ends, "{name}");
    }
    store.delete_user(&user("user 3")).await.unwrap();
    accounts(store, ["user 3"]).await;
    assert!(count(store, "user 3").await == 0 && !is_open(store, 3).await && is_open(store, 4).await);
}

/// What has expired, what was not used for long, what need no longer be refused; and nothing else.
pub async fn what_is_over_is_forgotten(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    for (number, expires_at, seen_at) in [(1, 499, 490), (2, 500, 490), (3, 501, 490), (4, 900, 400), (5, 900, 399)] {
        let id = store.open_session(NewSession { expires_at, ..session("ann", number) }).await.unwrap().id;
        store.saw_session(id, seen_at).await.unwrap();
    }
    for (number, until) in [(1, 499), (2, 500), (3, 501)] {
        assert!(store.spend(&digest(number), until).await.unwrap());
    }
    assert!(is_open(store, 1).await, "it may be told until it is forgotten");
    for expected in [3, 0] {
        assert_eq!(store.forget_expired(500, 400).await.unwrap(), expected);
    }
    for (number, expected) in [(1, false), (2, false), (3, true), (4, true), (5, false)] {
        assert_eq!(is_open(store, number).await, expected, "session {number}");
    }
    for (number, is_new) in [(1, true), (2, true), (3, false)] {
        assert_eq!(store.spend(&digest(number), 900).await.unwrap(), is_new, "spent {number}");
    }
}

/// As [`Event::User`] of the owner.
pub async fn what_is_opened_and_ended_is_told(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let ann = [Event::User(user("ann"))];
    let mut before = store.revision().await.unwrap();
    let id = open(store, "ann", 1).await.id;
    assert_told(store, before, &ann, "opening").await;
    before = store.revision().await.unwrap();
    store.renew_session(id, Renewal { renew_at: None, sealed: None }).await.unwrap();
    assert_told(store, before, &ann, "renewal").await;
    before = store.revision().await.unwrap();
    store.end_session(&user("ann"), id).await.unwrap();
    assert_told(store, before, &ann, "end").await;
    open(store, "ann", 2).await;
    before = store.revision().await.unwrap();
    store.end_sessions(&user("ann")).await.unwrap();
    assert_told(store, before, &ann, "end of all").await;
}

/// Use, leases, what is spent and forgotten, and what failed: nobody need forget anything for these.
pub async fn what_is_not_to_be_told_is_not(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let id = open(store, "ann", 1).await.id;
    let before = store.revision().await.unwrap();
    store.saw_session(id, 200).await.unwrap();
    assert!(store.lease_renewal(id, 200, 300).await.unwrap().is_some());
    assert!(store.spend(&digest(7), 300).await.unwrap());
    assert_refused!(store.open_session(session("ann", 1)).await, AlreadyExists);
    assert_refused!(store.end_session(&user("bob"), id).await, NotFound);
    assert_eq!(store.end_sessions(&user("bob")).await.unwrap(), 0);
    assert_eq!(store.forget_expired(2000, 0).await.unwrap(), 1);
    assert_eq!(told(store, before).await, []);
    assert_eq!(store.revision().await.unwrap(), before);
}

/// Not even when it would be refused anyway, until that is forgotten; each thing is told from every other.
pub async fn what_was_spent_cannot_be_spent_again(store: &dyn Store) {
    for (number, until, is_new) in [(1, 500, true), (1, 500, false), (1, 900, false), (2, 500, true), (1, 0, false)] {
        assert_eq!(store.spend(&digest(number), until).await.unwrap(), is_new, "{number} {until}");
    }
    assert_eq!(store.forget_expired(500, 0).await.unwrap(), 0);
    assert!(store.spend(&digest(1), 900).await.unwrap(), "a later end does not count of what was refused");
}

/// However many try at once.
pub async fn one_of_many_spends(store: &dyn Store) {
    for number in 0..10 {
        let what = digest(number);
        let spend = || store.spend(&what, 500);
        let (a, b, c, d) = tokio::join!(spend(), spend(), spend(), spend());
        assert_eq!([a, b, c, d].into_iter().filter(|spent| *spent.as_ref().unwrap()).count(), 1);
    }
}

/// However many try at once.
pub async fn one_of_many_leases(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let id = open(store, "ann", 1).await.id;
    for now in [200, 300, 400] {
        let lease = || store.lease_renewal(id, now, now + 50);
        let (a, b, c, d) = tokio::join!(lease(), lease(), lease(), lease());
        assert_eq!([a, b, c, d].into_iter().filter(|lease| lease.as_ref().unwrap().is_some()).count(), 1);
    }
}

/// Whichever comes first.
pub async fn a_session_opened_while_its_owner_is_shut_out_does_not_live(store: &dyn Store) {
    for (number, deactivates_first) in (0..20).map(|number| (number, number % 2 == 0)) {
        let name = format!("user {number}");
        accounts(store, [&name]).await;
        let (owner, new) = (user(&name), session(&name, number));
        match deactivates_first {
            true => drop(tokio::join!(store.update_user(&owner, deactivate()), store.open_session(new))),
            false => drop(tokio::join!(store.open_session(new), store.update_user(&owner, deactivate()))),
        }
        assert!(!store.user(&owner).await.unwrap().unwrap().is_active);
        assert!(count(store, &name).await == 0 && !is_open(store, number).await, "{name}");
    }
}
