//! Headers that a proxy has signed.

use crate::keys::{EC, OTHER_RSA, Published, RSA, encode, now};
use http::{HeaderName, Request};
use mlflow_auth_core::accounts::{AccountRules, Accounts, GroupUpkeep, UnknownUsers};
use mlflow_auth_core::jwt::{
    IdentityRules, Issuer, KeyRefresh, SignedHeader, SignedHeaderAuthenticator, SignedHeaderSettings,
};
use mlflow_auth_core::store::{Cached, MemoryStore, NewUser, UserStore, UserUpdate};
use mlflow_auth_core::{
    AuthenticationError, Authenticator, Freshness, GroupName, InvalidHeaders, Peer, Principal, Proof, Rejection, Trust,
    TrustSettings, Username,
};
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

const TEAM: &str = "https://example.cloudflareaccess.com";

struct World {
    store: Arc<Cached<MemoryStore>>,
    published: Arc<Published>,
    proxy: SignedHeaderAuthenticator,
}

fn store() -> Arc<Cached<MemoryStore>> {
    Arc::new(Cached::new(MemoryStore::new(), Arc::new(Freshness::new(Duration::from_secs(3600))), 100))
}

fn accounts(store: &Arc<Cached<MemoryStore>>) -> Accounts {
    let rules = AccountRules {
        unknown_users: UnknownUsers::Admit,
        trust_admin_groups: true,
        groups: GroupUpkeep::Never,
        ..AccountRules::only("proxy")
    };
    Accounts::new(store.clone(), store.freshness().clone(), rules)
}

fn world(header: &SignedHeader, settings: SignedHeaderSettings) -> World {
    let (store, published) = (store(), Published::new(&[&RSA, &EC]));
    let identities = IdentityRules { admin_groups: vec![GroupName::new("admins").unwrap()], ..Default::default() };
    let issuer = Issuer::new(header.rules.clone(), identities, published.clone(), KeyRefresh::default());
    let proxy = SignedHeaderAuthenticator::new(header, Arc::new(issuer), accounts(&store), settings).unwrap();
    World { store, published, proxy }
}

type Outcome = Result<Option<Arc<Principal>>, AuthenticationError>;

impl World {
    async fn ask(&self, peer: &str, headers: &[(&str, &str)]) -> Outcome {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        request.extensions_mut().insert(Peer::from(peer.parse::<IpAddr>().unwrap()));
        self.proxy.authenticate(&request.into_parts().0).await
    }
}

fn rejection(outcome: &Outcome) -> Option<Rejection> {
    match outcome {
        Err(AuthenticationError::Rejected(rejection)) => Some(*rejection),
        _ => None,
    }
}

fn cloudflare() -> SignedHeader {
    SignedHeader::cloudflare_access(TEAM, ["tag".to_owned()])
}

const CLOUDFLARE: &str = "cf-access-jwt-assertion";

fn claims(changes: Value) -> Value {
    let mut claims = json!({"iss": TEAM, "aud": ["tag"], "sub": "s", "email": "alice@x", "exp": now() + 60});
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims
}

#[tokio::test]
async fn each_product_is_believed_in_its_own_header() {
    let iap = "/projects/1/global/backendServices/2";
    for (header, name, claims, key) in [
        (cloudflare(), CLOUDFLARE, claims(json!({})), &*RSA),
        (
            SignedHeader::pomerium("mlflow.example", "mlflow.example"),
            "x-pomerium-jwt-assertion",
            claims(json!({"iss": "mlflow.example", "aud": "mlflow.example", "groups": ["a"]})),
            &*EC,
        ),
        (
            SignedHeader::google_iap([iap.to_owned()]),
            "x-goog-iap-jwt-assertion",
            claims(json!({"iss": "https://cloud.google.com/iap", "aud": iap, "hd": "x"})),
            &*EC,
        ),
    ] {
        let world = world(&header, SignedHeaderSettings::default());
        let found = world.ask("192.0.2.1", &[(name, &key.sign(&claims))]).await.unwrap().unwrap();
        assert_eq!((found.user.as_str(), found.proof), ("alice@x", Proof::ProxyHeader), "{name}");
        assert!(world.ask("192.0.2.1", &[("x-forwarded-email", "alice@x")]).await.unwrap().is_none());
        let other = if key.id == "rsa" { &*EC } else { &*RSA };
        let odd = world.ask("192.0.2.1", &[(name, &other.sign(&claims))]).await;
        assert_eq!(rejection(&odd), Some(Rejection::InvalidToken), "{name}: another algorithm");
        assert!(world.proxy.identity_headers().iter().any(|found| found == name));
    }
}

