//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

/// The other end of the connection that a request came by.
///
/// Whoever serves requests puts it into the extensions of each of them, and takes it from the connection itself: no
/// header says it. A request without one comes from nobody who is trusted.
///
/// ```
/// use mlflow_auth_core::Peer;
/// use std::net::SocketAddr;
///
/// let connection: SocketAddr = "[::ffff:10.0.0.7]:40000".parse()?;
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(Peer::from(connection));
/// assert_eq!(Peer::from(connection), Peer::Address("10.0.0.7".parse()?));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// This address. An IPv4 address in the clothes of IPv6 (`::ffff:10.0.0.7`) is the IPv4 address, if it was made
    /// with [`From`].
    Address(IpAddr),
    /// A process on this machine that may write to the socket that is listened on.
    UnixSocket,
}

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        Peer::Address(address.to_canonical())
    }
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        address.ip().into()
    }
}
