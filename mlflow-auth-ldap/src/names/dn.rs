//! Distinguished names, read and compared.

/// A distinguished name (RFC 4514).
///
/// Two are equal if they name the same entry under the usual matching rule of their attributes: types without regard to
/// case and by their short name, values without regard to case, to how they are escaped, to spaces at either end, and to
/// how many spaces stand between two words. That is right for `cn`, `ou`, `uid`, `dc`, and all others whose values are
/// compared as `caseIgnoreMatch` says. Letters are not brought into another Unicode form.
#[derive(Clone, Debug)]
pub(crate) struct Dn {
    rdns: Vec<Vec<Assertion>>,
    /// The same in the form that is compared.
    folded: Vec<Vec<(String, String)>>,
}

/// An attribute and its value, as they were written.
#[derive(Clone, Debug)]
struct Assertion {
    kind: String,
    value: String,
}

/// Text that is no distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a distinguished name")]
pub(crate) struct InvalidDn;

/// Long names and numbers of attributes that stand in names, and the short name (RFC 4519).
const SHORT: [(&str, &str); 24] = [
    ("commonname", "cn"),
    ("2.5.4.3", "cn"),
    ("surname", "sn"),
    ("2.5.4.4", "sn"),
    ("countryname", "c"),
    ("2.5.4.6", "c"),
    ("localityname", "l"),
    ("2.5.4.7", "l"),
    ("stateorprovincename", "st"),
    ("2.5.4.8", "st"),
    ("streetaddress", "street"),
    ("2.5.4.9", "street"),
    ("organizationname", "o"),
    ("2.5.4.10", "o"),
    ("organizationalunitname", "ou"),
    ("2.5.4.11", "ou"),
    ("userid", "uid"),
    ("0.9.2342.19200300.100.1.1", "uid"),
    ("domaincomponent", "dc"),
    ("0.9.2342.19200300.100.1.25", "dc"),
    ("email", "emailaddress"),
    ("e", "emailaddress"),
    ("1.2.840.113549.1.9.1", "emailaddress"),
    ("rfc822mailbox", "mail"),
];

impl Dn {
    /// Reads `text`, which may have spaces around `,`, `+` and `=`. The empty text names the root and is none.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidDn> {
        let mut reader = Reader { rest: text };
        let mut rdns = vec![Vec::new()];
        loop {
            let assertion = reader.assertion()?;
            rdns.last_mut().ok_or(InvalidDn)?.push(assertion);
            match reader.next() {
                None => break,
                Some(',') => rdns.push(Vec::new()),
                Some('+') => (),
                Some(_) => return Err(InvalidDn),
            }
        }
        let folded = rdns.iter().map(|rdn| fold_rdn(rdn)).collect();
        Ok(Self { rdns, folded })
    }

    /// The value in the first part, of the attribute `kind` or of any.
    pub(crate) fn first_value(&self, kind: Option<&str>) -> Option<&str> {
        let first = self.rdns.first()?;
        let wanted = kind.map(fold_kind);
        let of = |a: &&Assertion| wanted.as_ref().is_none_or(|wanted| fold_kind(&a.kind) == *wanted);
        first.iter().find(of).map(|assertion| assertion.value.as_str())
    }

    /// The attribute of the first part whose value holds `mark`.
    pub(crate) fn first_kind_with(&self, mark: &str) -> Option<&str> {
        self.rdns.first()?.iter().find(|a| a.value.contains(mark)).map(|a| a.kind.as_str())
    }

    /// The name without its first part, if there is another.
    #[cfg(test)]
    pub(crate) fn parent(&self) -> Option<Self> {
        let rest = |length: usize| (length > 1).then_some(1..);
        let range = rest(self.rdns.len())?;
        Some(Self { rdns: self.rdns[range.clone()].to_vec(), folded: self.folded[range].to_vec() })
    }
}

