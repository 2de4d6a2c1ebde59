//! One need after the other.

use super::Asked;
use crate::lookup::{LookupError, Within};
use crate::reply::Reply;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use mlflow_auth_core::routes::{Id, Need, PathError, When, is_experiment_id};
use mlflow_auth_core::{Action, Chain, Requirement, Resource, ResourceType};
use serde_json::Value;

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

type Requirements = Result<Vec<Requirement>, Refusal>;

impl<'a> Resolve<'a> {
    /// The requirements of all of `needs`.
    ///
    /// # Errors
    /// A refusal, if an id is missing, malformed, not known or cannot be looked up.
    pub(crate) async fn all(&self, needs: &[Need]) -> Requirements {
        let mut all = Vec::new();
        for need in needs {
            all.extend(self.one(need).await?);
        }
        Ok(all)
    }

    /// What is rare is boxed, so that the future of all requests stays small.
    async fn one(&self, need: &Need) -> Requirements {
        let params = self.asked.params;
        match *need {
            Need::On { kind, action, id } => self.on(kind, action, id).await,
            Need::Create { kind, name } => Ok(self.create(kind, self.new_name(name)?.as_deref())),
            Need::NotDenied { kind } => Ok(vec![self.not_denied(kind)]),
            Need::Experiment(action, id) => self.each(&params.ids(id)?, |e| self.experiment_only(action, e)).await,
            Need::ExperimentNamed(action, id) => {
                self.each(&params.ids(id)?, |n| self.experiment_named(action, n)).await
            }
            Need::Run(action, id) => self.each(&params.ids(id)?, |run| self.run(action, run)).await,
            Need::Trace(action, id) => self.each(&params.ids(id)?, |trace| self.trace(action, trace)).await,
            Need::LoggedModel(action, id) => self.each(&params.ids(id)?, |m| self.logged_model(action, m)).await,
            Need::Assessment { action, fallback, trace } => {
                self.each(&params.ids(trace)?, |trace| self.assessment(action, fallback, trace)).await
            }
            Need::NewAssessment(id) => self.each(&params.ids(id)?, |trace| self.new_assessment(trace)).await,
            Need::Within { experiments, action, kinds } => {
                self.each(&params.ids(experiments)?, |e| self.within(e, action, kinds)).await
            }
            Need::TraceFilter { experiments, texts } => Box::pin(self.trace_filter(experiments, texts)).await,
            Need::FilterNotDenied { filter, attribute } => self.filter_not_denied(filter, attribute),
            Need::Registered(action, id) => self.each(&params.ids(id)?, |name| self.registered(action, name)).await,
            Need::Version(action, id) => self.each(&params.ids(id)?, |name| self.version(action, name)).await,
            Need::VersionRead(id) => self.each(&params.ids(id)?, |name| self.version_read(name)).await,
            Need::NewVersion(id) => self.each(&params.ids(id)?, |name| self.new_version(name)).await,
            Need::VersionTier(id) => self.each(&params.ids(id)?, |name| self.version_tier(name)).await,
            Need::CreateRegistered => Ok(self.create_registered()),
            Need::Artifact(action, id) => Box::pin(self.artifacts(action, id)).await,
            Need::VersionSource => Box::pin(self.version_source()).await,
            Need::TraceUpsert { trace, experiment } => Box::pin(self.trace_upsert(trace, experiment)).await,
            Need::OtlpSpans => Box::pin(self.otlp_spans()).await,
            Need::NoArtifactLocation(field) => Box::pin(self.artifact_location(field)).await,
            Need::Tier { kind, action, fallback, experiments } => {
                self.each(&params.ids(experiments)?, |e| self.tier_of(kind, action, fallback, e)).await
            }
            Need::TraceMetadata { at } => Box::pin(self.trace_metadata(at)).await,
            Need::NoTag { at, names } => self.no_tag(at, names),
            Need::Absent(field) => self.absent(field),
            Need::If(when, need) if params.holds(when) => Box::pin(self.one(need)).await,
            Need::If(..) => Ok(Vec::new()),
        }
    }

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

    async fn on(&self, kind: &'static str, action: Action, id: Id) -> Requirements {
        let ids = self.asked.params.ids(id)?;
        Ok(ids.into_iter().map(|id| Requirement::on(action, self.named(kind, id))).collect())
    }

    /// One that is not given is judged as the empty one: what is restricted is not to be had by leaving it out.
    fn new_name(&self, field: Option<&'static str>) -> Result<Option<String>, PathError> {
        let text = field.map(|field| self.asked.params.text(field)).transpose()?;
        Ok(text.map(|text| text.unwrap_or_default().to_owned()))
    }

    pub(super) fn create(&self, kind: &'static str, name: Option<&str>) -> Vec<Requirement> {
        let new = Resource { name: name.map(str::to_owned), ..self.every(kind) };
        vec![Requirement::Create(new), self.not_denied(kind)]
    }

    async fn experiment_only(&self, action: Action, id: &str) -> Requirements {
        Ok(vec![Requirement::on(action, self.experiment(id).await?)])
    }

    async fn experiment_named(&self, action: Action, name: &str) -> Requirements {
        match self.lookups.experiment_named(name).await {
            Ok(id) => self.experiment_only(action, &id).await,
            // As MLflow's own check: an unknown name is told, or nobody could make sure that one is free.
            Err(LookupError::NotFound) => {
                let message = format!("Could not find experiment with name '{name}'");
                Err(Reply::not_found(message).into())
            }
            Err(error) => Err(Refusal::of_lookup(error, "experiment", name)),
        }
    }

