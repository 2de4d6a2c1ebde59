//! Access tokens.

use super::fixtures::*;
use super::names::LOOKALIKES;
use crate::store::{AccessToken, Event, NewToken, NewUser, Store, StoreError, TokenHash, UserUpdate, token_number};
use crate::vocabulary::{NarrowedTo, Narrowing};

/// A token of `owner` that lives from 100 to 200, of which there may be three.
fn token(owner: &str, name: &str) -> NewToken {
    NewToken {
        user: user(owner),
        name: name.to_owned(),
        prefix: format!("{owner}.{name}"),
        hash: TokenHash::from_stored("kept"),
        narrowing: Narrowing::default(),
        created_at: 100,
        created_by: user(owner),
        expires_at: 200,
        replaces: false,
        most: 3,
    }
}

async fn create(store: &dyn Store, owner: &str, name: &str) -> AccessToken {
    store.create_token(token(owner, name)).await.unwrap()
}

async fn names(store: &dyn Store, owner: &str) -> Vec<String> {
    store.tokens_of(&user(owner)).await.unwrap().into_iter().map(|token| token.name).collect()
}

/// All that there is to compare: number, texts, times.
pub(super) type Seen = (i64, [String; 6], [Option<u64>; 3]);

pub(super) fn seen(token: AccessToken) -> Seen {
    let times = [Some(token.created_at), Some(token.expires_at), token.last_used_at];
    let (user, by) = (token.user.as_str().to_owned(), token.created_by.as_str().to_owned());
    let narrowing = token.narrowing.to_text().unwrap_or_default();
    (token.id, [user, by, token.name, token.prefix, token.hash.expose().to_owned(), narrowing], times)
}

/// By prefix and in the list, whatever it is narrowed to.
pub async fn a_token_is_read_back(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    assert!(store.token("ann.ci").await.unwrap().is_none());
    let to = |id: Option<&str>, space: Option<&str>| NarrowedTo {
        kind: EXPERIMENT,
        id: id.map(str::to_owned),
        workspace: space.map(workspace),
    };
    let some = vec![to(Some("'7\""), None), to(None, Some("team-1"))];
    for (name, read_only, only) in
        [("ci", false, None), ("Jo's \"key\"", true, None), ("é", false, Some(some)), ("none", true, Some(vec![]))]
    {
        let new = NewToken {
            narrowing: Narrowing { read_only, only },
            created_by: user("somebody gone"),
            hash: TokenHash::from_stored(format!("sha256${name}")),
            most: 10,
            ..token("ann", name)
        };
        let made = store.create_token(new.clone()).await.unwrap();
        assert_eq!((&made.user, &made.name, &made.prefix), (&new.user, &new.name, &new.prefix));
        assert_eq!((made.created_at, made.expires_at, made.last_used_at), (100, 200, None));
        assert_eq!((&made.narrowing, made.hash.expose()), (&new.narrowing, new.hash.expose()));
        let found = store.token(&new.prefix).await.unwrap().unwrap();
        assert_eq!(seen(found), seen(made.clone()));
        let listed = store.tokens_of(&user("ann")).await.unwrap().pop().unwrap();
        assert_eq!(seen(listed), seen(made), "the newest comes last");
    }
    assert!(store.tokens_of(&user("nobody")).await.unwrap().is_empty());
}

/// What looks alike is another token.
pub async fn names_and_prefixes_are_compared_byte_by_byte(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    for name in LOOKALIKES {
        assert!(store.token(name).await.unwrap().is_none(), "{name}");
        let new = NewToken { prefix: name.to_owned(), most: LOOKALIKES.len(), ..token("ann", name) };
        store.create_token(new).await.unwrap();
    }
    for name in LOOKALIKES {
        assert_eq!(store.token(name).await.unwrap().unwrap().name, name);
    }
    assert_eq!(names(store, "ann").await, LOOKALIKES);
}

