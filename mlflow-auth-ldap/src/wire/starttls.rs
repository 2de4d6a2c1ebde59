//! Asking for TLS on a connection that began without (RFC 4511, section 4.14).

use super::gate::{Refused, content, frame};
use super::message::{self, Kind, Message};
use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Message 1: an extended request with the name `1.3.6.1.4.1.1466.20037`.
const REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// The longest answer that is read.
const LONGEST: usize = 16 * 1024;

/// Asks for TLS. Next on the connection is its handshake.
///
/// # Errors
/// [`Refused`], and `Ok(Err(_))` with the result code of a server that does not want to.
pub(super) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> Result<Result<(), u32>, Refused> {
    stream.write_all(REQUEST).await?;
    stream.flush().await?;
    let mut buffer = BytesMut::new();
    let reply = loop {
        if let Some(reply) = frame(&mut buffer, LONGEST)? {
            break reply;
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err(Refused::Closed("when it was asked for TLS"));
        }
    };
    // What came in clear text behind the answer must not be taken for what is said under TLS.
    if !buffer.is_empty() {
        return Err(Refused::Malformed("more than the answer to the request for TLS"));
    }
    match message::read(content(&reply)?)? {
        Message { id: 1, kind: Kind::ExtendedDone(0), .. } => Ok(Ok(())),
        Message { id: 1, kind: Kind::ExtendedDone(code), .. } => Ok(Err(code)),
        Message { id: 0, .. } => Err(Refused::Closed("when it was asked for TLS")),
        _ => Err(Refused::Unasked),
    }
}
