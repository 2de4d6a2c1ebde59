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
        return parse("standard input", &text, Format::Yaml);
    }
    let format = Format::of(path).ok_or_else(|| TaskError::Format(path.to_owned()))?;
    let text = std::fs::read_to_string(path).map_err(failed)?;
    parse(&path.display().to_string(), &text, format)
}

pub(super) fn parse(name: &str, text: &str, format: Format) -> Result<Desired, TaskError> {
    file::parse(text, format).map_err(|error| TaskError::File { file: name.to_owned(), problem: error.to_string() })
}

/// Refuses types that neither MLflow nor the store knows: most probably a slip of the pen, and a grant on them would be
/// without effect.
pub(super) fn check_kinds(desired: &Desired, snapshot: &Snapshot) -> Result<(), TaskError> {
    let held: BTreeSet<&ResourceType> = snapshot.grants().map(|grant| &grant.spec.kind).collect();
    let is_known = |kind: &&ResourceType| ResourceType::MLFLOW.contains(kind) || held.contains(*kind);
    match desired.kinds().into_iter().find(|kind| !is_known(kind)) {
        None => Ok(()),
        Some(kind) => {
            let names = ResourceType::MLFLOW.iter().map(ResourceType::name);
            let nearest = names.min_by_key(|name| strsim::damerau_levenshtein(name, kind.name()));
            let hint = nearest.filter(|name| strsim::damerau_levenshtein(name, kind.name()) <= 3).map(str::to_owned);
            Err(TaskError::UnknownType { kind: kind.name().escape_debug().to_string(), hint })
        }
    }
}
