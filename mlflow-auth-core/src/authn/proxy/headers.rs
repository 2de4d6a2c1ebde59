//! The headers in which a proxy says who is calling.

use crate::authn::Rejection;
use crate::vocabulary::{GroupName, Username};
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, ORIGIN, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderName};

/// The headers of one kind of proxy. Those that it may set and that say nothing here are listed as well, so that no
/// service behind believes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyHeaders {
    /// The user as the identity provider knows them, often an opaque id.
    pub user: Option<HeaderName>,
    /// The name that people type.
    pub preferred_username: Option<HeaderName>,
    /// The e-mail address.
    pub email: Option<HeaderName>,
    /// The groups.
    pub groups: Option<HeaderName>,
    /// What stands between two groups.
    pub delimiter: char,
    /// Which of them is the user name here.
    pub named_by: NamedBy,
    /// More headers of this proxy, which are not read.
    pub others: Vec<HeaderName>,
}

/// What a user name is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// [`ProxyHeaders::user`].
    User,
    /// [`ProxyHeaders::preferred_username`].
    PreferredUsername,
    /// [`ProxyHeaders::email`], which must have exactly one `@`.
    Email,
}

/// Names of headers that cannot carry an identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidHeaders {
    /// The header that should name the user has no name itself.
    #[error("the header that names the user is not said")]
    NoName,
    /// Groups matter, and no header says them.
    #[error("the header of groups is not said, and without groups nobody would be let in")]
    NoGroups,
    /// Names with `_` and `.` are dropped from requests, for servers would take them for others.
    #[error("the header `{0}` has a `_` or a `.` in its name, and is dropped from every request")]
    Folded(HeaderName),
    /// It says something else already.
    #[error("the header `{0}` means something else")]
    Taken(HeaderName),
}

/// Headers that speak of the request itself, or carry other credentials.
const TAKEN: [HeaderName; 9] = [
    AUTHORIZATION,
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    COOKIE,
    HOST,
    ORIGIN,
    TRANSFER_ENCODING,
];

/// Somebody whom headers name.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Named {
    pub(super) user: Username,
    /// Sorted, each once; `None` where the header is missing.
    pub(super) groups: Option<Vec<GroupName>>,
}

impl ProxyHeaders {
    /// oauth2-proxy with `--pass-user-headers`, which is on by default: `X-Forwarded-User`, `-Preferred-Username`,
    /// `-Email`, `-Groups` with commas. The e-mail address is the name: its user is an opaque id with most providers.
    pub fn oauth2_proxy() -> Self {
        let name = HeaderName::from_static;
        Self {
            user: Some(name("x-forwarded-user")),
            preferred_username: Some(name("x-forwarded-preferred-username")),
            email: Some(name("x-forwarded-email")),
            groups: Some(name("x-forwarded-groups")),
            delimiter: ',',
            named_by: NamedBy::Email,
            others: ["x-forwarded-access-token", "x-auth-request-user", "x-auth-request-email"]
                .into_iter()
                .chain(["x-auth-request-groups", "x-auth-request-preferred-username", "x-auth-request-access-token"])
                .map(name)
                .collect(),
        }
    }

    /// Authelia: `Remote-User`, `Remote-Email`, `Remote-Groups` with commas; the user is the name.
    pub fn authelia() -> Self {
        let name = HeaderName::from_static;
        Self {
            email: Some(name("remote-email")),
            groups: Some(name("remote-groups")),
            others: vec![name("remote-name")],
            ..Self::generic(name("remote-user"))
        }
    }

    /// A proxy that names the user in `user`. The rest is yours to add.
    pub fn generic(user: HeaderName) -> Self {
        Self {
            user: Some(user),
            preferred_username: None,
            email: None,
            groups: None,
            delimiter: ',',
            named_by: NamedBy::User,
            others: Vec::new(),
        }
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &HeaderName> {
        self.read().chain(&self.others)
    }

    fn read(&self) -> impl Iterator<Item = &HeaderName> {
        [&self.user, &self.preferred_username, &self.email, &self.groups].into_iter().flatten()
    }

    fn naming(&self) -> Option<&HeaderName> {
        match self.named_by {
            NamedBy::User => self.user.as_ref(),
            NamedBy::PreferredUsername => self.preferred_username.as_ref(),
            NamedBy::Email => self.email.as_ref(),
        }
    }

    pub(super) fn check(&self) -> Result<(), InvalidHeaders> {
        self.naming().ok_or(InvalidHeaders::NoName)?;
        self.names().try_for_each(check_name)
    }

    /// Whom `headers` name; nobody if the header that names the user is missing or empty.
    ///
    /// # Errors
    /// [`Rejection::Malformed`] if one of them is given twice, or cannot be read.
    pub(super) fn named(&self, headers: &HeaderMap, lower_case: bool) -> Result<Option<Named>, Rejection> {
        for name in self.read() {
            if headers.get_all(name).iter().nth(1).is_some() {
                return Err(Rejection::Malformed);
            }
        }
        let groups = match &self.groups {
            Some(name) => text(headers, name)?.map(|groups| split(groups, self.delimiter)).transpose()?,
            None => None,
        };
        let Some(name) = self.naming() else { return Err(Rejection::Malformed) };
        let Some(given) = text(headers, name)?.map(str::trim).filter(|given| !given.is_empty()) else {
            return Ok(None);
        };
        // Proxies and servers fold two headers into one with a comma between.
        let one_address = given
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
        if given.contains(',') || self.named_by == NamedBy::Email && !one_address {
            return Err(Rejection::Malformed);
        }
        let user = if lower_case { Username::new(given.to_lowercase()) } else { Username::new(given) };
        Ok(Some(Named { user: user.map_err(|_| Rejection::Malformed)?, groups }))
    }
}

/// Refuses a header that cannot carry an identity or a secret.
///
/// # Errors
/// [`InvalidHeaders`]
pub(in crate::authn) fn check_name(name: &HeaderName) -> Result<(), InvalidHeaders> {
    if name.as_str().contains(['_', '.']) {
        return Err(InvalidHeaders::Folded(name.clone()));
    }
    if TAKEN.contains(name) {
        return Err(InvalidHeaders::Taken(name.clone()));
    }
    Ok(())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Rejection> {
    let value = headers.get(name).map(|value| str::from_utf8(value.as_bytes()));
    value.transpose().map_err(|_| Rejection::Malformed)
}

fn split(text: &str, delimiter: char) -> Result<Vec<GroupName>, Rejection> {
    let names = text.split(delimiter).map(str::trim).filter(|name| !name.is_empty());
    let mut groups: Vec<GroupName> =
        names.map(GroupName::new).collect::<Result<_, _>>().map_err(|_| Rejection::Malformed)?;
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}
