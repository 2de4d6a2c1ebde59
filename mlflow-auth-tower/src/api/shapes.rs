//! Roles and grants as MLflow's pages and clients read them.

use mlflow_auth_core::store::{Role, User};
use mlflow_auth_core::{Grant, ResourceType, RoleKey, Scope, SubjectGrants, Target, Workspace};
use serde_json::{Value, json};

/// How the names of roles begin that stand for what one user holds alone.
pub(super) const OF_ONE_USER: &str = "__user_";

/// By this name clients tell a user's own grants from those of a role.
pub(super) fn own_role(user: i64) -> String {
    format!("{OF_ONE_USER}{user}__")
}

/// A user without their roles.
pub(super) fn user(user: &User) -> Value {
    json!({"id": user.id, "username": user.name.as_str(), "is_admin": user.is_admin})
}

/// A grant in the words of MLflow: a pattern is `*` or an exact id. Regular expressions are not in its language.
pub(super) struct Row<'g> {
    pub(super) grant: &'g Grant,
    pattern: &'g str,
}

/// The grants that MLflow's language can tell: regular expressions are not in it, nor are jobs.
pub(super) fn rows(grants: &SubjectGrants) -> impl Iterator<Item = Row<'_>> {
    grants.grants().iter().filter_map(Row::new)
}

/// Those of a role that hold in its workspace, or everywhere.
pub(super) fn rows_of_role<'g>(key: &'g RoleKey, grants: &'g SubjectGrants) -> impl Iterator<Item = Row<'g>> {
    rows(grants).filter(|row| match &row.grant.spec.scope {
        Scope::In(workspace) => *workspace == key.workspace,
        Scope::Everywhere => true,
    })
}

impl<'g> Row<'g> {
    /// `None` if MLflow's language cannot tell it.
    pub(super) fn new(grant: &'g Grant) -> Option<Self> {
        let spec = &grant.spec;
        let pattern = match &spec.target {
            _ if spec.kind == ResourceType::JOB => return None,
            // A workspace is named by where the grant holds, not by its pattern.
            Target::Exact(id) if spec.kind == ResourceType::WORKSPACE && *id == scope(grant).as_str() => "*",
            Target::Exact(id) => id,
            Target::Every => "*",
            Target::Pattern { .. } | Target::Unreadable { .. } => return None,
        };
        Some(Self { grant, pattern })
    }

    /// Where it holds; what holds everywhere holds in `default`.
    pub(super) fn workspace(&self) -> Workspace {
        scope(self.grant)
    }

    /// As a thing held through a role.
    pub(super) fn held_through(&self, role: i64, name: &str) -> Value {
        json!({
            "role_id": role,
            "role_name": name,
            "workspace": self.workspace().as_str(),
            "resource_type": self.grant.spec.kind.name(),
            "resource_pattern": self.pattern,
            "permission": self.grant.spec.permission.name(),
        })
    }

    /// As a permission of a role.
    pub(super) fn of_role(&self, role: i64) -> Value {
        json!({
            "id": self.grant.id,
            "role_id": role,
            "resource_type": self.grant.spec.kind.name(),
            "resource_pattern": self.pattern,
            "permission": self.grant.spec.permission.name(),
        })
    }
}

fn scope(grant: &Grant) -> Workspace {
    match &grant.spec.scope {
        Scope::In(workspace) => workspace.clone(),
        Scope::Everywhere => Workspace::default(),
    }
}

/// A role and what it gives.
pub(super) fn role(role: &Role, grants: &SubjectGrants) -> Value {
    json!({
        "id": role.id,
        "name": role.key.name.as_str(),
        "workspace": role.key.workspace.as_str(),
        "description": role.description,
        "permissions": rows_of_role(&role.key, grants).map(|row| row.of_role(role.id)).collect::<Vec<_>>(),
    })
}

/// What a user holds alone, as a role in each workspace where there is anything.
pub(super) fn own_roles(user: &User, grants: &SubjectGrants) -> Vec<(Workspace, Value)> {
    let mut workspaces: Vec<Workspace> = rows(grants).map(|row| row.workspace()).collect();
    workspaces.sort_unstable();
    workspaces.dedup();
    let role = |workspace: Workspace| {
        let here = rows(grants).filter(|row| row.workspace() == workspace);
        let shape = json!({
            "id": user.id,
            "name": own_role(user.id),
            "workspace": workspace.as_str(),
            "description": null,
            "permissions": here.map(|row| row.of_role(user.id)).collect::<Vec<_>>(),
        });
        (workspace, shape)
    };
    workspaces.into_iter().map(role).collect()
}

/// Who has a role. Stores number roles and users, not assignments; two whole numbers make one by Cantor's pairing, so
/// that no two assignments share theirs and one that is made again gets it again.
pub(super) fn assignment(user: i64, role: i64) -> Value {
    let sum = i128::from(user) + i128::from(role);
    let id = i64::try_from(sum.saturating_mul(sum + 1) / 2 + i128::from(role)).unwrap_or(i64::MAX);
    json!({"id": id, "user_id": user, "role_id": role})
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_assignments_share_a_number() {
        let all = (0..200).flat_map(|user| (0..200).map(move |role| assignment(user, role)["id"].as_i64()));
        assert_eq!(all.collect::<HashSet<_>>().len(), 200 * 200);
        // A browser reads whole numbers exactly up to 2^53.
        assert!(assignment(60_000_000, 60_000_000)["id"].as_i64().unwrap() < 1 << 53);
        assert_eq!(assignment(i64::MAX, i64::MAX)["id"], i64::MAX);
    }
}
