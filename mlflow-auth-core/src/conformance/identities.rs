//! Identities: who somebody that a provider vouches for is.

use super::fixtures::*;
use super::names::LOOKALIKES;
use crate::store::{
    Adopts, Arrival, ArrivalRefusal, Arrived, ArrivesAt, BoundIdentity, Change, Event, GroupSync, IdentityKey, NewUser,
    Store, User, UserUpdate,
};
use crate::vocabulary::GroupName;

const ISSUER: &str = "https://idp.example";

pub(super) fn key(subject: &str) -> IdentityKey {
    IdentityKey { issuer: ISSUER.to_owned(), subject: subject.to_owned() }
}

/// Subject `subject` of the default provider, who would be `name` here, and gets an account if there is none.
pub(super) fn arrival(subject: &str, name: &str) -> Arrival {
    Arrival {
        key: key(subject),
        provider: "default".to_owned(),
        user: user(name),
        display_name: None,
        accounts: ArrivesAt::Person,
        creates: true,
        adopts: Adopts::Nobody,
        is_admin: None,
        groups: GroupSync::Keep,
        at: 100,
    }
}

fn groups<const N: usize>(names: [&str; N]) -> Vec<GroupName> {
    names.map(group).into()
}

pub(super) async fn arrive(store: &dyn Store, arrival: Arrival) -> User {
    match store.arrive(arrival).await.unwrap() {
        Arrived::As(user) => user,
        refused => panic!("{refused:?}"),
    }
}

/// Why an arrival is refused, which writes nothing.
pub(super) async fn refusal(store: &dyn Store, arrival: Arrival) -> ArrivalRefusal {
    let before = (store.revision().await.unwrap(), store.users().await.unwrap());
    let key = arrival.key.clone();
    let bound = store.bound(&key).await.unwrap();
    let refusal = match store.arrive(arrival).await.unwrap() {
        Arrived::Refused(refusal) => refusal,
        arrived => panic!("{arrived:?}"),
    };
    assert_eq!((store.revision().await.unwrap(), store.users().await.unwrap()), before);
    assert_eq!(store.bound(&key).await.unwrap(), bound);
    refusal
}

async fn bound(store: &dyn Store, key: &IdentityKey) -> Option<String> {
    store.bound(key).await.unwrap().map(|user| user.name.as_str().to_owned())
}

/// A person's or a program's, without a password; the second time they have it.
pub async fn somebody_new_gets_an_account_if_they_may(store: &dyn Store) {
    let none = Arrival { creates: false, ..arrival("1", "ann") };
    assert_eq!(refusal(store, none.clone()).await, ArrivalRefusal::NoAccount);
    for (subject, name, accounts, is_service) in [
        ("1", "ann", ArrivesAt::Person, false),
        ("2", "bot", ArrivesAt::Program, true),
        ("3", "any", ArrivesAt::Either, false),
    ] {
        assert_eq!(bound(store, &key(subject)).await, None);
        let new = Arrival { accounts, display_name: Some("Änne".to_owned()), ..arrival(subject, name) };
        let made = arrive(store, new.clone()).await;
        let expected = User {
            id: made.id,
            name: user(name),
            is_admin: false,
            display_name: Some("Änne".to_owned()),
            is_service,
            is_active: true,
        };
        assert_eq!(made, expected);
        let (found, password) = store.credentials(&user(name)).await.unwrap().unwrap();
        assert_eq!((found, password.is_none()), (expected.clone(), true));
        assert_eq!(store.bound(&key(subject)).await.unwrap(), Some(expected.clone()));
        let identity = BoundIdentity { key: key(subject), user: user(name), bound_at: 100 };
        assert_eq!(store.identities_of(&user(name)).await.unwrap(), [identity]);
        let again = Arrival { creates: false, at: 300, ..new };
        assert_eq!(arrive(store, again).await, expected);
    }
    assert_eq!(store.users().await.unwrap().len(), 3);
}

