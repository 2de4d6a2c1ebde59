//! Lets through what was asked for.

use super::ber::{self, SEQUENCE};
use super::limits::Limits;
use super::message::{self, Kind, Message};
use bytes::{Bytes, BytesMut};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Why a connection was given up.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the reply is malformed: it has {0}")]
    Malformed(&'static str),
    #[error("the reply is too large: more than {0}")]
    TooMuch(&'static str),
    #[error("the reply has the number of no request, or is none to it")]
    Unasked,
    #[error("the server closed the connection: {0}")]
    Closed(&'static str),
    #[error("the connection broke: {0}")]
    Broken(std::sync::Arc<io::Error>),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.into())
    }
}

/// How much is read at once.
const CHUNK: usize = 8 * 1024;

const BIND: u8 = 0x60;
const UNBIND: u8 = 0x42;
const SEARCH: u8 = 0x63;

/// Stands between a server and `ldap3`.
pub(crate) struct Gate {
    limits: Limits,
    open: Vec<Request>,
}

/// A request that waits for its reply.
struct Request {
    id: u32,
    tag: u8,
    bytes: usize,
    entries: usize,
    values: usize,
}

impl Gate {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, open: Vec::new() }
    }

    /// Passes messages on until `ldap3` hangs up, which is the good end.
    ///
    /// # Errors
    /// [`Refused`] for a reply that does not pass, and when the server hangs up.
    pub(crate) async fn run<S, L>(mut self, mut server: S, mut local: L) -> Result<(), Refused>
    where
        S: AsyncRead + AsyncWrite + Unpin,
        L: AsyncRead + AsyncWrite + Unpin,
    {
        let (mut incoming, mut outgoing) = (BytesMut::new(), BytesMut::new());
        loop {
            incoming.reserve(CHUNK);
            outgoing.reserve(CHUNK);
            tokio::select! {
                read = server.read_buf(&mut incoming) => {
                    if read? == 0 {
                        return Err(Refused::Closed(match incoming.is_empty() {
                            true => "without a reply",
                            false => "in the middle of a reply",
                        }));
                    }
                    while let Some(reply) = frame(&mut incoming, self.limits.message)? {
                        self.let_in(&reply)?;
                        local.write_all(&reply).await?;
                    }
                }
                read = local.read_buf(&mut outgoing) => {
                    if read? == 0 {
                        // It may be gone already.
                        let _ = server.shutdown().await;
                        return Ok(());
                    }
                    while let Some(request) = frame(&mut outgoing, self.limits.message)? {
                        self.let_out(&request)?;
                        server.write_all(&request).await?;
                    }
                    server.flush().await?;
                }
            }
        }
    }

    fn let_out(&mut self, request: &[u8]) -> Result<(), Refused> {
        let (id, tag) = message::read_request(content(request)?)?;
        match tag {
            BIND | SEARCH => self.open.push(Request { id, tag, bytes: 0, entries: 0, values: 0 }),
            UNBIND => (),
            _ => return Err(Refused::Malformed("a request that is not known")),
        }
        Ok(())
    }

    fn let_in(&mut self, reply: &[u8]) -> Result<(), Refused> {
        let Message { id, kind, values } = message::read(content(reply)?)?;
        if id == 0 {
            return Err(Refused::Closed("it said that it will"));
        }
        let at = self.open.iter().position(|request| request.id == id).ok_or(Refused::Unasked)?;
        let request = self.open.get_mut(at).ok_or(Refused::Unasked)?;
        request.bytes += reply.len();
        request.values += values;
        match (request.tag, kind) {
            (SEARCH, Kind::Entry | Kind::Reference) => request.entries += 1,
            (SEARCH, Kind::SearchDone) | (BIND, Kind::BindDone) => (),
            _ => return Err(Refused::Unasked),
        }
        request.check(&self.limits)?;
        if matches!(kind, Kind::SearchDone | Kind::BindDone) {
            self.open.swap_remove(at);
        }
        Ok(())
    }
}

impl Request {
    fn check(&self, limits: &Limits) -> Result<(), Refused> {
        if self.entries > limits.entries {
            return Err(Refused::TooMuch("5,000 entries"));
        }
        if self.values > limits.values {
            return Err(Refused::TooMuch("20,000 values"));
        }
        if self.bytes > limits.reply {
            return Err(Refused::TooMuch("4 MiB for one request"));
        }
        Ok(())
    }
}

/// Takes a whole message off the front of `buffer`, if it is all there.
pub(super) fn frame(buffer: &mut BytesMut, longest: usize) -> Result<Option<Bytes>, Refused> {
    let Some(head) = ber::head(buffer)? else { return Ok(None) };
    if head.tag != SEQUENCE {
        return Err(Refused::Malformed("something else than a message"));
    }
    let whole = head.size.saturating_add(head.length);
    if whole > longest {
        return Err(Refused::TooMuch("1 MiB for one message"));
    }
    Ok((buffer.len() >= whole).then(|| buffer.split_to(whole).freeze()))
}

/// What is in a whole message.
pub(super) fn content(message: &[u8]) -> Result<&[u8], Refused> {
    ber::Elements(message).take(SEQUENCE)
}
