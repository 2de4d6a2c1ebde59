//! Groups of a file.

use crate::authn::GroupResolver;
use crate::authn::watched::{FileUnusable, Watched};
use crate::documents::{self, FileError, Format};
use crate::vocabulary::{GroupName, Unavailable, Username};
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// Groups of people, and of all who have an address in a domain, from a file in YAML or TOML.
///
/// ```yaml
/// users:
///   alice@example.com: [mlflow-admin]
///   "*@example.com": [mlflow, everyone]
/// ```
///
/// * A user is in the groups of their name and in those of their domain. Names are compared byte by byte; those that an
///   identity provider gives are in small letters. The domain is what follows the only `@` of a name, whatever its case: a
///   name with two of them has no domain, and `*@example.com` does not stand for `@sub.example.com`.
/// * Who is not in the file is in no group.
/// * Changes are taken up within a second. A file that is gone or cannot be read is logged, and the old one goes on to
///   hold. An unknown key and a name that stands twice make a file that cannot be read.
#[derive(Clone)]
pub struct GroupFile {
    table: Watched<Table>,
}

/// The longest file in bytes.
const LONGEST: u64 = 64 << 20;

impl GroupFile {
    /// Reads the file at `path`, whose name ends with `.yaml`, `.yml` or `.toml`, and reads it again whenever it has
    /// changed. Needs a Tokio runtime.
    ///
    /// # Errors
    /// [`FileUnusable`]; the [`FileError`] in it says which line is wrong.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, FileUnusable> {
        let path = path.into();
        let Some(format) = Format::of(&path) else {
            let problem = "its name must end with .yaml, .yml or .toml";
            return Err(FileUnusable::Malformed { path, source: FileError::whole(problem).into() });
        };
        let read = move |bytes: &[u8]| Ok(Table::read(str::from_utf8(bytes)?, format)?);
        Ok(Self { table: Watched::open(path, LONGEST, read).await? })
    }
}

#[async_trait]
impl GroupResolver for GroupFile {
    async fn groups_of(&self, user: &Username) -> Result<Vec<GroupName>, Unavailable> {
        Ok(self.table.get().groups_of(user))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    users: BTreeMap<String, Vec<String>>,
}

#[derive(Default)]
struct Table {
    users: HashMap<Username, Vec<GroupName>>,
    /// By domain, in small letters.
    domains: HashMap<String, Vec<GroupName>>,
}

impl Table {
    fn read(text: &str, format: Format) -> Result<Self, FileError> {
        let document: Document = documents::read(text, format)?;
        let mut table = Self::default();
        for (name, groups) in document.users {
            table
                .add(&name, &groups)
                .map_err(|problem| FileError::whole(format!("`{}`: {problem}", name.escape_debug())))?;
        }
        Ok(table)
    }

    fn add(&mut self, name: &str, groups: &[String]) -> Result<(), String> {
        let groups: Vec<GroupName> =
            groups.iter().map(GroupName::new).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        match name.strip_prefix("*@") {
            Some(domain) if domain.is_empty() || domain.contains(['*', '@']) => Err("it is no domain".to_owned()),
            Some(domain) => {
                self.domains.entry(domain.to_ascii_lowercase()).or_default().extend(groups);
                Ok(())
            }
            None if name.contains('*') => Err("only a whole name before the `@` can be `*`".to_owned()),
            None => {
                let name = Username::new(name).map_err(|error| error.problem)?;
                self.users.insert(name, groups);
                Ok(())
            }
        }
    }