/// Also if somebody else has the name they ask for by now.
pub async fn a_bound_identity_is_its_account_whatever_it_is_called(store: &dyn Store) {
    let first = arrive(store, arrival("1", "ann")).await;
    let second = arrive(store, arrival("2", "bob")).await;
    accounts(store, ["eve"]).await;
    for name in ["bob", "eve", "nobody", "ann"] {
        let renamed = Arrival { adopts: Adopts::Anybody, ..arrival("1", name) };
        assert_eq!(arrive(store, renamed).await, first, "{name}");
    }
    assert_eq!(store.bound(&key("2")).await.unwrap(), Some(second));
    assert!(store.identities_of(&user("eve")).await.unwrap().is_empty());
    assert_eq!(store.users().await.unwrap().len(), 3);
}

/// [`Adopts`]: never one that an identity is bound to, of whichever provider.
pub async fn a_name_is_taken_only_as_far_as_it_may(store: &dyn Store) {
    for (number, (adopts, is_admin, is_taken)) in [
        (Adopts::Nobody, false, false),
        (Adopts::Nobody, true, false),
        (Adopts::NoAdmin, false, true),
        (Adopts::NoAdmin, true, false),
        (Adopts::Anybody, false, true),
        (Adopts::Anybody, true, true),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("user {number}");
        store.create_user(NewUser { is_admin, ..account(&name) }).await.unwrap();
        // Whether whoever arrives is an admin from now on has nothing to do with it.
        for raised in [Some(true), Some(false), None] {
            let arrival = Arrival { adopts, is_admin: raised, ..arrival(&name, &name) };
            match is_taken {
                true => assert_eq!(arrive(store, arrival).await.name, user(&name)),
                false => assert_eq!(refusal(store, arrival).await, ArrivalRefusal::Taken),
            }
        }
        assert_eq!(bound(store, &key(&name)).await, is_taken.then_some(name.clone()));
        let second = Arrival { adopts: Adopts::Anybody, ..arrival(&format!("second {number}"), &name) };
        match is_taken {
            true => assert_eq!(refusal(store, second).await, ArrivalRefusal::Taken),
            false => assert_eq!(arrive(store, second).await.name, user(&name)),
        }
    }
}

/// Inactive before of the other kind, both before taken, bound or not.
pub async fn who_is_refused_is_refused_in_order(store: &dyn Store) {
    use ArrivalRefusal::{Inactive, Person, Service, Taken};
    for (name, is_service) in [("ann", false), ("bot", true), ("gone", false), ("gone bot", true)] {
        store.create_user(NewUser { is_service, ..account(name) }).await.unwrap();
    }
    let at = |name: &str, accounts| Arrival { accounts, ..arrival(name, name) };
    for name in ["gone", "gone bot"] {
        arrive(store, Arrival { adopts: Adopts::Anybody, ..at(name, ArrivesAt::Either) }).await;
        store.update_user(&user(name), deactivate()).await.unwrap();
    }
    for bound in [false, true] {
        for (name, accounts, expected) in [
            ("gone", ArrivesAt::Person, Some(Inactive)),
            ("gone", ArrivesAt::Program, Some(Inactive)),
            ("gone bot", ArrivesAt::Person, Some(Inactive)),
            ("gone bot", ArrivesAt::Either, Some(Inactive)),
            ("bot", ArrivesAt::Person, Some(Service)),
            ("ann", ArrivesAt::Program, Some(Person)),
            ("ann", ArrivesAt::Person, (!bound).then_some(Taken)),
            ("bot", ArrivesAt::Either, (!bound).then_some(Taken)),
            ("bot", ArrivesAt::Program, (!bound).then_some(Taken)),
        ] {
            match expected {
                Some(expected) => assert_eq!(refusal(store, at(name, accounts)).await, expected, "{name} {accounts:?}"),
                None => assert_eq!(arrive(store, at(name, accounts)).await.name, user(name)),
            }
        }
        for name in ["ann", "bot"] {
            arrive(store, Arrival { adopts: Adopts::Anybody, ..at(name, ArrivesAt::Either) }).await;
        }
    }
}

