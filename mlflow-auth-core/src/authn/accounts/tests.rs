//! Who is let in, as whom.

use super::*;
use crate::store::{
    ArrivalRefusal, ArrivesAt, Cached, Change, ChangeFeed, Freshness, IdentityStore, MemoryStore, NewUser,
    PermissionStore, UserStore, UserUpdate,
};
use crate::vocabulary::{GroupName, Proof, Username};
use std::sync::Arc;
use std::time::Duration;

type Store = Arc<Cached<MemoryStore>>;

fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

fn store() -> Store {
    Arc::new(Cached::new(MemoryStore::new(), Arc::new(Freshness::new(Duration::from_secs(3600))), 100))
}

fn accounts(store: &Store, rules: AccountRules) -> Accounts {
    Accounts::new(store.clone(), store.freshness().clone(), rules)
}

/// Subject `subject` of `issuer`, who would be `name` here.
fn identity(issuer: &str, subject: &str, name: &str) -> Identity {
    let groups = ["ml", "ops"].map(|name| GroupName::new(name).unwrap()).into();
    Identity { subject: subject.to_owned(), groups, ..Identity::named(issuer, user(name)) }
}

fn admin(identity: Identity) -> Identity {
    Identity { is_admin: true, ..identity }
}

fn in_words(outcome: Result<Admitted, AdmitError>) -> String {
    match outcome {
        Ok(admitted) => format!("{}{}", admitted.user, if admitted.is_admin { ", admin" } else { "" }),
        Err(AdmitError::Refused(refusal)) => format!("{refusal:?}"),
        Err(error) => panic!("{error:?}"),
    }
}

async fn groups_of(store: &Store, name: &str) -> Vec<String> {
    let membership = store.membership(&user(name)).await.unwrap();
    membership.groups.iter().map(|group| group.as_str().to_owned()).collect()
}

/// `ann` is nobody's, `root` is an admin and nobody's, `bob` is bound to (a, 1), `bot` is a program's, `gone` is inactive.
async fn furnished() -> Store {
    let store = store();
    for (name, is_admin, is_service) in [
        ("ann", false, false),
        ("root", true, false),
        ("bob", false, false),
        ("bot", false, true),
        ("gone", false, false),
    ] {
        store.create_user(NewUser { is_admin, is_service, ..NewUser::named(user(name)) }).await.unwrap();
    }
    store.update_user(&user("gone"), UserUpdate { is_active: Some(false), ..UserUpdate::default() }).await.unwrap();
    let binder = AccountRules { names: Names::Adopts, groups: GroupUpkeep::Never, ..AccountRules::only("default") };
    accounts(&store, binder).admit(&identity("a", "1", "bob")).await.unwrap();
    store
}

/// Each case on a store of its own: (subject, name, what a request says, what a sign-in says).
async fn check(rules: AccountRules, issuer: &str, cases: &[(&str, &str, &str, &str)]) {
    for (subject, name, on_request, on_sign_in) in cases {
        let who = identity(issuer, subject, name);
        let store = furnished().await;
        let found = in_words(accounts(&store, rules.clone()).admit(&who).await);
        assert_eq!(found, *on_request, "a request of {subject} as {name} with {rules:?}");
        let store = furnished().await;
        let found = in_words(accounts(&store, rules.clone()).sign_in(&who).await);
        assert_eq!(found, *on_sign_in, "a sign-in of {subject} as {name} with {rules:?}");
    }
}

#[tokio::test]
async fn the_only_provider_is_believed_about_names_that_are_nobodys() {
    let cases = [
        ("1", "bob", "bob", "bob"),
        ("1", "ann", "bob", "bob"),
        ("2", "bob", "Taken", "Taken"),
        ("2", "ann", "ann", "ann"),
        ("2", "root", "root, admin", "Taken"),
        ("2", "bot", "bot", "Service"),
        ("2", "gone", "Inactive", "Inactive"),
        ("2", "new", "NoAccount", "NoAccount"),
    ];
    check(AccountRules::only("default"), "a", &cases).await;
    let store = furnished().await;
    let revision = store.revision().await.unwrap();
    accounts(&store, AccountRules::only("default")).admit(&identity("a", "2", "ann")).await.unwrap();
    assert_eq!(store.revision().await.unwrap(), revision, "a request of somebody known writes nothing");
}

