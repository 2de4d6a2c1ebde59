//! What settings come to, in words.

use super::check::{OwnSearch, Plan, Source, Wanted, Way};
use super::{InvalidLdapSettings, LdapSettings};
use crate::wire::{Address, Security};

impl LdapSettings {
    /// Looks the settings through, as everything made of them does, and says in plain words what they switch on, one thing
    /// a line. Reads the files that they name. Nothing secret is in it.
    ///
    /// # Errors
    /// [`InvalidLdapSettings`], which names what does not fit.
    pub fn describe(&self) -> Result<Vec<String>, InvalidLdapSettings> {
        let plan = self.check()?;
        let servers: Vec<String> =
            plan.servers.iter().map(|server| in_words(server, self.verify_certificates)).collect();
        Ok(vec![
            format!("servers: {}", servers.join(", then ")),
            self.binds(&plan),
            format!("user names: the attribute `{}` of their entry", plan.identity),
            self.groups(&plan),
            format!("admins: {}", who(&plan.admin, &self.group_admin_dn)),
            format!("others who come in: {}", who(&plan.user, &self.group_user_dn)),
        ])
    }

    fn binds(&self, plan: &Plan) -> String {
        let found = match &plan.own {
            OwnSearch::Filter { base, .. } => format!("found by `{}` below `{base}`", self.user_search_filter),
            OwnSearch::Bound | OwnSearch::ByGroups => "found by that name".to_owned(),
        };
        let searching = match &plan.service {
            Some((name, _)) => format!("`{name}` searches"),
            None => "they search for themselves".to_owned(),
        };
        match plan.way {
            Way::Found => format!("people: {found}; {searching}"),
            Way::Dn(_) | Way::Name(_) => format!("people: bind as `{}`, {found}; {searching}", self.lookup_bind),
        }
    }

    fn groups(&self, plan: &Plan) -> String {
        match &plan.source {
            Source::None => "groups: none".to_owned(),
            Source::Entries { base, .. } => format!("groups: found by `{}` below `{base}`", self.group_search_filter),
            Source::Tokens { base } => format!("groups: those of the user's token below `{base}`"),
            Source::Own { attribute, .. } => format!("groups: the attribute `{attribute}` of the user's entry"),
        }
    }
}

fn in_words((name, address, security): &(String, Address, Security), verified: bool) -> String {
    let checked = if verified { "" } else { ", whoever answers" };
    match (address, security) {
        (Address::Socket(_), _) => format!("`{name}`"),
        (_, Security::Tls(_)) => format!("`{name}` with TLS{checked}"),
        (_, Security::StartTls(_)) => format!("`{name}` with StartTLS{checked}"),
        (_, Security::LoopbackOnly) => format!("`{name}` in clear text on this machine"),
        (_, Security::Insecure) => format!("`{name}` IN CLEAR TEXT"),
    }
}

fn who(wanted: &Wanted, text: &str) -> String {
    match wanted {
        Wanted::Nobody => "nobody".to_owned(),
        Wanted::Everybody => "everybody whose password is right".to_owned(),
        Wanted::Dn(_) | Wanted::Text(_) => format!("members of `{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(more: &[(&str, &str)]) -> Vec<String> {
        let chart = [
            ("LDAP_URI", "ldap://127.0.0.1:389/dc=t ldaps://dc2"),
            ("LDAP_TLS_VERIFY", "none"),
            ("LDAP_LOOKUP_BIND", "uid=%s,ou=people,dc=t"),
            ("LDAP_GROUP_SEARCH_BASE_DN", "ou=groups,dc=t"),
            ("LDAP_GROUP_SEARCH_FILTER", "(uniquemember=%s)"),
            ("LDAP_GROUP_ADMIN_DN", "cn=admins,ou=groups,dc=t"),
        ];
        let all: Vec<_> = more.iter().chain(&chart).collect();
        let find = |name: &str| all.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        LdapSettings::from_variables(find).unwrap().describe().unwrap()
    }

    #[test]
    fn what_is_on_is_said_and_nothing_secret() {
        let plain = described(&[]);
        assert_eq!(
            plain,
            [
                "servers: `ldap://127.0.0.1:389` in clear text on this machine, then `ldaps://dc2:636` with TLS, whoever \
                 answers",
                "people: bind as `uid=%s,ou=people,dc=t`, found by that name; they search for themselves",
                "user names: the attribute `uid` of their entry",
                "groups: found by `(uniquemember=%s)` below `ou=groups,dc=t`",
                "admins: members of `cn=admins,ou=groups,dc=t`",
                "others who come in: nobody",
            ]
        );
        let searched = described(&[
            ("LDAP_LOOKUP_BIND", ""),
            ("LDAP_BIND_DN", "cn=svc,dc=t"),
            ("LDAP_BIND_PASSWORD", "a secret of the tests"),
            ("LDAP_USER_SEARCH_BASE_DN", "dc=t"),
            ("LDAP_USER_SEARCH_FILTER", "(uid=%s)"),
            ("LDAP_GROUP_USER_DN", "*"),
            ("LDAP_INSECURE_PLAINTEXT", "true"),
            ("LDAP_URI", "ldap://dc1"),
        ]);
        assert_eq!(searched[0], "servers: `ldap://dc1:389` IN CLEAR TEXT");
        assert_eq!(searched[1], "people: found by `(uid=%s)` below `dc=t`; `cn=svc,dc=t` searches");
        assert_eq!(searched[5], "others who come in: everybody whose password is right");
        assert!(!searched.join("\n").contains("a secret of the tests"));
    }
}
