//! Identities and sessions over the REST API of mlflow-oidc-auth.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "tests")]

mod common;

use common::plugin::{Api, USERS, user};
use mlflow_auth_core::store::{
    Adopts, Arrival, ArrivesAt, GroupSync, IdentityKey, IdentityStore, NewSession, SecretDigest, SessionStore,
    UserStore,
};
use serde_json::{Value, json};

const ISSUER: &str = "https://idp.example/realms/a b";
const FAR: u64 = 4_000_000_000;

/// With an identity of ann, and two sessions of each of them, one of which is over.
async fn api() -> Api {
    let api = Api::new(false).await;
    let arrival = Arrival {
        key: IdentityKey { issuer: ISSUER.to_owned(), subject: "7&3".to_owned() },
        provider: "default".to_owned(),
        user: user("ann"),
        display_name: None,
        accounts: ArrivesAt::Person,
        creates: false,
        adopts: Adopts::NoAdmin,
        is_admin: None,
        groups: GroupSync::Keep,
        at: 1_798_761_600,
    };
    api.store.arrive(arrival).await.unwrap();
    for (number, owner, expires_at) in [(1, "ann", FAR), (2, "ann", FAR), (3, "ann", 1000), (4, "bob", FAR)] {
        let new = NewSession {
            digest: SecretDigest::from_bytes([number; 32]),
            user: user(owner),
            provider: "default".to_owned(),
            created_at: 100,
            expires_at,
            renew_at: None,
            sealed: None,
            replaces: None,
        };
        api.store.open_session(new).await.unwrap();
    }
    api
}

async fn sessions(api: &Api, name: &str) -> Vec<Value> {
    let (status, answer) = api.call("GET", &format!("{USERS}/{name}/sessions"), Value::Null).await;
    assert_eq!(status, 200, "{answer}");
    answer["sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn identities_are_listed_and_unbound() {
    let api = api().await;
    let at = format!("{USERS}/ann/identities");
    let row = json!({"provider_id": ISSUER, "subject": "7&3", "bound_at": "2027-01-01T00:00:00+00:00"});
    assert_eq!(api.call("GET", &at, Value::Null).await, (200, json!([row])));
    assert_eq!(api.call("GET", &format!("{USERS}/bob/identities"), Value::Null).await, (200, json!([])));
    let issuer = "https%3A%2F%2Fidp.example%2Frealms%2Fa%20b";
    for (name, query, expected) in [
        ("ann", String::new(), 422),
        ("ann", format!("provider_id={issuer}"), 422),
        ("ann", format!("provider_id={issuer}&subject=7"), 404),
        ("ann", "provider_id=default&subject=7%263".to_owned(), 404),
        ("bob", format!("provider_id={issuer}&subject=7%263"), 404),
        ("nobody", format!("provider_id={issuer}&subject=7%263"), 404),
        ("ann", format!("provider_id={issuer}&subject=7%263"), 200),
        ("ann", format!("provider_id={issuer}&subject=7%263"), 404),
    ] {
        let (status, answer) = api.call("DELETE", &format!("{USERS}/{name}/identities?{query}"), Value::Null).await;
        assert_eq!(status, expected, "{name} {query}: {answer}");
    }
    assert_eq!(api.call("GET", &at, Value::Null).await, (200, json!([])));
}

#[tokio::test]
async fn live_sessions_are_listed_and_ended_of_their_owner_only() {
    let api = api().await;
    let listed = sessions(&api, "ann").await;
    assert_eq!(listed.len(), 2, "one is over");
    let first = &listed[0];
    assert_eq!(first["created_at"], json!("1970-01-01T00:01:40+00:00"));
    assert_eq!((&first["provider_id"], &first["session_id_prefix"]), (&json!("default"), &json!("")));
    let bobs = sessions(&api, "bob").await[0]["pk"].clone();
    for (name, pk, expected) in
        [("ann", &bobs, 404), ("ann", &json!(0), 404), ("ann", &json!("x"), 422), ("ann", &first["pk"], 200)]
    {
        let pk = pk.as_str().map_or(pk.to_string(), str::to_owned);
        let (status, answer) = api.call("DELETE", &format!("{USERS}/{name}/sessions/{pk}"), Value::Null).await;
        assert_eq!(status, expected, "{name} {pk}: {answer}");
    }
    assert_eq!((sessions(&api, "ann").await.len(), sessions(&api, "bob").await.len()), (1, 1));
    let (status, answer) = api.call("DELETE", &format!("{USERS}/ann/sessions"), Value::Null).await;
    assert_eq!((status, answer), (200, json!({"revoked": 2})), "what is over is ended with the rest");
    assert_eq!((sessions(&api, "ann").await.len(), sessions(&api, "bob").await.len()), (0, 1));
}

#[tokio::test]
async fn only_admins_see_and_end_them() {
    let api = api().await;
    let one = sessions(&api, "ann").await[0]["pk"].to_string();
    for (method, path) in [
        ("GET", "identities"),
        ("DELETE", "identities?provider_id=a&subject=b"),
        ("GET", "sessions"),
        ("DELETE", "sessions"),
        ("DELETE", &format!("sessions/{one}")),
    ] {
        for (who, expected) in [("ann", 403), ("bob", 403), ("", 401)] {
            let (status, _) = api.status(who, method, &format!("{USERS}/ann/{path}"), Value::Null).await;
            assert_eq!(status, expected, "{who} {method} {path}");
        }
        let (status, _) = api.call(method, &format!("{USERS}/nobody/{path}"), Value::Null).await;
        assert_eq!(status, 404, "{method} {path} of nobody");
    }
    assert_eq!(sessions(&api, "ann").await.len(), 2);
}

#[tokio::test]
async fn an_account_that_is_shut_out_loses_its_sessions_for_good() {
    let api = api().await;
    for active in [false, true] {
        let (status, _) = api.call("PATCH", &format!("{USERS}/ann/active"), json!({"active": active})).await;
        assert_eq!(status, 200);
        assert!(api.store.sessions_of(&user("ann")).await.unwrap().is_empty());
    }
    assert!(api.store.user(&user("ann")).await.unwrap().unwrap().is_active);
    assert_eq!(api.store.identities_of(&user("ann")).await.unwrap().len(), 1);
}
