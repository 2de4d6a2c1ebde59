//! What operations on workspaces need.

use super::Id;

/// One need of an operation on a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkspaceNeed {
    /// To see it: a role of it, or the right to read it, and no refusal.
    Sight(Id),
}
