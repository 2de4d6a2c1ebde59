//! Who is in the domain.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub(crate) const BASE: &str = "DC=mlflow,DC=test";

/// `alice` is in `mlflow-admins` and in `Data, Science (A+B)`, `bob` in `mlflow-users`, `carol` in `scientists`, which is in
/// `mlflow-admins`, `dave` has `mlflow-users` as the primary group, `eve` is in none of them, `gone` is disabled and in
/// `mlflow-users`.
const PEOPLE: [&str; 7] = ["alice", "bob", "carol", "dave", "eve", "gone", "José Ünï"];

pub(crate) fn password(user: &str) -> String {
    format!("Pass-word 1 of {user}")
}

pub(crate) fn user(name: &str) -> String {
    format!("CN={name},CN=Users,{BASE}")
}

pub(crate) fn group(name: &str) -> String {
    format!("CN={},OU=Groups,{BASE}", name.replace(',', "\\,").replace('+', "\\+"))
}

fn line(name: &str, value: &[u8]) -> String {
    format!("{name}:: {}\n", STANDARD.encode(value))
}

fn person(name: &str) -> String {
    let quoted: Vec<u8> = format!("\"{}\"", password(name)).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let control = if name == "gone" { "514" } else { "512" };
    let account = name.split(' ').next().unwrap();
    let texts = [
        ("dn", user(name)),
        ("objectClass", "user".to_owned()),
        ("sAMAccountName", account.to_owned()),
        ("userPrincipalName", format!("{account}@mlflow.test")),
        ("userAccountControl", control.to_owned()),
    ];
    let texts: String = texts.iter().map(|(name, value)| line(name, value.as_bytes())).collect();
    format!("{texts}{}\n", line("unicodePwd", &quoted))
}

fn group_of(name: &str, account: &str, members: &[String]) -> String {
    let named = [("dn", group(name)), ("objectClass", "group".to_owned()), ("sAMAccountName", account.to_owned())];
    let members = members.iter().map(|member| ("member", member.clone()));
    named.into_iter().chain(members).map(|(name, value)| line(name, value.as_bytes())).collect::<String>() + "\n"
}

/// Everybody, to be added.
pub(crate) fn ldif() -> String {
    let mut text = format!("dn: OU=Groups,{BASE}\nobjectClass: organizationalUnit\n\n");
    text.extend(PEOPLE.map(person));
    text += &group_of("scientists", "scientists", &[user("carol")]);
    text += &group_of("mlflow-admins", "mlflow-admins", &[user("alice"), group("scientists")]);
    let users = ["bob", "dave", "gone", "José Ünï"].map(user);
    text += &group_of("mlflow-users", "mlflow-users", &users);
    text + &group_of("Data, Science (A+B)", "data-science", &[user("alice")])
}

/// The primary group of `dave`, of which he is a member then without being listed as one.
pub(crate) fn primary(identifier: &str) -> String {
    format!("dn: {}\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: {identifier}\n\n", user("dave"))
}
