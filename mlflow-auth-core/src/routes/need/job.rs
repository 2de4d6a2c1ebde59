//! What operations on jobs need, and those that start one.

use super::Id;
use crate::vocabulary::Action;

/// What an operation on jobs needs.
///
/// MLflow does not know who calls when it stands behind this layer, so the layer remembers who submitted a job: as an
/// exact grant on the type [`JOB`](crate::ResourceType::JOB). A job is its submitter's alone: neither the default
/// permission nor one on a workspace opens it, and admins pass as everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobNeed {
    /// The caller submitted the job, and holds `job(id):action`.
    Own(Action, Id),
    /// The job optimizes a prompt in the experiment E: `experiment(E):action`. Any other job is for admins here.
    Optimization(Action, Id),
    /// The job is one of these; all others are for admins.
    Named(&'static [&'static str]),
    /// The prompt whose address stands there is read and gets a new version: `C(name):update ; V(*):not denied`.
    Prompt(&'static str),
    /// `gateway_endpoint(id):use` for every endpoint that a model in the values there names (`gateway:/<name>`), at any
    /// depth, in JSON that is written as a text too: the server calls it as itself.
    Models(&'static str),
    /// The scorers there bring no code and no settings of other libraries: MLflow checks these where it is asked to run
    /// scorers, and not in jobs.
    PlainScorers(&'static str),
    /// Nobody, or the caller, is named there as the one in whose name the job runs.
    Runner(&'static str),
}

impl JobNeed {
    /// Whether it takes more than reading.
    pub(super) const fn changes(&self) -> bool {
        match self {
            JobNeed::Own(action, _) | JobNeed::Optimization(action, _) => {
                !matches!(action, Action::Read | Action::NotDenied)
            }
            JobNeed::Named(_)
            | JobNeed::Prompt(_)
            | JobNeed::Models(_)
            | JobNeed::PlainScorers(_)
            | JobNeed::Runner(_) => true,
        }
    }
}
