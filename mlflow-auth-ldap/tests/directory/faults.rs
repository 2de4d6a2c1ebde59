//! What is told when a directory fails. The table of the documentation has these rows.

use crate::people::password;
use crate::setup::{Door, changed};
use crate::slapd::{Options, Slapd, free_port};
use mlflow_auth_ldap::SignInSettings;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

async fn told(server: &Slapd, changes: &[(&'static str, &str)]) -> String {
    let mut settings = changed(server, changes);
    (settings.timeout, settings.connect_timeout) = (Duration::from_secs(1), Duration::from_secs(1));
    let door = Door::with(&settings, SignInSettings::default());
    door.told("user1", &password("user1")).await
}

fn assert_outage(told: &str, why: &str) {
    assert!(told.starts_with("the directory is unavailable: "), "{told}");
    assert!(told.contains(why), "`{told}` does not say `{why}`");
}

/// A server that does something with each connection.
fn listen(act: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("ldap://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(act));
    uri
}

#[tokio::test]
async fn a_server_that_is_stopped() {
    let mut server = Slapd::start();
    server.stop();
    assert_outage(&told(&server, &[]).await, "cannot be reached: Connection refused");
}

#[tokio::test]
async fn a_server_whose_name_nobody_knows() {
    let server = Slapd::start();
    let told = told(&server, &[("LDAP_URI", "ldaps://no-such-host.invalid")]).await;
    assert_outage(&told, "`ldaps://no-such-host.invalid:636` cannot be reached");
}

#[tokio::test]
async fn a_server_that_hangs() {
    let server = Slapd::start();
    let uri = listen(std::mem::forget);
    let began = Instant::now();
    assert_outage(&told(&server, &[("LDAP_URI", &uri)]).await, "did not answer in time");
    let tls = uri.replace("ldap:", "ldaps:");
    assert_outage(&told(&server, &[("LDAP_URI", &tls), ("LDAP_TLS_VERIFY", "none")]).await, "timed out");
    assert!(began.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_server_that_ends_in_the_middle_of_a_reply() {
    let server = Slapd::start();
    let uri = listen(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"\x30\x0c\x02\x01\x01\x61\x07\x0a");
    });
    assert_outage(&told(&server, &[("LDAP_URI", &uri)]).await, "closed the connection: in the middle of a reply");
    let uri = listen(|mut stream| drop(stream.read(&mut [0; 1024])));
    assert_outage(&told(&server, &[("LDAP_URI", &uri)]).await, "closed the connection: without a reply");
}

#[tokio::test]
async fn a_certificate_of_another_authority() {
    let (server, other) = (Slapd::start(), Slapd::start());
    assert_outage(&told(&server, &[("LDAP_CA", &other.authority_file())]).await, "invalid peer certificate");
    let uri = format!("ldaps://localhost:{}", server.tls);
    let changes = [("LDAP_URI", uri.as_str()), ("LDAP_CA", &other.authority_file())];
    assert_outage(&told(&server, &changes).await, "invalid peer certificate");
    assert_eq!(server.logged("BIND dn=\"uid=user1"), 0);
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let server = Slapd::with(Options { names: Some(vec!["ldap.corp.example".into()]), ..Options::default() });
    let file = server.authority_file();
    let uri = format!("ldaps://127.0.0.1:{}", server.tls);
    for changes in [vec![("LDAP_CA", file.as_str())], vec![("LDAP_CA", &file), ("LDAP_URI", &uri)]] {
        assert_outage(&told(&server, &changes).await, "not valid for name");
    }
    assert_eq!(server.logged("BIND dn=\"uid=user1"), 0);
    let unverified = [("LDAP_CA", file.as_str()), ("LDAP_TLS_VERIFY", "none")];
    assert_eq!(told(&server, &unverified).await, "user");
}

#[tokio::test]
async fn a_certificate_that_expired() {
    let server = Slapd::with(Options { expired: true, ..Options::default() });
    assert_outage(&told(&server, &[("LDAP_CA", &server.authority_file())]).await, "expired");
    assert_eq!(server.logged("BIND dn=\"uid=user1"), 0);
}

#[tokio::test]
async fn a_server_without_starttls_gets_no_password() {
    let server = Slapd::start();
    let uri = listen(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        // An extended result with the code 53.
        let _ = stream.write_all(b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x35\x04\x00\x04\x00");
        let mut more = Vec::new();
        let _ = stream.read_to_end(&mut more);
        assert!(more.is_empty());
    });
    let told = told(&server, &[("LDAP_URI", &uri), ("LDAP_CA", &server.authority_file())]).await;
    assert_outage(&told, "refused StartTLS with result code 53");
}

#[tokio::test]
async fn a_base_that_is_not_there() {
    let server = Slapd::start();
    let changes = [("LDAP_GROUP_SEARCH_BASE_DN", "ou=gruops,dc=mlflow,dc=test")];
    assert_outage(&told(&server, &changes).await, "the search for groups with result code 32");
}

#[tokio::test]
async fn a_size_limit_of_the_server_is_not_all_groups() {
    let server = Slapd::with(Options { database: "sizelimit 1", ..Options::default() });
    assert_outage(&told(&server, &[]).await, "the search for groups with result code 4");
}

#[tokio::test]
async fn the_next_server_is_asked_and_the_first_is_left_alone() {
    let server = Slapd::start();
    let uris = format!("ldap://127.0.0.1:{} ldap://127.0.0.1:{}", free_port(), server.plain);
    assert_eq!(told(&server, &[("LDAP_URI", &uris)]).await, "user");
    let wrong = Door::new(&changed(&server, &[("LDAP_URI", &uris)]));
    assert_eq!(wrong.told("user1", "wrong").await, "refused");
    assert_eq!(server.logged("RESULT tag=97 err=49"), 1);
}

#[tokio::test]
async fn remembered_credentials_go_on_while_the_server_is_away_and_it_is_found_again() {
    let mut server = Slapd::start();
    let door = Door::new(&changed(&server, &crate::service::SEARCHED));
    assert_eq!(door.told("user1", &password("user1")).await, "user");
    server.stop();
    assert_eq!(door.told("user1", &password("user1")).await, "user");
    assert_outage(&door.told("admin1", &password("admin1")).await, "cannot be");
    assert_outage(&door.told("admin1", &password("admin1")).await, "");
    server.run();
    let began = Instant::now();
    while door.told("admin1", &password("admin1")).await != "admin" {
        assert!(began.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_slow_server_holds_a_bounded_number_of_requests() {
    let server = Slapd::start();
    let uri = listen(std::mem::forget);
    let mut settings = changed(&server, &[("LDAP_URI", &uri)]);
    (settings.connections, settings.waiting, settings.timeout) = (2, 3, Duration::from_millis(500));
    let door = Door::new(&settings);
    let began = Instant::now();
    let names: Vec<String> = (0..40).map(|number| format!("user-{number}")).collect();
    let told = futures_util::future::join_all(names.iter().map(|name| door.told(name, "x"))).await;
    let crowded = told.iter().filter(|told| told.contains("too many requests wait")).count();
    assert!((35..40).contains(&crowded), "{crowded}: {told:?}");
    assert!(began.elapsed() < Duration::from_secs(2));
}
