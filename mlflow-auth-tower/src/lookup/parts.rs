//! What lies in experiments: issues, label schemas, review queues, datasets, scorers, jobs.

use super::cache::Facts;
use super::{LookupError, Within};
use http::Method;
use mlflow_auth_core::routes::Part;
use serde_json::{Map, Value, json};

/// What was learnt of them and cannot change.
pub(super) struct PartFacts {
    issues: Facts<String>,
    label_schemas: Facts<String>,
    optimizations: Facts<String>,
}

impl PartFacts {
    pub(super) fn new() -> Self {
        Self { issues: Facts::for_good(), label_schemas: Facts::for_good(), optimizations: Facts::for_good() }
    }
}

/// A review queue, as far as it decides who may do what with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReviewQueue {
    pub(crate) experiment: String,
    /// Whether it is somebody's own one.
    pub(crate) is_own: bool,
    owner: String,
    users: Vec<String>,
}

impl ReviewQueue {
    /// Reads the object that MLflow answers with; none if it does not say which experiment it belongs to.
    pub(crate) fn read(queue: &Map<String, Value>) -> Option<Self> {
        let users = queue.get("users").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            experiment: queue.get("experiment_id")?.as_str()?.to_owned(),
            is_own: queue.get("queue_type").and_then(Value::as_str) != Some("CUSTOM"),
            owner: normal(queue.get("created_by").and_then(Value::as_str).unwrap_or_default()),
            users: users.filter_map(Value::as_str).map(normal).collect(),
        })
    }

    /// In the place of one that is not there: nobody's.
    pub(crate) fn none_in(experiment: &str) -> Self {
        Self { experiment: experiment.to_owned(), is_own: true, ..Self::default() }
    }

    /// Whether its items are for this user to review.
    pub(crate) fn is_for(&self, user: &str) -> bool {
        self.users.contains(&normal(user))
    }

    /// Whether it is this user's.
    pub(crate) fn is_of(&self, user: &str) -> bool {
        !self.owner.is_empty() && self.owner == normal(user)
    }
}

/// A user's name as review queues compare it.
pub(crate) fn normal(user: &str) -> String {
    user.trim().to_lowercase()
}

