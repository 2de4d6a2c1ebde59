//! What a proof was narrowed to, as a bound on verdicts.

use super::{Requirement, Verdict};
use crate::vocabulary::{Action, Narrowing, Permission, Principal, ResourceRef};
use std::fmt;

/// In which way a proof was narrowed, so that what its owner may do was refused.
///
/// A requirement lies within a [`Narrowing`] if
///
/// * where only reading is allowed: nothing in it takes more than reading, on no rung of no chain. To bring something new
///   takes more;
/// * where resources are named: **one of them all is named**, on any rung of any of its chains. So the parent that speaks
///   for a resource opens the way to it: a token for an experiment reaches its runs, traces, logged models and scorers,
///   one for a registered model its versions. Not the other way round: a token for all runs reaches none, for it takes
///   reading their experiment first. What merely must not be denied lies within always: it gives nothing;
/// * something new: its type is named without an id, or the workspace it goes to, or the id that it will have, where that
///   is known beforehand. So a token for a registered model may make it, and one for an experiment makes no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// To reading.
    Reading,
    /// To resources.
    Resources,
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bound::Reading => "to reading",
            Bound::Resources => "to other resources",
        })
    }
}

/// The bound that `need` lies outside of, if the proof of `who` has one.
pub(super) fn outside(who: &Principal, need: &Requirement) -> Option<Bound> {
    let narrowing = who.narrowing.as_deref()?;
    match need {
        Requirement::Create(_) if narrowing.read_only => Some(Bound::Reading),
        Requirement::Create(new) => (!narrowing.reaches(new.as_ref())).then_some(Bound::Resources),
        Requirement::Any(chains) => {
            let mut rungs = chains.iter().flat_map(|chain| &chain.0);
            if rungs.clone().any(|rung| !narrowing.lets(rung.action)) {
                return Some(Bound::Reading);
            }
            let within = rungs.any(|rung| reaches(narrowing, rung.action, rung.resource.as_ref()));
            (!within).then_some(Bound::Resources)
        }
    }
}

/// The verdict on an admin: all passes that lies within what their proof was narrowed to.
pub(super) fn of_admin<'a>(who: &'a Principal, needs: &'a [Requirement]) -> Verdict<'a> {
    for need in needs {
        if let Some(bound) = outside(who, need) {
            return Verdict::of_admin(who, std::slice::from_ref(need)).narrowed(bound);
        }
    }
    Verdict::of_admin(who, needs)
}

/// Whether the proof of `who` lets them do `action` to `resource`, if they may.
pub(super) fn permits(who: &Principal, action: Action, resource: ResourceRef<'_>) -> bool {
    let within = |narrowing: &Narrowing| narrowing.lets(action) && reaches(narrowing, action, resource);
    who.narrowing.as_deref().is_none_or(within)
}

/// What is left of `permission` on `resource`.
pub(super) fn permission(who: &Principal, permission: Permission, resource: ResourceRef<'_>) -> Permission {
    match who.narrowing.as_deref() {
        Some(narrowing) if !narrowing.reaches(resource) => permission.min(Permission::NoPermissions),
        Some(narrowing) if narrowing.read_only => permission.min(Permission::Read),
        _ => permission,
    }
}

fn reaches(narrowing: &Narrowing, action: Action, resource: ResourceRef<'_>) -> bool {
    action == Action::NotDenied || narrowing.reaches(resource)
}
