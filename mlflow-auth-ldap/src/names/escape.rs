//! The one place where text of a caller becomes part of a name or a filter.

use std::borrow::Cow;

/// `value` as it is written in a distinguished name (RFC 4514, section 2.4).
pub(crate) fn in_dn(value: &str) -> Cow<'_, str> {
    ldap3::dn_escape(value)
}

/// `value` as it is written in a filter (RFC 4515, section 3).
pub(crate) fn in_filter(value: &str) -> Cow<'_, str> {
    ldap3::ldap_escape(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Dn;
    use ldap3::asn1::{ASNTag, PL, StructureTag};
    use proptest::prelude::*;

    /// A name, as part of a distinguished name, and that name as part of a filter.
    const HOSTILE: [(&str, &str, &str); 14] = [
        ("alice", "alice", "alice"),
        ("a,b", "a\\2cb", "a\\5c2cb"),
        ("st*r", "st*r", "st\\2ar"),
        ("p(x)", "p(x)", "p\\28x\\29"),
        ("bs\\x", "bs\\5cx", "bs\\5c5cx"),
        ("plus+eq=x", "plus\\2beq\\3dx", "plus\\5c2beq\\5c3dx"),
        (" user1", "\\20user1", "\\5c20user1"),
        ("user1 ", "user1\\20", "user1\\5c20"),
        ("#user", "\\23user", "\\5c23user"),
        ("a#b c", "a#b c", "a#b c"),
        ("\"<;>\"", "\\22\\3c\\3b\\3e\\22", "\\5c22\\5c3c\\5c3b\\5c3e\\5c22"),
        ("nul\0", "nul\\00", "nul\\5c00"),
        ("José", "José", "José"),
        ("", "", ""),
    ];

    #[test]
    fn hostile_names_are_escaped_as_the_standards_say() {
        for (name, dn, filter) in HOSTILE {
            assert_eq!(in_dn(name), dn, "{name}");
            assert_eq!(in_filter(&in_dn(name)), filter, "{name}");
        }
    }

    /// The value that a filter of one equality asks for.
    fn asked_for(filter: &str) -> Option<(Vec<u8>, Vec<u8>)> {
        let StructureTag { id: 3, payload: PL::C(parts), .. } = ldap3::parse_filter(filter).ok()?.into_structure()
        else {
            return None;
        };
        let parts: Vec<Vec<u8>> = parts.into_iter().map(|part| part.expect_primitive()).collect::<Option<_>>()?;
        Some((parts.first()?.clone(), parts.get(1)?.clone()))
    }

    proptest! {
        #[test]
        fn no_name_leaves_the_filter_it_is_put_in(name in "[\\PC*()\\\\\0&|!=~<>]{1,30}") {
            let filter = format!("(uid={})", in_filter(&name));
            prop_assert_eq!(asked_for(&filter), Some((b"uid".to_vec(), name.into_bytes())));
        }

        #[test]
        fn no_name_leaves_the_place_in_the_dn_it_is_put_in(name in "[\\PC,+\"\\\\<>;=# \0]{1,30}") {
            let dn = Dn::parse(&format!("uid={},ou=people,dc=test", in_dn(&name))).unwrap();
            prop_assert_eq!(dn.first_value(Some("uid")), Some(name.as_str()));
            prop_assert_eq!(dn.parent(), Dn::parse("ou=people,dc=test").ok());
        }
    }
}
