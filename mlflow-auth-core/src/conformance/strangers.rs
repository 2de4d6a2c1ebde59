//! Identities that are not, or no longer, somebody's.

use super::fixtures::*;
use super::identities::{arrival, arrive, key, refusal};
use super::sessions::{is_open, session};
use crate::store::{Adopts, Arrival, ArrivalRefusal, Change, Store};
use crate::vocabulary::ResourceType;

/// What was given to a name before anybody had it is not for whoever names themselves so.
pub async fn a_promised_name_is_not_for_strangers(store: &dyn Store) {
    let grant = read(user("ann"), ResourceType::EXPERIMENT, exact("7"));
    let promises = [
        ("ann", vec![give(&grant)], vec![take(&grant)]),
        ("bob", vec![Change::Join(user("bob"), group("ops"))], vec![Change::Leave(user("bob"), group("ops"))]),
        ("cy", vec![new_role(dev()), Change::Assign(user("cy"), dev())], vec![Change::Unassign(user("cy"), dev())]),
    ];
    for (subject, (name, promise, end)) in ["1", "2", "3"].into_iter().zip(promises) {
        apply(store, &promise).await;
        assert_eq!(refusal(store, arrival(subject, name)).await, ArrivalRefusal::Taken, "{name}");
        let known = Arrival { adopts: Adopts::NoAdmin, ..arrival("known", name) };
        assert_eq!(arrive(store, known).await.name, user(name), "whose names count is who was meant");
        store.delete_user(&user(name)).await.unwrap();
        apply(store, &promise[promise.len() - 1..]).await;
        apply(store, &end).await;
        assert_eq!(arrive(store, arrival(subject, name)).await.name, user(name), "nothing is promised any more");
    }
}

/// It may have been opened by whoever is shut out.
pub async fn no_session_outlives_the_end_of_a_binding(store: &dyn Store) {
    for (subject, name, number) in [("1", "ann", 1), ("2", "bob", 2)] {
        arrive(store, arrival(subject, name)).await;
        store.open_session(session(name, number)).await.unwrap();
    }
    store.unbind(&user("ann"), &key("1")).await.unwrap();
    assert!(!is_open(store, 1).await && is_open(store, 2).await);
}
