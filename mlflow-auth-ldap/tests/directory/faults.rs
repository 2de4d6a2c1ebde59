//! What is told when a directory fails. The table of the documentation has a row for each `Row::of` in this file, and says
//! what these tests see.

use crate::fault_table::Row;
use crate::people::password;
use crate::setup::{Door, changed};
use crate::slapd::{Options, Slapd, free_port};
use mlflow_auth_ldap::LdapSignInSettings;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Asks as `user1`, with settings changed.
async fn told(server: &Slapd, changes: &[(&'static str, &str)]) -> String {
    let mut settings = changed(server, changes);
    (settings.timeout, settings.connect_timeout) = (Duration::from_secs(1), Duration::from_secs(1));
    let door = Door::with(&settings, LdapSignInSettings::default());
    door.told("user1", &password("user1")).await
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
    Row::of("the server is stopped").is_told(&told(&server, &[]).await);
}

#[tokio::test]
async fn a_server_whose_name_nobody_knows() {
    let server = Slapd::start();
    let told = told(&server, &[("LDAP_URI", "ldaps://no-such-host.invalid")]).await;
    Row::of("nobody knows the name of the server").is_told(&told);
}

#[tokio::test]
async fn a_server_that_hangs() {
    let server = Slapd::start();
    let uri = listen(std::mem::forget);
    let began = Instant::now();
    Row::of("the server hangs").is_told(&told(&server, &[("LDAP_URI", &uri)]).await);
    let tls = uri.replace("ldap:", "ldaps:");
    let told = told(&server, &[("LDAP_URI", &tls), ("LDAP_TLS_VERIFY", "none")]).await;
    Row::of("the server hangs before TLS is agreed upon").is_told(&told);
    assert!(began.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_server_that_ends_in_the_middle_of_a_reply() {
    let server = Slapd::start();
    let uri = listen(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"\x30\x0c\x02\x01\x01\x61\x07\x0a");
    });
    Row::of("the server is killed in the middle of a reply").is_told(&told(&server, &[("LDAP_URI", &uri)]).await);
    let uri = listen(|mut stream| drop(stream.read(&mut [0; 1024])));
    Row::of("the server closes the connection without a reply").is_told(&told(&server, &[("LDAP_URI", &uri)]).await);
}

#[tokio::test]
async fn a_certificate_of_another_authority() {
    let (server, other) = (Slapd::start(), Slapd::start());
    let row = Row::of("the certificate is of another authority than `LDAP_CA`");
    row.is_told(&told(&server, &[("LDAP_CA", &other.authority_file())]).await);
    let uri = format!("ldaps://localhost:{}", server.tls);
    let changes = [("LDAP_URI", uri.as_str()), ("LDAP_CA", &other.authority_file())];
    row.is_told(&told(&server, &changes).await);
    assert_eq!(server.logged("BIND dn=\"uid=user1"), 0);
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let server = Slapd::with(Options { names: Some(vec!["ldap.corp.example".into()]), ..Options::default() });
    let file = server.authority_file();
    let uri = format!("ldaps://127.0.0.1:{}", server.tls);
    for changes in [vec![("LDAP_CA", file.as_str())], vec![("LDAP_CA", &file), ("LDAP_URI", &uri)]] {
        Row::of("the certificate is for another name").is_told(&told(&server, &changes).await);
    }
    assert_eq!(server.logged("BIND dn=\"uid=user1"), 0);
    let unverified = [("LDAP_CA", file.as_str()), ("LDAP_TLS_VERIFY", "none")];
    assert_eq!(told(&server, &unverified).await, "user");
}

#[tokio::test]
async fn a_certificate_that_expired() {
    let server = Slapd::with(Options { expired: true, ..Options::default() });
    Row::of("the certificate has expired").is_told(&told(&server, &[("LDAP_CA", &server.authority_file())]).await);
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
    Row::of("the server refuses StartTLS").is_told(&told);
}

#[tokio::test]
async fn a_base_that_is_not_there() {
    let server = Slapd::start();
    let changes = [("LDAP_GROUP_SEARCH_BASE_DN", "ou=gruops,dc=mlflow,dc=test")];
    Row::of("`LDAP_GROUP_SEARCH_BASE_DN` is not there").is_told(&told(&server, &changes).await);
}

#[tokio::test]
async fn a_size_limit_of_the_server_is_not_all_groups() {
    let server = Slapd::with(Options { database: "sizelimit 1", ..Options::default() });
    Row::of("the server lists a part of the groups only").is_told(&told(&server, &[]).await);
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
    Row::of("the server is stopped").is_told(&door.told("admin1", &password("admin1")).await);
    Row::of("all servers failed within the last seconds").is_told(&door.told("admin1", &password("admin1")).await);
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
    let row = Row::of("more requests wait than `LDAP_CONNECTIONS` and `LDAP_WAITING` allow");
    let crowded = told.iter().filter(|told| row.tells(told)).count();
    assert!((35..40).contains(&crowded), "{crowded}: {told:?}");
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn the_password_of_the_searching_account_is_wrong() {
    let server = Slapd::start();
    let others = crate::service::SEARCHED.into_iter().filter(|(name, _)| *name != "LDAP_BIND_PASSWORD");
    let changes: Vec<_> = others.chain([("LDAP_BIND_PASSWORD", "no")]).collect();
    Row::of("`LDAP_BIND_PASSWORD` is wrong").is_told(&told(&server, &changes).await);
}

#[tokio::test]
async fn the_server_wants_tls_and_got_clear_text() {
    let server = Slapd::with(Options { database: "security simple_bind=128", ..Options::default() });
    Row::of("the server wants TLS, and LDAP_URI speaks clear text on one machine").is_told(&told(&server, &[]).await);
}

#[tokio::test]
async fn a_group_search_that_is_answered_with_another_server() {
    let server = Slapd::start();
    server.add(
        "dn: ou=elsewhere,dc=mlflow,dc=test\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n\
         ref: ldap://127.0.0.1:1/ou=groups,dc=mlflow,dc=test\n\n",
    );
    let changes = [("LDAP_GROUP_SEARCH_BASE_DN", "ou=elsewhere,dc=mlflow,dc=test")];
    Row::of("the server names another server instead of an answer").is_told(&told(&server, &changes).await);
}

#[tokio::test]
async fn refusals_are_no_outages() {
    let server = Slapd::start();
    let door = Door::new(&changed(&server, &[]));
    Row::of("the password is wrong, or there is nobody by this name").is_told(&door.told("user1", "wrong").await);
    Row::of("the password is wrong, or there is nobody by this name").is_told(&door.told("nobody", "wrong").await);
    Row::of("the password is empty").is_told(&door.told("user1", "").await);
    let told = door.told("user2", &password("user2")).await;
    Row::of("the password is right, and no group lets them in").is_told(&told);
}

#[test]
fn every_row_of_the_documentation_is_tested() {
    let tested: BTreeSet<&str> = include_str!("faults.rs")
        .split("Row::of(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(tested, crate::fault_table::names());
}
