//! One grant.

use crate::rules::{Pattern, PatternError};
use crate::vocabulary::{Permission, ResourceType, Subject, Workspace};
use std::cmp::Reverse;
use std::fmt;

/// The number by which a store knows a grant.
pub type GrantId = i64;

/// Where a grant holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// In every workspace.
    Everywhere,
    /// In one workspace. A service without workspaces has one, `default`.
    In(Workspace),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Everywhere => f.write_str("every workspace"),
            Scope::In(workspace) => write!(f, "workspace `{workspace}`"),
        }
    }
}

/// What a grant is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The resource with this id.
    Exact(String),
    /// Every resource of the type whose name the pattern matches. Among the patterns of one source the one with the
    /// lowest `priority` that matches decides.
    Pattern {
        /// Matched against the name, anchored at its start and not at its end.
        pattern: Pattern,
        /// Lower is asked first.
        priority: i64,
    },
    /// Everything of the type.
    Every,
    /// A pattern that was stored and cannot be read. It counts as a refusal when it is reached, that is for every name
    /// that no pattern of a lower priority matches.
    Unreadable {
        /// The pattern as stored.
        text: String,
        /// Its priority.
        priority: i64,
    },
}

impl Target {
    /// A pattern, checked.
    ///
    /// # Errors
    /// [`PatternError`] if the pattern cannot be used.
    pub fn pattern(text: &str, priority: i64) -> Result<Self, PatternError> {
        Ok(Target::Pattern { pattern: Pattern::new(text)?, priority })
    }

    /// The text that identifies the target among those of its form: an id, a pattern, or `*`.
    pub fn text(&self) -> &str {
        match self {
            Target::Exact(id) => id,
            Target::Pattern { pattern, .. } => pattern.as_str(),
            Target::Every => "*",
            Target::Unreadable { text, .. } => text,
        }
    }

    /// The number that orders patterns; 0 for the other forms.
    pub fn priority(&self) -> i64 {
        match self {
            Target::Pattern { priority, .. } | Target::Unreadable { priority, .. } => *priority,
            Target::Exact(_) | Target::Every => 0,
        }
    }

    /// Whether two targets are the same one, whatever their priority: what a store keeps at most once for a subject,
    /// a scope and a type.
    pub fn is_same_place(&self, other: &Target) -> bool {
        let form = |target: &Target| match target {
            Target::Exact(_) => 0,
            Target::Pattern { .. } | Target::Unreadable { .. } => 1,
            Target::Every => 2,
        };
        form(self) == form(other) && self.text() == other.text()
    }
}

/// A grant that is asked for: all but the number that the store gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantSpec {
    /// Who gets it.
    pub subject: Subject,
    /// Where it holds.
    pub scope: Scope,
    /// On what kind of resource.
    pub kind: ResourceType,
    /// On which of them.
    pub target: Target,
    /// What is given.
    pub permission: Permission,
}

/// A grant that a store holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its number in the store, never used again for another.
    pub id: GrantId,
    /// Who holds what.
    pub spec: GrantSpec,
    /// Why the stored row could not be read as it stands; its permission is then [`Permission::Deny`].
    pub fault: Option<String>,
}

/// The columns of a grant as a store keeps them.
#[derive(Clone, Debug)]
pub struct StoredGrant<'a> {
    /// See [`Grant::id`].
    pub id: GrantId,
    /// The holder.
    pub subject: Subject,
    /// The workspace, or `None` for everywhere.
    pub workspace: Option<&'a str>,
    /// The resource type.
    pub kind: &'a str,
    /// `exact`, `pattern` or `every`.
    pub form: &'a str,
    /// The id or the pattern.
    pub text: &'a str,
    /// The priority of a pattern.
    pub priority: i64,
    /// The name of the permission.
    pub permission: &'a str,
}

impl Target {
    /// The word that stores keep for the form of a target: `exact`, `pattern` or `every`.
    pub fn form(&self) -> &'static str {
        match self {
            Target::Exact(_) => "exact",
            Target::Pattern { .. } | Target::Unreadable { .. } => "pattern",
            Target::Every => "every",
        }
    }
}