/// A pair of the two names somebody, neither alone does.
pub async fn the_same_subject_of_another_issuer_is_somebody_else(store: &dyn Store) {
    arrive(store, arrival("1", "ann")).await;
    let elsewhere = |issuer: &str| IdentityKey { issuer: issuer.to_owned(), ..key("1") };
    for issuer in ["https://idp.example/", "https://IDP.example", "https://idp.example.evil", "https://idp.exampl"] {
        assert_eq!(bound(store, &elsewhere(issuer)).await, None, "{issuer}");
        let second = Arrival { key: elsewhere(issuer), adopts: Adopts::Anybody, ..arrival("1", "ann") };
        assert_eq!(refusal(store, second).await, ArrivalRefusal::Taken, "{issuer}");
    }
    let other = Arrival { key: elsewhere("https://other.example"), ..arrival("1", "bob") };
    assert_eq!(arrive(store, other).await.name, user("bob"));
    assert_eq!(bound(store, &key("1")).await.as_deref(), Some("ann"));
}

/// What looks alike is somebody else.
pub async fn identities_are_compared_byte_by_byte(store: &dyn Store) {
    for name in LOOKALIKES {
        assert_eq!(bound(store, &key(name)).await, None, "{name}");
        arrive(store, arrival(name, name)).await;
    }
    for name in LOOKALIKES {
        assert_eq!(bound(store, &key(name)).await.as_deref(), Some(name));
    }
}

/// Texts that are empty, too long or hold what cannot be seen.
pub async fn what_cannot_be_kept_is_refused(store: &dyn Store) {
    let keyed = |issuer: &str, subject: &str| Arrival {
        key: IdentityKey { issuer: issuer.to_owned(), subject: subject.to_owned() },
        ..arrival("1", "ann")
    };
    let provider = |name: &str| Arrival { provider: name.to_owned(), ..arrival("1", "ann") };
    for arrival in [
        keyed("", "1"),
        keyed(&"i".repeat(2049), "1"),
        keyed("a\0b", "1"),
        keyed(ISSUER, ""),
        keyed(ISSUER, &"s".repeat(256)),
        keyed(ISSUER, "a\0b"),
        provider(""),
        provider(&"p".repeat(256)),
        Arrival { display_name: Some("a\0b".to_owned()), ..arrival("1", "ann") },
    ] {
        assert_refused!(store.arrive(arrival.clone()).await, Invalid, "{arrival:?}");
    }
    assert!(store.users().await.unwrap().is_empty());
    arrive(store, keyed(&"i".repeat(2048), &"s".repeat(255))).await;
}

/// The admin flag and the display name; its password, its number and what it is stay.
pub async fn an_arrival_changes_what_it_names(store: &dyn Store) {
    let mut expected = arrive(store, arrival("1", "ann")).await;
    store
        .update_user(&user("ann"), UserUpdate { password: Some(hash("kept")), ..UserUpdate::default() })
        .await
        .unwrap();
    for (is_admin, display_name) in
        [(Some(true), Some("Ann")), (None, None), (None, Some("Änne")), (Some(false), None), (Some(true), Some(""))]
    {
        expected.is_admin = is_admin.unwrap_or(expected.is_admin);
        expected.display_name = display_name.map(str::to_owned).or(expected.display_name);
        let display_name = display_name.map(str::to_owned);
        assert_eq!(arrive(store, Arrival { is_admin, display_name, ..arrival("1", "ann") }).await, expected);
        let (found, password) = store.credentials(&user("ann")).await.unwrap().unwrap();
        assert_eq!((found, password.as_ref().map(|hash| hash.expose())), (expected.clone(), Some("kept")));
    }
}

/// [`GroupSync`]. Groups that are new are made, those that are left behind stay.
pub async fn groups_are_added_or_replaced_or_left_alone(store: &dyn Store) {
    for (sync, expected) in [
        (GroupSync::Keep, groups([])),
        (GroupSync::Add(groups(["a", "b", "a"])), groups(["a", "b"])),
        (GroupSync::Keep, groups(["a", "b"])),
        (GroupSync::Add(groups(["c"])), groups(["a", "b", "c"])),
        (GroupSync::Replace(groups(["d", "b"])), groups(["b", "d"])),
        (GroupSync::Add(groups([])), groups(["b", "d"])),
        (GroupSync::Replace(groups([])), groups([])),
    ] {
        arrive(store, Arrival { groups: sync.clone(), ..arrival("1", "ann") }).await;
        assert_eq!(membership(store, "ann").await.groups, expected, "{sync:?}");
    }
    assert_eq!(store.groups().await.unwrap(), groups(["a", "b", "c", "d"]));
    let refused = Arrival { groups: GroupSync::Replace(groups(["e"])), ..arrival("2", "ann") };
    assert_eq!(refusal(store, refused).await, ArrivalRefusal::Taken);
    assert!(is_member_of_nothing(store, "ann").await);
}

