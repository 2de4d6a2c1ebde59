//! What can go wrong with an import.

use crate::assemble::AssembleError;
use mlflow_auth_core::store::StoreError;
use std::io;
use std::path::PathBuf;

/// What went wrong; nothing was written then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The place is not one that can be read from.
    #[error("`--from`: {0}")]
    Url(String),
    /// The file with the URL cannot be read.
    #[error("the file `{}` with the URL cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no such file.
    #[error("there is no database `{}`", .0.display())]
    NoFile(PathBuf),
    /// The database cannot be read.
    #[error("the database to import from cannot be read")]
    Source(#[source] StoreError),
    /// The store to import from cannot be opened.
    #[error(transparent)]
    Open(#[from] AssembleError),
    /// The tables are not those of anybody who is known, or not those that were named.
    #[error("the database is not one of {0}")]
    Unknown(&'static str),
    /// There are tables of several.
    #[error("the database holds tables of several: {0}; name one with `--kind`")]
    Several(String),
    /// What is left out, or is otherwise here, could make access wider.
    #[error("nothing is imported: somebody could do more than before ({0}); mend it there, or say `--allow-wider`")]
    Wider(String),
}
