//! Rows and grants of what lies in experiments: scorers, and the jobs that run them.

use super::Allowed;
use super::fields::text;
use super::filter::judge;
use crate::judge::scorer_id;
use crate::lookup::{GuardrailScorer, id_of_experiment};
use crate::reply::Reply;
use mlflow_auth_core::store::{Change, GrantConflict};
use mlflow_auth_core::{GrantSpec, Permission, ResourceType, Scope, Target};
use serde_json::{Map, Value};
use std::collections::HashSet;

impl Allowed<'_> {
    /// A version of a scorer is readable if its experiment and the scorer are. In first-match mode a scorer on which
    /// nobody granted anything is as its experiment.
    pub(super) async fn readable_scorers(&self, rows: &[Value]) -> Result<Vec<bool>, Reply> {
        if !self.may_see("scorer_version") {
            return Ok(vec![false; rows.len()]);
        }
        let ids: HashSet<String> = rows.iter().filter_map(|row| experiment(row.as_object()?)).collect();
        let readable = self.readable_experiments(ids.iter().map(String::as_str).collect()).await?;
        Ok(judge(rows, |row| {
            let scorer = GuardrailScorer { experiment: experiment(row)?, name: text(row, "scorer_name")?.to_owned() };
            Some(readable.get(scorer.experiment.as_str()).copied()? && self.reads_scorer(&scorer))
        }))
    }

    /// Whether the caller submitted this job.
    pub(super) fn submitted(&self, job: &str) -> bool {
        let kind = ResourceType::JOB;
        let own = self.who.is_admin || self.held.user.gives_exactly(&kind, job, self.workspace);
        own && self.reads(&kind, job, Some(job)).unwrap_or_default()
    }

    /// The id of a scorer of which the first version was registered.
    pub(super) fn new_scorer(&self, answer: &Map<String, Value>) -> Option<String> {
        let is_first = match answer.get("version")? {
            Value::Number(version) => version.as_i64() == Some(1),
            version => version.as_str() == Some("1"),
        };
        let (experiment, name) = (experiment(answer)?, text(answer, "name")?);
        is_first.then(|| scorer_id(&experiment, name))
    }

    /// What remembers that the caller submitted the jobs at `ids`.
    pub(super) fn submitted_jobs(&self, answer: &Map<String, Value>, ids: &str) -> Vec<Change> {
        let grant = |id: &str| {
            let spec = GrantSpec {
                subject: self.who.user.clone().into(),
                scope: Scope::In(self.workspace.clone()),
                kind: ResourceType::JOB,
                target: Target::Exact(id.to_owned()),
                permission: Permission::Manage,
            };
            Change::Grant(spec, GrantConflict::Replace)
        };
        match ids.split_once("[].") {
            Some((list, field)) => {
                let rows = answer.get(list).and_then(Value::as_array).into_iter().flatten();
                rows.filter_map(|row| text(row.as_object()?, field)).map(grant).collect()
            }
            None => text(answer, ids).map(grant).into_iter().collect(),
        }
    }
}

fn experiment(row: &Map<String, Value>) -> Option<String> {
    row.get("experiment_id").and_then(id_of_experiment)
}