    pub(super) async fn run(&self, action: Action, id: &str) -> Requirements {
        let experiment = self.lookups.run(id).await.map_err(|error| Refusal::of_lookup(error, "run", id))?;
        Ok(self.below(self.experiment(&experiment).await?, "run", action))
    }

    pub(super) async fn trace(&self, action: Action, id: &str) -> Requirements {
        Ok(self.below(self.experiment_of_trace(id).await?, "trace", action))
    }

    pub(super) async fn logged_model(&self, action: Action, id: &str) -> Requirements {
        let found = self.lookups.logged_model(id).await;
        let experiment = found.map_err(|error| Refusal::of_lookup(error, "logged model", id))?;
        Ok(self.below(self.experiment(&experiment).await?, "logged_model", action))
    }

    async fn experiment_of_trace(&self, id: &str) -> Result<Resource, Refusal> {
        let experiment = self.lookups.trace(id).await.map_err(|error| Refusal::of_lookup(error, "trace", id))?;
        self.experiment(&experiment).await
    }

    async fn assessment(&self, action: Action, fallback: Action, trace: &str) -> Requirements {
        let experiment = self.experiment_of_trace(trace).await?;
        let assessment = self.tier("assessment", action, &experiment, fallback);
        let mut needs = self.below(experiment, "trace", Action::Read);
        needs.push(assessment);
        Ok(needs)
    }

    async fn new_assessment(&self, trace: &str) -> Requirements {
        let experiment = self.experiment_of_trace(trace).await?;
        let update = [experiment.clone(), self.every("trace")].map(|resource| Chain::of(Action::Update, resource));
        let mut needs = self.below(experiment, "trace", Action::Read);
        needs.push(self.not_denied("assessment"));
        needs.push(Requirement::Any(update.into()));
        Ok(needs)
    }

    async fn within(&self, id: &str, action: Action, kinds: &[(&'static str, Action)]) -> Requirements {
        let experiment = self.experiment(id).await?;
        let tiers = kinds.iter().map(|(kind, fallback)| self.tier(kind, action, &experiment, *fallback));
        Ok(std::iter::once(Requirement::on(Action::Read, experiment.clone())).chain(tiers).collect())
    }

    /// A trace that exists already is changed, and leaves its experiment if it is sent to another one.
    async fn trace_upsert(&self, trace: &'static str, experiment: &'static str) -> Requirements {
        let Some(id) = self.asked.params.text(trace)? else { return Ok(Vec::new()) };
        let goes_to = self.asked.params.text(experiment)?;
        match self.lookups.trace(id).await {
            Ok(now) if Some(now.as_str()) == goes_to => self.trace(Action::Update, id).await,
            Ok(_) => self.trace(Action::Delete, id).await,
            Err(LookupError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(Refusal::of_lookup(error, "trace", id)),
        }
    }

    async fn tier_of(&self, kind: &'static str, action: Action, fallback: Action, experiment: &str) -> Requirements {
        let experiment = self.experiment(experiment).await?;
        Ok(vec![self.tier(kind, action, &experiment, fallback)])
    }

    /// A place below the artifact proxy takes what an upload there takes; any other is for admins to choose.
    async fn artifact_location(&self, field: &'static str) -> Requirements {
        let Some(location) = self.asked.params.text(field)? else { return Ok(Vec::new()) };
        let path = location.strip_prefix("mlflow-artifacts:/").filter(|path| !path.starts_with('/'));
        match path {
            Some(path) => self.artifact(Action::Update, path.trim_end_matches('/')).await,
            None => Err(Refusal::Denied(format!("only admins choose where artifacts are kept (`{field}`)"))),
        }
    }

    async fn trace_metadata(&self, at: &'static str) -> Requirements {
        let mut needs = Vec::new();
        for (name, id) in metadata(self.asked.params.value(at)) {
            match name {
                "mlflow.sourceRun" => needs.extend(self.run(Action::Update, id).await?),
                "mlflow.modelId" => needs.extend(self.logged_model(Action::Read, id).await?),
                _ => {}
            }
        }
        Ok(needs)
    }

    fn no_tag(&self, at: &'static str, names: &[&str]) -> Requirements {
        match self.asked.params.has_tag(at, names) {
            true => Err(Refusal::Denied(format!("only admins write the tags {}", names.join(", ")))),
            false => Ok(Vec::new()),
        }
    }

    fn absent(&self, field: &'static str) -> Requirements {
        match self.asked.params.holds(When::Given(field)) {
            true => Err(Refusal::Denied(format!("only admins set `{field}`"))),
            false => Ok(Vec::new()),
        }
    }
}

/// Names and values, from an object or from a list of objects with a `key` and a `value`.
fn metadata(value: Option<&Value>) -> Vec<(&str, &str)> {
    fn pair(item: &Value) -> Option<(&str, &str)> {
        Some((item.get("key")?.as_str()?, item.get("value")?.as_str()?))
    }
    match value {
        Some(Value::Object(object)) => {
            object.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
        }
        Some(Value::Array(items)) => items.iter().filter_map(pair).collect(),
        _ => Vec::new(),
    }
}
