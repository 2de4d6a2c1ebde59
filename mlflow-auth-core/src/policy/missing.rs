//! What a refused caller lacks.

use super::{Bound, Reason, Verdict};
use crate::vocabulary::{Action, Permission, ResourceRef};
use std::fmt;

/// What a refused caller lacks. Prints as ``MANAGE on experiment `7`, where READ is held``.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing<'a> {
    /// The least permission that allows what was asked for.
    pub needed: Permission,
    /// What it is needed on: the resource of the rung that decided; for a new resource its workspace.
    pub on: ResourceRef<'a>,
    /// What is held there.
    pub held: Permission,
    lack: Lack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    /// More permission.
    Permission,
    /// Nothing may refuse, and something does.
    Refused,
    /// A name that patterns can judge.
    Name,
    /// A token that was not narrowed so.
    Token(Bound),
}

impl<'a> Verdict<'a> {
    /// What is missing, if this is a refusal that names a resource.
    pub fn missing(&self) -> Option<Missing<'a>> {
        let (action, resource) = self.asked.filter(|_| !self.allowed)?;
        let on = if self.creates { ResourceRef::workspace(resource.workspace) } else { resource };
        let lack = match (self.reason, action) {
            (Reason::NameUnknown(_) | Reason::Unjudged(_), _) => Lack::Name,
            (Reason::Narrowed(bound), _) => Lack::Token(bound),
            (_, Action::NotDenied) => Lack::Refused,
            _ => Lack::Permission,
        };
        Some(Missing { needed: action.least(), on, held: self.permission, lack })
    }
}

impl Missing<'_> {
    /// Whether a grant of `needed` that is asked before what decided would help.
    pub fn can_be_granted(&self) -> bool {
        self.lack == Lack::Permission
    }
}

impl fmt::Display for Missing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { needed, on, held, lack } = self;
        match lack {
            Lack::Permission => write!(f, "{needed} on {on}, where {held} is held"),
            Lack::Refused => write!(f, "that nothing refuses {on}, where {held} is held"),
            Lack::Name => write!(f, "a name of {on} that patterns can judge"),
            Lack::Token(Bound::Reading) => write!(f, "a token that is not narrowed to reading"),
            Lack::Token(Bound::Resources) => write!(f, "a token that is narrowed to {on} too, or not at all"),
        }
    }
}
