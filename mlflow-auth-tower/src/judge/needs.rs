//! One need after the other.

use super::resolve::{Refusal, Requirements, Resolve};
use mlflow_auth_core::routes::{Id, Need, PathError, When};
use mlflow_auth_core::{Action, Requirement};

impl Resolve<'_> {
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
            Need::Mcp(need) => Box::pin(self.mcp(need)).await,
            Need::Gateway(need) => Box::pin(self.gateway(need)).await,
            Need::Workspace(need) => self.workspace(need),
            Need::Scorer(need) => Box::pin(self.scorer(need)).await,
            Need::Dataset(need) => Box::pin(self.dataset(need)).await,
            Need::Part(part, action, id) => Box::pin(self.part(part, action, id)).await,
            Need::Queue(need) => Box::pin(self.queue(need)).await,
            Need::Job(need) => Box::pin(self.job(need)).await,
            Need::All(needs) => Box::pin(self.all(needs)).await,
            Need::If(when, need) if params.holds(when) => Box::pin(self.one(need)).await,
            Need::If(..) => Ok(Vec::new()),
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

    /// A place below the artifact proxy takes what an upload there takes; any other is for admins to choose.
    async fn artifact_location(&self, field: &'static str) -> Requirements {
        let Some(location) = self.asked.params.text(field)? else { return Ok(Vec::new()) };
        let path = location.strip_prefix("mlflow-artifacts:/").filter(|path| !path.starts_with('/'));
        match path {
            Some(path) => self.artifact(Action::Update, path.trim_end_matches('/')).await,
            None => Err(Refusal::Denied(format!("only admins choose where artifacts are kept (`{field}`)"))),
        }
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
