//! Names of users, groups, roles and workspaces.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// A name that breaks the rules of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {kind} `{}` is not valid: {problem}", name.escape_debug())]
pub struct InvalidName {
    /// What it should have been the name of, such as `user name`.
    pub kind: &'static str,
    /// The text that was refused.
    pub name: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// The longest name in bytes, as MLflow's columns have it (`VARCHAR(255)`).
const LONGEST: usize = 255;

fn check(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("it is empty");
    }
    if name.len() > LONGEST {
        return Err("it is longer than 255 bytes");
    }
    if name.chars().any(char::is_control) {
        return Err("it holds a control character");
    }
    if name.trim() != name {
        return Err("it begins or ends with white space");
    }
    Ok(())
}

fn check_username(name: &str) -> Result<(), &'static str> {
    check(name)?;
    if name.contains(':') {
        return Err("it holds a colon, which HTTP Basic cannot carry (RFC 7617)");
    }
    Ok(())
}

fn check_workspace(name: &str) -> Result<(), &'static str> {
    if name == Workspace::DEFAULT {
        return Ok(());
    }
    if ["workspaces", "api", "ajax-api", "static-files"].contains(&name) {
        return Err("it is reserved by MLflow");
    }
    if !(2..=63).contains(&name.len()) {
        return Err("it must have 2 to 63 characters");
    }
    let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !name.chars().all(|c| ok(c) || c == '-') || !name.starts_with(ok) || !name.ends_with(ok) {
        return Err("it must match ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$");
    }
    Ok(())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:path) => {
        $(#[$doc])*
        ///
        /// Cheap to clone. Compared byte by byte.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes `name` as it stands, or says what is wrong with it.
            ///
            /// # Errors
            /// [`InvalidName`], which quotes the name.
            pub fn new(name: impl AsRef<str>) -> Result<Self, InvalidName> {
                let name = name.as_ref();
                $check(name).map_err(|problem| InvalidName { kind: $kind, name: name.to_owned(), problem })?;
                Ok(Self(name.into()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidName;

            fn from_str(name: &str) -> Result<Self, InvalidName> {
                Self::new(name)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(name: String) -> Result<Self, InvalidName> {
                Self::new(name)
            }
        }
    };
}

name! {
    /// Who somebody is: 1 to 255 bytes, no control character, no colon, no white space at either end. Case matters, as
    /// in MLflow.
    Username, "user name", check_username
}
name! {
    /// A group of users: 1 to 255 bytes, no control character, no white space at either end.
    GroupName, "group name", check
}
name! {
    /// A role inside a workspace: 1 to 255 bytes, no control character, no white space at either end.
    RoleName, "role name", check
}
name! {
    /// A workspace of MLflow (3.17.2): `default`, or 2 to 63 characters `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$` that are not
    /// reserved. A service without workspaces has one, `default`.
    Workspace, "workspace name", check_workspace
}

impl Workspace {
    /// The name of the workspace that is meant when none is named.
    pub const DEFAULT: &'static str = "default";
}

impl Default for Workspace {
    fn default() -> Self {
        static DEFAULT: std::sync::LazyLock<Workspace> =
            std::sync::LazyLock::new(|| Workspace(Workspace::DEFAULT.into()));
        DEFAULT.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_user_names_say_why() {
        let long = "x".repeat(256);
        for (name, why) in
            [("", "empty"), (long.as_str(), "255"), ("a\nb", "control"), (" a", "white space"), ("a:b", "colon")]
        {
            let error = Username::new(name).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        for name in ["alice", "Ålice", "a b", "a@b.example", "a/b,c=d"] {
            assert_eq!(Username::new(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn workspaces_follow_mlflows_rule() {
        for name in ["default", "ab", "team-1", "0a"] {
            assert!(Workspace::new(name).is_ok(), "{name}");
        }
        for name in ["", "a", "-a", "a-", "Team", "a_b", "api", "static-files", "a/b"] {
            assert!(Workspace::new(name).is_err(), "{name}");
        }
    }
}
