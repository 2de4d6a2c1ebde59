//! Where a request comes from.

use std::net::SocketAddr;

/// The address that a request came from: the peer of its connection. The server puts it into the extensions of every
/// request; no header is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub SocketAddr);