/// A person's or a program's.
pub async fn only_an_active_account_gets_a_token(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    store.create_user(NewUser { is_service: true, ..account("bot") }).await.unwrap();
    store.update_user(&user("bob"), deactivate()).await.unwrap();
    apply(store, &[give(&read(user("guest"), EXPERIMENT, exact("1")))]).await;
    for (name, is_made) in [("ann", true), ("bot", true), ("bob", false), ("guest", false), ("Ann", false)] {
        match store.create_token(token(name, "ci")).await {
            Ok(_) => assert!(is_made, "{name}"),
            refused => {
                assert_refused!(refused, NotFound, "{name}");
                assert!(!is_made && names(store, name).await.is_empty(), "{name}");
            }
        }
    }
}

/// Two users may call theirs the same.
pub async fn a_name_is_taken_once_by_one_owner(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    let first = create(store, "ann", "ci").await;
    create(store, "bob", "ci").await;
    let second = NewToken { prefix: "other".to_owned(), ..token("ann", "ci") };
    assert_refused!(store.create_token(second).await, AlreadyExists);
    assert_eq!(store.tokens_of(&user("ann")).await.unwrap().pop().map(|token| token.id), Some(first.id));
    assert!(store.token("other").await.unwrap().is_none());
}

/// Also if the token that has it has expired, or a replacement asks for it.
pub async fn a_prefix_is_taken_once_by_anybody(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    let first = create(store, "ann", "ci").await;
    for (owner, name, created_at, replaces) in
        [("ann", "two", 100, false), ("bob", "ci", 100, true), ("bob", "ci", 250, false)]
    {
        let prefix = first.prefix.clone();
        let new = NewToken { prefix, created_at, expires_at: 300, replaces, ..token(owner, name) };
        assert_refused!(store.create_token(new).await, AlreadyExists, "{owner} {name}");
    }
    assert_eq!(store.token(&first.prefix).await.unwrap().map(|token| token.id), Some(first.id));
    store.delete_token(&user("ann"), first.id).await.unwrap();
    store.create_token(NewToken { prefix: first.prefix, ..token("bob", "ci") }).await.unwrap();
}

/// At once; what cannot be made ends nothing. A replacement may have the prefix of what it replaces.
pub async fn a_replacement_ends_the_token_before(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    let first = create(store, "ann", "default").await;
    let (other, foreign) = (create(store, "ann", "ci").await, create(store, "bob", "default").await);
    let replaces = |prefix: &str| NewToken { replaces: true, prefix: prefix.to_owned(), ..token("ann", "default") };
    assert_refused!(store.create_token(replaces(&other.prefix)).await, AlreadyExists);
    assert_refused!(store.create_token(NewToken { most: 1, ..replaces("new") }).await, TooMany);
    assert!(store.token(&first.prefix).await.unwrap().is_some());
    let second = store.create_token(NewToken { most: 2, ..replaces("new") }).await.unwrap();
    assert!(second.id > first.id && store.token(&first.prefix).await.unwrap().is_none());
    let third = store.create_token(replaces("new")).await.unwrap();
    let ids: Vec<_> = store.tokens_of(&user("ann")).await.unwrap().iter().map(|token| token.id).collect();
    assert_eq!(ids, [other.id, third.id]);
    assert_eq!(store.token(&foreign.prefix).await.unwrap().map(|token| token.id), Some(foreign.id));
    store.create_token(NewToken { replaces: true, ..token("ann", "nothing before") }).await.unwrap();
}

/// Those of others do not count.
pub async fn there_are_no_more_than_there_may_be(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    for name in ["one", "two", "three"] {
        create(store, "bob", name).await;
        create(store, "ann", name).await;
    }
    assert_refused!(store.create_token(token("ann", "four")).await, TooMany);
    assert_refused!(store.create_token(NewToken { most: 0, ..token("ann", "four") }).await, TooMany);
    store.create_token(NewToken { most: 4, ..token("ann", "four") }).await.unwrap();
    assert_eq!(names(store, "ann").await, ["one", "two", "three", "four"]);
}

