//! Settings from variables.

use super::{InvalidLdapSettings, LdapSettings};
use mlflow_auth_core::Secret;
use std::time::Duration;

impl LdapSettings {
    /// Reads the variables that the fields of [`LdapSettings`] name. `variable` gives the value of one; empty is as if
    /// it were not there.
    ///
    /// # Errors
    /// [`InvalidLdapSettings`] for a value that cannot be read. What does not fit together is found when the settings
    /// are used.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidLdapSettings> {
        let text = |name: &'static str| variable(name).unwrap_or_default();
        let password = text("LDAP_BIND_PASSWORD");
        let default = Self::default();
        Ok(Self {
            uris: list(&text("LDAP_URI")),
            verify_certificates: verify(&text("LDAP_TLS_VERIFY"))?,
            authorities: text("LDAP_CA"),
            start_tls: switch("LDAP_START_TLS", &text("LDAP_START_TLS"))?,
            insecure_plaintext: switch("LDAP_INSECURE_PLAINTEXT", &text("LDAP_INSECURE_PLAINTEXT"))? == Some(true),
            client_certificate: text("LDAP_CLIENT_CERT"),
            client_key: text("LDAP_CLIENT_KEY"),
            lookup_bind: text("LDAP_LOOKUP_BIND"),
            bind_dn: text("LDAP_BIND_DN"),
            bind_password: (!password.is_empty()).then(|| Secret::new(password)),
            user_search_base_dn: text("LDAP_USER_SEARCH_BASE_DN"),
            user_search_filter: text("LDAP_USER_SEARCH_FILTER"),
            username_attribute: text("LDAP_USERNAME_ATTRIBUTE"),
            group_search_base_dn: text("LDAP_GROUP_SEARCH_BASE_DN"),
            group_search_filter: text("LDAP_GROUP_SEARCH_FILTER"),
            group_attribute: text("LDAP_GROUP_ATTRIBUTE"),
            group_attribute_key: text("LDAP_GROUP_ATTRIBUTE_KEY"),
            group_admin_dn: text("LDAP_GROUP_ADMIN_DN"),
            group_user_dn: text("LDAP_GROUP_USER_DN"),
            group_name_attribute: text("LDAP_GROUP_NAME_ATTRIBUTE"),
            connect_timeout: seconds("LDAP_CONNECT_TIMEOUT", &text("LDAP_CONNECT_TIMEOUT"), default.connect_timeout)?,
            timeout: seconds("LDAP_TIMEOUT", &text("LDAP_TIMEOUT"), default.timeout)?,
            connections: count("LDAP_CONNECTIONS", &text("LDAP_CONNECTIONS"), default.connections)?,
            waiting: count("LDAP_WAITING", &text("LDAP_WAITING"), default.waiting)?,
        })
    }
}

/// Addresses with white space or commas between. The name of an entry behind an address has commas of its own.
fn list(text: &str) -> Vec<String> {
    text.replace(",ldap", " ldap").split_whitespace().map(|uri| uri.trim_end_matches(',').to_owned()).collect()
}

/// As upstream reads it: every word but `none` means that certificates are checked.
fn verify(text: &str) -> Result<bool, InvalidLdapSettings> {
    match text {
        "none" => Ok(false),
        "" | "required" | "optional" => Ok(true),
        other => {
            let problem = format!("`{other}` is not one of required, optional and none");
            Err(InvalidLdapSettings::new("LDAP_TLS_VERIFY", problem))
        }
    }
}

fn switch(name: &'static str, text: &str) -> Result<Option<bool>, InvalidLdapSettings> {
    match text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(InvalidLdapSettings::new(name, format!("`{text}` is not true or false"))),
    }
}

fn seconds(name: &'static str, text: &str, default: Duration) -> Result<Duration, InvalidLdapSettings> {
    match text.trim().trim_end_matches('s').parse::<f64>() {
        _ if text.is_empty() => Ok(default),
        Ok(number) if number > 0.0 && number <= 3600.0 => Ok(Duration::from_secs_f64(number)),
        _ => Err(InvalidLdapSettings::new(name, format!("`{text}` is not a number of seconds up to an hour"))),
    }
}

fn count(name: &'static str, text: &str, default: usize) -> Result<usize, InvalidLdapSettings> {
    match text.trim().parse::<usize>() {
        _ if text.is_empty() => Ok(default),
        Ok(number) => Ok(number),
        Err(_) => Err(InvalidLdapSettings::new(name, format!("`{text}` is not a whole number"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<LdapSettings, InvalidLdapSettings> {
        let find = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        LdapSettings::from_variables(find)
    }

    #[test]
    fn several_servers_are_told_apart_from_commas_in_names() {
        let cases = [
            ("ldap://lldap:3890/dc=mlflow,dc=test", vec!["ldap://lldap:3890/dc=mlflow,dc=test"]),
            ("ldaps://a/dc=x,dc=y,ldaps://b, ldapi:///s", vec!["ldaps://a/dc=x,dc=y", "ldaps://b", "ldapi:///s"]),
            ("ldap://a ldap://b\nldap://c", vec!["ldap://a", "ldap://b", "ldap://c"]),
            ("", vec![]),
        ];
        for (text, uris) in cases {
            assert_eq!(read(&[("LDAP_URI", text)]).unwrap().uris, uris, "{text}");
        }
    }

    #[test]
    fn values_that_cannot_be_read_are_named() {
        let bad = [
            ("LDAP_TLS_VERIFY", "None"),
            ("LDAP_START_TLS", "maybe"),
            ("LDAP_INSECURE_PLAINTEXT", "yes"),
            ("LDAP_TIMEOUT", "0"),
            ("LDAP_TIMEOUT", "NaN"),
            ("LDAP_CONNECT_TIMEOUT", "-1"),
            ("LDAP_CONNECTIONS", "many"),
        ];
        for (name, value) in bad {
            assert_eq!(read(&[(name, value)]).err().unwrap().name, name, "{value}");
        }
    }

    #[test]
    fn words_mean_what_they_mean_upstream() {
        for (word, verify) in [("none", false), ("optional", true), ("required", true), ("", true)] {
            assert_eq!(read(&[("LDAP_TLS_VERIFY", word)]).unwrap().verify_certificates, verify, "{word}");
        }
        let settings = read(&[("LDAP_TIMEOUT", "2.5s"), ("LDAP_START_TLS", "TRUE")]).unwrap();
        assert_eq!((settings.timeout, settings.start_tls), (Duration::from_millis(2500), Some(true)));
        assert!(!read(&[]).unwrap().insecure_plaintext);
    }
}
