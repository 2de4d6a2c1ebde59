//! The groups that Active Directory puts into the token of somebody: direct ones, those of groups in groups, the primary
//! group and those that it is in.

use crate::error::LdapError;

/// The attribute that lists them: by their security identifiers, and only for the entry that a search begins at.
pub(crate) const TOKEN_GROUPS: &str = "tokenGroups";

/// How many are looked for at once.
const AT_ONCE: usize = 100;

/// More than somebody can be in who can still sign in to Windows.
const MOST: usize = 2_000;

/// Filters that find the groups with these identifiers.
pub(super) fn filters(identifiers: &[&[u8]], dn: &str) -> Result<Vec<String>, LdapError> {
    // Everybody has a primary group at least.
    if identifiers.is_empty() {
        return Err(LdapError::Entry(format!("no {TOKEN_GROUPS} of `{dn}` can be read")));
    }
    if identifiers.len() > MOST {
        return Err(LdapError::Entry(format!("`{dn}` is in more than {MOST} groups")));
    }
    // One revision, a count of up to 15 parts, six bytes of authority, four of each part.
    if identifiers.iter().any(|identifier| !(8..=68).contains(&identifier.len())) {
        return Err(LdapError::Entry(format!("`{dn}` has a value of {TOKEN_GROUPS} that is no security identifier")));
    }
    let one = |identifier: &&[u8]| {
        let escaped: String = identifier.iter().map(|byte| format!("\\{byte:02x}")).collect();
        format!("(objectSid={escaped})")
    };
    let some = |identifiers: &[&[u8]]| format!("(|{})", identifiers.iter().map(one).collect::<String>());
    Ok(identifiers.chunks(AT_ONCE).map(some).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: [u8; 16] = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x21, 2, 0, 0];

    #[test]
    fn identifiers_become_filters_that_are_read() {
        let found = filters(&[&USERS], "cn=x").unwrap();
        assert_eq!(found, ["(|(objectSid=\\01\\02\\00\\00\\00\\00\\00\\05\\20\\00\\00\\00\\21\\02\\00\\00))"]);
        let many = vec![USERS.as_slice(); 250];
        let found = filters(&many, "cn=x").unwrap();
        assert_eq!(found.iter().map(|filter| filter.matches("objectSid").count()).collect::<Vec<_>>(), [100, 100, 50]);
        assert!(found.iter().all(|filter| ldap3::parse_filter(filter).is_ok()));
    }

    #[test]
    fn what_is_no_identifier_or_too_much_is_an_error() {
        assert!(filters(&[], "cn=x").is_err());
        assert!(filters(&[b"short"], "cn=x").is_err());
        assert!(filters(&[&[1; 69]], "cn=x").is_err());
        assert!(filters(&vec![USERS.as_slice(); MOST + 1], "cn=x").is_err());
    }
}
