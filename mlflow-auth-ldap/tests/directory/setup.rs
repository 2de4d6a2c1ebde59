//! What tests ask.

use crate::people::password;
use crate::slapd::Slapd;
use mlflow_auth_core::store::{MemoryStore, UserStore};
use mlflow_auth_core::{AuthenticationError, Freshness, Principal, Rejection, Secret, Username};
use mlflow_auth_ldap::{InvalidLdapSettings, LdapAuthenticator, LdapSettings, LdapSignInSettings};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// Variables as the chart sets them, for a server on loopback in clear text.
pub(crate) fn variables(server: &Slapd) -> Vec<(&'static str, String)> {
    let text = |value: &str| value.to_owned();
    vec![
        ("LDAP_URI", format!("ldap://127.0.0.1:{}/dc=mlflow,dc=test", server.plain)),
        ("LDAP_TLS_VERIFY", text("required")),
        ("LDAP_LOOKUP_BIND", text("uid=%s,ou=people,dc=mlflow,dc=test")),
        ("LDAP_GROUP_ATTRIBUTE", text("dn")),
        ("LDAP_GROUP_SEARCH_BASE_DN", text("ou=groups,dc=mlflow,dc=test")),
        ("LDAP_GROUP_SEARCH_FILTER", text("(&(objectclass=groupOfUniqueNames)(uniquemember=%s))")),
        ("LDAP_GROUP_ADMIN_DN", text("cn=test-admin,ou=groups,dc=mlflow,dc=test")),
        ("LDAP_GROUP_USER_DN", text("cn=test-user,ou=groups,dc=mlflow,dc=test")),
    ]
}

/// The same with others in their place or besides.
pub(crate) fn changed(server: &Slapd, changes: &[(&'static str, &str)]) -> LdapSettings {
    let mut variables = variables(server);
    variables.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    variables.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    let mut settings = LdapSettings::from_variables(find).unwrap();
    settings.timeout = Duration::from_secs(5);
    settings
}

/// A directory and the accounts beside it.
pub(crate) struct Door {
    pub(crate) authenticator: LdapAuthenticator,
    pub(crate) users: Arc<MemoryStore>,
    pub(crate) freshness: Arc<Freshness>,
}

impl Door {
    pub(crate) fn new(settings: &LdapSettings) -> Self {
        Self::with(settings, LdapSignInSettings { free_attempts: 0, ..LdapSignInSettings::default() })
    }

    pub(crate) fn with(settings: &LdapSettings, sign_in: LdapSignInSettings) -> Self {
        Self::try_with(settings, sign_in).unwrap()
    }

    pub(crate) fn try_with(settings: &LdapSettings, sign_in: LdapSignInSettings) -> Result<Self, InvalidLdapSettings> {
        let (users, freshness) = (Arc::new(MemoryStore::new()), Arc::new(Freshness::new(Duration::from_secs(3600))));
        let authenticator = LdapAuthenticator::new(settings, users.clone(), freshness.clone(), sign_in)?;
        Ok(Self { authenticator, users, freshness })
    }

    pub(crate) async fn ask(&self, user: &str, password: &str) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        self.authenticator.verify(&Username::new(user).unwrap(), &Secret::new(password)).await
    }

    /// Signs in with the right password.
    pub(crate) async fn enter(&self, user: &str) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        self.ask(user, &password(user)).await
    }

    /// What is told to somebody: `admin`, `user`, `refused`, or the outage.
    pub(crate) async fn told(&self, user: &str, password: &str) -> String {
        told(self.ask(user, password).await)
    }

    pub(crate) async fn account(&self, user: &str) -> Option<mlflow_auth_core::store::User> {
        self.users.user(&Username::new(user).unwrap()).await.unwrap()
    }
}

pub(crate) fn told(outcome: Result<Option<Arc<Principal>>, AuthenticationError>) -> String {
    match outcome {
        Ok(Some(principal)) if principal.is_admin => "admin".to_owned(),
        Ok(Some(_)) => "user".to_owned(),
        Ok(None) => "not asked".to_owned(),
        Err(AuthenticationError::Rejected(Rejection::WrongPassword)) => "refused".to_owned(),
        Err(AuthenticationError::Rejected(rejection)) => format!("refused: {rejection}"),
        Err(AuthenticationError::Unavailable(error)) => {
            let source = error.source().map(ToString::to_string).unwrap_or_default();
            format!("{error}: {source}")
        }
    }
}

pub(crate) fn groups(principal: &Principal) -> Vec<&str> {
    principal.groups.iter().map(|group| group.as_str()).collect()
}
