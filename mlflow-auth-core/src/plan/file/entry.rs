//! A grant as a file writes it.

use super::text::Text;
use crate::grants::{GrantSpec, Scope, Target};
use crate::vocabulary::{Permission, ResourceType, Subject, Workspace};
use serde::{Deserialize, Serialize};

/// A grant, without who holds it and on which type.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "Written", into = "Written")]
pub(super) struct Entry {
    target: Target,
    scope: Option<Scope>,
    permission: Permission,
}

/// The same, key by key.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    priority: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workspace: Option<String>,
    permission: Text<Permission>,
}

/// How a file writes that a grant holds in every workspace.
const EVERYWHERE: &str = "*";

impl TryFrom<Written> for Entry {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { id, pattern, every, priority, workspace, permission: Text(permission) } = written;
        let target = match (id, pattern, every) {
            (Some(id), None, None) => Target::Exact(id),
            (None, Some(text), None) => {
                let priority = priority.ok_or_else(|| format!("the pattern `{text}` has no `priority`"))?;
                Target::pattern(&text, priority).map_err(|error| error.to_string())?
            }
            (None, None, Some(true)) => Target::Every,
            _ => return Err("a grant names one of `id`, `pattern` and `every: true`".to_owned()),
        };
        if priority.is_some() && !matches!(target, Target::Pattern { .. }) {
            return Err("only a pattern has a `priority`".to_owned());
        }
        let scope = match workspace.as_deref() {
            None => None,
            Some(EVERYWHERE) => Some(Scope::Everywhere),
            Some(name) => Some(Scope::In(Workspace::new(name).map_err(|error| error.to_string())?)),
        };
        Ok(Self { target, scope, permission })
    }
}

impl From<Entry> for Written {
    fn from(entry: Entry) -> Self {
        let priority = match &entry.target {
            Target::Pattern { priority, .. } => Some(*priority),
            _ => None,
        };
        let workspace = entry.scope.map(|scope| match scope {
            Scope::Everywhere => EVERYWHERE.to_owned(),
            Scope::In(workspace) => workspace.as_str().to_owned(),
        });
        let permission = Text(entry.permission);
        let nothing = Self { id: None, pattern: None, every: None, priority, workspace, permission };
        match entry.target {
            Target::Exact(id) => Self { id: Some(id), ..nothing },
            Target::Every => Self { every: Some(true), ..nothing },
            target => Self { pattern: Some(target.text().to_owned()), ..nothing },
        }
    }
}

impl Entry {
    pub(super) fn of(grant: &GrantSpec) -> Self {
        let scope = (grant.scope != usual_scope(&grant.subject)).then(|| grant.scope.clone());
        Self { target: grant.target.clone(), scope, permission: grant.permission }
    }

    pub(super) fn into_grant(self, subject: &Subject, kind: &ResourceType) -> GrantSpec {
        let Self { target, scope, permission } = self;
        let scope = scope.unwrap_or_else(|| usual_scope(subject));
        GrantSpec { subject: subject.clone(), scope, kind: kind.clone(), target, permission }
    }
}

/// Where a grant holds if nothing is said: not more than in one workspace.
fn usual_scope(subject: &Subject) -> Scope {
    match subject {
        Subject::Role(key) => Scope::In(key.workspace.clone()),
        Subject::User(_) | Subject::Group(_) => Scope::In(Workspace::default()),
    }
}
