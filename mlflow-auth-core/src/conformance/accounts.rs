//! Accounts.

use super::fixtures::*;
use super::names::LOOKALIKES;
use crate::store::{Event, NewUser, UserStore, UserUpdate};
use crate::vocabulary::Username;

async fn create(store: &dyn UserStore, user: NewUser) -> i64 {
    store.create_user(user).await.unwrap().id
}

async fn password(store: &dyn UserStore, name: &str) -> Option<String> {
    let (_, hash) = store.credentials(&user(name)).await.unwrap().unwrap();
    hash.map(|hash| hash.expose().to_owned())
}

async fn is_admin(store: &dyn UserStore, name: &str) -> bool {
    store.user(&user(name)).await.unwrap().unwrap().is_admin
}

fn new_password(text: &str) -> UserUpdate {
    UserUpdate { password: Some(hash(text)), ..UserUpdate::default() }
}

/// With a password or without, admin or not.
pub async fn an_account_is_read_back(store: &dyn UserStore) {
    assert_eq!(store.user(&user("ann")).await.unwrap(), None);
    assert!(store.credentials(&user("ann")).await.unwrap().is_none());
    for (name, text, is_admin) in [("ann", Some("scrypt:32768:8:1$salt$00ff"), true), ("bob", None, false)] {
        let new = NewUser { password: text.map(hash), is_admin, ..NewUser::named(user(name)) };
        let made = store.create_user(new).await.unwrap();
        assert_eq!((&made.name, made.is_admin), (&user(name), is_admin));
        assert_eq!(store.user(&user(name)).await.unwrap(), Some(made.clone()));
        assert_eq!(store.credentials(&user(name)).await.unwrap().unwrap().0, made);
        assert_eq!(password(store, name).await.as_deref(), text);
    }
}

/// The second to ask for it leaves the first as it was.
pub async fn a_name_is_taken_once(store: &dyn UserStore) {
    create(store, account("ann")).await;
    let second = NewUser { is_admin: true, ..NewUser::named(user("ann")) };
    assert_refused!(store.create_user(second).await, AlreadyExists);
    assert!(!is_admin(store, "ann").await);
    assert_eq!(password(store, "ann").await.as_deref(), Some("first"));
    assert_eq!(store.users().await.unwrap().len(), 1);
}

/// Byte by byte.
pub async fn accounts_are_ordered_by_name(store: &dyn UserStore) {
    let names = ["Ann", "Zoe", "ann", "ann b", "zoe", "Émile", "éric"];
    for name in names.iter().rev() {
        create(store, account(name)).await;
    }
    let found: Vec<Username> = store.users().await.unwrap().into_iter().map(|user| user.name).collect();
    assert_eq!(found, names.map(user));
}

/// What looks alike is not the same account.
pub async fn names_are_compared_byte_by_byte(store: &dyn UserStore) {
    for name in LOOKALIKES {
        assert_eq!(store.user(&user(name)).await.unwrap(), None, "{name}");
        create(store, NewUser { password: Some(hash(name)), ..account(name) }).await;
    }
    for name in LOOKALIKES {
        assert_eq!(password(store, name).await.as_deref(), Some(name));
    }
    store.delete_user(&user("Ann")).await.unwrap();
    assert!(store.user(&user("ann")).await.unwrap().is_some());
    assert_eq!(store.users().await.unwrap().len(), LOOKALIKES.len() - 1);
}

/// And nothing else, neither of this account nor of another.
pub async fn an_update_changes_what_it_names(store: &dyn UserStore) {
    create(store, account("ann")).await;
    create(store, account("bob")).await;
    let name = user("ann");
    let id = store.user(&name).await.unwrap().unwrap().id;
    let admin = |is_admin| UserUpdate { is_admin: Some(is_admin), ..UserUpdate::default() };
    let both = UserUpdate { is_admin: Some(false), ..new_password("third") };
    for (update, expected_password, expected_admin) in [
        (UserUpdate::default(), "first", false),
        (admin(true), "first", true),
        (new_password("second"), "second", true),
        (both, "third", false),
        (admin(false), "third", false),
    ] {
        store.update_user(&name, update).await.unwrap();
        assert_eq!(password(store, "ann").await.as_deref(), Some(expected_password));
        assert_eq!(is_admin(store, "ann").await, expected_admin);
    }
    assert_eq!(store.user(&name).await.unwrap().unwrap().id, id);
    assert_eq!((password(store, "bob").await.as_deref(), is_admin(store, "bob").await), (Some("first"), false));
}

