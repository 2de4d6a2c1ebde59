//! What an operation needs, before the ids in the request are known.

mod gateway;
mod id;
mod job;
mod mcp;
mod parts;
mod scorer;
mod when;
mod workspaces;

pub use gateway::{EndpointNamed, GatewayNeed};
pub use id::{Id, Named};
pub use job::JobNeed;
pub use mcp::McpNeed;
pub use parts::{DatasetNeed, Part, Queue, QueueNeed};
pub use scorer::{ScorerNeed, Scorers};
pub use when::When;
pub use workspaces::WorkspaceNeed;

use crate::vocabulary::Action;

/// One need of an operation. With the ids of a request it becomes one or more
/// [`Requirement`](crate::Requirement)s.
///
/// The notation in the comments is that of MLflow's rules: `type(id):action`, `*` for everything of the type, `else`
/// for the next rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// `kind(id):action`, for a type whose grants name the id in the request.
    On {
        /// The resource type.
        kind: &'static str,
        /// What is done.
        action: Action,
        /// Where the id stands.
        id: Id,
    },
    /// The right to bring a new resource of this type into the workspace, and not to be denied the type.
    Create {
        /// The resource type.
        kind: &'static str,
        /// Where its name stands, for a type whose creation may be restricted to certain names.
        name: Option<&'static str>,
    },
    /// `kind(*):not denied`.
    NotDenied {
        /// The resource type.
        kind: &'static str,
    },
    /// `experiment(E):action`.
    Experiment(Action, Id),
    /// The experiment that has this name.
    ExperimentNamed(Action, Id),
    /// The run's experiment E: `experiment(E):read ; run(*):action else experiment(E):action`.
    Run(Action, Id),
    /// The trace's experiment E: `experiment(E):read ; trace(*):action else experiment(E):action`.
    Trace(Action, Id),
    /// The assessments of a trace: `experiment(E):read ; trace(*):read else experiment(E):read ;
    /// assessment(*):action else experiment(E):fallback`.
    Assessment {
        /// What is done to the assessment.
        action: Action,
        /// What it takes on the experiment where nobody granted anything on assessments.
        fallback: Action,
        /// Where the trace id stands.
        trace: Id,
    },
    /// A new assessment: `experiment(E):read ; trace(*):read else experiment(E):read ; assessment(*):not denied`, and
    /// `experiment(E):update` or `trace(*):update`.
    NewAssessment(Id),
    /// The logged model's experiment E: `experiment(E):read ; logged_model(*):action else experiment(E):action`.
    LoggedModel(Action, Id),
    /// `C(name):action`, where C is `prompt` if the registered model carries the tag `mlflow.prompt.is_prompt`, else
    /// `registered_model`.
    Registered(Action, Id),
    /// `C(name):read ; V(*):action else C(name):action`, V being the type of C's versions.
    Version(Action, Id),
    /// `C(name):read ; V(*):not denied`.
    VersionRead(Id),
    /// `V(*):read else C(name):read`.
    VersionTier(Id),
    /// A new version: `C(name):update ; V(*):not denied`, and the other type of versions not denied either if the tags
    /// in the request say that it is one of those.
    NewVersion(Id),
    /// The right to create a registered model or a prompt, which of them the tags in the request say.
    CreateRegistered,
    /// `experiment(E):action` for every experiment, where `kinds` sub-resources are read as well: for each,
    /// `kind(*):action else experiment(E):fallback`.
    Within {
        /// Where the experiment ids stand.
        experiments: Id,
        /// What is done to the sub-resources.
        action: Action,
        /// The sub-resources, each with the action that the experiment must allow where nothing is granted on them.
        kinds: &'static [(&'static str, Action)],
    },
    /// What a filter or an order reaches: assessments, and runs or logged models through the metadata of traces. For
    /// each kind reached: `kind(*):read else experiment(E):read`; all of them where the text cannot be read.
    TraceFilter {
        /// Where the experiment ids stand.
        experiments: Id,
        /// Where the texts stand.
        texts: &'static [&'static str],
    },
    /// `kind(*):action else experiment(E):fallback`, for every experiment.
    Tier {
        /// The sub-resource.
        kind: &'static str,
        /// What is done to it.
        action: Action,
        /// What it takes on the experiment where nobody granted anything on the sub-resource.
        fallback: Action,
        /// Where the experiment ids stand.
        experiments: Id,
    },
    /// If the filter names the attribute, `run(*):not denied`.
    FilterNotDenied {
        /// Where the filter stands.
        filter: &'static str,
        /// The attribute of it that speaks about runs.
        attribute: &'static str,
    },
    /// The path of an artifact below the proxy's root: what it needs follows from the experiment, run, model or trace
    /// that it names.
    Artifact(Action, Id),
    /// The sources of a new model version: the model, run, logged model or location that `source`, `run_id` and
    /// `model_id` name must all be readable, and a bare location must belong to one of them.
    VersionSource,
    /// The trace of a new trace id: if the id exists already, its experiment must allow the update, and the deletion if
    /// the trace would move.
    TraceUpsert {
        /// Where the trace id stands.
        trace: &'static str,
        /// Where the experiment it goes to stands.
        experiment: &'static str,
    },
    /// The spans of an OTLP request: the experiment that `X-Mlflow-Experiment-Id` names must allow the update, every
    /// trace that exists already too, and the run that `X-Mlflow-Run-Id` names as well. A span brings tags along, as
    /// attributes called `mlflow.traceTag.` and the name of the tag; none of them may be one of
    /// [`DATA_TAGS`](crate::routes::mlflow::DATA_TAGS).
    OtlpSpans,
    /// The location for artifacts of a new experiment must not be one that the server would have to be trusted with:
    /// nothing, or an `mlflow-artifacts:` one whose path needs what an upload to it needs. All others are for admins.
    NoArtifactLocation(&'static str),
    /// The metadata of a trace names the run and the logged model it comes from (`mlflow.sourceRun`, `mlflow.modelId`):
    /// that run must allow the update, for the trace is linked to it, and that model must be readable.
    TraceMetadata {
        /// Where the metadata stands: an object, or a list of objects with a `key` and a `value`.
        at: &'static str,
    },
    /// No tag of these names may stand there: the server believes them, so admins alone write them. See
    /// [`Params::has_tag`](crate::routes::Params::has_tag).
    NoTag {
        /// Where the tags stand: a text that is the name of one, a list of objects with a `key`, or an object whose
        /// keys are the names.
        at: &'static str,
        /// The names.
        names: &'static [&'static str],
    },
    /// Nothing may stand at this field: the server would believe it, so admins alone write it.
    Absent(&'static str),
    /// What an operation on the registry of MCP servers needs.
    Mcp(McpNeed),
    /// What an operation on the AI gateway needs.
    Gateway(GatewayNeed),
    /// Something on a workspace.
    Workspace(WorkspaceNeed),
    /// What an operation on scorers needs.
    Scorer(ScorerNeed),
    /// What an operation on evaluation datasets needs.
    Dataset(DatasetNeed),
    /// `experiment(E):action` for the experiment E that such a thing lies in.
    Part(Part, Action, Id),
    /// What an operation on a review queue needs.
    Queue(QueueNeed),
    /// What an operation on jobs needs, or one that starts a job.
    Job(JobNeed),
    /// All of these.
    All(&'static [Need]),
    /// The need, if the condition holds. See [`Params::holds`](crate::routes::Params::holds).
    If(When, &'static Need),
}

impl Need {
    /// See [`Need::On`].
    pub const fn on(kind: &'static str, action: Action, id: Id) -> Self {
        Need::On { kind, action, id }
    }

    /// See [`Need::Create`].
    pub const fn create(kind: &'static str) -> Self {
        Need::Create { kind, name: None }
    }

    /// The same where `name` is the field of the request that holds the name of the new resource.
    pub const fn create_named(kind: &'static str, name: &'static str) -> Self {
        Need::Create { kind, name: Some(name) }
    }

    /// Whether it takes more than reading, so that whoever asks means to change something.
    pub const fn changes(&self) -> bool {
        match self {
            Need::On { action, .. }
            | Need::Experiment(action, _)
            | Need::ExperimentNamed(action, _)
            | Need::Run(action, _)
            | Need::Trace(action, _)
            | Need::Assessment { action, .. }
            | Need::LoggedModel(action, _)
            | Need::Registered(action, _)
            | Need::Version(action, _)
            | Need::Within { action, .. }
            | Need::Tier { action, .. }
            | Need::Part(_, action, _)
            | Need::Artifact(action, _) => !matches!(action, Action::Read | Action::NotDenied),
            Need::NotDenied { .. }
            | Need::VersionRead(_)
            | Need::VersionTier(_)
            | Need::TraceFilter { .. }
            | Need::FilterNotDenied { .. }
            | Need::Workspace(WorkspaceNeed::Sight(_)) => false,
            // What stands where only a change has it.
            Need::Create { .. }
            | Need::NewAssessment(_)
            | Need::NewVersion(_)
            | Need::CreateRegistered
            | Need::VersionSource
            | Need::TraceUpsert { .. }
            | Need::OtlpSpans
            | Need::NoArtifactLocation(_)
            | Need::TraceMetadata { .. }
            | Need::NoTag { .. }
            | Need::Absent(_) => true,
            Need::Gateway(need) => need.changes(),
            Need::Mcp(need) => need.changes(),
            Need::Scorer(need) => need.changes(),
            Need::Dataset(need) => need.changes(),
            Need::Queue(need) => need.changes(),
            Need::Job(need) => need.changes(),
            Need::All(needs) => any_changes(needs),
            Need::If(_, need) => need.changes(),
        }
    }

    /// See [`Need::NotDenied`].
    pub const fn not_denied(kind: &'static str) -> Self {
        Need::NotDenied { kind }
    }
}

const fn any_changes(needs: &[Need]) -> bool {
    match needs {
        [] => false,
        [first, rest @ ..] => first.changes() || any_changes(rest),
    }
}
