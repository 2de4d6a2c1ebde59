//! Workspaces that are listed, made and deleted.

use super::Allowed;
use crate::judge::sight;
use crate::lookup::LookupError;
use crate::reply::Reply;
use mlflow_auth_core::store::{Change, GrantConflict, StoreError};
use mlflow_auth_core::{
    GrantSpec, Mode, Permission, ResourceRef, ResourceType, RoleKey, RoleName, Scope, Target, Workspace,
};
use std::collections::HashSet;

/// Of what a member of a workspace reads everything that others make.
const READABLE: [ResourceType; 8] = [
    ResourceType::EXPERIMENT,
    ResourceType::REGISTERED_MODEL,
    ResourceType::PROMPT,
    ResourceType::SCORER,
    ResourceType::GATEWAY_SECRET,
    ResourceType::GATEWAY_ENDPOINT,
    ResourceType::GATEWAY_MODEL_DEFINITION,
    ResourceType::MCP_SERVER,
];

/// What is forgotten with a workspace. A name that no workspace can have has nothing.
pub(super) fn gone(name: &str) -> Vec<Change> {
    let Ok(workspace) = Workspace::new(name) else { return Vec::new() };
    let itself =
        Change::ResourceDeleted { kind: ResourceType::WORKSPACE, id: name.to_owned(), workspace: workspace.clone() };
    vec![Change::ForgetWorkspace(workspace), itself]
}

impl Allowed<'_> {
    /// Whether the caller sees the workspace of this name.
    pub(super) fn sees_workspace(&self, name: &str) -> bool {
        let Ok(workspace) = Workspace::new(name) else { return false };
        let policy = self.authorizer.policy();
        let action = sight(policy, self.of, &workspace);
        policy.permits(self.who, self.held, action, ResourceRef::workspace(&workspace))
    }

    /// Before a workspace is made: what was held in a former one of its name must not open the new one, though whoever
    /// deleted that one may have been cut off before its roles and grants were. If there is one now, nothing is touched,
    /// and MLflow refuses to make it.
    ///
    /// # Errors
    /// 503 if it cannot be told.
    pub(super) async fn end_namesake(&self, field: &'static str) -> Result<(), Reply> {
        // Where there are no workspaces none is made, as MLflow says itself.
        let new = self.new_workspace(field).filter(|_| self.authorizer.policy().workspaces);
        let Some((name, workspace)) = new else { return Ok(()) };
        let known = match self.lookups.within(self.ask, None).workspaces().await {
            Ok(known) => known,
            // There are none to be made then, and MLflow says so.
            Err(LookupError::NotFound) => return Ok(()),
            Err(LookupError::Unavailable(error)) => return Err(Reply::unavailable(error.to_string())),
        };
        if known.contains(&name) {
            return Ok(());
        }
        tracing::info!(by = %self.who.user, %workspace, "what is left of a former workspace of this name ends");
        let ended = self.authorizer.store().apply(&gone(&name)).await;
        ended.map(drop).map_err(|error: StoreError| {
            tracing::error!(error = ?error, "the store failed");
            Reply::unavailable(error.to_string())
        })
    }

    fn new_workspace(&self, field: &'static str) -> Option<(String, Workspace)> {
        let name = self.reading.params.text(field).ok().flatten()?;
        Some((name.to_owned(), Workspace::new(name).ok()?))
    }

    /// The roles that a new workspace begins with, as MLflow has them: `admin`, and `user`, who uses the workspace and reads
    /// all that is in it. Those that somebody has made meanwhile stay as they are.
    pub(super) async fn first_roles(&self, field: &'static str) -> Result<Vec<Change>, Reply> {
        let Some((_, workspace)) = self.new_workspace(field).filter(|_| self.seeds_roles) else {
            return Ok(Vec::new());
        };
        let roles = self.authorizer.store().roles().await.map_err(|error| self.not_stored(&error))?;
        let known: HashSet<RoleKey> = roles.into_iter().map(|role| role.key).collect();
        let reads: &[ResourceType] = match self.authorizer.policy().mode {
            // There the right to use a workspace is the right to read what is in it; more would stand in its way.
            Mode::FirstMatch(_) => &[],
            Mode::Union => &READABLE,
        };
        let mut changes = Vec::new();
        for (name, description, permission, reads) in
            [("admin", ADMIN, Permission::Manage, &[][..]), ("user", USER, Permission::Use, reads)]
        {
            let Ok(name) = RoleName::new(name) else { continue };
            let key = RoleKey { workspace: workspace.clone(), name };
            if !known.contains(&key) {
                changes.push(Change::CreateRole { key: key.clone(), description: Some(description.to_owned()) });
                changes.push(give(&key, ResourceType::WORKSPACE, permission));
                changes.extend(reads.iter().map(|kind| give(&key, kind.clone(), Permission::Read)));
            }
        }
        Ok(changes)
    }
}

const ADMIN: &str = "Administers the workspace: its roles and users, and everything in it.";
const USER: &str = "Reads everything in the workspace and makes new things, which are then one's own to manage.";

fn give(key: &RoleKey, kind: ResourceType, permission: Permission) -> Change {
    let scope = Scope::In(key.workspace.clone());
    let spec = GrantSpec { subject: key.clone().into(), scope, kind, target: Target::Every, permission };
    Change::Grant(spec, GrantConflict::Replace)
}
