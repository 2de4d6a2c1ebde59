//! What every need is resolved with: the request, its look-ups, and the shapes that requirements have.

use super::Asked;
use crate::lookup::{LookupError, Within};
use crate::reply::Reply;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use mlflow_auth_core::routes::{PathError, is_experiment_id};
use mlflow_auth_core::{Action, Chain, Requirement, Resource, ResourceType};

/// Why a request goes no further.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is answered with this.
    Reply(Reply),
    /// It is denied; the text is for the log, and for the caller where the operator allows it.
    Denied(String),
}

impl From<Reply> for Refusal {
    fn from(reply: Reply) -> Self {
        Refusal::Reply(reply)
    }
}

impl From<PathError> for Refusal {
    fn from(error: PathError) -> Self {
        Refusal::Reply(Reply::bad_request(error.to_string()))
    }
}

impl Refusal {
    /// What was looked up is not known: denied, so that nobody learns which ids exist.
    pub(super) fn of_lookup(error: LookupError, what: &str, id: &str) -> Self {
        match error {
            LookupError::NotFound => Refusal::Denied(format!("the {what} `{}` is not known", id.escape_debug())),
            LookupError::Unavailable(error) => {
                tracing::warn!(%error, source = ?error.source, what, "a look-up failed");
                Refusal::Reply(Reply::unavailable(error.to_string()))
            }
        }
    }
}
/// How many look-ups of one request run at once.
const AT_ONCE: usize = 8;

/// Turns needs into requirements.
#[derive(Clone, Copy)]
pub(crate) struct Resolve<'a> {
    pub(crate) asked: Asked<'a>,
    pub(crate) lookups: Within<'a>,
}
pub(super) type Requirements = Result<Vec<Requirement>, Refusal>;

impl Resolve<'_> {
    /// The requirements of every id, each looked up once, several at a time.
    pub(super) fn each<'s, 'i, F, Fut>(&'s self, ids: &[&'i str], requirements: F) -> BoxFuture<'s, Requirements>
    where
        'i: 's,
        F: Fn(&'i str) -> Fut,
        Fut: Future<Output = Requirements> + Send + 's,
    {
        if let [id] = ids {
            return requirements(id).boxed();
        }
        let mut distinct = ids.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let each: Vec<BoxFuture<'s, Requirements>> = distinct.into_iter().map(|id| requirements(id).boxed()).collect();
        let all = async move {
            let found: Vec<Vec<Requirement>> = iter(each).buffered(AT_ONCE).try_collect().await?;
            Ok(found.into_iter().flatten().collect())
        };
        all.boxed()
    }

    /// Everything of a kind, in the workspace of the request.
    pub(super) fn every(&self, kind: &'static str) -> Resource {
        Resource::every(ResourceType::new(kind)).in_workspace(self.asked.workspace.clone())
    }

    pub(super) fn named(&self, kind: &'static str, id: &str) -> Resource {
        Resource::named(ResourceType::new(kind), id).in_workspace(self.asked.workspace.clone())
    }

    pub(super) fn not_denied(&self, kind: &'static str) -> Requirement {
        Requirement::on(Action::NotDenied, self.every(kind))
    }

    /// `kind(*):action else experiment:fallback`.
    pub(super) fn tier(
        &self,
        kind: &'static str,
        action: Action,
        experiment: &Resource,
        fallback: Action,
    ) -> Requirement {
        Chain::of(action, self.every(kind)).or_else(fallback, experiment.clone()).into()
    }

    /// `experiment:read ; kind(*):action else experiment:action`.
    pub(super) fn below(&self, experiment: Resource, kind: &'static str, action: Action) -> Vec<Requirement> {
        let tier = self.tier(kind, action, &experiment, action);
        vec![Requirement::on(Action::Read, experiment), tier]
    }

    /// An experiment, with its name where a pattern must judge it.
    pub(super) async fn experiment(&self, id: &str) -> Result<Resource, Refusal> {
        if !is_experiment_id(id) {
            let message = format!("the experiment id `{}` is not a decimal number", id.escape_debug());
            return Err(Reply::bad_request(message).into());
        }
        let resource = Resource::new(ResourceType::EXPERIMENT, id).in_workspace(self.asked.workspace.clone());
        if !self.asked.held.need_name_of(&ResourceType::EXPERIMENT) {
            return Ok(resource);
        }
        match self.lookups.experiment_name(id).await {
            Ok(name) => Ok(resource.with_name(name)),
            Err(error) => Err(Refusal::of_lookup(error, "experiment", id)),
        }
    }

    pub(super) fn create(&self, kind: &'static str, name: Option<&str>) -> Vec<Requirement> {
        let new = Resource { name: name.map(str::to_owned), ..self.every(kind) };
        vec![Requirement::Create(new), self.not_denied(kind)]
    }
}
