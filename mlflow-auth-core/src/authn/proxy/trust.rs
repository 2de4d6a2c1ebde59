//! Which proxies are trusted.

use super::Network;
use crate::authn::{Peer, Rejection};
use crate::vocabulary::Secret;
use http::HeaderName;
use http::request::Parts;
use std::net::IpAddr;

/// By what a proxy that is trusted is known.
#[derive(Clone, Default)]
pub struct TrustSettings {
    /// It has an address in one of these. Always the [`Peer`] of the connection, never what a header says.
    pub networks: Vec<Network>,
    /// It comes by a Unix socket.
    pub unix_socket: bool,
    /// It sends this secret, besides coming from there. With neither networks nor a socket it may come from anywhere.
    pub secret: Option<ProxySecret>,
}

/// A secret that a proxy sends in a header of every request.
#[derive(Clone)]
pub struct ProxySecret {
    /// The header.
    pub header: HeaderName,
    /// The secret, of at least [`ProxySecret::SHORTEST`] bytes.
    pub secret: Secret,
}

impl ProxySecret {
    /// The shortest secret, in bytes.
    pub const SHORTEST: usize = 32;
}

/// Knows the proxies that are trusted.
///
/// # Deployment
///
/// Whoever is trusted can be anybody. A network must hold the proxy and nothing else that other people run: in a cluster
/// the addresses of all pods are not such a network. Let the proxy overwrite or remove every identity header that comes
/// from outside, and prefer proxies that sign what they say (`jwt::SignedHeaderAuthenticator`).
#[derive(Clone)]
pub struct Trust {
    settings: TrustSettings,
}

/// Trust in nobody, or in everybody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTrust {
    /// Nothing names a proxy.
    #[error("no proxy is trusted: name its network, a Unix socket or a secret that it sends")]
    Nobody,
    /// The networks hold every address.
    #[error("the networks hold every address of `{0}`: whoever is there could be anybody; name a secret as well")]
    Everybody(Network),
    /// The secret can be guessed.
    #[error("the secret of a proxy must have at least 32 bytes, not {0}")]
    WeakSecret(usize),
    /// The secret cannot be sent in a header.
    #[error("the secret of a proxy must be visible ASCII characters, without white space at its ends")]
    UnusableSecret,
}

impl Trust {
    /// Trusts whoever `settings` describe.
    ///
    /// # Errors
    /// [`InvalidTrust`] if that is nobody, or anybody.
    pub fn new(settings: TrustSettings) -> Result<Self, InvalidTrust> {
        match &settings.secret {
            None if settings.networks.is_empty() && !settings.unix_socket => return Err(InvalidTrust::Nobody),
            None => {
                // Two halves make a whole as well.
                let merged = Network::merged(&settings.networks);
                if let Some(everything) = merged.into_iter().find(Network::is_everything) {
                    return Err(InvalidTrust::Everybody(everything));
                }
            }
            Some(ProxySecret { secret, .. }) => {
                let text = secret.expose();
                if text.len() < ProxySecret::SHORTEST {
                    return Err(InvalidTrust::WeakSecret(text.len()));
                }
                if text.trim() != text || !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
                    return Err(InvalidTrust::UnusableSecret);
                }
            }
        }
        Ok(Self { settings })
    }

    /// Whether a request comes from a proxy that is trusted.
    ///
    /// # Errors
    /// [`Rejection::Malformed`] if it has two secrets.
    pub fn trusts(&self, request: &Parts) -> Result<bool, Rejection> {
        if !self.comes_from_there(request.extensions.get()) {
            return Ok(false);
        }
        let Some(ProxySecret { header, secret }) = &self.settings.secret else { return Ok(true) };
        let mut values = request.headers.get_all(header).iter();
        let given = values.next();
        if values.next().is_some() {
            return Err(Rejection::Malformed);
        }
        Ok(given.and_then(|value| value.to_str().ok()).is_some_and(|given| secret.matches(given)))
    }

    /// The header of the secret, which is for nobody else to see.
    pub fn secret_header(&self) -> Option<&HeaderName> {
        self.settings.secret.as_ref().map(|secret| &secret.header)
    }

    fn comes_from_there(&self, peer: Option<&Peer>) -> bool {
        let TrustSettings { networks, unix_socket, .. } = &self.settings;
        let within = |address: &IpAddr| networks.iter().any(|network| network.contains(*address));
        let anywhere = networks.is_empty() && !unix_socket;
        anywhere
            || peer.is_some_and(|peer| match peer {
                Peer::Address(address) => within(address),
                Peer::UnixSocket => *unix_socket,
            })
    }
}
