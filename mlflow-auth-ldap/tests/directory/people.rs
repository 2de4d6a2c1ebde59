//! Who is in the directory.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Names that are written in many ways, or that mean something where names are written.
pub(crate) const HOSTILE: [&str; 16] = [
    "a,b",
    "st*r",
    "p(x)",
    "bs\\x",
    "plus+eq=x",
    "quo\"te",
    "semi;colon",
    "less<more>",
    "#hash",
    "José",
    "Zoë Ünï",
    "two words",
    "O'Brien",
    "nul\\00",
    "%s",
    "$(id)",
];

pub(crate) fn password(user: &str) -> String {
    format!("the password of {user}")
}

/// The name of the entry of a user.
pub(crate) fn dn(user: &str) -> String {
    format!("uid={},ou=people,dc=mlflow,dc=test", escape(user))
}

/// By RFC 4514, with nothing of what is tested: every byte by its number.
fn escape(value: &str) -> String {
    value.bytes().map(|byte| format!("\\{byte:02x}")).collect()
}

/// The name of the entry of a group.
pub(crate) fn group(name: &str) -> String {
    format!("cn={},ou=groups,dc=mlflow,dc=test", escape(name))
}

/// An entry, every value in base64.
pub(crate) fn entry(dn: &str, attributes: &[(&str, &str)]) -> String {
    let line = |name: &str, value: &str| format!("{name}:: {}\n", STANDARD.encode(value));
    let lines: String = attributes.iter().map(|(name, value)| line(name, value)).collect();
    format!("{}{lines}\n", line("dn", dn))
}

pub(crate) fn person(user: &str) -> String {
    let (password, mail) =
        (password(user), format!("{}@mlflow.test", user.replace(|c: char| !c.is_ascii_alphanumeric(), "")));
    entry(
        &dn(user),
        &[
            ("objectClass", "inetOrgPerson"),
            ("uid", user),
            ("cn", user),
            ("sn", "x"),
            ("mail", &mail),
            ("userPassword", &password),
        ],
    )
}

pub(crate) fn group_of(name: &str, members: &[&str]) -> String {
    let members: Vec<String> = members.iter().map(|member| dn(member)).collect();
    let mut attributes = vec![("objectClass", "groupOfUniqueNames"), ("cn", name)];
    attributes.extend(members.iter().map(|member| ("uniqueMember", member.as_str())));
    entry(&group(name), &attributes)
}

/// Everybody: `admin1` is an admin, `user1` and those with hostile names are users, `user2` is in no group that matters,
/// `CamelCase` is what it says, and `both` is an admin and a user.
pub(crate) fn ldif() -> String {
    let mut text = entry("dc=mlflow,dc=test", &[("objectClass", "domain"), ("dc", "mlflow")]);
    for unit in ["people", "groups"] {
        let attributes = [("objectClass", "organizationalUnit"), ("ou", unit)];
        text += &entry(&format!("ou={unit},dc=mlflow,dc=test"), &attributes);
    }
    text += &entry(
        "cn=svc-mlflow,dc=mlflow,dc=test",
        &[
            ("objectClass", "organizationalRole"),
            ("objectClass", "simpleSecurityObject"),
            ("cn", "svc-mlflow"),
            ("userPassword", "the password of the service"),
        ],
    );
    let everybody = ["admin1", "user1", "user2", "CamelCase", "both"];
    for user in everybody.iter().chain(&HOSTILE) {
        text += &person(user);
    }
    let users: Vec<&str> = ["user1", "CamelCase", "both"].into_iter().chain(HOSTILE).collect();
    text += &group_of("test-admin", &["admin1", "both"]);
    text += &group_of("test-user", &users);
    text += &group_of("Data, Science (A+B)", &["user1", "admin1"]);
    text += &group_of("nobody-comes-in-by-this", &["user2"]);
    text
}
