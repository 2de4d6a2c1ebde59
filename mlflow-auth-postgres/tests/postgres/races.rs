//! What may happen once happens once, through whichever store.

use crate::cluster::shared;
use crate::words::*;
use futures_util::future::join_all;
use mlflow_auth_core::store::{
    Adopts, Arrival, Arrived, ArrivesAt, GroupSync, IdentityKey, IdentityStore, NewSession, NewUser, SecretDigest,
    SessionStore, StoreError, UserStore, UserUpdate,
};
use mlflow_auth_postgres::PostgresStore;

async fn stores() -> Vec<PostgresStore> {
    let settings = shared().settings();
    join_all((0..4).map(|_| open(&settings))).await
}

fn digest(number: u8) -> SecretDigest {
    SecretDigest::from_bytes([number; 32])
}

fn session(number: u8) -> NewSession {
    NewSession {
        digest: digest(number),
        user: user("ann"),
        provider: "default".to_owned(),
        created_at: 100,
        expires_at: 1000,
        renew_at: Some(500),
        sealed: None,
        replaces: None,
    }
}

fn arrival(number: usize, subject: usize) -> Arrival {
    Arrival {
        key: IdentityKey { issuer: "https://idp.example".to_owned(), subject: format!("{number} {subject}") },
        provider: "default".to_owned(),
        user: user(&format!("user {number}")),
        display_name: None,
        accounts: ArrivesAt::Person,
        creates: true,
        adopts: Adopts::NoAdmin,
        is_admin: None,
        groups: GroupSync::Keep,
        at: 100,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_spends() {
    let stores = stores().await;
    for number in 0..20 {
        let spent = join_all(stores.iter().map(async |store| store.spend(&digest(number), 900).await.unwrap())).await;
        assert_eq!(spent.iter().filter(|spent| **spent).count(), 1, "{spent:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_asks_the_provider() {
    let stores = stores().await;
    stores[0].create_user(NewUser::named(user("ann"))).await.unwrap();
    let id = stores[0].open_session(session(1)).await.unwrap().id;
    for round in 0..20 {
        let (now, until) = (1000 * round, 1000 * round + 900);
        let leases = stores.iter().map(async |store| store.lease_renewal(id, now, until).await.unwrap().is_some());
        let leases = join_all(leases).await;
        assert_eq!(leases.iter().filter(|lease| **lease).count(), 1, "{leases:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_admin_stays_whoever_takes_away_the_last_two() {
    let stores = stores().await;
    for round in 0..10 {
        let names = [0, 1, 2, 3].map(|number| user(&format!("admin {round} {number}")));
        for name in &names {
            let admin = NewUser { is_admin: true, ..NewUser::named(name.clone()) };
            stores[0].create_user(admin).await.unwrap();
        }
        if round == 0 {
            continue;
        }
        // Those of the round before are one who stayed.
        for left in stores[0].users().await.unwrap().iter().filter(|left| !names.contains(&left.name)) {
            stores[0].delete_user(&left.name).await.unwrap();
        }
        let update = || UserUpdate { is_active: Some(false), leave_an_admin: true, ..UserUpdate::default() };
        let outcomes = join_all(stores.iter().zip(&names).map(|(store, name)| store.update_user(name, update()))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3, "{outcomes:?}");
        assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(StoreError::LastAdmin(_)))), "{outcomes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_ask_for_one_new_name_one_gets_it() {
    let stores = stores().await;
    for number in 0..10 {
        let arrive = async |(subject, store): (usize, &PostgresStore)| {
            matches!(store.arrive(arrival(number, subject)).await.unwrap(), Arrived::As(_))
        };
        let arrived = join_all(stores.iter().enumerate().map(arrive)).await;
        assert_eq!(arrived.iter().filter(|arrived| **arrived).count(), 1, "{arrived:?}");
    }
}

/// Either the session is refused, or it ends with the account's access: none lives on.
#[tokio::test(flavor = "multi_thread")]
async fn no_session_outlives_its_owner_who_is_shut_out_through_another_store() {
    let stores = stores().await;
    stores[0].create_user(NewUser::named(user("ann"))).await.unwrap();
    for round in 0..20 {
        let (off, on) =
            ([false, true]).map(|is_active| UserUpdate { is_active: Some(is_active), ..Default::default() }).into();
        let opens = stores[1..].iter().zip(0..).map(async |(store, number)| {
            let _ = store.open_session(session(round * 4 + number)).await;
        });
        let ann = user("ann");
        let (_, shut) = tokio::join!(join_all(opens), stores[0].update_user(&ann, off));
        shut.unwrap();
        let left = stores[2].sessions_of(&user("ann")).await.unwrap();
        assert!(left.is_empty(), "{} sessions are left", left.len());
        stores[3].update_user(&user("ann"), on).await.unwrap();
    }
}
