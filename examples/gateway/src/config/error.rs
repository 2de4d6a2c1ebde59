//! What can be wrong with the configuration.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody gave one.
    Default,
    /// MLflow's `basic_auth.ini`.
    Ini(PathBuf),
    /// The TOML file.
    File(PathBuf),
    /// An environment variable.
    Env(&'static str),
    /// A flag, with its dashes.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("the default"),
            Origin::Ini(path) | Origin::File(path) => write!(f, "the file `{}`", path.display()),
            Origin::Env(name) => write!(f, "the environment variable `{name}`"),
            Origin::Flag(flag) => write!(f, "the flag `{flag}`"),
        }
    }
}

/// Something wrong with the configuration. The message names the setting, where its value comes from, and the value, if
/// it is not a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A value that cannot be used.
    #[error("the setting `{key}` from {origin} is not valid: {problem}")]
    Value {
        /// The key of the setting.
        key: &'static str,
        /// Where the value comes from.
        origin: Origin,
        /// What is wrong with it; quotes the value.
        problem: String,
    },
    /// A file that cannot be read.
    #[error("the file `{}`, named by {named_by}, cannot be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What names it.
        named_by: Origin,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is not written as it should be.
    #[error("the file `{}` is not valid: {problem}", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A key in the TOML file that no setting has.
    #[error("the key `{key}` in the file `{}` is unknown{}", path.display(), meant.map_or(String::new(), |key| format!("; is `{key}` meant?")))]
    UnknownKey {
        /// Which.
        key: String,
        /// Where.
        path: PathBuf,
        /// A key that is close.
        meant: Option<&'static str>,
    },
    /// Text that is not UTF-8.
    #[error("the value of {0} is not UTF-8")]
    NotUtf8(Origin),
}

impl ConfigError {
    pub(super) fn malformed(path: &Path, problem: impl fmt::Display) -> Self {
        ConfigError::Malformed { path: path.to_owned(), problem: problem.to_string() }
    }
}

/// All that is wrong with a configuration, one line each.
#[derive(Debug)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.0.iter().enumerate() {
            let line_end = if number == 0 { "" } else { "\n" };
            write!(f, "{line_end}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

impl From<ConfigError> for ConfigErrors {
    fn from(error: ConfigError) -> Self {
        Self(vec![error])
    }
}