#[tokio::test]
async fn the_first_of_several_takes_accounts_that_are_nobodys_and_no_admins() {
    let cases = [
        ("1", "bob", "bob", "bob"),
        ("2", "bob", "Taken", "Taken"),
        ("2", "ann", "ann", "ann"),
        ("2", "root", "Taken", "Taken"),
        ("2", "new", "NoAccount", "NoAccount"),
    ];
    let rules = AccountRules { names: Names::Adopts, ..AccountRules::only("default") };
    check(rules.clone(), "a", &cases).await;
    let store = furnished().await;
    let one = accounts(&store, rules.clone());
    one.admit(&identity("a", "2", "ann")).await.unwrap();
    assert_eq!(store.identities_of(&user("ann")).await.unwrap().len(), 1);
    assert_eq!(in_words(one.admit(&identity("a", "3", "ann")).await), "Taken", "the first keeps it");
    let trusting = AccountRules { trust_admin_groups: true, ..rules };
    for (who, expected) in [(identity("a", "4", "root"), "Taken"), (admin(identity("a", "4", "root")), "root, admin")] {
        assert_eq!(in_words(accounts(&store, trusting.clone()).admit(&who).await), expected);
    }
}

#[tokio::test]
async fn a_second_provider_is_not_let_in_by_a_name() {
    let cases = [
        ("1", "bob", "Taken", "Taken"),
        ("1", "ann", "Taken", "Taken"),
        ("1", "root", "Taken", "Taken"),
        ("1", "bot", "Taken", "Service"),
        ("1", "gone", "Inactive", "Inactive"),
    ];
    for unknown_users in [UnknownUsers::Refuse, UnknownUsers::Admit, UnknownUsers::Create] {
        let rules = AccountRules { unknown_users, trust_admin_groups: true, ..AccountRules::beside("b") };
        check(rules.clone(), "b", &cases).await;
        let store = furnished().await;
        let who = admin(identity("b", "1", "root"));
        assert_eq!(in_words(accounts(&store, rules.clone()).admit(&who).await), "Taken");
        assert_eq!(in_words(accounts(&store, rules).sign_in(&who).await), "Taken");
    }
}

#[tokio::test]
async fn who_has_no_account_is_a_guest_or_gets_one_or_neither() {
    for (names, unknown_users, on_request, on_sign_in) in [
        (Names::Trusted, UnknownUsers::Refuse, "NoAccount", "NoAccount"),
        (Names::Trusted, UnknownUsers::Admit, "new", "NoAccount"),
        (Names::Trusted, UnknownUsers::Create, "new", "new"),
        (Names::Adopts, UnknownUsers::Admit, "new", "NoAccount"),
        (Names::Separate, UnknownUsers::Refuse, "NoAccount", "NoAccount"),
        (Names::Separate, UnknownUsers::Admit, "NoAccount", "NoAccount"),
        (Names::Separate, UnknownUsers::Create, "new", "new"),
    ] {
        let rules = AccountRules { names, unknown_users, ..AccountRules::only("p") };
        check(rules.clone(), "a", &[("9", "new", on_request, on_sign_in)]).await;
        let store = store();
        let _ = accounts(&store, rules).admit(&identity("a", "9", "new")).await;
        let is_made = unknown_users == UnknownUsers::Create;
        assert_eq!(store.identities_of(&user("new")).await.unwrap().len(), usize::from(is_made));
    }
}

#[tokio::test]
async fn groups_of_a_second_provider_are_its_own() {
    let store = store();
    let rules = AccountRules { unknown_users: UnknownUsers::Create, ..AccountRules::beside("b") };
    let admitted = accounts(&store, rules).admit(&identity("b", "1", "ann")).await.unwrap();
    assert_eq!(admitted.groups.iter().map(GroupName::as_str).collect::<Vec<_>>(), ["b:ml", "b:ops"]);
    assert_eq!(groups_of(&store, "ann").await, ["b:ml", "b:ops"]);
    let principal = admitted.principal(Proof::SignedToken);
    assert_eq!((principal.groups.len(), principal.is_admin, principal.proof), (2, false, Proof::SignedToken));
}

#[tokio::test]
async fn groups_are_written_when_they_should_be() {
    for (groups, replaces, expected) in [
        (GroupUpkeep::Never, true, [&["hand"][..], &["hand"]]),
        (GroupUpkeep::AtFirst, true, [&["hand", "ml", "ops"], &["hand", "ml", "ops"]]),
        (GroupUpkeep::EachSignIn, true, [&["hand", "ml", "ops"], &["hand", "new"]]),
        (GroupUpkeep::EachSignIn, false, [&["hand", "ml", "ops"], &["hand", "ml", "new", "ops"]]),
    ] {
        let store = store();
        let unknown_users = UnknownUsers::Create;
        let rules = AccountRules { unknown_users, groups, replaces_groups: replaces, ..AccountRules::only("default") };
        let accounts = accounts(&store, rules);
        store.apply(&[Change::Join(user("ann"), GroupName::new("hand").unwrap())]).await.unwrap();
        accounts.sign_in(&identity("a", "1", "ann")).await.unwrap();
        assert_eq!(groups_of(&store, "ann").await, expected[0]);
        let later = Identity { groups: vec![GroupName::new("new").unwrap()], ..identity("a", "1", "ann") };
        accounts.admit(&later).await.unwrap();
        assert_eq!(groups_of(&store, "ann").await, expected[0], "a request writes nothing");
        accounts.sign_in(&later).await.unwrap();
        assert_eq!(groups_of(&store, "ann").await, expected[1]);
    }
}