/// Of other users, of other providers.
pub async fn memberships_of_others_stay(store: &dyn Store) {
    let from = |provider: &str, names| Arrival {
        provider: provider.to_owned(),
        groups: GroupSync::Replace(names),
        ..arrival("1", "ann")
    };
    arrive(store, Arrival { groups: GroupSync::Add(groups(["a", "b"])), ..arrival("2", "bob") }).await;
    arrive(store, from("default", groups(["a", "b"]))).await;
    arrive(store, from("second", groups(["b", "c"]))).await;
    arrive(store, from("default", groups([]))).await;
    assert_eq!(membership(store, "ann").await.groups, groups(["c"]), "`b` was the first provider's");
    arrive(store, from("default", groups(["c"]))).await;
    arrive(store, from("Second", groups([]))).await;
    assert_eq!(membership(store, "ann").await.groups, groups(["c"]));
    arrive(store, from("second", groups([]))).await;
    assert!(is_member_of_nothing(store, "ann").await);
    assert_eq!(membership(store, "bob").await.groups, groups(["a", "b"]));
}

/// Before or after a provider gave it too; who takes it, takes either.
pub async fn a_membership_given_by_hand_stays_so(store: &dyn Store) {
    let with = |names| Arrival { groups: GroupSync::Replace(names), ..arrival("1", "ann") };
    let join = |name: &str| Change::Join(user("ann"), group(name));
    arrive(store, with(groups([]))).await;
    apply(store, &[join("before")]).await;
    arrive(store, with(groups(["before", "after", "left"]))).await;
    apply(store, &[join("after"), Change::Leave(user("ann"), group("left"))]).await;
    assert_eq!(membership(store, "ann").await.groups, groups(["after", "before"]));
    arrive(store, with(groups([]))).await;
    assert_eq!(membership(store, "ann").await.groups, groups(["after", "before"]));
    apply(store, &[Change::Leave(user("ann"), group("after"))]).await;
    arrive(store, with(groups(["after"]))).await;
    arrive(store, with(groups([]))).await;
    assert_eq!(membership(store, "ann").await.groups, groups(["before"]), "taken by hand, given by the provider");
}

/// So that nobody forgets anything when somebody signs in who did before.
pub async fn an_arrival_that_changes_nothing_writes_nothing(store: &dyn Store) {
    for groups in [GroupSync::Keep, GroupSync::Add(groups(["a"])), GroupSync::Replace(groups(["a"]))] {
        let display_name = Some("Ann".to_owned());
        let same = Arrival { groups, is_admin: Some(true), display_name, ..arrival("1", "ann") };
        arrive(store, same.clone()).await;
        let before = store.revision().await.unwrap();
        arrive(store, Arrival { at: 500, ..same.clone() }).await;
        arrive(store, Arrival { is_admin: None, display_name: None, ..same }).await;
        assert_eq!(store.revision().await.unwrap(), before);
        assert_eq!(told(store, before).await, []);
        assert_eq!(store.identities_of(&user("ann")).await.unwrap()[0].bound_at, 100);
    }
}

