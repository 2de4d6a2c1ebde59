//! Percent-encoding (RFC 3986), read strictly and written in one form.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What stands as it is in a segment of a path besides: `sub-delims`, `:` and `@`. Servers read them the same either
/// way; written plainly they look as clients wrote them.
const IN_SEGMENT: &AsciiSet = &RESERVED
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// Writes a path of `segments` behind `target`.
pub(super) fn push_path<S: AsRef<str>>(target: &mut String, segments: &[S]) {
    for text in segments {
        target.push('/');
        target.extend(utf8_percent_encode(text.as_ref(), IN_SEGMENT));
    }
}

/// Writes a query of `pairs` behind `target`, each pair behind the sign that goes before it.
pub(super) fn push_query(target: &mut String, pairs: &[(String, String)]) {
    let mut sign = '?';
    for (key, value) in pairs {
        target.push(std::mem::replace(&mut sign, '&'));
        target.extend(utf8_percent_encode(key, RESERVED));
        target.push('=');
        target.extend(utf8_percent_encode(value, RESERVED));
    }
}

/// Writes a text with every character escaped that is not unreserved, as Python's `quote(text, safe="")` does.
pub(crate) fn quote(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Why a text cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EscapeError {
    /// A `%` that two hexadecimal digits do not follow.
    Incomplete,
    /// The bytes are not UTF-8.
    NotUtf8,
}

impl EscapeError {
    pub(super) fn problem(self) -> &'static str {
        match self {
            EscapeError::Incomplete => "holds a `%` that two hexadecimal digits do not follow",
            EscapeError::NotUtf8 => "is not UTF-8",
        }
    }
}

/// Decodes every escape, once.
pub(super) fn decode(text: &str, plus_is_space: bool) -> Result<String, EscapeError> {
    if !text.bytes().any(|byte| byte == b'%' || byte == b'+' && plus_is_space) {
        return Ok(text.to_owned());
    }
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' if plus_is_space => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16));
                match (digit(), digit()) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => return Err(EscapeError::Incomplete),
                }
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).map_err(|_| EscapeError::NotUtf8)
}

/// Whether `text` escapes a character that needs no escape (RFC 3986, 2.3): a spelling that two readers may take for
/// two things.
pub(super) fn escapes_needlessly(text: &str) -> bool {
    text.match_indices('%').any(|(at, _)| {
        let code = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        code.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    })
}