/// What it is called, whether a program uses it, and whether it may sign in; each changes alone.
pub async fn a_profile_is_read_back_and_changes(store: &dyn UserStore) {
    for (name, display_name, is_service) in [("ann", Some("Änne A. \u{1f600}"), false), ("bot", None, true)] {
        let new = NewUser { display_name: display_name.map(str::to_owned), is_service, ..account(name) };
        let made = store.create_user(new).await.unwrap();
        assert_eq!((made.display_name.as_deref(), made.is_service, made.is_active), (display_name, is_service, true));
        assert_eq!(store.user(&user(name)).await.unwrap(), Some(made));
    }
    let none = UserUpdate::default();
    for (update, expected) in [
        (none.clone(), (Some("Änne A. \u{1f600}"), true)),
        (UserUpdate { is_active: Some(false), ..none.clone() }, (Some("Änne A. \u{1f600}"), false)),
        (UserUpdate { display_name: Some("Ann".into()), ..none.clone() }, (Some("Ann"), false)),
        (UserUpdate { display_name: Some(String::new()), is_active: Some(true), ..none }, (Some(""), true)),
    ] {
        store.update_user(&user("ann"), update).await.unwrap();
        let found = store.user(&user("ann")).await.unwrap().unwrap();
        assert_eq!((found.display_name.as_deref(), found.is_active), expected);
        assert_eq!(store.users().await.unwrap().first(), Some(&found));
    }
    let bot = store.user(&user("bot")).await.unwrap().unwrap();
    assert_eq!((bot.display_name, bot.is_service, bot.is_active), (None, true, true));
}

/// A display name with a NUL character, or of more than 255 bytes.
pub async fn what_cannot_be_kept_is_refused(store: &dyn UserStore) {
    for text in ["a\0b".to_owned(), "é".repeat(128)] {
        let display_name = Some(text);
        let new = NewUser { display_name: display_name.clone(), ..account("bob") };
        assert_refused!(store.create_user(new).await, Invalid);
        assert!(store.user(&user("bob")).await.unwrap().is_none());
        create(store, account("ann")).await;
        let update = UserUpdate { display_name, ..UserUpdate::default() };
        assert_refused!(store.update_user(&user("ann"), update).await, Invalid);
        assert_eq!(store.user(&user("ann")).await.unwrap().unwrap().display_name, None);
        store.delete_user(&user("ann")).await.unwrap();
    }
    let longest = Some(format!("{}e", "é".repeat(127)));
    let made = store.create_user(NewUser { display_name: longest.clone(), ..account("ann") }).await.unwrap();
    assert_eq!(made.display_name, longest);
}

/// [`UserUpdate::leave_an_admin`]: who is not active is no admin that counts, and without the condition all may go.
pub async fn the_last_admin_stays_where_it_must(store: &dyn UserStore) {
    for (name, is_admin) in [("ann", true), ("bob", true), ("eve", false)] {
        create(store, NewUser { is_admin, ..account(name) }).await;
    }
    let none = UserUpdate { leave_an_admin: true, ..UserUpdate::default() };
    let demote = UserUpdate { is_admin: Some(false), ..none.clone() };
    let disable = UserUpdate { is_active: Some(false), ..none.clone() };
    let enable = UserUpdate { is_active: Some(true), ..none.clone() };
    let promote = UserUpdate { is_admin: Some(true), ..none.clone() };
    for (name, update, is_done) in [
        ("eve", &disable, true),
        ("bob", &disable, true),
        ("ann", &disable, false),
        ("ann", &demote, false),
        ("bob", &demote, true),
        ("bob", &enable, true),
        ("ann", &disable, false),
        ("eve", &promote, true),
        ("ann", &disable, false),
        ("eve", &enable, true),
        ("ann", &none, true),
        ("ann", &disable, true),
        ("eve", &demote, false),
    ] {
        let outcome = store.update_user(&user(name), update.clone()).await;
        match is_done {
            true => outcome.unwrap(),
            false => assert_refused!(outcome, LastAdmin, "{name}"),
        }
    }
    assert!(is_admin(store, "eve").await && store.user(&user("eve")).await.unwrap().unwrap().is_active);
    store.update_user(&user("eve"), UserUpdate { leave_an_admin: false, ..demote }).await.unwrap();
    assert!(!is_admin(store, "eve").await);
}

