//! The `Basic` scheme (RFC 7617).

use crate::hash::LONGEST_PASSWORD;
use crate::vocabulary::{Secret, Username};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use zeroize::Zeroize;

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

/// A name of 255 bytes, a colon and the longest password, and what the decoder wants to spare.
const LONGEST_TEXT: usize = 255 + 1 + LONGEST_PASSWORD + 4;

impl BasicCredentials {
    /// Reads the header, if there is one of this scheme. The scheme is compared without regard to case, the text is
    /// UTF-8, the name ends at the first colon.
    ///
    /// # Errors
    /// [`MalformedCredentials`] for two headers, bad base64, text that is not UTF-8, no colon, a name that is not a
    /// user name, or a password of more than 1024 bytes.
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, MalformedCredentials> {
        read(headers, |user, password| Some(Self { user: Username::new(user).ok()?, password: Secret::new(password) }))
    }
}

/// The name and the password of the header through `make`, which says `None` if the name is not a user name. They are on
/// the stack and are wiped from there: a caller who is remembered costs no allocation.
pub(super) fn read<T>(
    headers: &HeaderMap,
    make: impl FnOnce(&str, &str) -> Option<T>,
) -> Result<Option<T>, MalformedCredentials> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(MalformedCredentials);
    }
    match value.as_bytes().split_at_checked(6) {
        Some((scheme, encoded)) if scheme.eq_ignore_ascii_case(b"basic ") => {
            decode(encoded.trim_ascii(), make).ok_or(MalformedCredentials).map(Some)
        }
        _ => Ok(None),
    }
}

fn decode<T>(encoded: &[u8], make: impl FnOnce(&str, &str) -> Option<T>) -> Option<T> {
    let mut text = Wiped { bytes: [0; LONGEST_TEXT], length: LONGEST_TEXT };
    text.length = STANDARD.decode_slice(encoded, &mut text.bytes).ok()?;
    let (user, password) = str::from_utf8(text.bytes.get(..text.length)?).ok()?.split_once(':')?;
    if password.len() > LONGEST_PASSWORD {
        return None;
    }
    make(user, password)
}

/// Bytes on the stack of which the first `length` are overwritten at the end.
struct Wiped {
    bytes: [u8; LONGEST_TEXT],
    length: usize,
}

impl Drop for Wiped {
    fn drop(&mut self) {
        if let Some(used) = self.bytes.get_mut(..self.length) {
            used.zeroize();
        }
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
        let (name, long) = ("n".repeat(255), "x".repeat(1024));
        for (user, password) in [("alice", "pa:ss"), ("ålice", "pässwörd"), ("a b", ""), (&name, &long)] {
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
            encode(&[b'x'; 100_000]),
        ] {
            assert_eq!(read(&value), Err(MalformedCredentials), "{value:.40}");
        }
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, "Basic YTpi".parse().unwrap());
        headers.append(AUTHORIZATION, "Basic YTpj".parse().unwrap());
        assert!(BasicCredentials::from_headers(&headers).is_err());
    }
}
