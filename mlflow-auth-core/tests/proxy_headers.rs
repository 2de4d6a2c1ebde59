//! Identity headers of proxies: whose are believed, and what they may not be.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up must stop")]

use http::{HeaderName, Request};
use mlflow_auth_core::accounts::{AccountRules, Accounts, GroupUpkeep, UnknownUsers};
use mlflow_auth_core::store::{Cached, MemoryStore, NewUser, UserStore, UserUpdate};
use mlflow_auth_core::{
    AuthenticationError, Authenticator, Freshness, GroupName, InvalidHeaders, InvalidTrust, NamedBy, Network, Peer,
    Principal, Proof, ProxyAuthenticator, ProxyHeaders, ProxySecret, ProxySettings, Rejection, Secret, Trust,
    TrustSettings, Username,
};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn networks(texts: &[&str]) -> Vec<Network> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn secret(text: &str) -> Option<ProxySecret> {
    Some(ProxySecret { header: HeaderName::from_static("x-proxy-secret"), secret: Secret::new(text) })
}

fn trust(texts: &[&str]) -> Trust {
    Trust::new(TrustSettings { networks: networks(texts), ..TrustSettings::default() }).unwrap()
}

fn address(text: &str) -> Option<Peer> {
    Some(text.parse::<IpAddr>().unwrap().into())
}

fn settings() -> ProxySettings {
    ProxySettings::new(ProxyHeaders::oauth2_proxy())
}

fn names(names: &[&str]) -> Vec<GroupName> {
    names.iter().map(|name| GroupName::new(name).unwrap()).collect()
}

struct World {
    store: Arc<Cached<MemoryStore>>,
    proxy: ProxyAuthenticator,
}

fn world(trust: Trust, settings: ProxySettings) -> World {
    world_with(trust, settings, UnknownUsers::Admit)
}

fn store() -> Arc<Cached<MemoryStore>> {
    Arc::new(Cached::new(MemoryStore::new(), Arc::new(Freshness::new(Duration::from_secs(3600))), 100))
}

fn accounts(store: &Arc<Cached<MemoryStore>>, unknown_users: UnknownUsers) -> Accounts {
    let only = AccountRules::only("proxy");
    let rules = AccountRules { unknown_users, trust_admin_groups: true, groups: GroupUpkeep::Never, ..only };
    Accounts::new(store.clone(), store.freshness().clone(), rules)
}

fn world_with(trust: Trust, settings: ProxySettings, unknown_users: UnknownUsers) -> World {
    let store = store();
    let proxy = ProxyAuthenticator::new(trust, settings, accounts(&store, unknown_users)).unwrap();
    World { store, proxy }
}

type Outcome = Result<Option<Arc<Principal>>, AuthenticationError>;

impl World {
    async fn ask(&self, peer: Option<Peer>, headers: &[(&str, &[u8])]) -> Outcome {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        self.proxy.authenticate(&request.into_parts().0).await
    }

    /// From a proxy at 10.0.0.7.
    async fn told(&self, headers: &[(&str, &str)]) -> Outcome {
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        self.ask(address("10.0.0.7"), &headers).await
    }
}

fn rejection(outcome: &Outcome) -> Option<Rejection> {
    match outcome {
        Err(AuthenticationError::Rejected(rejection)) => Some(*rejection),
        _ => None,
    }
}

const ALICE: (&str, &str) = ("x-forwarded-email", "alice@example.com");

