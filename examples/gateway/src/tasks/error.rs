//! What can go wrong with a task.

use super::ImportError;
use crate::assemble::AssembleError;
use mlflow_auth_core::RuleSetError;
use mlflow_auth_core::plan::file::FileError;
use mlflow_auth_core::store::StoreError;
use mlflow_auth_core::{IssueError, Username};
use std::io;
use std::path::PathBuf;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TaskError {
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] AssembleError),
    /// The store says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The patterns of a subject cannot be used together.
    #[error(transparent)]
    Rules(#[from] RuleSetError),
    /// Nothing is brought in.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A file cannot be read.
    #[error("the file `{}` cannot be read", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("the file `{}` cannot be written", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The name of a file does not tell how it is written.
    #[error("the name of the file `{}` must end in .yaml, .yml or .toml", .0.display())]
    Format(PathBuf),
    /// What a file says is wrong.
    #[error("`{file}`, {problem}")]
    File {
        /// Which.
        file: String,
        /// What is wrong, and where.
        problem: String,
    },
    /// The grants cannot be written as a file.
    #[error("the grants cannot be written as a file")]
    Export(#[source] FileError),
    /// There is no access token.
    #[error("the token is not made")]
    Token(#[source] IssueError),
    /// The account is there, and a person's.
    #[error("`{0}` is the account of a person; leave `--service-account` out to make a token of theirs")]
    NotAProgram(Username),
    /// A type of resource that neither MLflow nor the store knows.
    #[error("`{file}`, `{kind}` is not a resource type of MLflow{hint}")]
    UnknownType {
        /// The file that names it.
        file: String,
        /// As it was written.
        kind: String,
        /// In words, a known one that looks like it; empty if none does.
        hint: String,
    },
    /// MLflow does not say what there is.
    #[error("MLflow does not say which {what} there are: {problem}; give them with `--names FILE`")]
    Upstream {
        /// What was asked for.
        what: &'static str,
        /// What it said.
        problem: String,
    },
}
