//! Groups of somebody who is not here with a password.

use crate::directory::Directory;
use crate::look_ups::LookUps;
use crate::settings::{InvalidLdapSettings, LdapSettings};
use async_trait::async_trait;
use mlflow_auth_core::{GroupName, GroupResolver, Unavailable, Username};
use std::sync::Arc;
use std::time::Duration;

/// Tells the groups of users, with the account that searches ([`LdapSettings::bind_dn`]).
///
/// An answer is remembered for the time given to [`LdapGroups::new`]: who loses a group loses its rights within that.
/// Requests that ask for the same user at the same time cost one look-up. Who is not in the directory has no groups; if
/// it does not answer, that is an outage.
#[derive(Clone)]
pub struct LdapGroups {
    look_ups: Arc<LookUps>,
}

impl LdapGroups {
    /// Asks the directory of these settings. Connects to nobody yet.
    ///
    /// # Errors
    /// [`InvalidLdapSettings`], also if no account searches.
    pub fn new(settings: &LdapSettings, remember: Duration) -> Result<Self, InvalidLdapSettings> {
        let directory = Directory::new(settings)?;
        if !directory.looks_up() {
            let problem = "an account that searches is needed, and a search for users that tests the attribute of their \
                           user name (LDAP_USERNAME_ATTRIBUTE): people are asked about by that name";
            return Err(InvalidLdapSettings::new("LDAP_BIND_DN", problem));
        }
        Ok(Self { look_ups: Arc::new(LookUps::new(Arc::new(directory), remember)) })
    }
}

#[async_trait]
impl GroupResolver for LdapGroups {
    async fn groups_of(&self, user: &Username) -> Result<Vec<GroupName>, Unavailable> {
        Ok(self.look_ups.of(user).await?.belonging.groups.clone())
    }
}
