//! Ways to a server besides a port, and what only some servers can.

use crate::people::password;
use crate::setup::{Door, changed, groups};
use crate::slapd::{Options, Slapd};

#[tokio::test]
async fn a_socket_of_this_machine() {
    let server = Slapd::start();
    let uri = server.socket();
    for changes in [vec![("LDAP_URI", uri.as_str())], [&crate::service::SEARCHED[..], &[("LDAP_URI", &uri)]].concat()] {
        let door = Door::new(&changed(&server, &changes));
        assert_eq!(door.told("admin1", &password("admin1")).await, "admin");
        assert_eq!(door.told("user1", &password("user1")).await, "user");
        assert_eq!(door.told("user1", "wrong").await, "refused");
        assert_eq!(door.told("user2", &password("user2")).await, "refused");
    }
    // It was the socket, and not one of the ports.
    assert!(server.logged("PATH=") > 0);
    let nowhere = server.file("nowhere").replace('/', "%2F");
    let told = Door::new(&changed(&server, &[("LDAP_URI", &format!("ldapi://{nowhere}"))])).told("user1", "x").await;
    assert!(told.contains("cannot be reached: No such file or directory"), "{told}");
}

#[tokio::test]
async fn a_socket_is_tried_before_a_port_and_the_port_after_it() {
    let server = Slapd::start();
    let nowhere = server.file("nowhere").replace('/', "%2F");
    let both = format!("ldapi://{nowhere} ldap://127.0.0.1:{}", server.plain);
    assert_eq!(Door::new(&changed(&server, &[("LDAP_URI", &both)])).told("user1", &password("user1")).await, "user");
}

#[tokio::test]
async fn a_server_that_wants_to_see_a_certificate_of_ours() {
    let server = Slapd::with(Options { global: "TLSVerifyClient demand", ..Options::default() });
    let (ca, tls) = (server.authority_file(), format!("ldaps://localhost:{}", server.tls));
    let ours = (server.file("client.pem"), server.file("client.key"));
    let other = Slapd::start();
    let others = (other.file("client.pem"), other.file("client.key"));
    for way in [vec![("LDAP_CA", ca.as_str())], vec![("LDAP_CA", &ca), ("LDAP_URI", &tls)]] {
        let door = |(certificate, key): (&str, &str)| {
            let shown = [("LDAP_CLIENT_CERT", certificate), ("LDAP_CLIENT_KEY", key)];
            Door::new(&changed(&server, &[way.clone(), shown.to_vec()].concat()))
        };
        let principal = door((&ours.0, &ours.1)).enter("user1").await.unwrap().unwrap();
        assert_eq!(groups(&principal), ["Data, Science (A+B)", "test-user"]);
        let before = server.logged("BIND dn=\"uid=user1");
        for shown in [("", ""), (&others.0, &others.1)] {
            let told = door(shown).told("user1", &password("user1")).await;
            assert!(told.starts_with("the directory is unavailable: "), "{way:?} {shown:?}: {told}");
        }
        assert_eq!(server.logged("BIND dn=\"uid=user1"), before, "{way:?}");
    }
}

#[tokio::test]
async fn a_certificate_of_ours_and_its_key_come_together_and_must_be_there() {
    let server = Slapd::start();
    let (ca, certificate, key) = (server.authority_file(), server.file("client.pem"), server.file("client.key"));
    for (shown, name) in [
        ((certificate.as_str(), ""), "LDAP_CLIENT_KEY"),
        (("", key.as_str()), "LDAP_CLIENT_CERT"),
        (("/nowhere.pem", &key), "LDAP_CLIENT_CERT"),
        ((&certificate, "/nowhere.key"), "LDAP_CLIENT_KEY"),
        ((&certificate, &certificate), "LDAP_CLIENT_KEY"),
        ((&certificate, &server.file("server.key")), "LDAP_CLIENT_CERT"),
    ] {
        let changes = [("LDAP_CA", ca.as_str()), ("LDAP_CLIENT_CERT", shown.0), ("LDAP_CLIENT_KEY", shown.1)];
        let error = Door::try_with(&changed(&server, &changes), Default::default()).err().expect("it is refused");
        assert_eq!(error.name, name, "{shown:?}: {error}");
    }
}

/// OpenLDAP does not know the rule that finds groups in groups, and finds nothing by it: the filter arrives as it should,
/// and nobody comes in by it. What Active Directory finds is shown with Samba.
#[tokio::test]
async fn a_server_without_the_rule_for_groups_in_groups_lets_nobody_in_by_it() {
    let server = Slapd::start();
    let rule = "1.2.840.113556.1.4.1941";
    let filter = format!("(&(objectClass=groupOfUniqueNames)(uniqueMember:{rule}:=%s))");
    let door = Door::new(&changed(&server, &[("LDAP_GROUP_SEARCH_FILTER", &filter)]));
    for user in ["user1", "admin1", "a,b", "p(x)"] {
        assert_eq!(door.told(user, &password(user)).await, "refused", "{user}");
    }
    assert_eq!(server.logged("filter=\"(&(objectClass=groupOfUniqueNames)("), 4, "{}", server.log());
}
