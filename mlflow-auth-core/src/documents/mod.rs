//! Files that people write, in YAML or TOML.

mod error;
mod format;

pub use error::FileError;
pub(crate) use error::read;
pub use format::{Format, UnknownFormat};