impl PartialEq for Dn {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

fn fold_rdn(rdn: &[Assertion]) -> Vec<(String, String)> {
    let mut folded: Vec<_> = rdn.iter().map(|a| (fold_kind(&a.kind), fold_value(&a.value))).collect();
    folded.sort_unstable();
    folded
}

/// `value` in the form that is compared.
pub(crate) fn fold_value(value: &str) -> String {
    let words: Vec<&str> = value.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").to_lowercase()
}

fn fold_kind(kind: &str) -> String {
    let kind = kind.to_ascii_lowercase();
    SHORT.iter().find(|(long, _)| *long == kind).map_or(kind, |(_, short)| (*short).to_owned())
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    fn assertion(&mut self) -> Result<Assertion, InvalidDn> {
        let (kind, rest) = self.rest.split_once('=').ok_or(InvalidDn)?;
        self.rest = rest.trim_start_matches(' ');
        let kind = kind.trim_matches(' ');
        // A value that is written as its encoding would be taken for the text that it is written as.
        if !is_attribute(kind) || self.rest.starts_with('#') {
            return Err(InvalidDn);
        }
        Ok(Assertion { kind: kind.to_owned(), value: self.value()? })
    }

    /// A value up to the next unescaped `,` or `+`. Its unescaped spaces at the end are not part of it.
    fn value(&mut self) -> Result<String, InvalidDn> {
        let (mut bytes, mut end) = (Vec::new(), 0);
        while let Some(c) = self.rest.chars().next() {
            match c {
                ',' | '+' => break,
                '"' | ';' | '<' | '>' | '\0' => return Err(InvalidDn),
                '\\' => {
                    self.next();
                    bytes.extend(self.escaped()?);
                    end = bytes.len();
                }
                c => {
                    self.next();
                    bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
                    if c != ' ' {
                        end = bytes.len();
                    }
                }
            }
        }
        bytes.truncate(end);
        String::from_utf8(bytes).map_err(|_| InvalidDn)
    }

    /// What follows a backslash: two hexadecimal digits, or a character that must be escaped.
    fn escaped(&mut self) -> Result<Vec<u8>, InvalidDn> {
        if let Some((digits, rest)) = self.rest.split_at_checked(2)
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            self.rest = rest;
            return u8::from_str_radix(digits, 16).map(|byte| vec![byte]).map_err(|_| InvalidDn);
        }
        match self.next() {
            Some(c) if " \"#+,;<=>\\".contains(c) => Ok(vec![c as u8]),
            _ => Err(InvalidDn),
        }
    }
}

/// Whether `text` names an attribute: a word or a number with dots (RFC 4512, section 1.4).
pub(crate) fn is_attribute(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == '_';
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_entry_is_the_same_however_it_is_written() {
        let same = [
            ("cn=test-admin,ou=groups,dc=mlflow,dc=test", "CN=Test-Admin, OU=groups , DC=MLFLOW,DC=test"),
            ("uid=a\\,b,dc=test", "uid=a\\2Cb,dc=test"),
            ("uid=a\\+b,dc=test", "UID = a\\2bb , dc=test"),
            ("cn=big  team,dc=test", "cn=Big Team,dc=test"),
            ("cn=\\20user1,dc=test", "cn=user1\\ ,dc=test"),
            ("cn=a+uid=b,dc=test", "uid=B+cn=A,dc=test"),
            ("2.5.4.3=x,dc=test", "commonName=x,domainComponent=test"),
            ("cn=Jos\\c3\\a9,dc=test", "cn=JOSÉ,dc=test"),
            ("cn=,dc=test", "cn= ,dc=test"),
        ];
        for (one, two) in same {
            assert_eq!(Dn::parse(one).unwrap(), Dn::parse(two).unwrap(), "{one} and {two}");
        }
    }

    #[test]
    fn other_entries_are_others() {
        let other = [
            ("cn=admin,dc=test", "cn=admin,dc=test2"),
            ("cn=admin,dc=test", "ou=admin,dc=test"),
            ("cn=admin,dc=test", "cn=admin\\,dc=test"),
            ("cn=a,cn=b,dc=test", "cn=a+cn=b,dc=test"),
            ("cn=big team,dc=test", "cn=bigteam,dc=test"),
            ("cn=admin,ou=x,dc=test", "cn=admin,dc=test"),
        ];
        for (one, two) in other {
            assert_ne!(Dn::parse(one).unwrap(), Dn::parse(two).unwrap(), "{one} and {two}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let bad = ["", " ", "admin", "cn", "=x", "cn=a,", "cn=a,,dc=b", "cn=a\\", "cn=a\\zz", "cn=\"a\"", "cn=a;dc=b"];
        for text in
            bad.into_iter().chain(["c n=a", "cn=a\\ff,dc=b", "cn=a<b", "cn=a\0b", "cn=#0401ff", "user@corp.example"])
        {
            assert!(Dn::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_first_part_gives_its_value_as_it_was_written() {
        let dn = Dn::parse("CN=Data\\, Science+ou=x,DC=test").unwrap();
        assert_eq!(dn.first_value(None), Some("Data, Science"));
        assert_eq!((dn.first_value(Some("OU")), dn.first_value(Some("dc"))), (Some("x"), None));
        assert_eq!(dn.first_value(Some("commonName")), Some("Data, Science"));
        assert_eq!((dn.first_kind_with("x"), dn.first_kind_with("test")), (Some("ou"), None));
    }
}
