//! Review queues: whose they are, what they may be called, and who says that an item is reviewed.
//!
//! MLflow takes the owner of a queue and the reviewer of an item from its own access control. Behind this layer it has
//! none, so the layer tells it.

use super::filter::judge;
use super::{Allowed, Narrowed};
use crate::lookup::{LookupError, ReviewQueue, normal};
use crate::reply::Reply;
use mlflow_auth_core::routes::Effect;
use mlflow_auth_core::{Action, Chain, Requirement, Resource, ResourceType};
use serde_json::{Map, Value};

impl Allowed<'_> {
    /// What holds for everybody, admins too, before something is said of a queue.
    ///
    /// # Errors
    /// 400 for the name of a user, 503 if users or queues cannot be read.
    pub(super) async fn prepare_queue(&self) -> Result<Narrowed, Reply> {
        match self.route.effect {
            Effect::QueueMade if self.field("queue_type") == Some("CUSTOM") => self.is_no_user().await?,
            Effect::QueueChanged if self.field("name").is_some() && self.is_custom().await? => {
                self.is_no_user().await?;
            }
            Effect::QueueReviewed => return Ok(Narrowed::To(self.reviewed())),
            _ => {}
        }
        Ok(Narrowed::Whole)
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.reading.params.fields().get(name)?.as_str()
    }

    async fn is_custom(&self) -> Result<bool, Reply> {
        let Some(id) = self.field("queue_id") else { return Ok(false) };
        match self.within().review_queue(id).await {
            Ok(queue) => Ok(!queue.is_own),
            // MLflow says so itself.
            Err(LookupError::NotFound) => Ok(false),
            Err(LookupError::Unavailable(error)) => Err(Reply::unavailable(error.to_string())),
        }
    }

    /// A queue with the name of a user would stand in the place of that user's own.
    async fn is_no_user(&self) -> Result<(), Reply> {
        let name = normal(self.field("name").unwrap_or_default());
        let users = match self.users {
            Some(users) => users.users().await.map_err(|error| {
                tracing::warn!(error = ?error, "the users could not be read");
                Reply::unavailable(error.to_string())
            })?,
            None => Vec::new(),
        };
        let names = users.iter().map(|user| user.name.as_str()).chain([self.who.user.as_str()]);
        match names.into_iter().find(|user| normal(user) == name) {
            Some(user) => {
                Err(Reply::bad_request(format!("a custom review queue cannot be called like the user `{user}`")))
            }
            None => Ok(()),
        }
    }

    /// Whoever completes an item is the one who calls; what is opened again has nobody.
    fn reviewed(&self) -> Map<String, Value> {
        let mut fields = self.reading.params.fields().clone();
        match self.field("status") {
            Some("PENDING") => drop(fields.remove("completed_by")),
            _ => drop(fields.insert("completed_by".to_owned(), self.who.user.as_str().into())),
        }
        fields
    }

    /// Makes the caller the owner of the queue that was made, and says whether `answer` tells it.
    pub(super) async fn own_queue(&self, answer: &mut Map<String, Value>) -> Result<bool, Reply> {
        let Effect::QueueMade = self.route.effect else { return Ok(false) };
        let Some(queue) = answer.get_mut("review_queue").and_then(Value::as_object_mut) else { return Ok(false) };
        let id = queue.get("queue_id").and_then(Value::as_str).filter(|_| queue_is_custom(queue));
        let Some(id) = id.map(str::to_owned) else { return Ok(false) };
        let owner = self.who.user.as_str();
        self.within().give_review_queue(&id, owner).await.map_err(|error| {
            tracing::error!(?error, queue = id, user = owner, "a review queue was made and did not get its owner");
            Reply::internal("the review queue was made, but its owner could not be recorded")
        })?;
        queue.insert("created_by".to_owned(), owner.into());
        Ok(true)
    }

    /// Which queues of the experiment in the request the caller sees.
    pub(super) async fn visible_queues(&self, rows: &[Value]) -> Result<Vec<bool>, Reply> {
        let Some(experiment) = self.field("experiment_id") else { return Ok(vec![false; rows.len()]) };
        let experiment = self.experiment(experiment).await?;
        let user = self.who.user.as_str();
        let reads = self.may_do_with_queues(Action::Read, &experiment);
        let all = reads && self.may_do_with_queues(Action::Update, &experiment);
        Ok(judge(rows, |row| Some(all || (reads && ReviewQueue::read(row)?.is_for(user)))))
    }

    fn may_do_with_queues(&self, action: Action, experiment: &Resource) -> bool {
        let every = Resource::every(ResourceType::REVIEW_QUEUE).in_workspace(self.workspace.clone());
        let chain = Chain::of(action, every).or_else(action, experiment.clone());
        let needs = [Requirement::on(Action::Read, experiment.clone()), chain.into()];
        self.authorizer.policy().decide(self.who, self.held, &needs).allowed
    }

    /// An experiment, with its name where a pattern must judge it.
    async fn experiment(&self, id: &str) -> Result<Resource, Reply> {
        let resource = Resource::new(ResourceType::EXPERIMENT, id).in_workspace(self.workspace.clone());
        if !self.held.need_name_of(&ResourceType::EXPERIMENT) {
            return Ok(resource);
        }
        match self.within().experiment_name(id).await {
            Ok(name) => Ok(resource.with_name(name)),
            // A pattern that would have to judge it refuses.
            Err(LookupError::NotFound) => Ok(resource),
            Err(LookupError::Unavailable(error)) => Err(Reply::unavailable(error.to_string())),
        }
    }
}

fn queue_is_custom(queue: &Map<String, Value>) -> bool {
    queue.get("queue_type").and_then(Value::as_str) == Some("CUSTOM")
}
