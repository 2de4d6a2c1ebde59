//! Grants on workspaces.

use super::{invalid, permission};
use crate::api::{Call, store_error};
use crate::reply::Reply;
use http::StatusCode;
use mlflow_auth_core::routes::oidc_plugin::{Act, Holder, WorkspaceOperation};
use mlflow_auth_core::store::{Change, GrantConflict};
use mlflow_auth_core::{
    Action, Grant, GrantSpec, Permission, Resource, ResourceType, Scope, Subject, Target, Workspace,
};
use serde_json::{Value, json};

/// What the body of a pattern says.
struct Rule<'b> {
    target: Target,
    permission: Permission,
    holder: &'b str,
}

fn exact_shape(workspace: &Workspace, subject: &Subject, permission: Permission) -> Value {
    let (workspace, name, permission) = (workspace.as_str(), name_of(subject), permission.name());
    match subject {
        Subject::User(_) => json!({"workspace": workspace, "username": name, "permission": permission}),
        Subject::Group(_) => {
            json!({"workspace": workspace, "group_name": name, "permission": permission, "rule_id": null})
        }
        Subject::Role(_) => json!({"workspace": workspace, "role": name, "permission": permission}),
    }
}

fn pattern_shape(grant: &Grant) -> Value {
    let GrantSpec { subject, target, permission, .. } = &grant.spec;
    let mut shape = json!({
        "id": grant.id,
        "regex": target.text(),
        "priority": target.priority(),
        "permission": permission.name(),
    });
    let field = match subject {
        Subject::User(_) => Holder::User.field(),
        Subject::Group(_) => Holder::Group.field(),
        Subject::Role(_) => "role",
    };
    if let Some(fields) = shape.as_object_mut() {
        fields.insert(field.into(), name_of(subject).into());
    }
    shape
}

fn name_of(subject: &Subject) -> &str {
    match subject {
        Subject::User(name) => name.as_str(),
        Subject::Group(name) => name.as_str(),
        Subject::Role(key) => key.name.as_str(),
    }
}

fn is_held_by(holder: Holder, subject: &Subject) -> bool {
    matches!((holder, subject), (Holder::User, Subject::User(_)) | (Holder::Group, Subject::Group(_)))
}

