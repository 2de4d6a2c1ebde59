//! How a difference is printed: what a person reviews.

use super::{Difference, Step};
use crate::grants::{GrantSpec, Scope, Target};
use crate::vocabulary::{Subject, Workspace};
use std::fmt;

impl fmt::Display for Difference {
    /// One block for each subject, one line for each step, and a sum at the end. The order is always the same. What is
    /// not printable in a name is escaped, so that a line stays a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (subject, steps) in self.steps() {
            writeln!(f, "{}", printable(subject))?;
            for step in steps {
                writeln!(f, "  {} {}", step.sign(), printable(&Line { subject, step }))?;
            }
        }
        if !self.kept().is_empty() {
            writeln!(f, "kept, because it cannot be read")?;
            self.kept().iter().try_for_each(|grant| writeln!(f, "  = {}", printable(grant)))?;
        }
        let count = |sign| self.steps().values().flatten().filter(|step| step.sign() == sign).count();
        match self.is_empty() {
            true => write!(f, "no change"),
            false => write!(f, "{} to add, {} to change, {} to remove", count('+'), count('~'), count('-')),
        }
    }
}

struct Line<'d> {
    subject: &'d Subject,
    step: &'d Step,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let itself = if matches!(self.subject, Subject::Role(_)) { "the role" } else { "the group" };
        let person = if matches!(self.subject, Subject::Role(_)) { "user" } else { "member" };
        match self.step {
            Step::Create { description: Some(text) } => write!(f, "{itself}, `{text}`"),
            Step::Create { description: None } | Step::Forget => f.write_str(itself),
            Step::Describe { before: Some(before), after } => write!(f, "description `{before}` -> `{after}`"),
            Step::Describe { before: None, after } => write!(f, "description `{after}`"),
            Step::Join(user) | Step::Leave(user) => write!(f, "{person} `{user}`"),
            Step::Give(spec) => write!(f, "{} on {}", spec.permission, On(spec)),
            Step::Revoke(grant) => write!(f, "{} on {}", grant.spec.permission, On(&grant.spec)),
            Step::Alter { before, after } => {
                write!(f, "{} -> {} on {}", before.spec.permission, after.permission, On(after))?;
                match (before.spec.target.priority(), after.target.priority()) {
                    (one, other) if one != other => write!(f, ", priority {one} -> {other}"),
                    _ => Ok(()),
                }
            }
        }
    }
}

/// What a grant is on, without who holds it.
struct On<'g>(&'g GrantSpec);

impl fmt::Display for On<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let GrantSpec { scope, kind, target, .. } = self.0;
        match target {
            Target::Exact(id) => write!(f, "{kind} `{id}`")?,
            Target::Every => write!(f, "every {kind}")?,
            Target::Pattern { .. } | Target::Unreadable { .. } => {
                write!(f, "every {kind} that `{}` (priority {}) matches", target.text(), target.priority())?;
            }
        }
        match scope {
            Scope::In(workspace) if workspace.as_str() == Workspace::DEFAULT => Ok(()),
            Scope::In(_) | Scope::Everywhere => write!(f, " in {scope}"),
        }
    }
}

/// A text of one line: what is not printable is escaped.
pub(super) fn printable(text: &impl fmt::Display) -> String {
    let text = text.to_string();
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c) {
            true => line.extend(c.escape_default()),
            false => line.push(c),
        }
    }
    line
}
