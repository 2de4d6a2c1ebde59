//! What lies in experiments without being a resource: datasets, issues, label schemas, review queues.

use super::resolve::{Refusal, Requirements, Resolve};
use crate::lookup::{LookupError, ReviewQueue};
use mlflow_auth_core::routes::{DatasetNeed, Id, Part, PathError, Queue, QueueNeed};
use mlflow_auth_core::{Action, Requirement};

impl Resolve<'_> {
    pub(super) async fn dataset(&self, need: DatasetNeed) -> Requirements {
        match need {
            DatasetNeed::Itself(action, id) => {
                let ids = self.asked.params.ids(id)?;
                self.each(&ids, |id| self.dataset_itself(action, id)).await
            }
            DatasetNeed::Of(action, id) => {
                let experiments = self.asked.params.ids(id)?;
                self.all_of(action, &experiments, "no experiment is named that the dataset belongs to").await
            }
        }
    }

    async fn dataset_itself(&self, action: Action, id: &str) -> Requirements {
        let found = self.lookups.dataset(id).await.map_err(|error| Refusal::of_lookup(error, "dataset", id))?;
        let experiments: Vec<&str> = found.iter().map(String::as_str).collect();
        let mut needs = Vec::with_capacity(experiments.len());
        for experiment in &experiments {
            needs.extend(self.experiment_only(action, experiment).await?);
        }
        not_none(needs, "the dataset is attached to no experiment")
    }

    async fn all_of(&self, action: Action, experiments: &[&str], none: &str) -> Requirements {
        let one = |id| async move {
            if self.asked.workspaces && action == Action::Update {
                self.is_here(id).await?;
            }
            self.experiment_only(action, id).await
        };
        not_none(self.each(experiments, one).await?, none)
    }

    /// MLflow attaches a dataset to any experiment, in whatever workspace it is.
    async fn is_here(&self, experiment: &str) -> Result<(), Refusal> {
        let found = self.lookups.experiment_name(experiment).await;
        found.map(drop).map_err(|error| Refusal::of_lookup(error, "experiment", experiment))
    }

    pub(super) async fn part(&self, part: Part, action: Action, id: Id) -> Requirements {
        let what = match part {
            Part::Issue => "issue",
            Part::LabelSchema => "label schema",
        };
        let ids = self.asked.params.ids(id)?;
        self.each(&ids, |id| async move {
            let found = self.lookups.part(part, id).await;
            let experiment = found.map_err(|error| Refusal::of_lookup(error, what, id))?;
            self.experiment_only(action, &experiment).await
        })
        .await
    }

    pub(super) async fn queue(&self, need: QueueNeed) -> Requirements {
        let (QueueNeed::See(which)
        | QueueNeed::Change(which)
        | QueueNeed::Prune(which)
        | QueueNeed::Fill(which)
        | QueueNeed::Review(which)) = need;
        let queue = self.find_queue(which).await?;
        let user = self.asked.who.user.as_str();
        let (owner, reviewer) = (queue.is_of(user), queue.is_for(user));
        let owned = |owner| if owner { Action::Update } else { Action::Manage };
        let action = match need {
            QueueNeed::See(_) if reviewer => Action::Read,
            QueueNeed::See(_) => owned(owner),
            // Even an empty name is one to MLflow.
            QueueNeed::Change(_) => owned(owner && !self.asked.params.fields().contains_key("new_owner")),
            QueueNeed::Prune(_) => owned(owner && !queue.is_own),
            QueueNeed::Fill(_) => Action::Update,
            QueueNeed::Review(_) if reviewer => Action::Update,
            QueueNeed::Review(_) => return Err(Refusal::Denied("only its reviewers work through a queue".into())),
        };
        Ok(self.below(self.experiment(&queue.experiment).await?, "review_queue", action))
    }

    async fn find_queue(&self, which: Queue) -> Result<ReviewQueue, Refusal> {
        match which {
            Queue::ById => {
                let id = self.only("queue_id")?;
                let found = self.lookups.review_queue(id).await;
                found.map_err(|error| Refusal::of_lookup(error, "review queue", id))
            }
            Queue::ByName => {
                let (experiment, name) = (self.only("experiment_id")?, self.only("name")?);
                // Before it is told of any queue there whether it exists.
                self.experiment(experiment).await?;
                match self.lookups.review_queue_named(experiment, name).await {
                    Ok(queue) => Ok(queue),
                    // Nobody's: whoever manages queues there may learn that there is none.
                    Err(LookupError::NotFound) => Ok(ReviewQueue::none_in(experiment)),
                    Err(error) => Err(Refusal::of_lookup(error, "review queue", name)),
                }
            }
        }
    }

    /// The one text at `field`.
    pub(super) fn only(&self, field: &'static str) -> Result<&str, Refusal> {
        self.only_at(Id::one(field))
    }

    /// The same where it goes by another name as well.
    pub(super) fn only_at(&self, id: Id) -> Result<&str, Refusal> {
        let ids = self.asked.params.ids(id)?;
        ids.first().copied().ok_or_else(|| PathError::Missing(id.field).into())
    }
}

fn not_none(needs: Vec<Requirement>, why: &str) -> Requirements {
    match needs.is_empty() {
        true => Err(Refusal::Denied(why.to_owned())),
        false => Ok(needs),
    }
}