impl Call<'_> {
    pub(super) async fn on_workspaces(&self, operation: WorkspaceOperation) -> Result<Reply, Reply> {
        if !self.flow.shared.authorizer.policy().workspaces {
            return Err(Reply::not_found("workspaces are switched off"));
        }
        match operation {
            WorkspaceOperation::Exact(holder, act) => self.on_workspace(holder, act).await,
            WorkspaceOperation::Pattern(holder, act) => {
                self.admin_only("see and change patterns")?;
                match act {
                    Act::List | Act::Get => self.list_workspace_patterns(holder).await,
                    Act::Create => self.create_workspace_pattern(holder).await,
                    Act::Change => self.change_workspace_pattern(holder).await,
                    Act::Revoke => self.revoke_workspace_pattern(holder).await,
                }
            }
        }
    }

    /// Who may use a workspace: shown to those who may read it, changed by those who manage it.
    async fn on_workspace(&self, holder: Holder, act: Act) -> Result<Reply, Reply> {
        let name = Workspace::new(self.in_path("workspace")?).map_err(invalid)?;
        let workspace = Resource::named(ResourceType::WORKSPACE, name.as_str()).in_workspace(name.clone());
        let action = if matches!(act, Act::List | Act::Get) { Action::Read } else { Action::Manage };
        let policy = self.flow.shared.authorizer.policy();
        if !policy.permits(self.who, &self.held, action, workspace.as_ref()) {
            return Err(self.deny(&format!("it takes the right to {action} {workspace}")));
        }
        match act {
            Act::List | Act::Get => self.list_on_workspace(holder, &name).await,
            Act::Create => self.create_on_workspace(holder, &name).await,
            Act::Change => self.change_on_workspace(holder, &name).await,
            Act::Revoke => self.revoke_on_workspace(holder, &name).await,
        }
    }

    async fn grants_on_workspace(&self, name: &Workspace) -> Result<Vec<Grant>, Reply> {
        let store = self.flow.shared.authorizer.store();
        store.grants_on(&ResourceType::WORKSPACE, name.as_str(), name).await.map_err(store_error)
    }

    async fn list_on_workspace(&self, holder: Holder, name: &Workspace) -> Result<Reply, Reply> {
        let mut grants = self.grants_on_workspace(name).await?;
        grants.retain(|grant| is_held_by(holder, &grant.spec.subject));
        grants.sort_by(|one, other| one.spec.subject.cmp(&other.spec.subject));
        let shape = |grant: &Grant| exact_shape(name, &grant.spec.subject, grant.spec.permission);
        Ok(Reply::ok(&grants.iter().map(shape).collect()))
    }

    async fn create_on_workspace(&self, holder: Holder, name: &Workspace) -> Result<Reply, Reply> {
        let mut body = self.body();
        let (who, level) = (body.text(holder.field()), body.text("permission"));
        body.done()?;
        let (permission, subject) = (permission(level)?, self.holder(holder, who).await?);
        if self.grants_on_workspace(name).await?.iter().any(|grant| grant.spec.subject == subject) {
            return Err(Reply::already_exists(format!("{subject} holds a grant on workspace `{name}` already")));
        }
        let grant = GrantSpec {
            subject,
            scope: Scope::In(name.clone()),
            kind: ResourceType::WORKSPACE,
            target: Target::Exact(name.as_str().to_owned()),
            permission,
        };
        self.write(&[Change::Grant(grant.clone(), GrantConflict::Refuse)]).await?;
        tracing::info!(by = %self.who.user, %grant, "grant given");
        Ok(Reply::json(StatusCode::CREATED, &exact_shape(name, &grant.subject, permission)))
    }

    /// The grants on a workspace of the holder in the path, of which there is one at least. Whether an account or a group
    /// of that name is kept here does not matter.
    async fn grants_of_holder(&self, holder: Holder, name: &Workspace) -> Result<Vec<Grant>, Reply> {
        let subject = match holder {
            Holder::User => Subject::User(self.user_in_path()?),
            Holder::Group => Subject::Group(self.group_in_path()?),
        };
        let mut grants = self.grants_on_workspace(name).await?;
        grants.retain(|grant| grant.spec.subject == subject);
        match grants.is_empty() {
            true => Err(Reply::not_found(format!("{subject} holds no grant on workspace `{name}`"))),
            false => Ok(grants),
        }
    }

    async fn change_on_workspace(&self, holder: Holder, name: &Workspace) -> Result<Reply, Reply> {
        let mut body = self.body();
        let level = body.text("permission");
        body.done()?;
        let permission = permission(level)?;
        let grants = self.grants_of_holder(holder, name).await?;
        let change = |grant: &Grant| {
            let target = grant.spec.target.clone();
            Change::Rewrite { grant: grant.id, target, permission }
        };
        self.write(&grants.iter().map(change).collect::<Vec<_>>()).await?;
        let subject = grants.first().map(|grant| &grant.spec.subject);
        let shape = subject.map(|subject| exact_shape(name, subject, permission)).unwrap_or_default();
        tracing::info!(by = %self.who.user, changed = %shape, "grant changed");
        Ok(Reply::ok(&shape))
    }

    async fn revoke_on_workspace(&self, holder: Holder, name: &Workspace) -> Result<Reply, Reply> {
        let grants = self.grants_of_holder(holder, name).await?;
        self.revoke_all(&grants).await?;
        Ok(Reply::no_content())
    }

    async fn revoke_all(&self, grants: &[Grant]) -> Result<(), Reply> {
        let revoke = |grant: &Grant| {
            let GrantSpec { subject, scope, kind, target, .. } = grant.spec.clone();
            Change::Revoke { subject, scope, kind, target }
        };
        self.write(&grants.iter().map(revoke).collect::<Vec<_>>()).await?;
        grants.iter().for_each(|grant| tracing::info!(by = %self.who.user, %grant, "grant taken back"));
        Ok(())
    }

    async fn workspace_patterns(&self, holder: Holder) -> Result<Vec<Grant>, Reply> {
        let store = self.flow.shared.authorizer.store();
        let mut grants = store.patterns_on(&ResourceType::WORKSPACE).await.map_err(store_error)?;
        grants.retain(|grant| is_held_by(holder, &grant.spec.subject));
        Ok(grants)
    }

    async fn list_workspace_patterns(&self, holder: Holder) -> Result<Reply, Reply> {
        let grants = self.workspace_patterns(holder).await?;
        Ok(Reply::ok(&grants.iter().map(pattern_shape).collect()))
    }

    /// What the body says of a pattern, and whose it is.
    fn rule_in_body(&self, holder: Holder) -> Result<Rule<'_>, Reply> {
        let mut body = self.body();
        let (regex, priority) = (body.text("regex"), body.integer("priority"));
        let (level, holder) = (body.text("permission"), body.text(holder.field()));
        body.done()?;
        let target = Target::pattern(regex, priority).map_err(|error| Reply::bad_request(error.to_string()))?;
        Ok(Rule { target, permission: permission(level)?, holder })
    }

    async fn create_workspace_pattern(&self, holder: Holder) -> Result<Reply, Reply> {
        let Rule { target, permission, holder: name } = self.rule_in_body(holder)?;
        let subject = self.holder(holder, name).await?;
        let (scope, kind) = (Scope::Everywhere, ResourceType::WORKSPACE);
        let grant = GrantSpec { subject, scope, kind, target, permission };
        self.write(&[Change::Grant(grant.clone(), GrantConflict::Refuse)]).await?;
        tracing::info!(by = %self.who.user, %grant, "grant given");
        let made = self.workspace_patterns(holder).await?.into_iter().find(|made| {
            made.spec.subject == grant.subject
                && made.spec.scope == grant.scope
                && made.spec.target.is_same_place(&grant.target)
        });
        let made = made.ok_or_else(|| Reply::conflict(format!("{grant} was taken back in the meantime")))?;
        Ok(Reply::json(StatusCode::CREATED, &pattern_shape(&made)))
    }

    /// The pattern that the path numbers, if it is held by whom `name` names.
    async fn numbered_pattern(&self, holder: Holder, name: &str) -> Result<Grant, Reply> {
        let number = self.number_in_path("permission_id")?;
        let is_it = |grant: &Grant| grant.id == number && name_of(&grant.spec.subject) == name;
        let found = self.workspace_patterns(holder).await?.into_iter().find(is_it);
        found.ok_or_else(|| Reply::not_found(format!("there is no workspace pattern {number} of `{name}`")))
    }

    async fn change_workspace_pattern(&self, holder: Holder) -> Result<Reply, Reply> {
        let Rule { target, permission, holder: name } = self.rule_in_body(holder)?;
        let mut grant = self.numbered_pattern(holder, name).await?;
        self.write(&[Change::Rewrite { grant: grant.id, target: target.clone(), permission }]).await?;
        (grant.spec.target, grant.spec.permission) = (target, permission);
        tracing::info!(by = %self.who.user, %grant, "grant changed");
        Ok(Reply::ok(&pattern_shape(&grant)))
    }

    async fn revoke_workspace_pattern(&self, holder: Holder) -> Result<Reply, Reply> {
        let mut query = self.query();
        let name = query.text(holder.field());
        query.done()?;
        let grant = self.numbered_pattern(holder, name).await?;
        self.revoke_all(&[grant]).await?;
        Ok(Reply::no_content())
    }
}
