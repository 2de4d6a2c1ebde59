//! What a directory is asked for, as people write it.

mod check;
mod describe;
mod read;
mod uri;

pub(crate) use check::{Naming, OwnSearch, Plan, Source, Wanted, Way};

use mlflow_auth_core::Secret;
use std::time::Duration;

/// How a directory is asked. Names and meanings are those of the function that the community chart of MLflow uses
/// (`mlflowstack.auth.ldap`), where that is safe; start from the default, or from
/// [`LdapSettings::from_variables`], and change what you need.
#[derive(Clone)]
pub struct LdapSettings {
    /// `LDAP_URI`: servers, in the order in which they are asked. `ldap://`, `ldaps://` or `ldapi://`, a host and a
    /// port; what follows is ignored. Several are separated by white space or commas.
    pub uris: Vec<String>,
    /// `LDAP_TLS_VERIFY`: whether a certificate must be good for the name of its server (`required`, and `optional`,
    /// which means the same) or not (`none`): then whoever is in between learns passwords. Required by default.
    pub verify_certificates: bool,
    /// `LDAP_CA`: the only authorities whose certificates are good: the name of a PEM file, PEM itself, or base64 of
    /// that. Empty for those of the operating system. With one, `ldap://` means StartTLS.
    pub authorities: String,
    /// `LDAP_START_TLS`: whether TLS begins on `ldap://` before anything else is said. If it is not set: with
    /// authorities, and with a server that is not on this machine.
    pub start_tls: Option<bool>,
    /// `LDAP_INSECURE_PLAINTEXT`: whether passwords may go over a network in clear text, where `ldap://` has no TLS.
    pub insecure_plaintext: bool,
    /// `LDAP_CLIENT_CERT`: a PEM file with a certificate of our own that servers want to see. Empty for none.
    pub client_certificate: String,
    /// `LDAP_CLIENT_KEY`: a PEM file with its key.
    pub client_key: String,
    /// `LDAP_LOOKUP_BIND`: the name to bind with, `%s` standing for the user: a distinguished name such as
    /// `uid=%s,ou=people,dc=corp,dc=example`, or `%s@corp.example` or `CORP\%s` for Active Directory. Empty to search
    /// for the user first, with [`bind_dn`](Self::bind_dn).
    pub lookup_bind: String,
    /// `LDAP_BIND_DN`: an account that searches for users and groups. Empty for none: users search for themselves.
    pub bind_dn: String,
    /// `LDAP_BIND_PASSWORD`: its password.
    pub bind_password: Option<Secret>,
    /// `LDAP_USER_SEARCH_BASE_DN`: below which entry users are searched for.
    pub user_search_base_dn: String,
    /// `LDAP_USER_SEARCH_FILTER`: what finds the entry of a user, `%s` standing for the name they gave, such as
    /// `(&(objectClass=person)(uid=%s))`.
    pub user_search_filter: String,
    /// `LDAP_USERNAME_ATTRIBUTE`: the attribute of that entry that becomes the user name. If it is empty, the one in
    /// which [`lookup_bind`](Self::lookup_bind) has the name; `sAMAccountName` where that is no distinguished name, and
    /// `uid` without one.
    pub username_attribute: String,
    /// `LDAP_GROUP_SEARCH_BASE_DN`: below which entry groups are searched for.
    pub group_search_base_dn: String,
    /// `LDAP_GROUP_SEARCH_FILTER`: what finds the groups of a user, `%s` standing for the name of their entry, or for
    /// the name of the bind where that is not known.
    pub group_search_filter: String,
    /// `LDAP_GROUP_ATTRIBUTE`: what names a group: `dn` (also if empty) for the name of the entry that was found, else
    /// an attribute of it. With `memberOf` the entry is that of the user. With `tokenGroups`, of Active Directory alone,
    /// they are all that the user is in: directly, through other groups, or as the primary group.
    pub group_attribute: String,
    /// `LDAP_GROUP_ATTRIBUTE_KEY`: `attributes` if [`group_attribute`](Self::group_attribute) is an attribute, empty if
    /// it is `dn`.
    pub group_attribute_key: String,
    /// `LDAP_GROUP_ADMIN_DN`: the group whose members are admins. Empty for none.
    pub group_admin_dn: String,
    /// `LDAP_GROUP_USER_DN`: the group whose members come in. Empty for none but admins, `*` for everybody whose
    /// password is right.
    pub group_user_dn: String,
    /// `LDAP_GROUP_NAME_ATTRIBUTE`: what a group is called in grants: an attribute of it; `dn` for all of its name.
    /// If it is empty, the value in the first part of its name, usually `cn`.
    pub group_name_attribute: String,
    /// `LDAP_CONNECT_TIMEOUT`: how long a connection may take to open, TLS included.
    pub connect_timeout: Duration,
    /// `LDAP_TIMEOUT`: how long all that is asked of one server for one sign-in may take.
    pub timeout: Duration,
    /// `LDAP_CONNECTIONS`: how many sign-ins and look-ups are under way at once.
    pub connections: usize,
    /// `LDAP_WAITING`: how many more may wait for that. Who comes then is told that the directory is unavailable.
    pub waiting: usize,
}

impl Default for LdapSettings {
    /// No server; 3 seconds to connect, 10 in all, 16 at once, 256 waiting.
    fn default() -> Self {
        Self {
            uris: Vec::new(),
            verify_certificates: true,
            authorities: String::new(),
            start_tls: None,
            insecure_plaintext: false,
            client_certificate: String::new(),
            client_key: String::new(),
            lookup_bind: String::new(),
            bind_dn: String::new(),
            bind_password: None,
            user_search_base_dn: String::new(),
            user_search_filter: String::new(),
            username_attribute: String::new(),
            group_search_base_dn: String::new(),
            group_search_filter: String::new(),
            group_attribute: String::new(),
            group_attribute_key: String::new(),
            group_admin_dn: String::new(),
            group_user_dn: String::new(),
            group_name_attribute: String::new(),
            connect_timeout: Duration::from_secs(3),
            timeout: Duration::from_secs(10),
            connections: 16,
            waiting: 256,
        }
    }
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct InvalidLdapSettings {
    /// Its environment variable.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl InvalidLdapSettings {
    pub(crate) fn new(name: &'static str, problem: impl Into<String>) -> Self {
        Self { name, problem: problem.into() }
    }
}
