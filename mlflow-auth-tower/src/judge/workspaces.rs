//! Who sees a workspace.

use super::resolve::{Requirements, Resolve};
use crate::reply::Reply;
use mlflow_auth_core::routes::WorkspaceNeed;
use mlflow_auth_core::{Action, Belongings, Policy, Requirement, Resource, ResourceType, Workspace};

/// What it takes to see a workspace: the right to read it; for whoever has a role of it, and for all in a `default` that
/// is open to all, no refusal is enough.
pub(crate) fn sight(policy: &Policy, of: &Belongings, workspace: &Workspace) -> Action {
    let is_open = policy.default_workspace_access && workspace.as_str() == Workspace::DEFAULT;
    let belongs = of.roles().iter().any(|role| role.workspace == *workspace);
    if is_open || belongs { Action::NotDenied } else { Action::Read }
}

impl Resolve<'_> {
    pub(super) fn workspace(&self, need: WorkspaceNeed) -> Requirements {
        let WorkspaceNeed::Sight(id) = need;
        let mut all = Vec::new();
        for name in self.asked.params.ids(id)? {
            let workspace = Workspace::new(name).map_err(|error| Reply::bad_request(error.to_string()))?;
            let action = sight(self.asked.policy, self.asked.of, &workspace);
            let resource = Resource::named(ResourceType::WORKSPACE, name).in_workspace(workspace);
            all.push(Requirement::on(action, resource));
        }
        Ok(all)
    }
}
