//! The file of all grants.

use super::TaskError;
use mlflow_auth_core::ResourceType;
use mlflow_auth_core::plan::file::{self, Format};
use mlflow_auth_core::plan::{Desired, Snapshot};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

/// What a file says; `-` is the standard input, in YAML.
pub(super) fn read(path: &Path) -> Result<Desired, TaskError> {
    let failed = |source| TaskError::Read { path: path.to_owned(), source };
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map_err(failed)?;
        return parse(&called(path), &text, Format::Yaml);
    }
    let format = Format::of(path).ok_or_else(|| TaskError::Format(path.to_owned()))?;
    let text = std::fs::read_to_string(path).map_err(failed)?;
    parse(&called(path), &text, format)
}

/// What a file is called in what is said of it.
pub(super) fn called(path: &Path) -> String {
    match path == Path::new("-") {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}

pub(super) fn parse(name: &str, text: &str, format: Format) -> Result<Desired, TaskError> {
    file::parse(text, format).map_err(|error| TaskError::File { file: name.to_owned(), problem: error.to_string() })
}

/// Refuses types that neither MLflow nor the store knows: most probably a slip of the pen, and a grant on them would be
/// without effect.
pub(super) fn check_kinds(file: &str, desired: &Desired, snapshot: &Snapshot) -> Result<(), TaskError> {
    let held: BTreeSet<&ResourceType> = snapshot.grants().map(|grant| &grant.spec.kind).collect();
    let is_known = |kind: &&ResourceType| ResourceType::MLFLOW.contains(kind) || held.contains(*kind);
    match desired.kinds().into_iter().find(|kind| !is_known(kind)) {
        None => Ok(()),
        Some(kind) => {
            let hint = hint(kind.name());
            let (file, kind) = (file.to_owned(), kind.name().escape_debug().to_string());
            Err(TaskError::UnknownType { file, kind, hint })
        }
    }
}

/// What is said of a type that looks like `name`; nothing if none does.
pub(super) fn hint(name: &str) -> String {
    let distance = |known: &str| strsim::damerau_levenshtein(known, name);
    let nearest = ResourceType::MLFLOW.iter().map(ResourceType::name).min_by_key(|known| distance(known));
    nearest.filter(|known| distance(known) <= 3).map(|known| format!("; `{known}` is")).unwrap_or_default()
}
