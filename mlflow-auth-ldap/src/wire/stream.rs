//! Opening a connection, in clear text or under TLS.

use super::starttls;
use crate::error::LdapError;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp { host: String, port: u16 },
    Socket(PathBuf),
}

/// How a connection is protected.
#[derive(Clone, Debug)]
pub(crate) enum Security {
    /// Not at all, which is refused for a server that is not on this machine.
    LoopbackOnly,
    /// Not at all, wherever it goes.
    Insecure,
    StartTls(Arc<ClientConfig>),
    Tls(Arc<ClientConfig>),
}

/// A connection that bytes can be read from and written to.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// A connection, whatever is below it.
pub(crate) type Stream = Box<dyn Duplex>;

/// Opens a connection within `patience`. `server` is what it is called in errors.
pub(crate) async fn open(
    server: &str,
    address: &Address,
    security: &Security,
    patience: Duration,
) -> Result<Stream, LdapError> {
    let opening = async {
        match address {
            Address::Socket(path) => match UnixStream::connect(path).await {
                Ok(stream) => Ok(Box::new(stream) as Stream),
                Err(source) => Err(LdapError::Unreachable { server: server.to_owned(), source }),
            },
            Address::Tcp { host, port } => open_tcp(server, host, *port, security).await,
        }
    };
    let timed_out = |_| LdapError::Unreachable { server: server.to_owned(), source: io::ErrorKind::TimedOut.into() };
    tokio::time::timeout(patience, opening).await.map_err(timed_out)?
}

async fn open_tcp(server: &str, host: &str, port: u16, security: &Security) -> Result<Stream, LdapError> {
    let unreachable = |source| LdapError::Unreachable { server: server.to_owned(), source };
    let mut stream = TcpStream::connect((host, port)).await.map_err(unreachable)?;
    // Without it, a bind under TLS waits 40 ms for an acknowledgement.
    stream.set_nodelay(true).map_err(unreachable)?;
    match security {
        Security::LoopbackOnly if !stream.peer_addr().map_err(unreachable)?.ip().to_canonical().is_loopback() => {
            Err(LdapError::ClearText { server: server.to_owned() })
        }
        Security::LoopbackOnly | Security::Insecure => Ok(Box::new(stream)),
        Security::Tls(config) => shake_hands(server, host, stream, config).await,
        Security::StartTls(config) => {
            match starttls::ask(&mut stream).await {
                Ok(Ok(())) => (),
                Ok(Err(code)) => return Err(LdapError::NoStartTls { server: server.to_owned(), code }),
                Err(refused) => return Err(LdapError::broken(server, &refused)),
            }
            shake_hands(server, host, stream, config).await
        }
    }
}

async fn shake_hands(
    server: &str,
    host: &str,
    stream: TcpStream,
    config: &Arc<ClientConfig>,
) -> Result<Stream, LdapError> {
    let failed = |source| LdapError::Tls { server: server.to_owned(), source };
    let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(io::Error::other(error)))?;
    let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await.map_err(failed)?;
    Ok(Box::new(stream))
}
