//! Signing in by what a proxy says.

use super::headers::{Named, check_name};
use super::{InvalidHeaders, ProxyHeaders, Trust};
use crate::authn::accounts::{Accounts, Identity};
use crate::authn::known::Known;
use crate::authn::{AuthenticationError, Authenticator, Rejection};
use crate::vocabulary::{GroupName, Principal};
use async_trait::async_trait;
use http::HeaderName;
use http::request::Parts;
use std::sync::Arc;
use std::time::Duration;

/// What is made of the headers of a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxySettings {
    /// Which headers.
    pub headers: ProxyHeaders,
    /// Whether user names are written in small letters, whatever the proxy says.
    pub lower_case: bool,
    /// Whoever is in none of these groups, nor in one of `admin_groups`, is refused; empty for everybody.
    pub admitted_groups: Vec<GroupName>,
    /// Whoever is in one of these groups is an admin.
    pub admin_groups: Vec<GroupName>,
    /// Whether a request without the header of groups is refused. Else it is one of somebody whom the proxy puts in no
    /// group: grants of groups do not hold then, and neither do refusals of groups.
    pub require_groups: bool,
    /// Whether a request of a proxy that names nobody is left to the next authenticator, such as one of passwords for
    /// paths that the proxy does not guard. Else it is refused: the proxy has let somebody through whom it does not
    /// know.
    pub chained: bool,
    /// How long somebody is believed without looking at their account again, unless it changes.
    pub remember: Duration,
    /// How many of them are remembered.
    pub remembered: usize,
}

impl ProxySettings {
    /// Everybody whom the proxy names, in small letters; 16,384 of them are remembered for five minutes.
    pub fn new(headers: ProxyHeaders) -> Self {
        Self {
            headers,
            lower_case: true,
            admitted_groups: Vec::new(),
            admin_groups: Vec::new(),
            require_groups: false,
            chained: false,
            remember: Duration::from_secs(300),
            remembered: 16_384,
        }
    }
}

/// Believes the plain identity headers of proxies that are trusted.
///
/// * **From anybody else** these headers are nothing: the next authenticator is asked, as if they were not there.
/// * **From a proxy** each header stands once, the name has no comma and no control character, an address has one `@`;
///   else the request is refused. One that names nobody is refused too, unless [`ProxySettings::chained`].
/// * **Which account** it is say the [`Accounts`]: the issuer of the identity is the provider of their rules, the subject the
///   user name.
/// * **Groups** are those of the header, for this request; those that the store knows count besides. Groups make admins if
///   the rules trust them.
///
/// The service behind must see none of these headers from anybody: hand [`ProxyAuthenticator::identity_headers`] to the
/// layer, which takes them out of what is forwarded.
pub struct ProxyAuthenticator {
    trust: Trust,
    settings: ProxySettings,
    provider: String,
    known: Known<Named>,
}

impl ProxyAuthenticator {
    /// Believes those whom `trust` knows, and finds the accounts of those they name in `accounts`.
    ///
    /// # Errors
    /// [`InvalidHeaders`] if the user is named by no header, or by one that means something else.
    pub fn new(trust: Trust, settings: ProxySettings, accounts: Accounts) -> Result<Self, InvalidHeaders> {
        settings.headers.check()?;
        if settings.headers.groups.is_none() && (settings.require_groups || !settings.admitted_groups.is_empty()) {
            return Err(InvalidHeaders::NoGroups);
        }
        if let Some(secret) = trust.secret_header() {
            check_name(secret)?;
            if settings.headers.names().any(|name| name == secret) {
                return Err(InvalidHeaders::Taken(secret.clone()));
            }
        }
        let provider = accounts.rules().provider.clone();
        let known = Known::new(accounts, settings.remember, settings.remembered);
        Ok(Self { trust, settings, provider, known })
    }

    /// All headers that say who somebody is, and the one with the secret.
    pub fn identity_headers(&self) -> Vec<HeaderName> {
        self.settings.headers.names().chain(self.trust.secret_header()).cloned().collect()
    }

    /// Who it is whom the proxy names, if its groups let them in.
    fn identity(&self, named: &Named) -> Result<Identity, Rejection> {
        let refuse = |why| {
            tracing::info!(user = named.user.as_str(), why, "somebody whom a proxy names was refused");
            Rejection::NotAdmitted
        };
        if self.settings.require_groups && named.groups.is_none() {
            return Err(refuse("their groups are not said"));
        }
        let groups = named.groups.clone().unwrap_or_default();
        let is_in = |list: &[GroupName]| groups.iter().any(|group| list.contains(group));
        let (is_admin, admitted) = (is_in(&self.settings.admin_groups), &self.settings.admitted_groups);
        if !is_admin && !admitted.is_empty() && !is_in(admitted) {
            return Err(refuse("they are in no group that is let in"));
        }
        Ok(Identity { groups, is_admin, ..Identity::named(self.provider.as_str(), named.user.clone()) })
    }

    async fn admit(&self, named: Named) -> Result<Arc<Principal>, AuthenticationError> {
        if let Some(known) = self.known.get(&named) {
            return Ok(known);
        }
        let identity = self.identity(&named)?;
        self.known.admit(named, &identity, Duration::MAX).await
    }
}

#[async_trait]
impl Authenticator for ProxyAuthenticator {
    async fn authenticate(&self, request: &Parts) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        if !self.trust.trusts(request)? {
            return Ok(None);
        }
        match self.settings.headers.named(&request.headers, self.settings.lower_case)? {
            Some(named) => self.admit(named).await.map(Some),
            None if self.settings.chained => Ok(None),
            None => Err(Rejection::Nobody.into()),
        }
    }
}
