//! What callers may do about others in a workspace.

use super::Call;
use mlflow_auth_core::{Scope, Workspace};

impl Call<'_> {
    /// Whether the caller administers `workspace`: its roles, and what its users hold there.
    pub(super) fn administers(&self, workspace: &Workspace) -> bool {
        self.flow.shared.authorizer.policy().administers(self.who, &self.held, workspace)
    }

    /// Whether the caller has anything to do with `workspace`: a role of it, a grant of their own in it, or its
    /// administration.
    pub(super) fn is_present_in(&self, workspace: &Workspace) -> bool {
        let own = |scope: &Scope| *scope == Scope::In(workspace.clone());
        self.of.roles().iter().any(|role| role.workspace == *workspace)
            || self.held.user.grants().iter().any(|grant| own(&grant.spec.scope))
            || self.administers(workspace)
    }
}
