//! Moving in: what MLflow's own access control, mlflow-oidc-auth or another store of this project holds, brought to the
//! store that is configured.

mod basic_auth;
mod cli;
mod dates;
mod error;
mod found;
mod plugin;
mod report;
mod source;
mod tables;

pub use cli::{ImportFrom, ImportTask, SourceKind};
pub(super) use cli::{asked, command};
pub use error::ImportError;

use super::{DIFFERENT, Outcome, TaskError};
use crate::assemble::{AssembleError, open, open_existing};
use crate::config::Config;
use found::Found;
use mlflow_auth_core::store::transfer::{Contents, merge};
use mlflow_auth_core::store::{Revision, Store, Transfer};
use report::Report;
use std::sync::Arc;

/// What the store holds, and the store; none if it is not there yet and must not be made.
async fn target(config: &Config, makes: bool) -> Result<Option<Arc<dyn Store>>, TaskError> {
    let opened = if makes { open(config).await } else { open_existing(config).await };
    match opened {
        Ok(store) => Ok(Some(store)),
        Err(AssembleError::NoStore(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Does it. A dry run finds out the same and writes nothing.
pub(super) async fn perform(config: &Config, task: ImportTask) -> Result<Outcome, TaskError> {
    let found = source::read(config, &task).await?;
    let store = target(config, !task.dry_run).await?;
    let (at, there): (Revision, Contents) = match &store {
        Some(store) => store.contents().await?,
        None => Default::default(),
    };
    let Found { contents, remarks, about } = found;
    let merged = merge(&contents, &there, config.rules);
    let here = report::in_force(&config.policy);
    let report = Report { about, here, merged: &merged, remarks: &remarks, dry_run: task.dry_run };
    let text = if task.json { format!("{:#}\n", report.to_json()) } else { report.to_string() };
    if report.widens() && !task.allow_wider {
        return match task.dry_run {
            true => Ok(Outcome { text, status: super::FOUND }),
            false => Err(ImportError::Wider(report.widening().join("; ")).into()),
        };
    }
    let is_empty = merged.add.is_empty();
    if task.dry_run {
        return Ok(Outcome { text, status: if is_empty { 0 } else { DIFFERENT } });
    }
    if let Some(store) = store.filter(|_| !is_empty) {
        store.add_contents(merged.add, at).await?;
    }
    Ok(Outcome { text, status: 0 })
}
