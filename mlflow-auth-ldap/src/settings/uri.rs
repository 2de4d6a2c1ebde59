//! Addresses of servers.

use super::InvalidLdapSettings;
use crate::wire::Address;
use std::path::PathBuf;
use url::{Host, Url};

/// An address as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Uri {
    pub(super) address: Address,
    /// Whether TLS is what is spoken from the first byte.
    pub(super) tls: bool,
    /// What it is called in errors: without what follows the port.
    pub(super) label: String,
}

impl Uri {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidLdapSettings> {
        let wrong = |problem: &str| InvalidLdapSettings::new("LDAP_URI", format!("`{text}` {problem}"));
        let url = Url::parse(text).map_err(|error| wrong(&format!("is no address: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidLdapSettings::new("LDAP_URI", "an address must hold no user name and no password"));
        }
        let (tls, port) = match url.scheme() {
            "ldap" => (false, 389),
            "ldaps" => (true, 636),
            "ldapi" => {
                return socket(&url).ok_or_else(|| wrong("names no socket, as in ldapi://%2Frun%2Fslapd%2Fldapi"));
            }
            _ => return Err(wrong("is not one of ldap://, ldaps:// and ldapi://")),
        };
        // The parser takes the host of these schemes as it stands.
        let host = match url.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Domain(name)) if !name.is_empty() => name.to_ascii_lowercase(),
            _ => return Err(wrong("names no host")),
        };
        let port = url.port().unwrap_or(port);
        let shown = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let label = format!("{}://{shown}:{port}", url.scheme());
        Ok(Self { address: Address::Tcp { host, port }, tls, label })
    }

    /// Whether it can only lead to this machine.
    pub(super) fn is_local(&self) -> bool {
        match &self.address {
            Address::Socket(_) => true,
            Address::Tcp { host, .. } => {
                host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.to_canonical().is_loopback())
            }
        }
    }
}

fn socket(url: &Url) -> Option<Uri> {
    let host = url.host_str().unwrap_or_default();
    let named = if host.is_empty() { url.path() } else { host };
    let path = percent_encoding::percent_decode_str(named).decode_utf8().ok()?.into_owned();
    let absolute = path.len() > 1 && path.starts_with('/');
    let label = format!("ldapi://{path}");
    absolute.then(|| Uri { address: Address::Socket(PathBuf::from(path)), tls: false, label })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_use_are_read() {
        let tcp = |host: &str, port| Address::Tcp { host: host.into(), port };
        let socket = || Address::Socket("/run/slapd/ldapi".into());
        let cases = [
            ("ldap://lldap:3890/dc=mlflow,dc=test", tcp("lldap", 3890), false, false),
            ("ldap://127.0.0.1", tcp("127.0.0.1", 389), false, true),
            ("LDAPS://Dc1.Corp.Example", tcp("dc1.corp.example", 636), true, false),
            ("ldaps://[::1]:6360/?uid?sub", tcp("::1", 6360), true, true),
            ("ldap://localhost:3890", tcp("localhost", 3890), false, true),
            ("ldap://127.0.0.1.evil.example", tcp("127.0.0.1.evil.example", 389), false, false),
            ("ldap://localhost.evil.example", tcp("localhost.evil.example", 389), false, false),
            ("ldapi://%2Frun%2Fslapd%2Fldapi", socket(), false, true),
            ("ldapi:///run/slapd/ldapi", socket(), false, true),
        ];
        for (text, address, tls, local) in cases {
            let uri = Uri::parse(text).unwrap();
            assert_eq!((&uri.address, uri.tls, uri.is_local()), (&address, tls, local), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "lldap:3890",
            "http://lldap",
            "ldap:///dc=test",
            "ldap://",
            "ldapi://",
            "ldap://u:p@h",
            "ldap://h:99999",
        ] {
            assert!(Uri::parse(text).is_err(), "{text}");
        }
    }
}
