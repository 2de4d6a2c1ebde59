//! What the owners of sessions are, whose password nobody has at hand.

use crate::people::{dn, group, password};
use crate::service::SEARCHED;
use crate::setup::{Door, changed};
use crate::slapd::Slapd;
use mlflow_auth_core::store::{Event, NewUser, UserStore, UserUpdate};
use mlflow_auth_core::{PasswordHash, Secret, SessionDirectory, Username};
use mlflow_auth_ldap::LdapSignInSettings;
use std::time::{Duration, Instant};

const REMEMBER: Duration = Duration::from_millis(600);

fn door(server: &Slapd, changes: &[(&'static str, &str)]) -> Door {
    let settings = LdapSignInSettings { remember: REMEMBER, free_attempts: 0, ..LdapSignInSettings::default() };
    Door::with(&changed(server, changes), settings)
}

/// What the owner of a session is now: `admin`, their groups, `nobody`, or the outage.
async fn standing(door: &Door, user: &str) -> String {
    match door.authenticator.standing(&Username::new(user).unwrap()).await {
        Ok(None) => "nobody".to_owned(),
        Ok(Some(standing)) if standing.is_admin => "admin".to_owned(),
        Ok(Some(standing)) => {
            assert!(standing.until <= Instant::now() + REMEMBER, "it holds longer than it is remembered");
            standing.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>().join("; ")
        }
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_session_has_what_the_directory_says_now() {
    let server = Slapd::start();
    for changes in [SEARCHED.to_vec(), SEARCHED[1..3].to_vec()] {
        let door = door(&server, &changes);
        assert!(door.authenticator.opens_sessions());
        assert_eq!(standing(&door, "user1").await, "Data, Science (A+B); test-user");
        assert_eq!(standing(&door, "admin1").await, "admin");
        assert_eq!(standing(&door, "a,b").await, "test-user");
        for nobody in ["user2", "nobody", "USER1", "*"] {
            assert_eq!(standing(&door, nobody).await, "nobody", "{nobody}");
        }
        assert!(!door.account("admin1").await.unwrap().is_admin, "nothing of it is written");
    }
}

#[tokio::test]
async fn who_loses_a_group_or_is_gone_loses_the_session_within_the_bound() {
    let mut server = Slapd::start();
    let door = door(&server, &SEARCHED);
    assert_eq!(standing(&door, "both").await, "admin");
    assert_eq!(standing(&door, "user1").await, "Data, Science (A+B); test-user");
    let (admins, both) = (group("test-admin"), dn("both"));
    server.modify(&format!("dn: {admins}\nchangetype: modify\ndelete: uniqueMember\nuniqueMember: {both}\n"));
    server.modify(&format!("dn: {}\nchangetype: delete\n", dn("user1")));
    assert_eq!(standing(&door, "both").await, "admin");
    tokio::time::sleep(REMEMBER).await;
    assert_eq!(standing(&door, "both").await, "test-user");
    assert_eq!(standing(&door, "user1").await, "nobody");
    server.stop();
    assert_eq!(standing(&door, "both").await, "test-user");
    tokio::time::sleep(REMEMBER).await;
    assert_eq!(standing(&door, "both").await, "the directory is unavailable");
}

#[tokio::test]
async fn an_account_that_is_not_the_directorys_any_more_has_no_such_session() {
    let server = Slapd::start();
    let door = door(&server, &SEARCHED);
    let name = |name: &str| Username::new(name).unwrap();
    let hash = PasswordHash::new(&Secret::new("a password of our own")).unwrap();
    let local = NewUser { password: Some(hash), ..NewUser::named(name("user1")) };
    door.users.create_user(local).await.unwrap();
    assert_eq!(standing(&door, "user1").await, "nobody");
    assert_eq!(standing(&door, "admin1").await, "admin");
    let update = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    door.users.update_user(&name("admin1"), update).await.unwrap();
    door.freshness.forget(&Event::User(name("admin1")));
    assert_eq!(standing(&door, "admin1").await, "nobody");
}

#[tokio::test]
async fn without_an_account_that_searches_nobody_can_be_asked_about_later() {
    let server = Slapd::start();
    let door = door(&server, &[]);
    assert_eq!(door.told("user1", &password("user1")).await, "user");
    assert!(!door.authenticator.opens_sessions());
    assert_eq!(standing(&door, "user1").await, "nobody");
}
