//! Groups, what they are called, and whom they let in.

use crate::people::{dn, entry, group, group_of, password};
use crate::setup::{Door, changed, groups};
use crate::slapd::Slapd;
use mlflow_auth_core::{GroupName, Proof};
use mlflow_auth_ldap::LdapSignInSettings;
use std::time::Duration;

#[tokio::test]
async fn the_groups_that_open_doors_are_compared_as_names_of_entries() {
    let server = Slapd::start();
    for (admin, user) in [
        ("CN=Test-Admin, OU=Groups, DC=MLFLOW, DC=Test", "cn = test-user , ou=groups,dc=mlflow,dc=test"),
        ("2.5.4.3=test\\2dadmin,ou=groups,dc=mlflow,dc=test", "commonName=TEST-USER,ou=groups,dc=mlflow,dc=test"),
    ] {
        let changes = [("LDAP_GROUP_ADMIN_DN", admin), ("LDAP_GROUP_USER_DN", user)];
        let door = Door::new(&changed(&server, &changes));
        assert_eq!(door.told("admin1", &password("admin1")).await, "admin");
        assert_eq!(door.told("user1", &password("user1")).await, "user");
        assert_eq!(door.told("user2", &password("user2")).await, "refused");
    }
    let strange = [("LDAP_GROUP_USER_DN", "cn=test-user,dc=mlflow,dc=test"), ("LDAP_GROUP_ADMIN_DN", "test-admin")];
    let door = Door::new(&changed(&server, &strange));
    assert_eq!(door.told("user1", &password("user1")).await, "refused");
    assert_eq!(door.told("admin1", &password("admin1")).await, "refused");
}

#[tokio::test]
async fn member_of_names_groups_with_one_search() {
    let server = Slapd::start();
    let changes = [
        ("LDAP_GROUP_ATTRIBUTE", "memberOf"),
        ("LDAP_GROUP_ATTRIBUTE_KEY", "attributes"),
        ("LDAP_GROUP_SEARCH_BASE_DN", "dc=mlflow,dc=test"),
        ("LDAP_GROUP_SEARCH_FILTER", "(&(objectClass=person)(entryDN=%s))"),
    ];
    let door = Door::new(&changed(&server, &changes));
    let principal = door.enter("user1").await.unwrap().unwrap();
    assert_eq!(groups(&principal), ["Data, Science (A+B)", "test-user"]);
    assert_eq!(door.told("admin1", &password("admin1")).await, "admin");
    assert_eq!(door.told("user2", &password("user2")).await, "refused");
    let (binds, searches) = (server.logged("\" method=128"), server.logged("SRCH base=\"dc=mlflow,dc=test\""));
    assert_eq!((binds - 1, searches), (3, 3));
    let own = [("LDAP_GROUP_SEARCH_BASE_DN", ""), ("LDAP_GROUP_SEARCH_FILTER", "")];
    let door = Door::new(&changed(&server, &[changes[0], changes[1], own[0], own[1]]));
    assert_eq!(groups(&door.enter("user1").await.unwrap().unwrap()), ["Data, Science (A+B)", "test-user"]);
}

#[tokio::test]
async fn a_group_is_called_what_the_settings_say() {
    let server = Slapd::start();
    server.add(&entry(
        &group("described"),
        &[
            ("objectClass", "groupOfUniqueNames"),
            ("cn", "described"),
            ("description", "The Described"),
            ("uniqueMember", &dn("admin1")),
        ],
    ));
    let whole = "cn=test-admin,ou=groups,dc=mlflow,dc=test";
    let door = Door::new(&changed(&server, &[("LDAP_GROUP_NAME_ATTRIBUTE", "dn")]));
    let named = door.enter("admin1").await.unwrap().unwrap();
    assert!(named.groups.contains(&GroupName::new(whole).unwrap()), "{:?}", named.groups);
    let door = Door::new(&changed(&server, &[("LDAP_GROUP_NAME_ATTRIBUTE", "cn")]));
    let named = door.enter("admin1").await.unwrap().unwrap();
    assert_eq!(groups(&named), ["Data, Science (A+B)", "described", "test-admin"]);
    // The other groups have no description: leaving them out could miss what is refused to them.
    let door = Door::new(&changed(&server, &[("LDAP_GROUP_NAME_ATTRIBUTE", "description")]));
    let told = door.told("admin1", &password("admin1")).await;
    assert!(told.contains("and so no name"), "{told}");
}

#[tokio::test]
async fn an_attribute_of_groups_can_open_doors() {
    let server = Slapd::start();
    let changes = [
        ("LDAP_GROUP_ATTRIBUTE", "cn"),
        ("LDAP_GROUP_ATTRIBUTE_KEY", "attributes"),
        ("LDAP_GROUP_ADMIN_DN", "test-admin"),
        ("LDAP_GROUP_USER_DN", "Test-User"),
    ];
    let door = Door::new(&changed(&server, &changes));
    assert_eq!(door.told("admin1", &password("admin1")).await, "admin");
    assert_eq!(door.told("user1", &password("user1")).await, "user");
    assert_eq!(door.told("user2", &password("user2")).await, "refused");
}

#[tokio::test]
async fn everybody_comes_in_where_that_is_said() {
    let server = Slapd::start();
    let door = Door::new(&changed(&server, &[("LDAP_GROUP_USER_DN", "*")]));
    let principal = door.enter("user2").await.unwrap().unwrap();
    assert_eq!((groups(&principal), principal.is_admin), (vec!["nobody-comes-in-by-this"], false));
    assert_eq!(principal.proof, Proof::Directory);
    let none = [
        ("LDAP_GROUP_USER_DN", "*"),
        ("LDAP_GROUP_ADMIN_DN", ""),
        ("LDAP_GROUP_SEARCH_BASE_DN", ""),
        ("LDAP_GROUP_SEARCH_FILTER", ""),
    ];
    let principal = Door::new(&changed(&server, &none)).enter("user2").await.unwrap().unwrap();
    assert_eq!(groups(&principal), Vec::<&str>::new());
}

#[tokio::test]
async fn who_loses_a_group_loses_the_right_within_the_bound() {
    let server = Slapd::start();
    server.add(&group_of("second", &["admin1"]));
    let remember = Duration::from_millis(700);
    let sign_in = LdapSignInSettings { remember, free_attempts: 0, ..LdapSignInSettings::default() };
    let door = Door::with(&changed(&server, &[]), sign_in);
    assert!(door.enter("both").await.unwrap().unwrap().is_admin);
    server.modify(&format!(
        "dn: {}\nchangetype: modify\ndelete: uniqueMember\nuniqueMember: {}\n",
        group("test-admin"),
        dn("both")
    ));
    assert!(door.enter("both").await.unwrap().unwrap().is_admin);
    tokio::time::sleep(remember).await;
    let principal = door.enter("both").await.unwrap().unwrap();
    assert_eq!((groups(&principal), principal.is_admin), (vec!["test-user"], false));
    assert!(!door.account("both").await.unwrap().is_admin);
}
