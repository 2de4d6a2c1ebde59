//! What is between a socket and `ldap3`.
//!
//! The parser of `ldap3` ends the whole process when a reply is nested deeply, holds whatever a server sends in memory,
//! and panics where a reply is not what it expects. So nothing reaches it that was not read here first: bytes come in,
//! whole messages of the few kinds that were asked for go on, within bounds. TLS ends before that.

mod ber;
mod gate;
mod limits;
mod message;
mod starttls;
mod stream;

pub(crate) use gate::{Gate, Refused};
pub(crate) use limits::Limits;
pub(crate) use stream::{Address, Security, Stream, open};
