//! What operations on scorers need.

use super::Id;
use crate::vocabulary::Action;

/// Scorers in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scorers {
    /// Where the id of their experiment stands.
    pub experiment: Id,
    /// Where their names stand.
    pub names: Id,
}

impl Scorers {
    /// Those of the experiment at `experiment_id`.
    pub const fn named(names: Id) -> Self {
        Self { experiment: Id::one("experiment_id"), names }
    }
}

/// What an operation on scorers needs. E is their experiment.
///
/// A scorer nobody granted anything on is judged in first-match mode as its experiment, as mlflow-oidc-auth has it, and
/// in union mode by the default, as MLflow has it. That nobody denies it asks its experiment in neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScorerNeed {
    /// `scorer(E/name):action`.
    Itself(Action, Scorers),
    /// `scorer_version(*):action else scorer(E/name):action`.
    Versions(Action, Scorers),
    /// Of every scorer id: `experiment(E):read` for the experiment E in which it scores what comes in, if it does.
    OnlineConfigs(Id),
    /// The models of the scorer that is stored under this name, in this version or else the latest:
    /// [`JobNeed::Models`](super::JobNeed::Models). One that is not stored has none.
    StoredModels {
        /// The scorers.
        of: Scorers,
        /// Where the number of the version stands, if there is such a field.
        version: Option<&'static str>,
    },
    /// The scorers of the experiment at `experiment_id` in the texts at `serialized_scorers`, of which `scorer_versions` says which are stored: of each of
    /// those, what [`ScorerNeed::Itself`], [`ScorerNeed::Versions`] and [`ScorerNeed::StoredModels`] ask of one that is
    /// not denied.
    Listed,
}

impl ScorerNeed {
    /// Whether it takes more than reading.
    pub(super) const fn changes(&self) -> bool {
        match self {
            ScorerNeed::Itself(action, _) | ScorerNeed::Versions(action, _) => {
                !matches!(action, Action::Read | Action::NotDenied)
            }
            ScorerNeed::OnlineConfigs(_) => false,
            ScorerNeed::StoredModels { .. } | ScorerNeed::Listed => true,
        }
    }
}
