//! One pattern, checked.
use std::fmt;

/// A regular expression.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pattern(Box<str>);

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pattern `{}` cannot be used: {problem}", pattern.escape_debug())]
pub struct PatternError {
    /// As it was written.
    pub pattern: String,
    /// What is wrong, and what to write instead.
    pub problem: String,
}

impl Pattern {
    /// Checks `text`.
    ///
    /// # Errors
    /// [`PatternError`]
    pub fn new(text: &str) -> Result<Self, PatternError> {
        match regex::Regex::new(text) {
            Ok(_) => Ok(Self(text.into())),
            Err(error) => Err(PatternError { pattern: text.into(), problem: error.to_string() }),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