#[tokio::test]
async fn a_sign_in_says_who_is_an_admin_if_it_may() {
    for (trusts, expected) in [(true, ["ann, admin", "ann"]), (false, ["ann", "ann"])] {
        let store = store();
        let create = AccountRules { unknown_users: UnknownUsers::Create, ..AccountRules::only("default") };
        let accounts = accounts(&store, AccountRules { trust_admin_groups: trusts, ..create });
        assert_eq!(in_words(accounts.sign_in(&admin(identity("a", "1", "ann"))).await), expected[0]);
        let kept = store.user(&user("ann")).await.unwrap().unwrap();
        assert_eq!(kept.is_admin, trusts);
        assert_eq!(in_words(accounts.sign_in(&identity("a", "1", "ann")).await), expected[1]);
    }
}

#[tokio::test]
async fn a_request_makes_an_admin_for_itself_alone() {
    let store = store();
    let create = AccountRules { unknown_users: UnknownUsers::Create, ..AccountRules::only("default") };
    let accounts = accounts(&store, AccountRules { trust_admin_groups: true, ..create });
    assert_eq!(in_words(accounts.admit(&admin(identity("a", "1", "ann"))).await), "ann, admin");
    assert!(!store.user(&user("ann")).await.unwrap().unwrap().is_admin);
    assert_eq!(in_words(accounts.admit(&identity("a", "1", "ann")).await), "ann");
}

#[tokio::test]
async fn what_was_found_is_worthless_once_the_account_changes() {
    let store = furnished().await;
    let rules = AccountRules { unknown_users: UnknownUsers::Create, ..AccountRules::only("default") };
    let accounts = accounts(&store, rules);
    // Found by its name, bound under another name, and just made.
    for (subject, name, account) in [("2", "ann", "ann"), ("1", "ann", "bob"), ("3", "new", "new")] {
        let admitted = accounts.admit(&identity("a", subject, name)).await.unwrap();
        assert_eq!(admitted.user, user(account));
        assert!(accounts.freshness().is_current(admitted.stamp), "{account}");
        let update = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
        store.update_user(&user(account), update).await.unwrap();
        assert!(!accounts.freshness().is_current(admitted.stamp), "{account}");
        let refused = accounts.admit(&identity("a", subject, name)).await;
        assert!(matches!(refused, Err(AdmitError::Refused(ArrivalRefusal::Inactive))), "{account}");
    }
}

#[tokio::test]
async fn a_program_gets_an_account_of_its_own_kind() {
    let store = furnished().await;
    let rules = AccountRules {
        accounts: ArrivesAt::Program,
        unknown_users: UnknownUsers::Create,
        ..AccountRules::beside("cluster")
    };
    let accounts = accounts(&store, rules);
    assert_eq!(in_words(accounts.admit(&identity("k", "1", "job")).await), "job");
    assert!(store.user(&user("job")).await.unwrap().unwrap().is_service);
    assert_eq!(in_words(accounts.admit(&identity("k", "2", "ann")).await), "Person");
    assert_eq!(in_words(accounts.admit(&identity("k", "2", "bot")).await), "Taken");
    assert_eq!(in_words(accounts.sign_in(&identity("k", "1", "job")).await), "Service");
}

#[tokio::test]
async fn a_group_without_a_name_here_lets_nobody_in() {
    let rules = AccountRules { unknown_users: UnknownUsers::Create, ..AccountRules::beside("b") };
    let (store, long) = (store(), GroupName::new("g".repeat(254)).unwrap());
    let who = Identity { groups: vec![long], ..identity("b", "1", "ann") };
    assert!(matches!(accounts(&store, rules.clone()).admit(&who).await, Err(AdmitError::Group(_))));
    let unkept = Identity { subject: "s".repeat(256), ..identity("b", "1", "ann") };
    assert!(matches!(accounts(&store, rules).admit(&unkept).await, Err(AdmitError::Invalid(_))));
    assert!(store.users().await.unwrap().is_empty());
}