#[test]
fn trust_in_nobody_or_everybody_is_no_trust() {
    let all: &[&[&str]] = &[
        &["0.0.0.0/0"],
        &["::/0"],
        &["::ffff:0:0/96"],
        &["10.0.0.0/8", "0.0.0.0/0"],
        &["0.0.0.0/1", "128.0.0.0/1"],
        &["::/1", "8000::/2", "c000::/2"],
    ];
    for texts in all {
        for unix_socket in [false, true] {
            let alone = Trust::new(TrustSettings { networks: networks(texts), unix_socket, secret: None });
            assert!(matches!(alone, Err(InvalidTrust::Everybody(_))), "{texts:?}");
        }
        let with = Trust::new(TrustSettings { networks: networks(texts), unix_socket: false, secret: secret(SECRET) });
        assert!(with.is_ok(), "{texts:?}");
    }
    assert_eq!(Trust::new(TrustSettings::default()).err(), Some(InvalidTrust::Nobody));
    let weak = Trust::new(TrustSettings { secret: secret("short"), ..TrustSettings::default() });
    assert_eq!(weak.err(), Some(InvalidTrust::WeakSecret(5)));
    let odd = Trust::new(TrustSettings { secret: secret(&"ä".repeat(32)), ..TrustSettings::default() });
    assert_eq!(odd.err(), Some(InvalidTrust::UnusableSecret));
    let ends = Trust::new(TrustSettings { secret: secret(&format!("{SECRET} ")), ..TrustSettings::default() });
    assert_eq!(ends.err(), Some(InvalidTrust::UnusableSecret));
    assert!(Trust::new(TrustSettings { networks: networks(&["0.0.0.0/1"]), ..TrustSettings::default() }).is_ok());
}

#[tokio::test]
async fn headers_from_anybody_else_are_nothing() {
    let world = world(trust(&["10.0.0.0/24", "fd00::/8"]), settings());
    for (peer, believed) in [
        (address("10.0.0.7"), true),
        (address("::ffff:10.0.0.7"), true),
        (Some(Peer::Address("::ffff:10.0.0.7".parse().unwrap())), true),
        (address("fd12::1"), true),
        (address("10.0.1.7"), false),
        (address("127.0.0.1"), false),
        (address("::1"), false),
        (address("::10.0.0.7"), false),
        (address("64:ff9b::10.0.0.7"), false),
        (Some(Peer::UnixSocket), false),
        (None, false),
    ] {
        let headers: &[(&str, &[u8])] = &[
            ("x-forwarded-email", b"alice@example.com"),
            ("x-forwarded-for", b"10.0.0.7"),
            ("x-real-ip", b"10.0.0.7"),
            ("forwarded", b"for=10.0.0.7"),
        ];
        let found = world.ask(peer, headers).await.unwrap();
        assert_eq!(found.is_some(), believed, "{peer:?}");
    }
    let garbage: &[(&str, &[u8])] = &[("x-forwarded-email", b"a,b"), ("x-forwarded-email", b"\xff")];
    assert!(world.ask(address("10.0.1.7"), garbage).await.unwrap().is_none());
}

#[tokio::test]
async fn a_socket_or_a_secret_makes_a_proxy_as_well() {
    let socket = world(Trust::new(TrustSettings { unix_socket: true, ..Default::default() }).unwrap(), settings());
    let email: &[(&str, &[u8])] = &[("x-forwarded-email", b"alice@example.com")];
    assert!(socket.ask(Some(Peer::UnixSocket), email).await.unwrap().is_some());
    assert!(socket.ask(address("127.0.0.1"), email).await.unwrap().is_none());
    let by_secret = |texts: &[&str]| {
        Trust::new(TrustSettings { networks: networks(texts), unix_socket: false, secret: secret(SECRET) }).unwrap()
    };
    let (anywhere, within) = (world(by_secret(&[]), settings()), world(by_secret(&["10.0.0.0/24"]), settings()));
    let with = |given: &'static str| [("x-forwarded-email", ALICE.1.as_bytes()), ("x-proxy-secret", given.as_bytes())];
    for (given, right) in [(SECRET, true), ("", false), ("0123456789abcdef0123456789abcdeF", false), ("0", false)] {
        for (world, peer, trusted) in [
            (&anywhere, address("192.0.2.1"), true),
            (&anywhere, None, true),
            (&within, address("10.0.0.7"), true),
            (&within, address("192.0.2.1"), false),
            (&within, None, false),
        ] {
            let found = world.ask(peer, &with(given)).await.unwrap();
            assert_eq!(found.is_some(), right && trusted, "{given} {peer:?}");
        }
    }
    assert!(within.ask(address("10.0.0.7"), email).await.unwrap().is_none(), "without the secret");
    let twice = [with(SECRET).as_slice(), &with(SECRET)[1..]].concat();
    assert_eq!(rejection(&anywhere.ask(None, &twice).await), Some(Rejection::Malformed));
}

