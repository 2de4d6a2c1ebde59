//! What operations on the parts of experiments need that are no resources of their own.

use super::Id;
use crate::vocabulary::Action;

/// What lies in one experiment, for good, and is judged as that experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// An issue.
    Issue,
    /// A label schema.
    LabelSchema,
}

/// What an operation on evaluation datasets needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatasetNeed {
    /// `experiment(E):action` for every experiment E that the dataset is attached to. One that is attached to none is for
    /// admins.
    Itself(Action, Id),
    /// `experiment(E):action` for every experiment E that the request names. One that names none is for admins.
    Of(Action, Id),
}

/// What an operation on a review queue of the experiment E needs. Q:action stands for
/// `experiment(E):read ; review_queue(*):action else experiment(E):action`; a caller is a reviewer of a queue if its
/// `users` name them, and its owner if `created_by` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueNeed {
    /// `Q:read` of its reviewers, `Q:update` of its owner, `Q:manage` of others.
    See(Queue),
    /// `Q:update` of its owner, `Q:manage` of others and of whoever hands it to another owner.
    Change(Queue),
    /// `Q:update` of the owner of a queue that is nobody's own, `Q:manage` of others.
    Prune(Queue),
    /// `Q:update`.
    Fill(Queue),
    /// `Q:update` of its reviewers; nobody else.
    Review(Queue),
}

/// Which review queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// The one at `queue_id`.
    ById,
    /// The one at `name` of the experiment at `experiment_id`.
    ByName,
}

impl DatasetNeed {
    /// Whether it takes more than reading.
    pub(super) const fn changes(&self) -> bool {
        let (DatasetNeed::Itself(action, _) | DatasetNeed::Of(action, _)) = self;
        !matches!(action, Action::Read | Action::NotDenied)
    }
}

impl QueueNeed {
    /// Whether it takes more than reading.
    pub(super) const fn changes(&self) -> bool {
        !matches!(self, QueueNeed::See(_))
    }
}
