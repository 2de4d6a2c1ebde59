//! What is wrong with a file, and where.

use super::Format;
use serde::de::DeserializeOwned;
use serde_saphyr::MessageFormatter;
use std::fmt;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The line, the first being 1, where one can be told.
    pub line: Option<usize>,
    /// Its text.
    pub text: Option<String>,
    /// What is wrong with it.
    pub problem: String,
}

impl std::error::Error for FileError {}

impl fmt::Display for FileError {
    /// Such as ``line 7: `OWNER` is not a permission: `- {id: "7", permission: OWNER}` ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.problem)?;
        match self.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => write!(f, ": `{}`", text.escape_debug()),
            None => Ok(()),
        }
    }
}

impl FileError {
    pub(crate) fn whole(problem: impl Into<String>) -> Self {
        Self { line: None, text: None, problem: problem.into() }
    }

    fn at(text: &str, line: Option<usize>, problem: String) -> Self {
        let found = line.and_then(|line| text.lines().nth(line.checked_sub(1)?));
        Self { line, text: found.map(str::to_owned), problem }
    }
}

/// The most that a file may hold: some millions of grants.
const MOST: usize = 64_000_000;

/// What a text says.
///
/// # Errors
/// [`FileError`], with the line and its text.
pub(crate) fn read<T: DeserializeOwned>(text: &str, format: Format) -> Result<T, FileError> {
    match format {
        Format::Yaml => from_yaml(text),
        Format::Toml => from_toml(text),
    }
}

fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, FileError> {
    let budget = serde_saphyr::budget! {
        max_events: MOST,
        max_nodes: MOST,
        max_total_scalar_bytes: 1 << 30,
    };
    let options = serde_saphyr::options! {
        budget: budget,
        with_snippet: false,
        reject_unsupported_tags: true,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().and_then(|place| usize::try_from(place.line()).ok());
        let problem = serde_saphyr::DefaultMessageFormatter.format_message(error.without_snippet()).into_owned();
        FileError::at(text, line.filter(|line| *line > 0), problem)
    })
}

fn from_toml<T: DeserializeOwned>(text: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        FileError::at(text, line, error.message().to_owned())
    })
}