impl Grant {
    /// What is less comes first where one of several grants counts: the highest rank, then the lowest number, so that no
    /// answer depends on the order in which grants are loaded.
    pub(crate) fn strength(&self) -> (Reverse<u8>, GrantId) {
        (Reverse(self.spec.permission.rank()), self.id)
    }

    /// The order in which patterns are asked: by priority, among equals by strength.
    pub(crate) fn turn(&self) -> (i64, (Reverse<u8>, GrantId)) {
        (self.spec.target.priority(), self.strength())
    }

    /// Reads a stored row. Never fails: what cannot be read becomes a refusal that says why.
    pub fn from_stored(row: StoredGrant<'_>) -> Self {
        let mut fault = None;
        let target = match row.form {
            "exact" => Target::Exact(row.text.to_owned()),
            "every" => Target::Every,
            "pattern" => Target::pattern(row.text, row.priority).unwrap_or_else(|error| {
                fault = Some(error.to_string());
                Target::Unreadable { text: row.text.to_owned(), priority: row.priority }
            }),
            other => {
                fault = Some(format!("`{other}` is not a form of target"));
                Target::Every
            }
        };
        let scope = match row.workspace.map(Workspace::new) {
            None => Scope::Everywhere,
            Some(Ok(workspace)) => Scope::In(workspace),
            Some(Err(error)) => {
                fault = Some(error.to_string());
                Scope::Everywhere
            }
        };
        let permission = row.permission.parse().unwrap_or_else(|error| {
            fault = Some(format!("{error}"));
            Permission::Deny
        });
        Self {
            id: row.id,
            spec: GrantSpec {
                subject: row.subject,
                scope,
                kind: ResourceType::from_string(row.kind),
                target,
                permission: if fault.is_some() { Permission::Deny } else { permission },
            },
            fault,
        }
    }
}

impl fmt::Display for Grant {
    /// Such as ``grant 12, READ for group `ml` on every experiment that `^team-` (priority 5) matches``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "grant {}, {}", self.id, self.spec)?;
        match &self.fault {
            Some(fault) => write!(f, " (cannot be read, so it refuses: {fault})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for GrantSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, scope, kind, target, permission } = self;
        write!(f, "{permission} for {subject} on ")?;
        match target {
            Target::Exact(id) => write!(f, "{kind} `{id}`")?,
            Target::Every => write!(f, "every {kind}")?,
            Target::Pattern { .. } | Target::Unreadable { .. } => {
                write!(f, "every {kind} that `{}` (priority {}) matches", target.text(), target.priority())?;
            }
        }
        match scope {
            Scope::In(workspace) if workspace.as_str() != Workspace::DEFAULT && *kind != ResourceType::WORKSPACE => {
                write!(f, " in {scope}")
            }
            Scope::In(_) | Scope::Everywhere => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Username;

    fn row<'a>() -> StoredGrant<'a> {
        StoredGrant {
            id: 1,
            subject: Subject::User(Username::new("alice").unwrap()),
            workspace: None,
            kind: "experiment",
            form: "exact",
            text: "7",
            priority: 0,
            permission: "EDIT",
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_refuses_and_says_why() {
        let cases = [
            (StoredGrant { permission: "OWNER", ..row() }, "`OWNER` is not a permission"),
            (StoredGrant { form: "glob", ..row() }, "`glob` is not a form"),
            (StoredGrant { form: "pattern", text: "team-(", ..row() }, "team-("),
            (StoredGrant { workspace: Some("NOT VALID"), ..row() }, "NOT VALID"),
        ];
        for (stored, why) in cases {
            let grant = Grant::from_stored(stored);
            assert_eq!(grant.spec.permission, Permission::Deny);
            assert!(grant.to_string().contains(why), "{grant}");
        }
        assert_eq!(Grant::from_stored(row()).fault, None);
    }
}
