//! The replies of a server, and what they must look like.
//!
//! The grammar is that of RFC 4511, section 4, for the operations that are asked for, and leaves `ldap3` nothing to
//! stumble over. It has no recursion: nothing that is nested deeper than an entry's values is ever followed.

use super::ber::{BOOLEAN, ENUMERATED, Elements, INTEGER, OCTETS, SEQUENCE, SET};
use super::gate::Refused;

/// A message, as far as it matters who asked for it and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: u32,
    pub(super) kind: Kind,
    /// How many values, names and addresses are in it.
    pub(super) values: usize,
}

/// What a reply says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    BindDone,
    Entry,
    Reference,
    SearchDone,
    /// The end of an extended operation, with its result code.
    ExtendedDone(u32),
}

const BIND_DONE: u8 = 0x61;
const ENTRY: u8 = 0x64;
const SEARCH_DONE: u8 = 0x65;
const REFERENCE: u8 = 0x73;
const EXTENDED_DONE: u8 = 0x78;
const CONTROLS: u8 = 0xa0;

/// Reads the content of a message that a server sent.
pub(super) fn read(content: &[u8]) -> Result<Message, Refused> {
    let mut parts = Elements(content);
    let id = parts.number(INTEGER)?;
    let (tag, operation) = parts.next()?;
    let operation = Elements(operation);
    let (kind, mut values) = match tag {
        BIND_DONE => (Kind::BindDone, result(operation)?.1),
        ENTRY => (Kind::Entry, entry(operation)?),
        REFERENCE => (Kind::Reference, texts(operation, OCTETS)?),
        SEARCH_DONE => (Kind::SearchDone, result(operation)?.1),
        EXTENDED_DONE => {
            let (code, values) = result(operation)?;
            (Kind::ExtendedDone(code), values)
        }
        _ => return Err(Refused::Malformed("a message of a kind that nobody asked for")),
    };
    // Active Directory puts the name of a notice there, which has the number of no request.
    if parts.peek() == Some(CONTROLS) || id != 0 {
        values += controls(parts)?;
    }
    Ok(Message { id, kind, values })
}

/// The number and the tag of a request that `ldap3` wrote.
pub(super) fn read_request(content: &[u8]) -> Result<(u32, u8), Refused> {
    let mut parts = Elements(content);
    Ok((parts.number(INTEGER)?, parts.next()?.0))
}

/// The code of a result, and how many values are in it.
fn result(mut parts: Elements<'_>) -> Result<(u32, usize), Refused> {
    let code = parts.number(ENUMERATED)?;
    parts.text(OCTETS)?;
    parts.text(OCTETS)?;
    let mut values = 2;
    while !parts.is_empty() {
        values += match parts.next()? {
            (0xa3, addresses) => texts(Elements(addresses), OCTETS)?,
            (0x8a, name) => {
                str::from_utf8(name).map(|_| 1).map_err(|_| Refused::Malformed("text that is not UTF-8"))?
            }
            (0x87 | 0x8b, _) => 1,
            _ => return Err(Refused::Malformed("a result with a part that does not belong there")),
        };
    }
    Ok((code, values))
}

fn entry(mut parts: Elements<'_>) -> Result<usize, Refused> {
    parts.text(OCTETS)?;
    let mut attributes = Elements(parts.take(SEQUENCE)?);
    end(&parts)?;
    let mut values = 1;
    while !attributes.is_empty() {
        let mut attribute = Elements(attributes.take(SEQUENCE)?);
        attribute.text(OCTETS)?;
        let mut set = Elements(attribute.take(SET)?);
        end(&attribute)?;
        values += 1;
        while !set.is_empty() {
            set.take(OCTETS)?;
            values += 1;
        }
    }
    Ok(values)
}

fn texts(mut parts: Elements<'_>, tag: u8) -> Result<usize, Refused> {
    let mut count = 0;
    while !parts.is_empty() {
        parts.text(tag)?;
        count += 1;
    }
    Ok(count)
}

fn controls(mut parts: Elements<'_>) -> Result<usize, Refused> {
    if parts.is_empty() {
        return Ok(0);
    }
    let mut list = Elements(parts.take(CONTROLS)?);
    end(&parts)?;
    let mut values = 0;
    while !list.is_empty() {
        let mut control = Elements(list.take(SEQUENCE)?);
        control.text(OCTETS)?;
        if control.peek() == Some(BOOLEAN) && control.take(BOOLEAN)?.len() != 1 {
            return Err(Refused::Malformed("a truth value of another length than one"));
        }
        if !control.is_empty() {
            control.take(OCTETS)?;
        }
        end(&control)?;
        values += 1;
    }
    Ok(values)
}

fn end(parts: &Elements<'_>) -> Result<(), Refused> {
    match parts.is_empty() {
        true => Ok(()),
        false => Err(Refused::Malformed("an element behind the last that belongs there")),
    }
}