/// Of two admins who take each other's rights away at the same time, one keeps them.
pub async fn two_admins_cannot_both_go(store: &dyn UserStore) {
    for name in ["ann", "bob"] {
        create(store, NewUser { is_admin: true, ..account(name) }).await;
    }
    let demote = || UserUpdate { is_admin: Some(false), leave_an_admin: true, ..UserUpdate::default() };
    let (ann, bob) = (user("ann"), user("bob"));
    let (one, two) = tokio::join!(store.update_user(&ann, demote()), store.update_user(&bob, demote()));
    let (done, refused) = if one.is_ok() { (one, two) } else { (two, one) };
    done.unwrap();
    assert_refused!(refused, LastAdmin);
    assert_ne!(is_admin(store, "ann").await, is_admin(store, "bob").await);
}

/// [`UserUpdate::if_password_is`]: when it is not this one, nothing changes; nobody without a password has it.
pub async fn a_condition_must_hold(store: &dyn UserStore) {
    create(store, account("ann")).await;
    create(store, NewUser { password: None, ..account("sso") }).await;
    let change =
        |old: &str| UserUpdate { is_admin: Some(true), if_password_is: Some(hash(old)), ..new_password("new") };
    for (name, old) in [("ann", "First"), ("ann", ""), ("ann", "first "), ("sso", "first"), ("sso", "")] {
        assert_refused!(store.update_user(&user(name), change(old)).await, Conflict, "{name} {old}");
        assert!(!is_admin(store, name).await);
    }
    assert_eq!(password(store, "ann").await.as_deref(), Some("first"));
    assert_eq!(password(store, "sso").await, None);
    store.update_user(&user("ann"), change("first")).await.unwrap();
    assert_eq!((password(store, "ann").await.as_deref(), is_admin(store, "ann").await), (Some("new"), true));
    assert_refused!(store.update_user(&user("ann"), change("first")).await, Conflict);
}

/// Of updates that expect the same old password, made at the same time, one is made and the others are told so.
pub async fn one_of_many_conditional_updates_wins(store: &dyn UserStore) {
    create(store, account("ann")).await;
    let name = user("ann");
    let change =
        |text| store.update_user(&name, UserUpdate { if_password_is: Some(hash("first")), ..new_password(text) });
    let (one, two, three) = tokio::join!(change("one"), change("two"), change("three"));
    let mut winners = Vec::new();
    for (text, result) in [("one", one), ("two", two), ("three", three)] {
        match result {
            Ok(()) => winners.push(text),
            refused => assert_refused!(refused, Conflict),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(password(store, "ann").await.as_deref(), winners.first().copied());
}

/// Nor removed, even if a condition would not hold.
pub async fn an_unknown_account_cannot_be_changed(store: &dyn UserStore) {
    create(store, account("ann")).await;
    store.delete_user(&user("ann")).await.unwrap();
    for name in ["ann", "Ann", "never there"] {
        let conditional = UserUpdate { if_password_is: Some(hash("first")), ..new_password("new") };
        assert_refused!(store.update_user(&user(name), conditional).await, NotFound);
        assert_refused!(store.update_user(&user(name), UserUpdate::default()).await, NotFound);
        assert_refused!(store.delete_user(&user(name)).await, NotFound);
    }
    assert!(store.users().await.unwrap().is_empty());
}

/// A namesake of a removed account is somebody else.
pub async fn numbers_are_never_used_again(store: &dyn UserStore) {
    let mut last = 0;
    for _ in 0..3 {
        let id = create(store, NewUser { is_admin: true, ..account("ann") }).await;
        assert!(id > last, "{id} after {last}");
        last = id;
        store.delete_user(&user("ann")).await.unwrap();
    }
    create(store, account("ann")).await;
    assert!(!is_admin(store, "ann").await);
}

/// As [`Event::User`]; what failed is not told.
pub async fn every_write_is_told(store: &dyn UserStore) {
    let name = user("ann");
    let told_now = [Event::User(name.clone())];
    let mut before = store.revision().await.unwrap();
    create(store, account("ann")).await;
    assert_told(store, before, &told_now, "creation").await;
    let active = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    for update in [new_password("second"), UserUpdate { is_admin: Some(true), ..UserUpdate::default() }, active] {
        before = store.revision().await.unwrap();
        store.update_user(&name, update).await.unwrap();
        assert_told(store, before, &told_now, "update").await;
    }
    before = store.revision().await.unwrap();
    let conditional = UserUpdate { if_password_is: Some(hash("not this")), ..new_password("new") };
    assert_refused!(store.update_user(&name, conditional).await, Conflict);
    assert_refused!(store.create_user(account("ann")).await, AlreadyExists);
    assert_refused!(store.delete_user(&user("bob")).await, NotFound);
    assert_eq!(told(store, before).await, []);
    store.delete_user(&name).await.unwrap();
    assert_told(store, before, &told_now, "removal").await;
}
