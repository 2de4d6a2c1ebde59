//! A look through the whole store: what in it is an orphan, contradicts something, or does nothing.

mod findings;

use super::{FOUND, Outcome, TaskError, listed};
use crate::assemble::open_existing;
use crate::config::Config;
use clap::{Arg, ArgAction, ArgMatches, Command};
use findings::{Finding, findings};
use mlflow_auth_core::lint::Severity;
use mlflow_auth_core::store::{Transfer, now};
use serde_json::json;

pub(super) fn command() -> Command {
    Command::new("check")
        .about("Look through the store for what is an orphan, contradicts something, or does nothing")
        .after_help("Exit status: 1 if there is an error, 2 if it cannot be told (the store, the command line or a setting), else 0.")
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Write the findings as JSON"))
}

pub(super) fn asked(matches: &ArgMatches) -> super::Task {
    super::Task::Check { json: matches.get_flag("json") }
}

/// Does it. Nothing is changed.
pub(super) async fn perform(config: &Config, json: bool) -> Result<Outcome, TaskError> {
    let (_, contents) = open_existing(config).await?.contents().await?;
    let found = findings(&contents, now());
    let fails = found.iter().any(|finding| finding.severity == Severity::Error);
    let text = match json {
        true => format!("{:#}\n", json!(found.iter().map(Finding::to_json).collect::<Vec<_>>())),
        false => listed(found.iter().map(|finding| (finding.severity, finding))),
    };
    Ok(Outcome { text, status: if fails { FOUND } else { 0 } })
}