#[tokio::test]
async fn forged_expired_and_foreign_assertions_are_refused() {
    let world = world(&cloudflare(), SignedHeaderSettings::default());
    let good = RSA.sign(&claims(json!({})));
    assert!(world.ask("192.0.2.1", &[(CLOUDFLARE, &good)]).await.is_ok());
    let header = json!({"alg": "RS256", "kid": "rsa"});
    let none = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(&claims(json!({})).to_string()));
    let (start, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = start.split_once('.').unwrap();
    for (name, token) in [
        ("forged claims", format!("{head}.{}.{signature}", encode(&claims(json!({"email": "admin@x"})).to_string()))),
        ("expired", RSA.sign(&claims(json!({"exp": now() - 120})))),
        ("without an end", RSA.sign(&claims(json!({"exp": null})))),
        ("of another application", RSA.sign(&claims(json!({"aud": ["other"]})))),
        ("of another team", RSA.sign(&claims(json!({"iss": "https://evil.cloudflareaccess.com"})))),
        ("of a look-alike", RSA.sign(&claims(json!({"iss": format!("{TEAM}/")})))),
        ("of a service token, which names nobody", RSA.sign(&claims(json!({"sub": "", "email": null})))),
        ("of another key under this id", OTHER_RSA.sign_under(&header, &claims(json!({})).to_string())),
        ("unsigned", none),
        ("no token", "alice@x".to_owned()),
        ("empty", String::new()),
    ] {
        let found = world.ask("192.0.2.1", &[(CLOUDFLARE, &token)]).await;
        assert_eq!(rejection(&found), Some(Rejection::InvalidToken), "{name}");
    }
    let twice = world.ask("192.0.2.1", &[(CLOUDFLARE, &good), (CLOUDFLARE, &good)]).await;
    assert_eq!(rejection(&twice), Some(Rejection::Malformed));
    assert!(world.published.asked() <= 2, "forged assertions do not make us ask for keys");
}

#[tokio::test]
async fn a_signature_may_need_the_right_peer_as_well() {
    let good = RSA.sign(&claims(json!({})));
    let networks = vec!["10.0.0.0/24".parse().unwrap()];
    let trust = Trust::new(TrustSettings { networks, ..TrustSettings::default() }).unwrap();
    let strict =
        world(&cloudflare(), SignedHeaderSettings { trust: Some(trust.clone()), ..SignedHeaderSettings::default() });
    assert!(strict.ask("10.0.0.7", &[(CLOUDFLARE, &good)]).await.unwrap().is_some());
    assert!(strict.ask("192.0.2.1", &[(CLOUDFLARE, &good)]).await.unwrap().is_none(), "replayed from elsewhere");
    assert!(strict.ask("192.0.2.1", &[]).await.unwrap().is_none());
    assert_eq!(rejection(&strict.ask("10.0.0.7", &[]).await), Some(Rejection::Nobody));
    let chained = world(
        &cloudflare(),
        SignedHeaderSettings { trust: Some(trust), chained: true, ..SignedHeaderSettings::default() },
    );
    assert!(chained.ask("10.0.0.7", &[]).await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_good_is_remembered_until_the_account_is_shut() {
    let world = world(&cloudflare(), SignedHeaderSettings::default());
    let name = Username::new("alice@x").unwrap();
    world.store.create_user(NewUser::named(name.clone())).await.unwrap();
    let admin = RSA.sign(&claims(json!({"groups": ["admins"]})));
    assert!(world.ask("192.0.2.1", &[(CLOUDFLARE, &admin)]).await.unwrap().unwrap().is_admin);
    world.published.go_away();
    assert!(world.ask("192.0.2.1", &[(CLOUDFLARE, &admin)]).await.unwrap().unwrap().is_admin);
    let shut = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    world.store.update_user(&name, shut).await.unwrap();
    assert_eq!(rejection(&world.ask("192.0.2.1", &[(CLOUDFLARE, &admin)]).await), Some(Rejection::NotAdmitted));
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_an_outage() {
    let world = world(&cloudflare(), SignedHeaderSettings::default());
    world.published.go_away();
    let found = world.ask("192.0.2.1", &[(CLOUDFLARE, &RSA.sign(&claims(json!({}))))]).await;
    assert!(matches!(found, Err(AuthenticationError::Unavailable(_))));
}

#[test]
fn a_header_that_means_something_else_carries_no_assertion() {
    let header = SignedHeader { name: HeaderName::from_static("authorization"), ..cloudflare() };
    let published = Published::new(&[&RSA]);
    let issuer = Issuer::new(header.rules.clone(), IdentityRules::default(), published, KeyRefresh::default());
    let made =
        SignedHeaderAuthenticator::new(&header, Arc::new(issuer), accounts(&store()), SignedHeaderSettings::default());
    assert!(matches!(made.err(), Some(InvalidHeaders::Taken(_))));
}