#[tokio::test]
async fn the_principal_is_whom_the_proxy_names_with_its_groups() {
    let world = world(trust(&["10.0.0.7"]), settings());
    let found =
        world.told(&[("x-forwarded-email", " Alice@Example.com"), ("x-forwarded-groups", "b, a,,b ,c d")]).await;
    let found = found.unwrap().unwrap();
    let groups: Vec<&str> = found.groups.iter().map(GroupName::as_str).collect();
    assert_eq!((found.user.as_str(), groups), ("alice@example.com", vec!["a", "b", "c d"]));
    assert_eq!((found.is_admin, found.proof), (false, Proof::ProxyHeader));
}

#[tokio::test]
async fn each_preset_names_the_user_in_its_own_way() {
    let all = [
        ("x-forwarded-user", "sub-17"),
        ("x-forwarded-preferred-username", "Preferred"),
        ("x-forwarded-email", "mail@x"),
        ("remote-user", "Remote"),
        ("remote-email", "remote@x"),
        ("remote-groups", "r"),
        ("x-id", "Own"),
    ];
    let oauth2_proxy = ProxyHeaders::oauth2_proxy;
    for (headers, lower_case, expected) in [
        (oauth2_proxy(), true, "mail@x"),
        (ProxyHeaders { named_by: NamedBy::User, ..oauth2_proxy() }, true, "sub-17"),
        (ProxyHeaders { named_by: NamedBy::PreferredUsername, ..oauth2_proxy() }, true, "preferred"),
        (ProxyHeaders { named_by: NamedBy::PreferredUsername, ..oauth2_proxy() }, false, "Preferred"),
        (ProxyHeaders::authelia(), true, "remote"),
        (ProxyHeaders { named_by: NamedBy::Email, ..ProxyHeaders::authelia() }, true, "remote@x"),
        (ProxyHeaders::generic(HeaderName::from_static("x-id")), false, "Own"),
    ] {
        let world = world(trust(&["10.0.0.7"]), ProxySettings { headers, lower_case, ..settings() });
        assert_eq!(world.told(&all).await.unwrap().unwrap().user.as_str(), expected);
    }
    let other = ProxyHeaders { delimiter: '|', groups: Some(HeaderName::from_static("x-groups")), ..oauth2_proxy() };
    let world = world(trust(&["10.0.0.7"]), ProxySettings { headers: other, ..settings() });
    let found = world.told(&[ALICE, ("x-groups", "cn=a,dc=x|b")]).await.unwrap().unwrap();
    assert_eq!(found.groups, names(&["b", "cn=a,dc=x"]));
}

