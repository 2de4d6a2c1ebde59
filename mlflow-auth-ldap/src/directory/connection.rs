//! One connection to one server.

use crate::error::LdapError;
use crate::wire::{Gate, Limits, Refused, Stream};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapResult, Scope, SearchEntry, SearchOptions, StdStream};
use mlflow_auth_core::Secret;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::task::AbortHandle;

/// A connection on which `ldap3` speaks, behind a [`Gate`].
pub(crate) struct Connection {
    server: Arc<str>,
    ldap: Ldap,
    /// Why the gate was shut.
    refused: Arc<OnceLock<Refused>>,
    tasks: [AbortHandle; 2],
    pub(crate) opened: Instant,
}

/// What to look for.
pub(crate) struct Search<'a> {
    /// What it is called in errors.
    pub(crate) what: &'static str,
    pub(crate) base: &'a str,
    pub(crate) scope: Scope,
    pub(crate) filter: &'a str,
    pub(crate) attributes: &'a [&'a str],
}

impl<'a> Search<'a> {
    /// For the entry with this name.
    pub(crate) fn entry(what: &'static str, dn: &'a str, attributes: &'a [&'a str]) -> Self {
        Self { what, base: dn, scope: Scope::Base, filter: "(objectClass=*)", attributes }
    }
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) dn: String,
    attributes: HashMap<String, Vec<String>>,
    /// Attributes with a value that is not text.
    binary: HashMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// An entry with one attribute of one value.
    #[cfg(test)]
    pub(super) fn with(dn: &str, name: &str, value: &str) -> Self {
        let attributes = HashMap::from([(name.to_owned(), vec![value.to_owned()])]);
        Self { dn: dn.to_owned(), attributes, binary: HashMap::new() }
    }

    /// The values of an attribute that are text; none if it is not there.
    ///
    /// # Errors
    /// For one of which the server sent a part only, as Active Directory does beyond 1,500 values.
    pub(crate) fn values(&self, attribute: &str) -> Result<&[String], LdapError> {
        let mut found: &[String] = &[];
        for (name, values) in &self.attributes {
            match name.split_once(';') {
                None if name.eq_ignore_ascii_case(attribute) => found = values,
                Some((name, option))
                    if name.eq_ignore_ascii_case(attribute) && option.to_ascii_lowercase().starts_with("range=") =>
                {
                    let problem = "has too many values to be listed at once; search for groups instead";
                    return Err(LdapError::Entry(format!("the attribute `{name}` of `{}` {problem}", self.dn)));
                }
                _ => (),
            }
        }
        Ok(found)
    }

    /// The values of an attribute as bytes, whether they are text or not.
    pub(crate) fn bytes(&self, attribute: &str) -> Vec<&[u8]> {
        let texts = self.attributes.iter().filter(|(name, _)| name.eq_ignore_ascii_case(attribute));
        let others = self.binary.iter().filter(|(name, _)| name.eq_ignore_ascii_case(attribute));
        let texts = texts.flat_map(|(_, values)| values.iter().map(String::as_bytes));
        texts.chain(others.flat_map(|(_, values)| values.iter().map(Vec::as_slice))).collect()
    }
}

impl From<SearchEntry> for Entry {
    fn from(entry: SearchEntry) -> Self {
        Self { dn: entry.dn, attributes: entry.attrs, binary: entry.bin_attrs }
    }
}

impl Connection {
    /// Puts `ldap3` on the other side of a gate before `stream`.
    pub(crate) async fn over(stream: Stream, server: &Arc<str>, limits: Limits) -> Result<Self, LdapError> {
        let inside = |source| LdapError::Unreachable { server: server.to_string(), source };
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().map_err(inside)?;
        ours.set_nonblocking(true).map_err(inside)?;
        let mut ours = tokio::net::UnixStream::from_std(ours).map_err(inside)?;
        // The address is not used: the stream is there already.
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(theirs));
        let opened = LdapConnAsync::with_settings(settings, "ldapi:///").await;
        let (driver, ldap) = opened.map_err(|error| inside(io::Error::other(error)))?;
        let refused = Arc::new(OnceLock::new());
        let gate = tokio::spawn({
            let refused = Arc::clone(&refused);
            async move {
                if let Err(error) = Gate::new(limits).run(stream, &mut ours).await {
                    tracing::debug!(%error, "a connection to the directory was given up");
                    // Before `ours` is closed and somebody asks why.
                    let _ = refused.set(error);
                }
            }
        });
        let driver = tokio::spawn(async move {
            if let Err(error) = driver.drive().await {
                tracing::debug!(%error, "a connection to the directory ended");
            }
        });
        let tasks = [gate.abort_handle(), driver.abort_handle()];
        Ok(Self { server: Arc::clone(server), ldap, refused, tasks, opened: Instant::now() })
    }

    /// Whether nothing can be asked any more.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.ldap.is_closed() || self.refused.get().is_some()
    }

    /// Proves to be `name`. An empty name or password is refused here, before anything is sent: servers take such a
    /// bind for an anonymous one that succeeds (RFC 4513, section 5.1.2).
    ///
    /// After an error the connection must not be used again: some servers keep whom it belonged to before.
    ///
    /// # Errors
    /// [`LdapError::InvalidCredentials`] if the server says so.
    pub(crate) async fn bind(&mut self, name: &str, password: &Secret) -> Result<(), LdapError> {
        if name.is_empty() || password.expose().is_empty() {
            return Err(LdapError::InvalidCredentials);
        }
        let answer = self.ldap.simple_bind(name, password.expose()).await.map_err(|error| self.broken(&error))?;
        match answer.rc {
            0 => Ok(()),
            32 | 34 | 48 | 49 | 64 => {
                tracing::info!(server = %self.server, code = answer.rc, text = tidy(&answer.text), "a bind was refused");
                Err(LdapError::InvalidCredentials)
            }
            _ => Err(self.answered("a bind", &answer)),
        }
    }

    /// All entries that are found. References to other servers are left alone.
    ///
    /// # Errors
    /// For every result but success: a part of the entries is no answer.
    pub(crate) async fn search(&mut self, search: &Search<'_>, patience: Duration) -> Result<Vec<Entry>, LdapError> {
        let limit = i32::try_from(patience.as_secs().max(1)).unwrap_or(i32::MAX);
        let options = SearchOptions::new().sizelimit(SIZE_LIMIT).timelimit(limit);
        let asked = self.ldap.with_search_options(options);
        let found = asked.search(search.base, search.scope, search.filter, search.attributes.to_vec()).await;
        let found = found.map_err(|error| self.broken(&error))?;
        match found.1.rc {
            0 => Ok(found.0.into_iter().map(|entry| SearchEntry::construct(entry).into()).collect()),
            _ => Err(self.answered(search.what, &found.1)),
        }
    }

    fn answered(&self, operation: &'static str, answer: &LdapResult) -> LdapError {
        let (server, text) = (self.server.to_string(), tidy(&answer.text));
        LdapError::Answered { server, operation, code: answer.rc, text }
    }

    fn broken(&self, error: &ldap3::LdapError) -> LdapError {
        match self.refused.get() {
            Some(refused) => LdapError::broken(&self.server, refused),
            None => LdapError::Broken { server: self.server.to_string(), reason: error.to_string() },
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// How many entries a server is asked for at most.
const SIZE_LIMIT: i32 = 5_000;

/// What a server said, in one line that fits into a log.
fn tidy(text: &str) -> String {
    text.trim_end_matches('\0').chars().take(200).flat_map(char::escape_debug).collect()
}
