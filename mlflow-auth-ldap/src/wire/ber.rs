//! The part of the Basic Encoding Rules that LDAP uses (RFC 4511, section 5.1), one element at a time.

use super::gate::Refused;

/// Tags of the kinds that replies are made of.
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The head of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) tag: u8,
    /// Of the head itself, in bytes.
    pub(super) size: usize,
    /// Of what follows, in bytes.
    pub(super) length: usize,
}

/// The head at the start of `bytes`, or `None` if it is not all there yet.
///
/// # Errors
/// For a tag of more than one byte, a length that is not told, or one that takes more than four bytes.
pub(super) fn head(bytes: &[u8]) -> Result<Option<Head>, Refused> {
    let [tag, rest @ ..] = bytes else { return Ok(None) };
    if tag & 0x1f == 0x1f {
        return Err(Refused::Malformed("a tag of several bytes"));
    }
    match rest {
        [] => Ok(None),
        [length, ..] if *length < 0x80 => Ok(Some(Head { tag: *tag, size: 2, length: usize::from(*length) })),
        [0x80, ..] => Err(Refused::Malformed("a length that is not told")),
        [count @ 0x81..=0x84, rest @ ..] => {
            let count = usize::from(count & 0x7f);
            let digits = rest.get(..count);
            Ok(digits.map(|digits| Head { tag: *tag, size: 2 + count, length: number(digits) }))
        }
        _ => Err(Refused::Malformed("a length of more than four bytes")),
    }
}

fn number(digits: &[u8]) -> usize {
    digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit))
}

/// Elements one behind the other.
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Elements<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next element, if there is one.
    pub(super) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element.
    pub(super) fn next(&mut self) -> Result<(u8, &'a [u8]), Refused> {
        let head = head(self.0)?.ok_or(Refused::Malformed("an element that is cut off"))?;
        let whole = head.size.checked_add(head.length).and_then(|whole| self.0.split_at_checked(whole));
        let (element, rest) = whole.ok_or(Refused::Malformed("an element that is cut off"))?;
        self.0 = rest;
        Ok((head.tag, element.get(head.size..).unwrap_or_default()))
    }

    /// The next element, which must have this tag.
    pub(super) fn take(&mut self, tag: u8) -> Result<&'a [u8], Refused> {
        match self.next()? {
            (found, content) if found == tag => Ok(content),
            _ => Err(Refused::Malformed("an element of another kind than belongs there")),
        }
    }

    /// The next element, which must be text with this tag.
    pub(super) fn text(&mut self, tag: u8) -> Result<&'a str, Refused> {
        str::from_utf8(self.take(tag)?).map_err(|_| Refused::Malformed("text that is not UTF-8"))
    }

    /// The next element, which must be a number with this tag that is not negative and fits in 31 bits.
    pub(super) fn number(&mut self, tag: u8) -> Result<u32, Refused> {
        match self.take(tag)? {
            digits @ ([0..=0x7f] | [0..=0x7f, _] | [0..=0x7f, _, _] | [0..=0x7f, _, _, _]) => {
                u32::try_from(number(digits)).map_err(|_| Refused::Malformed("a number that is too large"))
            }
            _ => Err(Refused::Malformed("a number that is too large")),
        }
    }
}