/// The account when it is made, bound or changed; memberships and new groups when there are some.
pub async fn arrivals_are_told(store: &dyn Store) {
    accounts(store, ["bob"]).await;
    let (ann, belongs) = (Event::User(user("ann")), Event::Membership(user("ann")));
    let made = |name: &str| Event::Grants(group(name).into());
    let ann_with = |groups| Arrival { groups, ..arrival("1", "ann") };
    for (arrival, expected) in [
        (ann_with(GroupSync::Add(groups(["a"]))), vec![ann.clone(), belongs.clone(), made("a")]),
        (ann_with(GroupSync::Replace(groups([]))), vec![belongs]),
        (Arrival { is_admin: Some(true), ..arrival("1", "ann") }, vec![ann.clone()]),
        (Arrival { display_name: Some("Ann".to_owned()), ..arrival("1", "ann") }, vec![ann]),
        (Arrival { adopts: Adopts::NoAdmin, ..arrival("2", "bob") }, vec![Event::User(user("bob"))]),
    ] {
        let before = store.revision().await.unwrap();
        arrive(store, arrival.clone()).await;
        assert_told(store, before, &expected, &format!("{arrival:?}")).await;
    }
}

/// And told; the name may be taken again then.
pub async fn a_binding_is_ended_of_its_user_only(store: &dyn Store) {
    arrive(store, arrival("1", "ann")).await;
    arrive(store, arrival("2", "bob")).await;
    let other_issuer = IdentityKey { issuer: "https://other.example".to_owned(), ..key("1") };
    for (name, key) in [("bob", key("1")), ("ann", key("2")), ("ann", other_issuer), ("nobody", key("1"))] {
        assert_refused!(store.unbind(&user(name), &key).await, NotFound, "{name} {key:?}");
    }
    let before = store.revision().await.unwrap();
    store.unbind(&user("ann"), &key("1")).await.unwrap();
    assert_told(store, before, &[Event::User(user("ann"))], "end of a binding").await;
    assert_refused!(store.unbind(&user("ann"), &key("1")).await, NotFound);
    assert_eq!(bound(store, &key("1")).await, None);
    assert_eq!(refusal(store, arrival("1", "ann")).await, ArrivalRefusal::Taken);
    let second = Arrival { adopts: Adopts::NoAdmin, ..arrival("3", "ann") };
    assert_eq!(arrive(store, second).await.name, user("ann"));
    assert_eq!(bound(store, &key("2")).await.as_deref(), Some("bob"));
}

/// When it is removed, so that a namesake is not theirs; not when it is made inactive.
pub async fn an_account_takes_its_identities_with_it(store: &dyn Store) {
    arrive(store, arrival("1", "ann")).await;
    arrive(store, arrival("2", "bob")).await;
    store.delete_user(&user("ann")).await.unwrap();
    store.update_user(&user("bob"), deactivate()).await.unwrap();
    assert_eq!(bound(store, &key("1")).await, None);
    assert_eq!(bound(store, &key("2")).await.as_deref(), Some("bob"));
    accounts(store, ["ann"]).await;
    assert!(store.identities_of(&user("ann")).await.unwrap().is_empty());
    assert_eq!(refusal(store, arrival("1", "ann")).await, ArrivalRefusal::Taken);
    assert_eq!(arrive(store, arrival("1", "ann again")).await.name, user("ann again"));
}

/// The other is somebody else, and is refused.
pub async fn of_two_who_ask_for_one_new_name_one_gets_it(store: &dyn Store) {
    for number in 0..10 {
        let name = format!("user {number}");
        let (one, two) = (format!("one {number}"), format!("two {number}"));
        let (first, second) = tokio::join!(store.arrive(arrival(&one, &name)), store.arrive(arrival(&two, &name)));
        let refused = Arrived::Refused(ArrivalRefusal::Taken);
        let winners = [first.unwrap(), second.unwrap()].into_iter().filter(|arrived| *arrived != refused).count();
        assert_eq!((winners, store.identities_of(&user(&name)).await.unwrap().len()), (1, 1));
    }
}

/// Of many who may take it.
pub async fn the_first_to_take_an_account_keeps_it(store: &dyn Store) {
    accounts(store, ["ann"]).await;
    let take = |subject: &str| store.arrive(Arrival { adopts: Adopts::Anybody, ..arrival(subject, "ann") });
    let (a, b, c) = tokio::join!(take("1"), take("2"), take("3"));
    let arrived = [a.unwrap(), b.unwrap(), c.unwrap()];
    assert_eq!(arrived.iter().filter(|arrived| matches!(arrived, Arrived::As(_))).count(), 1, "{arrived:?}");
    assert_eq!(store.identities_of(&user("ann")).await.unwrap().len(), 1);
}
