//! Accounts and what their names hold, in a store that keeps both.

use super::GrantsAndAccounts;
use super::fixtures::*;
use crate::grants::GrantSpec;
use crate::store::{Change, Event};
use crate::vocabulary::Subject;

/// Somebody who signs in elsewhere can hold grants and belong to groups and roles.
pub async fn grants_and_memberships_need_no_account(store: &dyn GrantsAndAccounts) {
    furnish(store, "ann").await.unwrap();
    assert_eq!(held(store, user("ann")).await.len(), 2);
    let belongs = membership(store, "ann").await;
    assert_eq!((belongs.groups, belongs.roles), (vec![group("ml")], vec![dev()]));
    assert_eq!(store.user(&user("ann")).await.unwrap(), None);
    assert!(store.users().await.unwrap().is_empty());
}

/// Neither grants nor memberships; the groups and roles themselves stay, and what others hold.
pub async fn a_removed_account_leaves_nothing_for_a_namesake(store: &dyn GrantsAndAccounts) {
    let first = store.create_user(account("ann")).await.unwrap();
    furnish(store, "ann").await.unwrap();
    let namesakes = [
        give(&read(group("ann"), EXPERIMENT, exact("1"))),
        Change::Join(user("Ann"), group("ml")),
        give(&read(user("Ann"), EXPERIMENT, exact("1"))),
    ];
    apply(store, &namesakes).await;
    store.delete_user(&user("ann")).await.unwrap();
    let second = store.create_user(account("ann")).await.unwrap();
    assert!(second.id > first.id);
    assert!(held(store, user("ann")).await.is_empty());
    assert!(is_member_of_nothing(store, "ann").await);
    assert_eq!(store.members(&group("ml")).await.unwrap(), [user("Ann")]);
    assert_eq!(store.role_users(&dev()).await.unwrap(), []);
    let holders = [user("Ann").into(), group("ann").into(), group("ml").into(), Subject::Role(dev())];
    assert_eq!(store.holders().await.unwrap(), holders);
}

/// [`Change::Forget`] takes what the name holds, not the account.
pub async fn forgetting_a_user_keeps_the_account(store: &dyn GrantsAndAccounts) {
    let made = store.create_user(account("ann")).await.unwrap();
    furnish(store, "ann").await.unwrap();
    apply(store, &[Change::Forget(user("ann").into())]).await;
    assert_eq!(store.user(&user("ann")).await.unwrap(), Some(made));
    assert!(held(store, user("ann")).await.is_empty());
    assert!(is_member_of_nothing(store, "ann").await);
}

/// Grants may be given before somebody first signs in.
pub async fn an_account_takes_up_what_its_name_was_given(store: &dyn GrantsAndAccounts) {
    let spec: GrantSpec = read(user("ann"), EXPERIMENT, exact("1"));
    apply(store, &[give(&spec), Change::Join(user("ann"), group("ml"))]).await;
    store.create_user(account("ann")).await.unwrap();
    assert_eq!(held(store, user("ann")).await, [spec]);
    assert_eq!(membership(store, "ann").await.groups, [group("ml")]);
}

/// The account, its memberships and its grants.
pub async fn the_removal_of_an_account_tells_all_it_touched(store: &dyn GrantsAndAccounts) {
    store.create_user(account("ann")).await.unwrap();
    let before = furnish(store, "ann").await.unwrap();
    store.delete_user(&user("ann")).await.unwrap();
    let name = user("ann");
    let expected = [Event::User(name.clone()), Event::Membership(name.clone()), Event::Grants(name.into())];
    assert_told(store, before, &expected, "removal").await;
}