#[tokio::test]
async fn two_of_a_header_a_smuggled_comma_and_odd_names_are_refused() {
    let world = world(trust(&["10.0.0.7"]), settings());
    let email = "x-forwarded-email";
    let long = format!("{}@x", "a".repeat(254));
    let cases: [&[(&str, &[u8])]; 15] = [
        &[(email, b"alice@x"), (email, b"admin@x")],
        &[(email, b"alice@x"), (email, b"alice@x")],
        &[(email, b"alice@x"), ("x-forwarded-groups", b"a"), ("x-forwarded-groups", b"admins")],
        &[(email, b"alice@x"), ("x-forwarded-user", b"a"), ("x-forwarded-user", b"b")],
        &[(email, b"alice@x"), ("x-forwarded-preferred-username", b"a"), ("x-forwarded-preferred-username", b"a")],
        &[(email, b"alice@x,admin@x")],
        &[(email, b"alice@x, admin@x")],
        &[(email, b"admin@x@y")],
        &[(email, b"admin")],
        &[(email, b"@x")],
        &[(email, b"alice@")],
        &[(email, b"al\tice@x")],
        &[(email, b"\xff@x")],
        &[(email, b"a:b@x")],
        &[(email, long.as_bytes())],
    ];
    for headers in cases {
        let found = world.ask(address("10.0.0.7"), headers).await;
        assert_eq!(rejection(&found), Some(Rejection::Malformed), "{headers:?}");
    }
    for groups in [b"\xff".as_slice(), b"a\tb", "x".repeat(256).as_bytes()] {
        let found = world.ask(address("10.0.0.7"), &[(email, b"alice@x"), ("x-forwarded-groups", groups)]).await;
        assert_eq!(rejection(&found), Some(Rejection::Malformed), "{groups:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_names_nobody_lets_nobody_in_unless_it_is_one_of_a_chain() {
    let (strict, chained) = (settings(), ProxySettings { chained: true, ..settings() });
    let nobody: [&[(&str, &str)]; 4] =
        [&[], &[("x-forwarded-email", "")], &[("x-forwarded-email", "  ")], &[("x-forwarded-user", "alice")]];
    for headers in nobody {
        let world = world(trust(&["10.0.0.7"]), strict.clone());
        assert_eq!(rejection(&world.told(headers).await), Some(Rejection::Nobody), "{headers:?}");
    }
    let world = world(trust(&["10.0.0.7"]), chained);
    for headers in nobody {
        assert!(world.told(headers).await.unwrap().is_none());
    }
    let twice = [("x-forwarded-email", "alice@x"), ("x-forwarded-email", "alice@x")];
    assert_eq!(rejection(&world.told(&twice).await), Some(Rejection::Malformed));
}

#[tokio::test]
async fn groups_let_in_and_make_admins() {
    let settings = ProxySettings { admitted_groups: names(&["users"]), admin_groups: names(&["admins"]), ..settings() };
    let world = world(trust(&["10.0.0.7"]), settings);
    for (groups, expected) in [
        (Some("users"), Ok(false)),
        (Some("admins"), Ok(true)),
        (Some("users,admins"), Ok(true)),
        (Some("Users"), Err(Some(Rejection::NotAdmitted))),
        (Some("users admins"), Err(Some(Rejection::NotAdmitted))),
        (Some(""), Err(Some(Rejection::NotAdmitted))),
        (None, Err(Some(Rejection::NotAdmitted))),
    ] {
        let headers: Vec<_> = [ALICE].into_iter().chain(groups.map(|groups| ("x-forwarded-groups", groups))).collect();
        let found = world.told(&headers).await;
        let found = match &found {
            Ok(somebody) => Ok(somebody.as_ref().unwrap().is_admin),
            Err(_) => Err(rejection(&found)),
        };
        assert_eq!(found, expected, "{groups:?}");
    }
}

#[tokio::test]
async fn groups_that_are_not_said_need_not_be_no_groups() {
    let world = world(trust(&["10.0.0.7"]), ProxySettings { require_groups: true, ..settings() });
    assert_eq!(rejection(&world.told(&[ALICE]).await), Some(Rejection::NotAdmitted));
    assert!(world.told(&[ALICE, ("x-forwarded-groups", "")]).await.unwrap().unwrap().groups.is_empty());
}

#[tokio::test]
async fn accounts_decide_who_comes_in() {
    let name = Username::new(ALICE.1).unwrap();
    for unknown_users in [UnknownUsers::Refuse, UnknownUsers::Admit, UnknownUsers::Create] {
        let world = world_with(trust(&["10.0.0.7"]), settings(), unknown_users);
        let found = world.told(&[ALICE]).await;
        let has_account = world.store.user(&name).await.unwrap().is_some();
        match unknown_users {
            UnknownUsers::Refuse => assert_eq!(rejection(&found), Some(Rejection::NotAdmitted)),
            UnknownUsers::Admit | UnknownUsers::Create => assert!(!found.unwrap().unwrap().is_admin),
        }
        assert_eq!(has_account, unknown_users == UnknownUsers::Create);
        if !has_account {
            world.store.create_user(NewUser::named(name.clone())).await.unwrap();
        }
        let admin = UserUpdate { is_admin: Some(true), ..UserUpdate::default() };
        world.store.update_user(&name, admin).await.unwrap();
        assert!(world.told(&[ALICE]).await.unwrap().unwrap().is_admin);
        let shut = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
        world.store.update_user(&name, shut).await.unwrap();
        assert_eq!(rejection(&world.told(&[ALICE]).await), Some(Rejection::NotAdmitted), "it is not active");
    }
}

#[test]
fn headers_that_mean_something_else_carry_no_identity() {
    let try_with = |headers: ProxyHeaders, secret_header: &'static str| {
        let secret = ProxySecret { header: HeaderName::from_static(secret_header), secret: Secret::new(SECRET) };
        let trust = Trust::new(TrustSettings { secret: Some(secret), ..TrustSettings::default() }).unwrap();
        ProxyAuthenticator::new(trust, ProxySettings::new(headers), accounts(&store(), UnknownUsers::Admit)).err()
    };
    for name in ["authorization", "cookie", "host", "connection", "content-length", "content-type", "origin"] {
        let name = HeaderName::from_static(name);
        let found = try_with(ProxyHeaders::generic(name.clone()), "x-secret");
        assert_eq!(found, Some(InvalidHeaders::Taken(name)));
    }
    let folded = HeaderName::from_static("x_forwarded_user");
    assert_eq!(try_with(ProxyHeaders::generic(folded.clone()), "x-s"), Some(InvalidHeaders::Folded(folded)));
    let user = || ProxyHeaders::generic(HeaderName::from_static("x-user"));
    assert_eq!(try_with(user(), "x-user"), Some(InvalidHeaders::Taken(HeaderName::from_static("x-user"))));
    assert_eq!(try_with(user(), "cookie"), Some(InvalidHeaders::Taken(HeaderName::from_static("cookie"))));
    assert_eq!(try_with(ProxyHeaders { named_by: NamedBy::Email, ..user() }, "x-s"), Some(InvalidHeaders::NoName));
    assert_eq!(try_with(user(), "x-secret"), None);
    let grouped = ProxySettings { require_groups: true, ..ProxySettings::new(user()) };
    let without = ProxyAuthenticator::new(trust(&["10.0.0.7"]), grouped, accounts(&store(), UnknownUsers::Admit)).err();
    assert_eq!(without, Some(InvalidHeaders::NoGroups));
}

#[test]
fn all_headers_of_a_proxy_are_named_for_the_layer_to_take_out() {
    let trust = Trust::new(TrustSettings { secret: secret(SECRET), ..TrustSettings::default() }).unwrap();
    let proxy = ProxyAuthenticator::new(trust, settings(), accounts(&store(), UnknownUsers::Admit)).unwrap();
    let names = proxy.identity_headers();
    for name in ["user", "preferred-username", "email", "groups", "access-token"] {
        assert!(names.iter().any(|found| found.as_str() == format!("x-forwarded-{name}")), "{name}");
    }
    assert!(names.iter().any(|found| found == "x-proxy-secret"));
}

#[tokio::test]
async fn what_one_proxy_may_say_another_may_not() {
    let inner = ProxySettings { admin_groups: names(&["admins"]), ..settings() };
    let (one, two) = (world(trust(&["10.0.0.7"]), inner), world(trust(&["10.0.0.8"]), settings()));
    for (peer, is_admin) in [("10.0.0.7", Some(true)), ("10.0.0.8", Some(false)), ("10.0.0.9", None)] {
        let headers: &[(&str, &[u8])] = &[(ALICE.0, ALICE.1.as_bytes()), ("x-forwarded-groups", b"admins")];
        let mut found = one.ask(address(peer), headers).await.unwrap();
        if found.is_none() {
            found = two.ask(address(peer), headers).await.unwrap();
        }
        assert_eq!(found.map(|found| found.is_admin), is_admin, "{peer}");
    }
}
