//! Searching for users with an account of our own.

use crate::people::{HOSTILE, dn, entry, password};
use crate::setup::{Door, changed, groups};
use crate::slapd::Slapd;
use mlflow_auth_core::{GroupResolver, Username};
use mlflow_auth_ldap::LdapGroups;
use std::time::Duration;

pub(crate) const SEARCHED: [(&str, &str); 5] = [
    ("LDAP_LOOKUP_BIND", ""),
    ("LDAP_BIND_DN", "cn=svc-mlflow,dc=mlflow,dc=test"),
    ("LDAP_BIND_PASSWORD", "the password of the service"),
    ("LDAP_USER_SEARCH_BASE_DN", "ou=people,dc=mlflow,dc=test"),
    ("LDAP_USER_SEARCH_FILTER", "(&(objectClass=inetOrgPerson)(|(uid=%s)))"),
];

#[tokio::test]
async fn users_are_found_and_then_bound_with() {
    let server = Slapd::start();
    let door = Door::new(&changed(&server, &SEARCHED));
    for name in HOSTILE {
        let principal = door.enter(name).await.unwrap_or_else(|error| panic!("{name}: {error:?}")).unwrap();
        assert_eq!((principal.user.as_str(), groups(&principal)), (name, vec!["test-user"]));
    }
    assert_eq!(door.told("admin1", &password("admin1")).await, "admin");
    assert_eq!(door.told("admin1", "wrong").await, "refused");
    assert_eq!(door.told("nobody", "wrong").await, "refused");
    assert_eq!(door.told("user2", &password("user2")).await, "refused");
    assert_eq!(door.ask("camelCASE", &password("CamelCase")).await.unwrap().unwrap().user.as_str(), "CamelCase");
    // Who does not exist costs a bind too.
    assert_eq!(server.logged("BIND dn=\"cn=nobody-by-this-name\" method=128"), 1);
    // One connection of the account that searches did it all.
    assert_eq!(server.logged("BIND dn=\"cn=svc-mlflow,dc=mlflow,dc=test\" method=128"), 1);
}

#[tokio::test]
async fn a_search_that_finds_two_lets_nobody_in() {
    let server = Slapd::start();
    let attributes = [("objectClass", "inetOrgPerson"), ("cn", "t"), ("sn", "twin"), ("userPassword", "of the twins")];
    for name in ["twin1", "twin2"] {
        server.add(&entry(&dn(name), &[attributes.as_slice(), &[("uid", name)]].concat()));
        server.modify(&format!(
            "dn: cn=test-user,ou=groups,dc=mlflow,dc=test\nchangetype: modify\nadd: uniqueMember\nuniqueMember: {}\n",
            dn(name)
        ));
        // Each of them comes in where the search tells them apart.
        assert_eq!(Door::new(&changed(&server, &SEARCHED)).told(name, "of the twins").await, "user");
    }
    assert_eq!(server.found("(sn=twin)"), 2);
    let by_surname = [SEARCHED.as_slice(), &[("LDAP_USER_SEARCH_FILTER", "(sn=%s)")]].concat();
    let changes: Vec<_> = by_surname.into_iter().rev().collect();
    let door = Door::new(&changed(&server, &changes));
    assert_eq!(door.told("twin", "of the twins").await, "refused");
}

#[tokio::test]
async fn a_wrong_password_of_the_searching_account_is_no_wrong_password_of_the_user() {
    let server = Slapd::start();
    let changes: Vec<_> = SEARCHED
        .into_iter()
        .filter(|(name, _)| *name != "LDAP_BIND_PASSWORD")
        .chain([("LDAP_BIND_PASSWORD", "no")])
        .collect();
    let told = Door::new(&changed(&server, &changes)).told("user1", &password("user1")).await;
    assert!(told.contains("LDAP_BIND_DN or LDAP_BIND_PASSWORD is wrong"), "{told}");
}

#[tokio::test]
async fn several_names_of_one_entry_are_one_user() {
    let server = Slapd::start();
    let attributes = [("objectClass", "inetOrgPerson"), ("uid", "main"), ("uid", "alias"), ("cn", "m"), ("sn", "y")];
    let password = [("userPassword", "the password of main")];
    server.add(&entry(&dn("main"), &[attributes.as_slice(), &password].concat()));
    server.modify(&format!(
        "dn: cn=test-user,ou=groups,dc=mlflow,dc=test\nchangetype: modify\nadd: uniqueMember\nuniqueMember: {}\n",
        dn("main")
    ));
    let door = Door::new(&changed(&server, &SEARCHED));
    for typed in ["main", "alias", "ALIAS"] {
        let principal = door.ask(typed, "the password of main").await.unwrap().unwrap();
        assert_eq!(principal.user.as_str(), "main", "{typed}");
    }
}

#[tokio::test]
async fn groups_of_somebody_else_are_looked_up() {
    let server = Slapd::start();
    for changes in [SEARCHED.to_vec(), SEARCHED[1..3].to_vec()] {
        let resolver = LdapGroups::new(&changed(&server, &changes), Duration::from_secs(60)).unwrap();
        for (user, expected) in [
            ("user1", vec!["Data, Science (A+B)", "test-user"]),
            ("user2", vec!["nobody-comes-in-by-this"]),
            ("a,b", vec!["test-user"]),
            // Somebody else's name in another case is not theirs.
            ("USER1", vec![]),
            ("nobody", vec![]),
        ] {
            let groups = resolver.groups_of(&Username::new(user).unwrap()).await.unwrap();
            let groups: Vec<_> = groups.iter().map(|group| group.as_str()).collect();
            assert_eq!(groups, expected, "{user}");
        }
    }
    assert!(LdapGroups::new(&changed(&server, &[]), Duration::ZERO).is_err());
}