/// Those of others do not go. One that ends now has ended.
pub async fn expired_tokens_make_room_and_are_told_until_then(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    for (owner, name, expires_at) in [("ann", "a", 150), ("ann", "b", 151), ("ann", "c", 149), ("bob", "a", 120)] {
        store.create_token(NewToken { expires_at, ..token(owner, name) }).await.unwrap();
    }
    assert!(store.token("ann.c").await.unwrap().is_some());
    let new = |name| NewToken { created_at: 150, prefix: format!("new.{name}"), ..token("ann", name) };
    assert_refused!(store.create_token(new("b")).await, AlreadyExists);
    assert_eq!(names(store, "ann").await, ["a", "b", "c"], "what failed ends nothing");
    store.create_token(new("a")).await.unwrap();
    assert_eq!(
        (names(store, "ann").await, names(store, "bob").await),
        (vec!["b".into(), "a".into()], vec!["a".into()])
    );
    store.create_token(new("c")).await.unwrap();
    assert_refused!(store.create_token(new("d")).await, TooMany);
}

/// Names and prefixes that are empty, too long or hold what cannot be seen; ids with a NUL; an end before the beginning.
pub async fn what_cannot_be_kept_is_refused(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let narrow = |id: &str, count| Narrowing {
        read_only: false,
        only: Some(vec![NarrowedTo { kind: EXPERIMENT, id: Some(id.to_owned()), workspace: None }; count]),
    };
    let named = |name: String| NewToken { name, ..token("ann", "ci") };
    let prefixed = |prefix: String| NewToken { prefix, ..token("ann", "ci") };
    for new in [
        named(String::new()),
        named("a".repeat(256)),
        named("a\nb".to_owned()),
        prefixed(String::new()),
        prefixed("a".repeat(33)),
        prefixed("a\0".to_owned()),
        NewToken { expires_at: 100, ..token("ann", "ci") },
        NewToken { narrowing: narrow("a\0b", 1), ..token("ann", "ci") },
        NewToken { narrowing: narrow("a", 1001), ..token("ann", "ci") },
    ] {
        assert_refused!(store.create_token(new.clone()).await, Invalid, "{new:?}");
    }
    assert!(names(store, "ann").await.is_empty());
    store.create_token(named("é".repeat(127))).await.unwrap();
    store.create_token(NewToken { name: "b".into(), ..prefixed("a".repeat(32)) }).await.unwrap();
    store.create_token(NewToken { narrowing: narrow("a", 1000), ..token("ann", "c") }).await.unwrap();
}

