//! A server whose replies tests write.

use crate::ber::{entry, message, result};
use mlflow_auth_core::store::MemoryStore;
use mlflow_auth_core::{AuthenticationError, Freshness, Rejection, Secret, Username};
use mlflow_auth_ldap::{LdapAuthenticator, LdapSettings, LdapSignInSettings};
use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

pub(crate) const USER: &str = "uid=alice,ou=people,dc=test";
pub(crate) const GROUP: &str = "cn=users,ou=groups,dc=test";

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Bind,
    /// For the entry of the user.
    User,
    Groups,
    Other,
}

/// A server that answers each request with the bytes that `reply` makes of its number and of what it asks for. It hangs up
/// when a reply is empty.
pub(crate) fn server(reply: impl Fn(u32, Asked) -> Vec<u8> + Send + Sync + 'static) -> String {
    raw_server(move |mut stream| {
        while let Some((id, asked)) = request(&mut stream) {
            let bytes = reply(id, asked);
            if bytes.is_empty() || stream.write_all(&bytes).is_err() {
                return;
            }
        }
    })
}

/// A server that does something with each connection, at the same time.
pub(crate) fn raw_server(act: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("ldap://{}", listener.local_addr().unwrap());
    let act = Arc::new(act);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let act = Arc::clone(&act);
            std::thread::spawn(move || act(stream));
        }
    });
    uri
}

/// The next request.
pub(crate) fn request(stream: &mut TcpStream) -> Option<(u32, Asked)> {
    let mut head = [0; 2];
    stream.read_exact(&mut head).ok()?;
    let mut length = usize::from(head[1]);
    if length >= 0x80 {
        let mut digits = vec![0; length & 0x7f];
        stream.read_exact(&mut digits).ok()?;
        length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
    }
    let mut content = vec![0; length];
    stream.read_exact(&mut content).ok()?;
    let after = 2 + usize::from(content[1]);
    let id = content[2..after].iter().fold(0, |sum, digit| sum << 8 | u32::from(*digit));
    let groups = b"ou=groups,dc=test";
    let asked = match content[after] {
        0x60 => Asked::Bind,
        0x63 if content.windows(groups.len()).any(|part| part == groups) => Asked::Groups,
        0x63 => Asked::User,
        _ => Asked::Other,
    };
    Some((id, asked))
}

/// What a good server answers: alice is in the group of users.
pub(crate) fn good(id: u32, asked: Asked) -> Vec<u8> {
    let done = || message(id, &result(0x65, 0));
    match asked {
        Asked::Bind => message(id, &result(0x61, 0)),
        Asked::User => [message(id, &entry(USER.as_bytes(), &[(b"uid", &[b"alice"])])), done()].concat(),
        Asked::Groups => [message(id, &entry(GROUP.as_bytes(), &[])), done()].concat(),
        Asked::Other => Vec::new(),
    }
}

pub(crate) fn settings(uri: &str) -> LdapSettings {
    LdapSettings {
        uris: vec![uri.to_owned()],
        lookup_bind: "uid=%s,ou=people,dc=test".to_owned(),
        group_search_base_dn: "ou=groups,dc=test".to_owned(),
        group_search_filter: "(member=%s)".to_owned(),
        group_admin_dn: "cn=admins,ou=groups,dc=test".to_owned(),
        group_user_dn: GROUP.to_owned(),
        timeout: Duration::from_secs(20),
        ..LdapSettings::default()
    }
}

pub(crate) fn door(settings: &LdapSettings) -> LdapAuthenticator {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(60)));
    let sign_in = LdapSignInSettings { free_attempts: 0, ..LdapSignInSettings::default() };
    LdapAuthenticator::new(settings, Arc::new(MemoryStore::new()), freshness, sign_in).unwrap()
}

/// What alice is told: `admin`, `user`, `refused`, or why nobody can tell.
pub(crate) async fn ask(settings: &LdapSettings) -> String {
    match door(settings).verify(&Username::new("alice").unwrap(), &Secret::new("secret")).await {
        Ok(Some(principal)) if principal.is_admin => "admin".to_owned(),
        Ok(_) => "user".to_owned(),
        Err(AuthenticationError::Rejected(Rejection::WrongPassword)) => "refused".to_owned(),
        Err(AuthenticationError::Rejected(other)) => other.to_string(),
        Err(AuthenticationError::Unavailable(error)) => error.source().map(ToString::to_string).unwrap_or_default(),
    }
}

/// What alice is told by a server that answers so.
pub(crate) async fn told(reply: impl Fn(u32, Asked) -> Vec<u8> + Send + Sync + 'static) -> String {
    ask(&settings(&server(reply))).await
}

/// The most memory that the process ever held, in MiB.
pub(crate) fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
