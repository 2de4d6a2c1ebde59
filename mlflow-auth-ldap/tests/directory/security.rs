//! Passwords that must not get out, and identities that must not be taken over.

use crate::people::{group_of, password, person};
use crate::setup::{Door, changed};
use crate::slapd::{Options, Slapd};
use mlflow_auth_core::accounts::{AccountRules, UnknownUsers};
use mlflow_auth_core::store::{NewUser, UserStore, UserUpdate};
use mlflow_auth_core::{PasswordHash, Secret, Username};
use mlflow_auth_ldap::LdapSignInSettings;

#[tokio::test]
async fn an_empty_password_is_refused_before_anything_is_sent() {
    // As Active Directory does, this server takes a name without a password for somebody anonymous, and says yes.
    let server = Slapd::with(Options { global: "allow bind_anon_dn", ..Options::default() });
    for changes in [Vec::new(), crate::service::SEARCHED.to_vec()] {
        let door = Door::new(&changed(&server, &changes));
        let before = server.logged("conn=");
        assert_eq!(door.told("admin1", "").await, "refused");
        assert_eq!(server.logged("conn="), before);
    }
}

#[tokio::test]
async fn a_password_in_clear_text_is_refused_where_the_server_wants_tls() {
    let server = Slapd::with(Options { database: "security simple_bind=128", ..Options::default() });
    let told = Door::new(&changed(&server, &[])).told("user1", &password("user1")).await;
    assert!(told.contains("result code 13"), "{told}");
}

#[tokio::test]
async fn an_account_with_a_password_of_its_own_is_not_the_directorys() {
    let server = Slapd::start();
    server.add(&(person("root-here") + &group_of("late", &["root-here"])));
    let door = Door::new(&changed(&server, &[("LDAP_GROUP_USER_DN", "*")]));
    let hash = PasswordHash::new(&Secret::new("a password of our own")).unwrap();
    let name = Username::new("root-here").unwrap();
    let new = NewUser { is_admin: true, password: Some(hash), ..NewUser::named(name) };
    door.users.create_user(new).await.unwrap();
    assert_eq!(door.told("root-here", &password("root-here")).await, "not asked");
    assert_eq!(door.told("root-here", "").await, "not asked");
    // In other letters the store does not know the name, and the directory says that it is the same.
    assert_eq!(door.told("ROOT-HERE", &password("root-here")).await, "refused");
}

#[tokio::test]
async fn an_account_that_is_not_active_is_refused_at_once() {
    let server = Slapd::start();
    let door = Door::new(&changed(&server, &[]));
    assert_eq!(door.told("user1", &password("user1")).await, "user");
    let name = Username::new("user1").unwrap();
    let update = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    door.users.update_user(&name, update).await.unwrap();
    door.freshness.forget(&mlflow_auth_core::store::Event::User(name));
    assert_eq!(door.told("user1", &password("user1")).await, "refused");
    assert_eq!(door.told("USER1", &password("user1")).await, "refused");
}

#[tokio::test]
async fn who_has_no_account_becomes_what_the_settings_say() {
    let server = Slapd::start();
    for (unknown_users, told, made) in [
        (UnknownUsers::Refuse, "refused", false),
        (UnknownUsers::Admit, "user", false),
        (UnknownUsers::Create, "user", true),
    ] {
        let door = Door::with(&changed(&server, &[]), sign_in(unknown_users));
        assert_eq!(door.told("user1", &password("user1")).await, told, "{unknown_users:?}");
        assert_eq!(door.account("user1").await.is_some(), made, "{unknown_users:?}");
        // Nobody whom no group lets in gets one.
        assert_eq!(door.told("user2", &password("user2")).await, "refused");
        assert!(door.account("user2").await.is_none());
    }
}

#[tokio::test]
async fn a_referral_is_not_followed() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Slapd::start();
    server.add(&format!(
        "dn: ou=elsewhere,dc=mlflow,dc=test\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n\
         ref: ldap://127.0.0.1:{port}/ou=groups,dc=mlflow,dc=test\n\n"
    ));
    let away = [("LDAP_GROUP_SEARCH_BASE_DN", "ou=elsewhere,dc=mlflow,dc=test")];
    let told = Door::new(&changed(&server, &away)).told("user1", &password("user1")).await;
    assert!(told.contains("result code 10"), "{told}");
    let beside = [("LDAP_GROUP_SEARCH_BASE_DN", "dc=mlflow,dc=test")];
    assert_eq!(Door::new(&changed(&server, &beside)).told("user1", &password("user1")).await, "user");
    let bind = [("LDAP_LOOKUP_BIND", "uid=%s,ou=elsewhere,dc=mlflow,dc=test")];
    let told = Door::new(&changed(&server, &bind)).told("user1", &password("user1")).await;
    assert!(told == "refused" || told.contains("result code 10"), "{told}");
    assert!(listener.accept().is_err(), "somebody followed a referral");
}

#[tokio::test]
async fn guessing_slows_down_under_every_spelling_of_a_name() {
    let server = Slapd::start();
    let settings = LdapSignInSettings { free_attempts: 2, ..LdapSignInSettings::default() };
    let door = Door::with(&changed(&server, &[]), settings);
    let before = server.logged("RESULT tag=97 err=49");
    let tries = ["user1", "USER1", "User1", "uSER1"];
    let mut told = Vec::new();
    for name in tries {
        told.push(door.told(name, "guess").await);
    }
    assert_eq!(told, ["refused", "refused", "refused: too many attempts", "refused: too many attempts"]);
    assert_eq!(server.logged("RESULT tag=97 err=49") - before, 2);
}

#[tokio::test]
async fn the_same_credential_at_the_same_time_is_one_bind() {
    let server = Slapd::start();
    let door = Door::new(&changed(&server, &[]));
    let before = server.logged("method=128");
    let password = password("user1");
    let asked = (0..50).map(|_| door.ask("user1", &password));
    for outcome in futures_util::future::join_all(asked).await {
        assert_eq!(outcome.unwrap().unwrap().user.as_str(), "user1");
    }
    assert_eq!(door.told("user1", &password).await, "user");
    // Two lines each: what was asked, and as whom it was done.
    assert_eq!(server.logged("BIND dn=\"uid=user1,ou=people,dc=mlflow,dc=test\" method=128"), 1, "{before}");
}

fn sign_in(unknown_users: UnknownUsers) -> LdapSignInSettings {
    let settings = LdapSignInSettings::default();
    let accounts = AccountRules { unknown_users, ..settings.accounts.clone() };
    LdapSignInSettings { accounts, ..settings }
}