/// The id of an experiment, which MLflow writes as a number here and as a text there.
pub(crate) fn id_of_experiment(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

const QUEUES: [&str; 4] = ["api", "3.0", "mlflow", "review-queues"];

impl Within<'_> {
    /// The experiment that an issue or a label schema lies in.
    pub(crate) async fn part(&self, part: Part, id: &str) -> Result<String, LookupError> {
        let facts = &self.lookups.parts;
        match part {
            Part::Issue => {
                let at = ["api", "3.0", "mlflow", "issues", id];
                self.known(&facts.issues, id, &at, &[], "/issue/experiment_id").await
            }
            Part::LabelSchema => {
                let at = ["api", "3.0", "mlflow", "label-schemas", "get"];
                let query = [("schema_id", id)];
                self.known(&facts.label_schemas, id, &at, &query, "/label_schema/experiment_id").await
            }
        }
    }

    /// The experiment of a job that optimizes a prompt.
    pub(crate) async fn optimization(&self, job: &str) -> Result<String, LookupError> {
        let at = ["api", "3.0", "mlflow", "prompt-optimization", "jobs", job];
        if let Some(known) = self.look(&self.lookups.parts.optimizations, job) {
            return Ok(known);
        }
        let answer = self.get(&at, &[]).await?;
        let text = |pointer| answer.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        // MLflow answers for jobs of every kind here. Only these have a prompt.
        match (text("/job/source_prompt_uri"), text("/job/experiment_id")) {
            (Some(_), Some(experiment)) => {
                self.learn(&self.lookups.parts.optimizations, job, experiment);
                Ok(experiment.to_owned())
            }
            _ => Err(LookupError::NotFound),
        }
    }

    /// The experiments that a dataset is attached to now.
    pub(crate) async fn dataset(&self, id: &str) -> Result<Vec<String>, LookupError> {
        let at = ["api", "3.0", "mlflow", "datasets", id, "experiment-ids"];
        let answer = match self.get(&at, &[]).await {
            // The operation has no word for a dataset that is not there; this one has.
            Err(LookupError::Unavailable(error)) => {
                self.get(&["api", "3.0", "mlflow", "datasets", id], &[]).await?;
                return Err(LookupError::Unavailable(error));
            }
            answer => answer?,
        };
        let ids = answer.get("experiment_ids").and_then(Value::as_array).into_iter().flatten();
        Ok(ids.filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Makes a user the owner of a review queue, as MLflow does it itself where it knows who calls.
    pub(crate) async fn give_review_queue(&self, id: &str, owner: &str) -> Result<(), LookupError> {
        let [api, version, mlflow, queues] = QUEUES;
        let body = json!({"queue_id": id, "new_owner": owner});
        self.send(Method::POST, &[api, version, mlflow, queues, "update"], &[], Some(&body)).await.map(drop)
    }

    /// A review queue, as it is now.
    pub(crate) async fn review_queue(&self, id: &str) -> Result<ReviewQueue, LookupError> {
        self.queue("get", &[("queue_id", id)]).await
    }

    /// The review queue of this name, as it is now.
    pub(crate) async fn review_queue_named(&self, experiment: &str, name: &str) -> Result<ReviewQueue, LookupError> {
        self.queue("get-by-name", &[("experiment_id", experiment), ("name", name)]).await
    }

    async fn queue(&self, how: &str, query: &[(&str, &str)]) -> Result<ReviewQueue, LookupError> {
        let [api, version, mlflow, queues] = QUEUES;
        let answer = self.get(&[api, version, mlflow, queues, how], query).await?;
        answer.get("review_queue").and_then(Value::as_object).and_then(ReviewQueue::read).ok_or(LookupError::NotFound)
    }

    /// The experiments in which these scorers score what comes in.
    pub(crate) async fn scored_online(&self, scorers: &[&str]) -> Result<Vec<String>, LookupError> {
        let query: Vec<(&str, &str)> = scorers.iter().map(|id| ("scorer_ids", *id)).collect();
        let answer = self.get(&["api", "3.0", "mlflow", "scorers", "online-configs"], &query).await?;
        let configs = answer.get("configs").and_then(Value::as_array).ok_or(LookupError::NotFound)?;
        let experiment = |config: &Value| config.get("experiment_id").and_then(id_of_experiment);
        configs.iter().map(|config| experiment(config).ok_or(LookupError::NotFound)).collect()
    }

    /// The text of a stored scorer, in this version or else the latest. Names of versions are used again.
    pub(crate) async fn stored_scorer(
        &self,
        experiment: &str,
        name: &str,
        version: Option<&str>,
    ) -> Result<String, LookupError> {
        let mut query = vec![("experiment_id", experiment), ("name", name)];
        query.extend(version.map(|version| ("version", version)));
        let answer = self.get(&["api", "3.0", "mlflow", "scorers", "get"], &query).await?;
        let text = answer.pointer("/scorer/serialized_scorer").and_then(Value::as_str);
        text.map(str::to_owned).ok_or(LookupError::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_queue_are_compared_without_case_and_spaces() {
        let read = |queue: Value| ReviewQueue::read(queue.as_object().unwrap());
        let queue = json!({"experiment_id": "7", "queue_type": "CUSTOM", "created_by": " Bob ", "users": ["ann"]});
        let queue = read(queue).unwrap();
        assert!(queue.is_of("bob") && queue.is_of("BOB ") && !queue.is_of("ann") && !queue.is_own);
        assert!(queue.is_for(" Ann") && !queue.is_for("bob"));
        let nobodys = read(json!({"experiment_id": "7", "queue_type": "USER"})).unwrap();
        assert!(!nobodys.is_of("") && !nobodys.is_for("") && nobodys.is_own);
        assert_eq!(read(json!({"users": ["ann"]})), None);
    }
}
