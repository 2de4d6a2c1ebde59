//! The three examples of the community chart's documentation, each with the variables that the chart makes of it.

use crate::people::password;
use crate::setup::{Door, changed, groups};
use crate::slapd::{Options, Slapd};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;

async fn lets_in_whom_it_should(door: &Door) {
    for (user, expected) in [("admin1", "admin"), ("user1", "user"), ("user2", "refused"), ("both", "admin")] {
        assert_eq!(door.told(user, &password(user)).await, expected, "{user}");
        assert_eq!(door.told(user, "wrong").await, "refused", "{user}");
        assert_eq!(door.told(user, "").await, "refused", "{user}");
    }
    let principal = door.enter("user1").await.unwrap().unwrap();
    assert_eq!(groups(&principal), ["Data, Science (A+B)", "test-user"]);
}

#[tokio::test]
async fn ldap_without_an_authority_on_loopback() {
    let server = Slapd::start();
    lets_in_whom_it_should(&Door::new(&changed(&server, &[]))).await;
}

#[tokio::test]
async fn ldap_with_an_authority_in_base64_begins_tls() {
    // Where the function that the chart uses sends the password in clear text, this server would refuse it.
    let server = Slapd::with(Options { database: "security simple_bind=128", ..Options::default() });
    let encoded = STANDARD.encode(server.authority.pem());
    lets_in_whom_it_should(&Door::new(&changed(&server, &[("LDAP_CA", &encoded)]))).await;
    // One more is that of the tool which filled the directory.
    assert_eq!(server.logged("TLS established"), server.logged("STARTTLS") + 1);
    assert!(server.logged("STARTTLS") > 0);
}

#[tokio::test]
async fn ldap_with_an_authority_in_a_file_begins_tls() {
    let server = Slapd::with(Options { database: "security simple_bind=128", ..Options::default() });
    // Where the chart mounts the key `ca.crt` of the secret.
    let file = server.file("ca.crt");
    fs::copy(server.authority_file(), &file).unwrap();
    lets_in_whom_it_should(&Door::new(&changed(&server, &[("LDAP_CA", &file)]))).await;
}

#[tokio::test]
async fn ldaps_with_an_authority() {
    let server = Slapd::start();
    let uri = format!("ldaps://localhost:{}/dc=mlflow,dc=test", server.tls);
    let changes = [("LDAP_URI", uri.as_str()), ("LDAP_CA", &server.authority_file())];
    lets_in_whom_it_should(&Door::new(&changed(&server, &changes))).await;
}