    fn groups_of(&self, user: &Username) -> Vec<GroupName> {
        let own = self.users.get(user).into_iter().flatten();
        let domain = domain(user).and_then(|domain| self.domains.get(&domain)).into_iter().flatten();
        let mut groups: Vec<GroupName> = own.chain(domain).cloned().collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}

/// The domain of an address, if it is one: `a@evil@example.com` is none, and has no part in `example.com`.
fn domain(user: &Username) -> Option<String> {
    let (name, domain) = user.as_str().split_once('@')?;
    (!name.is_empty() && !domain.contains('@')).then(|| domain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "
users:
  alice@example.com: [admins, everyone]
  bob: [team a]
  '*@example.com': [everyone, mlflow]
  '*@Other.example': [others]
";

    fn groups(table: &Table, user: &str) -> Vec<String> {
        table.groups_of(&Username::new(user).unwrap()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn people_are_in_the_groups_of_their_name_and_of_their_domain() {
        let table = Table::read(YAML, Format::Yaml).unwrap();
        for (user, expected) in [
            ("alice@example.com", &["admins", "everyone", "mlflow"][..]),
            ("carol@example.com", &["everyone", "mlflow"]),
            ("carol@EXAMPLE.com", &["everyone", "mlflow"]),
            ("Alice@example.com", &["everyone", "mlflow"]),
            ("x@other.example", &["others"]),
            ("bob", &["team a"]),
            ("alice", &[]),
            ("example.com", &[]),
            ("@example.com", &[]),
            ("*@example.com", &["everyone", "mlflow"]),
            ("carol@sub.example.com", &[]),
            ("carol@example.com.evil.example", &[]),
        ] {
            assert_eq!(groups(&table, user), expected, "{user}");
        }
    }

    #[test]
    fn an_address_with_two_at_signs_is_in_no_domain() {
        let table = Table::read(YAML, Format::Yaml).unwrap();
        for user in ["a@evil@example.com", "a@example.com@evil.example", "a@@example.com", "@@example.com"] {
            assert_eq!(groups(&table, user), [""; 0], "{user}");
        }
    }

    #[test]
    fn toml_says_the_same() {
        let toml = "[users]\n\"alice@example.com\" = [\"admins\"]\n\"*@example.com\" = [\"mlflow\"]\n";
        let table = Table::read(toml, Format::Toml).unwrap();
        assert_eq!(groups(&table, "alice@example.com"), ["admins", "mlflow"]);
    }

    #[test]
    fn what_is_not_meant_so_is_refused_with_its_place() {
        for (text, problem) in [
            ("users:\n  a: [x]\n  a: [y]\n", "line 3"),
            ("users:\n  a: x\n", "line 2"),
            ("users:\n  a: [x]\ngroups: {}\n", "unknown field `groups`"),
            ("a: [x]\n", "unknown field `a`"),
            ("", "unexpected end of input"),
            ("users: {'*@': [x]}", "`*@`: it is no domain"),
            ("users: {'*@a@b': [x]}", "`*@a@b`: it is no domain"),
            ("users: {'*@*.example': [x]}", "`*@*.example`: it is no domain"),
            ("users: {'a*@b': [x]}", "only a whole name"),
            ("users: {'*': [x]}", "only a whole name"),
            ("users: {'a:b': [x]}", "`a:b`: it holds a colon"),
            ("users: {a: ['']}", "it is empty"),
        ] {
            let error = Table::read(text, Format::Yaml).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
        assert!(Table::read("users: {}", Format::Yaml).is_ok());
        assert!(Table::read("[users]\na = [\"x\"]\na = [\"y\"]\n", Format::Toml).is_err());
    }

    #[tokio::test]
    async fn changes_are_taken_up_and_what_is_broken_is_not() {
        let path = std::env::temp_dir().join(format!("mlflow-auth-groups-{}.yaml", std::process::id()));
        std::fs::write(&path, "users: {a: [x]}").unwrap();
        let file = GroupFile::open(&path).await.unwrap();
        let user = Username::new("a").unwrap();
        for (text, expected) in [("users: {a: [y]}", "y"), ("users: {a: [z}", "y"), ("users: {a: [z]}", "z")] {
            std::fs::write(&path, text).unwrap();
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            assert_eq!(file.groups_of(&user).await.unwrap(), [GroupName::new(expected).unwrap()], "{text}");
        }
        std::fs::remove_file(&path).unwrap();
        let error = GroupFile::open("/groups.txt").await.err().unwrap();
        assert!(matches!(error, FileUnusable::Malformed { .. }), "{error}");
    }
}
