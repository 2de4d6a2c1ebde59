//! The `Basic` scheme (RFC 7617).

use crate::vocabulary::{Secret, Username};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// A user name and a password from an `Authorization: Basic` header.
#[derive(Clone)]
pub struct BasicCredentials {
    /// The name.
    pub user: Username,
    /// The password.
    pub password: Secret,
}

/// An `Authorization: Basic` header that cannot be read, or more than one `Authorization` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the header `Authorization` is malformed or repeated")]
pub struct MalformedCredentials;

/// The longest password in bytes that is looked at.
const LONGEST_PASSWORD: usize = 1024;

impl BasicCredentials {
    /// Reads the header, if there is one of this scheme. The scheme is compared without regard to case, the text is
    /// UTF-8, the name ends at the first colon.
    ///
    /// # Errors
    /// [`MalformedCredentials`] for two headers, bad base64, text that is not UTF-8, no colon, a name that is not a
    /// user name, or a password of more than 1024 bytes.
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, MalformedCredentials> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(MalformedCredentials);
        }
        let encoded = match value.as_bytes().split_at_checked(6) {
            Some((scheme, encoded)) if scheme.eq_ignore_ascii_case(b"basic ") => encoded,
            _ => return Ok(None),
        };
        Self::decode(encoded).ok_or(MalformedCredentials).map(Some)
    }

    fn decode(encoded: &[u8]) -> Option<Self> {
        let text = String::from_utf8(STANDARD.decode(encoded.trim_ascii()).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        if password.len() > LONGEST_PASSWORD {
            return None;
        }
        Some(Self { user: Username::new(user).ok()?, password: Secret::new(password) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Option<(String, String)>, MalformedCredentials> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        let pair = |c: BasicCredentials| (c.user.to_string(), c.password.expose().to_owned());
        Ok(BasicCredentials::from_headers(&headers)?.map(pair))
    }

    fn encode(text: &[u8]) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    #[test]
    fn reads_what_clients_send() {
        for (user, password) in [("alice", "pa:ss"), ("ålice", "pässwörd"), ("a b", "")] {
            let found = read(&encode(format!("{user}:{password}").as_bytes()));
            assert_eq!(found, Ok(Some((user.into(), password.into()))));
        }
        assert_eq!(read("bAsIc YTpi"), Ok(Some(("a".into(), "b".into()))));
        assert_eq!(read("Bearer abc"), Ok(None));
    }

    #[test]
    fn refuses_what_cannot_be_read() {
        let long = [b"a:".as_slice(), &[b'x'; 1025]].concat();
        for value in [
            "Basic ###".to_owned(),
            encode(b"no colon"),
            encode(b":empty name"),
            encode(b"\xff:not utf-8"),
            encode(&long),
        ] {
            assert_eq!(read(&value), Err(MalformedCredentials), "{value:.40}");
        }
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, "Basic YTpi".parse().unwrap());
        headers.append(AUTHORIZATION, "Basic YTpj".parse().unwrap());
        assert!(BasicCredentials::from_headers(&headers).is_err());
    }
}
