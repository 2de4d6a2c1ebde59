//! One finding.

use crate::grants::{Grant, Scope};
use serde_json::{Value, json};
use std::fmt;

/// One thing that is odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub code: Code,
    /// How grave.
    pub severity: Severity,
    /// The grants it is about: first the one that should be looked at, then those that make it odd.
    pub grants: Vec<Grant>,
    /// A name that shows it: the engine has confirmed what is said about it.
    pub example: Option<String>,
    /// What is odd, in words.
    pub problem: String,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing, mostly meant.
    Info,
    /// Mostly not meant.
    Warning,
    /// Something does not work.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal;)*) => {
        /// What kind of thing a finding is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $code,)*
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Code] = &[$(Code::$code),*];

            /// The word that stands for it in output, such as `open-end`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Code::$code => $name,)*
                }
            }
        }
    };
}

codes! {
    /// The stored row cannot be read, so it refuses.
    Unreadable = "unreadable";
    /// No name at all matches the pattern.
    NeverMatches = "never-matches";
    /// The pattern needs a character that names of its type cannot have.
    ImpossibleName = "impossible-name";
    /// Whatever the pattern matches, an earlier one of the same subject matches too.
    Shadowed = "shadowed";
    /// Two patterns of one priority match the same name and give different permissions: the rank decides.
    Tie = "tie";
    /// An earlier pattern takes names from a later one that gives another permission.
    Overlap = "overlap";
    /// The pattern ends in the middle of a word, so it matches longer words too.
    OpenEnd = "open-end";
    /// Python, which mlflow-oidc-auth is written in, reads the pattern differently.
    PythonDiffers = "python-differs";
    /// The resource does not exist.
    Gone = "gone";
    /// No resource that exists has a name that the pattern matches.
    MatchesNothing = "matches-nothing";
    /// Without this exact grant the subject would hold the same.
    Redundant = "redundant";
    /// Everybody who has this grant through one group has it through another as well.
    Duplicate = "duplicate";
    /// Nobody is in the group, or has the role.
    NoMembers = "no-members";
    /// There is no account of this name.
    UnknownUser = "unknown-user";
    /// It would take too much to check.
    NotChecked = "not-checked";
}

impl fmt::Display for Finding {
    /// Such as ``warning[open-end]: grant 3, READ for .. matches longer words too, such as `team-10-x` ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: ", self.severity.name(), self.code.name())?;
        if let Some((first, others)) = self.grants.split_first() {
            write!(f, "{}: ", first.to_string().escape_debug())?;
            f.write_str(&self.problem)?;
            for (place, other) in others.iter().enumerate() {
                f.write_str(if place == 0 { ": " } else { "; " })?;
                write!(f, "{}", other.to_string().escape_debug())?;
            }
        } else {
            f.write_str(&self.problem)?;
        }
        match &self.example {
            Some(example) => write!(f, " (example: `{}`)", example.escape_debug()),
            None => Ok(()),
        }
    }
}

impl Finding {
    /// The finding as a JSON object: `code`, `severity`, `problem`, `example` (or null), and `grants`, each with `id`,
    /// `subject`, `workspace` (null for everywhere), `resource_type`, `form`, `text`, `priority`, `permission`.
    pub fn to_json(&self) -> Value {
        json!({
            "code": self.code.name(),
            "severity": self.severity.name(),
            "problem": self.problem,
            "example": self.example,
            "grants": self.grants.iter().map(grant_json).collect::<Vec<_>>(),
        })
    }
}

fn grant_json(grant: &Grant) -> Value {
    let workspace = match &grant.spec.scope {
        Scope::Everywhere => None,
        Scope::In(workspace) => Some(workspace.as_str()),
    };
    json!({
        "id": grant.id,
        "subject": grant.spec.subject.to_string(),
        "workspace": workspace,
        "resource_type": grant.spec.kind.name(),
        "form": grant.spec.target.form(),
        "text": grant.spec.target.text(),
        "priority": grant.spec.target.priority(),
        "permission": grant.spec.permission.name(),
    })
}