/// A foreign number reads as one that is not there.
pub async fn a_token_is_ended_by_its_owner_only(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    let (kept, ended) = (create(store, "ann", "kept").await, create(store, "ann", "ended").await);
    let foreign = match store.delete_token(&user("bob"), kept.id).await {
        Err(StoreError::NotFound(what)) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(foreign, token_number(&user("bob"), kept.id));
    for (name, id) in [("bob", ended.id), ("ann", ended.id + 1000), ("nobody", ended.id), ("Ann", ended.id)] {
        assert_refused!(store.delete_token(&user(name), id).await, NotFound, "{name} {id}");
    }
    store.delete_token(&user("ann"), ended.id).await.unwrap();
    assert_refused!(store.delete_token(&user("ann"), ended.id).await, NotFound);
    assert!(store.token(&ended.prefix).await.unwrap().is_none());
    assert_eq!(names(store, "ann").await, ["kept"]);
}

/// And it is said how many there were.
pub async fn all_tokens_of_one_user_end(store: &dyn Store) {
    accounts(store, ["ann", "bob"]).await;
    for (owner, name) in [("ann", "a"), ("bob", "b"), ("ann", "c")] {
        create(store, owner, name).await;
    }
    for (name, expected) in [("ann", 2), ("ann", 0), ("nobody", 0)] {
        assert_eq!(store.delete_tokens(&user(name)).await.unwrap(), expected, "{name}");
    }
    assert!(names(store, "ann").await.is_empty());
    assert_eq!(names(store, "bob").await, ["b"]);
}

/// Not of another token, nor of one that is gone.
pub async fn use_is_noted_and_never_put_back(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let (used, other) = (create(store, "ann", "used").await, create(store, "ann", "other").await);
    for (at, expected) in [(0, 0), (150, 150), (120, 150), (151, 151)] {
        store.saw_token(used.id, at).await.unwrap();
        assert_eq!(store.token(&used.prefix).await.unwrap().unwrap().last_used_at, Some(expected));
    }
    store.saw_token(used.id + 1000, 150).await.unwrap();
    assert_eq!(store.token(&other.prefix).await.unwrap().unwrap().last_used_at, None);
}

/// A token that takes the place of another is another.
pub async fn numbers_are_never_used_again(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let mut last = 0;
    for _ in 0..3 {
        let id = create(store, "ann", "ci").await.id;
        assert!(id > last, "{id} after {last}");
        last = id;
        store.delete_token(&user("ann"), id).await.unwrap();
    }
}

/// When it is removed or made inactive, and neither a namesake nor reactivation brings them back. Nothing else ends them.
pub async fn an_account_takes_its_tokens_with_it(store: &dyn Store) {
    accounts(store, ["ann", "bob", "eve"]).await;
    for name in ["ann", "bob", "eve"] {
        create(store, name, "ci").await;
    }
    let none = UserUpdate::default;
    for update in [
        UserUpdate { password: Some(hash("new")), ..none() },
        UserUpdate { is_admin: Some(true), ..none() },
        UserUpdate { is_active: Some(true), ..none() },
        UserUpdate { display_name: Some("Eve".to_owned()), ..none() },
    ] {
        store.update_user(&user("eve"), update).await.unwrap();
    }
    store.update_user(&user("ann"), deactivate()).await.unwrap();
    store.update_user(&user("ann"), UserUpdate { is_active: Some(true), ..none() }).await.unwrap();
    store.delete_user(&user("bob")).await.unwrap();
    accounts(store, ["bob"]).await;
    for (name, expected) in [("ann", 0), ("bob", 0), ("eve", 1)] {
        assert_eq!(names(store, name).await.len(), expected, "{name}");
        assert_eq!(store.token(&format!("{name}.ci")).await.unwrap().is_some(), expected > 0, "{name}");
    }
}

/// As [`Event::User`] of the owner; use, and what failed, is not.
pub async fn what_is_made_and_ended_is_told(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let ann = [Event::User(user("ann"))];
    let mut before = store.revision().await.unwrap();
    let made = create(store, "ann", "ci").await;
    assert_told(store, before, &ann, "creation").await;
    before = store.revision().await.unwrap();
    store.saw_token(made.id, 150).await.unwrap();
    assert_refused!(store.create_token(token("ann", "ci")).await, AlreadyExists);
    assert_refused!(store.delete_token(&user("bob"), made.id).await, NotFound);
    assert_eq!(store.delete_tokens(&user("bob")).await.unwrap(), 0);
    assert_eq!(told(store, before).await, []);
    store.create_token(NewToken { replaces: true, ..token("ann", "ci") }).await.unwrap();
    assert_told(store, before, &ann, "replacement").await;
    before = store.revision().await.unwrap();
    store.delete_token(&user("ann"), store.token("ann.ci").await.unwrap().unwrap().id).await.unwrap();
    assert_told(store, before, &ann, "end").await;
    create(store, "ann", "ci").await;
    before = store.revision().await.unwrap();
    store.delete_tokens(&user("ann")).await.unwrap();
    assert_told(store, before, &ann, "end of all").await;
}

/// Whichever comes first.
pub async fn a_token_made_while_its_owner_is_shut_out_does_not_live(store: &dyn Store) {
    for (number, deactivates_first) in (0..20).map(|number| (number, number % 2 == 0)) {
        let name = format!("user {number}");
        accounts(store, [&name]).await;
        let owner = user(&name);
        let new = NewToken { prefix: format!("p{number}"), ..token(&name, "ci") };
        match deactivates_first {
            true => drop(tokio::join!(store.update_user(&owner, deactivate()), store.create_token(new))),
            false => drop(tokio::join!(store.create_token(new), store.update_user(&owner, deactivate()))),
        }
        assert!(!store.user(&owner).await.unwrap().unwrap().is_active);
        assert!(names(store, &name).await.is_empty(), "{name}");
    }
}
