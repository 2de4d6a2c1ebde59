//! What the program does besides serving: grants and rules as a file, their review, what a change would change,
//! access tokens, and moving in.

mod check;
mod cli;
mod error;
mod import;
mod known;
mod rules_file;
mod tokens;

pub(crate) use cli::{asked, commands};
pub use error::TaskError;
pub use import::{ImportError, ImportFrom, ImportTask, SourceKind};
pub use tokens::{TokenTask, Which};

use crate::assemble::{open, open_existing};
use crate::config::Config;
use mlflow_auth_core::lint::{Finding, Severity, lint};
use mlflow_auth_core::plan::file::{self, Format};
use mlflow_auth_core::plan::{Desired, Difference, Removal, Snapshot};
use mlflow_auth_core::store::UserStore;
use mlflow_auth_core::what_if;
use serde_json::json;
use std::fmt::Display;
use std::path::PathBuf;

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Write all grants to a file, or to the standard output.
    Export {
        /// How it is written.
        format: Format,
        /// Where to.
        file: Option<PathBuf>,
    },
    /// Make what a file says so.
    Apply {
        /// The file; `-` is the standard input.
        file: PathBuf,
        /// Whether only the difference is shown.
        dry_run: bool,
        /// Whether what the file does not name is removed.
        removal: Removal,
    },
    /// Look for what is odd.
    Lint {
        /// Whether findings are written as JSON.
        json: bool,
        /// A file of resources, in the place of asking MLflow.
        names: Option<PathBuf>,
        /// Whether resources are not looked at.
        offline: bool,
        /// The gravity from which on findings make the program fail; none for never.
        deny: Option<Severity>,
    },
    /// Show what a file would change.
    WhatIf {
        /// What would be applied.
        change: Change,
        /// Whether what it does not name would be removed.
        removal: Removal,
        /// Whether the report is written as JSON.
        json: bool,
        /// A file of resources, in the place of asking MLflow.
        names: Option<PathBuf>,
    },
    /// Look through the whole store.
    Check {
        /// Whether findings are written as JSON.
        json: bool,
    },
    /// Bring in what another program kept.
    Import(ImportTask),
    /// Make, list or end access tokens.
    Token(TokenTask),
}

/// What would be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// What this file says.
    File(PathBuf),
    /// What this text says, as a file in YAML would.
    Text(String),
}

/// What came of a task: what to print, and the exit status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// For the standard output.
    pub text: String,
    /// 0 if all is well.
    pub status: u8,
}

/// `apply --dry-run` found a difference.
const DIFFERENT: u8 = 3;

/// `lint` found something.
const FOUND: u8 = 1;

/// Does it.
///
/// # Errors
/// [`TaskError`]; nothing is changed then.
pub async fn perform(config: &Config, task: Task) -> Result<Outcome, TaskError> {
    match task {
        Task::Export { format, file } => export(config, format, file).await,
        Task::Apply { file, dry_run, removal } => apply(config, file, dry_run, removal).await,
        Task::Lint { json, names, offline, deny } => review(config, json, names, offline, deny).await,
        Task::WhatIf { change, removal, json, names } => foresee(config, change, removal, json, names).await,
        Task::Check { json } => check::perform(config, json).await,
        Task::Import(task) => import::perform(config, task).await,
        Task::Token(task) => tokens::perform(config, task).await,
    }
}

async fn export(config: &Config, format: Format, file: Option<PathBuf>) -> Result<Outcome, TaskError> {
    let snapshot = Snapshot::read(&open_existing(config).await?).await?;
    let text = file::write(&snapshot, format).map_err(TaskError::Export)?;
    match file {
        None => Ok(Outcome { text, status: 0 }),
        Some(path) => {
            std::fs::write(&path, text).map_err(|source| TaskError::Write { path, source })?;
            Ok(Outcome::default())
        }
    }
}

