//! All grants as one file, in YAML or TOML.
//!
//! ```yaml
//! version: 1
//! users:
//!   alice:
//!     grants:
//!       experiment:
//!       - {id: "7", permission: MANAGE}
//! groups:
//!   data-science:
//!     members: [alice, bob]
//!     grants:
//!       experiment:
//!       - {pattern: ^secret-, priority: 1, permission: NO_PERMISSIONS}
//!       - {pattern: ^team-, priority: 5, permission: EDIT}
//!       registered_model:
//!       - {every: true, workspace: "*", permission: READ}
//! roles:
//!   default:
//!     reviewer:
//!       description: looks at everything
//!       users: [carol]
//!       grants:
//!         prompt:
//!         - {every: true, permission: READ}
//! ```
//!
//! The same in TOML: `[[groups.data-science.grants.experiment]]`, then `pattern = "^team-"` and so on.
//!
//! * A section (`users`, `groups`, `roles`) or a list (`grants`, `members`, a role's `users`) that is left out is not
//!   touched; an empty one is empty. Roles stand below their workspace.
//! * A grant names one of `id`, `pattern` or `every: true`. A pattern needs a `priority`: the lowest that matches decides.
//!   Its `permission` is one of MLflow's, in upper case.
//! * `workspace` is where a grant holds; `"*"` is everywhere. Left out, it is that of the role, and `default` for users
//!   and groups, which is all there is without workspaces.
//! * An unknown key, a key given twice and a pattern that cannot be used are refused, with line and text.

mod document;
mod entry;
mod text;

pub use crate::documents::{FileError, Format, UnknownFormat};

use super::{Desired, Snapshot};
use crate::documents;
use document::Document;

/// Reads what a file says.
///
/// # Errors
/// [`FileError`], with the line and its text.
pub fn parse(text: &str, format: Format) -> Result<Desired, FileError> {
    let document: Document = documents::read(text, format)?;
    document.into_desired().map_err(FileError::whole)
}

/// Writes all that a snapshot holds. Read again, it makes no difference to that snapshot; grants that cannot be read are
/// in comments at its beginning.
///
/// # Errors
/// [`FileError`] if a text cannot be written, which none is known of.
pub fn write(snapshot: &Snapshot, format: Format) -> Result<String, FileError> {
    let document = Document::of(&Desired::of(snapshot));
    let body = match format {
        Format::Yaml => serde_saphyr::to_string(&document).map_err(|error| FileError::whole(error.to_string()))?,
        Format::Toml => toml::to_string(&document).map_err(|error| FileError::whole(error.to_string()))?,
    };
    let mut file = String::new();
    let mut faulty = snapshot.grants().filter(|grant| grant.fault.is_some()).peekable();
    if faulty.peek().is_some() {
        file.push_str("# Not in this file, because it cannot be read. It refuses, and it stays:\n");
    }
    faulty.for_each(|grant| file.push_str(&format!("#   {}\n", super::print::printable(grant))));
    Ok(file + &body)
}

#[cfg(test)]
mod tests;
