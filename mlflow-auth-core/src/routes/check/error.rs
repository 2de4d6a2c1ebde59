//! What is wrong with a field.

use std::fmt;

/// A field of a request that is not what MLflow's message says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", Shown(path))]
pub struct FieldError {
    path: String,
    problem: Problem,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is of another kind.
    #[error("must be a {0}")]
    NotA(&'static str),
    /// It is a text that is none of the names of an enum.
    #[error("has a value that is not known")]
    Unknown,
    /// It is an id that has another spelling.
    #[error("must be a decimal number, with no sign and no zeros before it")]
    NotCanonical,
    /// Both spellings of it are there.
    #[error("is there in both of its spellings")]
    BothSpellings,
    /// It is spelled with capitals where MLflow does not look for that.
    #[error("must be spelled with underscores")]
    Spelling,
    /// It is there more than once.
    #[error("is there more than once")]
    Repeated,
    /// Another field is there that excludes it.
    #[error("cannot be there beside another one of its group")]
    Excluded,
    /// It cannot be written in a query.
    #[error("cannot be given in a query")]
    NotInQuery,
    /// A name in brackets is there.
    #[error("holds the name of an extension, and there are none")]
    Extension,
    /// It lies deeper than messages may.
    #[error("is nested too deeply")]
    TooDeep,
}

impl FieldError {
    /// Where the field stands, such as `metrics[2].model_id`; empty for the whole request.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it.
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// The same, below the field `name`.
    pub(super) fn inside(mut self, name: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{name}{dot}{}", self.path);
        self
    }

    /// The same, below that item of a list.
    pub(super) fn at(mut self, number: usize) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.path = format!("[{number}]{dot}{}", self.path);
        self
    }
}

impl From<Problem> for FieldError {
    fn from(problem: Problem) -> Self {
        Self { path: String::new(), problem }
    }
}

struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("the request ") } else { write!(f, "the field `{}` ", self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_field() {
        let error = FieldError::from(Problem::NotA("string")).inside("key").at(3).inside("tags").inside("run");
        assert_eq!(error.to_string(), "the field `run.tags[3].key` must be a string");
        assert_eq!(FieldError::from(Problem::TooDeep).to_string(), "the request is nested too deeply");
    }
}