async fn apply(config: &Config, file: PathBuf, dry_run: bool, removal: Removal) -> Result<Outcome, TaskError> {
    let desired = rules_file::read(&file)?;
    // A look must not make a store.
    let store = if dry_run { open_existing(config).await? } else { open(config).await? };
    let snapshot = Snapshot::read(&store).await?;
    let difference = difference(&rules_file::called(&file), &snapshot, &desired, removal)?;
    let text = format!("{difference}\n");
    if dry_run {
        return Ok(Outcome { text, status: if difference.is_empty() { 0 } else { DIFFERENT } });
    }
    difference.apply(&store).await?;
    Ok(Outcome { text, status: 0 })
}

async fn review(
    config: &Config,
    json: bool,
    names: Option<PathBuf>,
    offline: bool,
    deny: Option<Severity>,
) -> Result<Outcome, TaskError> {
    let store = open_existing(config).await?;
    let snapshot = Snapshot::read(&store).await?;
    let known = match offline {
        true => known::nothing(),
        false => known::resources(config, names.as_deref()).await?.into_known(),
    };
    let known = known.with_users(store.users().await?.into_iter().map(|user| user.name));
    let findings = lint(&snapshot, &known)?;
    let fails = findings.iter().any(|finding| deny.is_some_and(|deny| finding.severity >= deny));
    let text = match json {
        true => format!("{:#}\n", json!(findings.iter().map(Finding::to_json).collect::<Vec<_>>())),
        false => listed(findings.iter().map(|finding| (finding.severity, finding))),
    };
    Ok(Outcome { text, status: if fails { FOUND } else { 0 } })
}

/// Findings a line each, and how many there are of each gravity.
fn listed<F: Display>(findings: impl Iterator<Item = (Severity, F)>) -> String {
    let (mut text, mut counts) = (String::new(), [0; 3]);
    for (severity, finding) in findings {
        text.push_str(&format!("{finding}\n"));
        let [errors, warnings, infos] = &mut counts;
        *match severity {
            Severity::Error => errors,
            Severity::Warning => warnings,
            Severity::Info => infos,
        } += 1;
    }
    let [errors, warnings, infos] = counts;
    text.push_str(&format!("{errors} errors, {warnings} warnings, {infos} more to know\n"));
    text
}

async fn foresee(
    config: &Config,
    change: Change,
    removal: Removal,
    json: bool,
    names: Option<PathBuf>,
) -> Result<Outcome, TaskError> {
    const GRANT: &str = "--grant";
    let (file, desired) = match change {
        Change::File(path) => (rules_file::called(&path), rules_file::read(&path)?),
        Change::Text(text) => (GRANT.to_owned(), rules_file::parse(GRANT, &text, Format::Yaml)?),
    };
    let store = open_existing(config).await?;
    let before = Snapshot::read(&store).await?;
    let after = before.after(&difference(&file, &before, &desired, removal)?);
    let resources = known::resources(config, names.as_deref()).await?;
    let resources = resources.with_those_of_grants(&[&before, &after]);
    let users = known::users(&store, &[&before, &after]).await?;
    let report = what_if::compare(&config.policy, (&before, &after), &users, &resources)?;
    let text = if json { format!("{:#}\n", report.to_json()) } else { format!("{report}\n") };
    Ok(Outcome { text, status: 0 })
}

fn difference(file: &str, snapshot: &Snapshot, desired: &Desired, removal: Removal) -> Result<Difference, TaskError> {
    rules_file::check_kinds(file, desired, snapshot)?;
    Ok(Difference::between(snapshot, desired, removal)?)
}

#[cfg(test)]
mod tests {
    use mlflow_auth_core::lint::Code;

    #[test]
    fn the_table_of_codes_is_whole() {
        let text = include_str!("../../docs/permissions-as-code.md");
        let (_, table) = text.split_once("| Code | Gravity | Meaning |").unwrap();
        let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(code, _)| code));
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(rows.collect::<Vec<_>>(), codes);
    }
}
