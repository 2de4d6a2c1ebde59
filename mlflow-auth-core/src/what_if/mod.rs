//! What a change would change: who would hold what, on every resource that is known, before it is saved.
//!
//! [`compare`] decides with the same [`Policy`] that serves requests, over two [`Snapshot`]s. Users who belong to the same
//! groups and roles and hold nothing of their own are decided on once.

mod print;

use crate::grants::{Grant, Holdings};
use crate::plan::{Holders, Snapshot};
use crate::policy::{Policy, Requirement};
use crate::rules::RuleSetError;
use crate::vocabulary::{Action, Permission, Principal, Proof, Resource, Subject, Username};
use std::collections::{BTreeMap, BTreeSet};

/// What would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The users for whom anything would change, those for whom it is the same together.
    pub changed: Vec<Changed>,
    /// How many users and resources were looked at.
    pub users: usize,
    /// How many resources were looked at.
    pub resources: usize,
}

/// What would change for some users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// For whom, by name.
    pub users: Vec<Username>,
    /// On what, in the order in which resources were given.
    pub effects: Vec<Effect>,
}

/// What would change on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Which.
    pub resource: Resource,
    /// What is held now.
    pub before: Level,
    /// What would be held.
    pub after: Level,
}

/// What somebody holds on a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// All weighed.
    pub permission: Permission,
    /// The grant that decides; none if it is the default.
    pub because_of: Option<Grant>,
}

impl Effect {
    /// Whether something is allowed afterwards that is not now.
    pub fn gains(&self) -> bool {
        self.after.permission > self.before.permission
    }
}

/// What makes users alike: the one who holds something of their own, and what they belong to, before and after.
type Share<'h> = (Option<Subject>, &'h [Subject], &'h [Subject]);

/// What would change on `resources` for `users` who are not admins, if a store held `after` in the place of `before`.
/// Who belongs to a group that is not known to the store is not seen here.
///
/// # Errors
/// [`RuleSetError`] if the patterns of a subject are too many or too large.
pub fn compare(
    policy: &Policy,
    (before, after): (&Snapshot, &Snapshot),
    users: &BTreeSet<Username>,
    resources: &[Resource],
) -> Result<Report, RuleSetError> {
    let held_before = Holders::new(before)?;
    let held_after = Holders::sharing(after, before, &held_before)?;
    let different = different(before, after);
    let own = |user: &Username| {
        let subject = Subject::User(user.clone());
        let holds = |snapshot: &Snapshot| snapshot.subjects().contains_key(&subject);
        (holds(before) || holds(after)).then_some(subject.clone())
    };
    let mut alike: BTreeMap<Share<'_>, Vec<Username>> = BTreeMap::new();
    for user in users {
        let (was, will) = (held_before.subjects_of(user), held_after.subjects_of(user));
        let own = own(user);
        let touched = own.iter().chain(was).chain(will).any(|subject| different.contains(subject));
        if was != will || touched {
            alike.entry((own, was, will)).or_default().push(user.clone());
        }
    }
    let needs: Vec<Requirement> =
        resources.iter().map(|resource| Requirement::on(Action::Read, resource.clone())).collect();
    let mut changed = Vec::new();
    for users in alike.into_values() {
        let Some(one) = users.first() else { continue };
        let who = Principal::new(one.clone(), Proof::Asserted);
        let sides = (held_before.holdings(one, &[]), held_after.holdings(one, &[]));
        let effects: Vec<Effect> = resources
            .iter()
            .zip(&needs)
            .filter_map(|(resource, need)| effect(policy, &who, (&sides.0, &sides.1), resource, need))
            .collect();
        if !effects.is_empty() {
            changed.push(Changed { users, effects });
        }
    }
    changed.sort_by(|one, other| one.users.cmp(&other.users));
    Ok(Report { changed, users: users.len(), resources: resources.len() })
}

/// The subjects whose grants are not the same on both sides.
fn different(before: &Snapshot, after: &Snapshot) -> BTreeSet<Subject> {
    let grants = |snapshot: &Snapshot, subject: &Subject| {
        snapshot.subjects().get(subject).map(|held| held.grants.clone()).unwrap_or_default()
    };
    let all = before.subjects().keys().chain(after.subjects().keys());
    all.filter(|subject| grants(before, subject) != grants(after, subject)).cloned().collect()
}

fn effect(
    policy: &Policy,
    who: &Principal,
    (before, after): (&Holdings, &Holdings),
    resource: &Resource,
    need: &Requirement,
) -> Option<Effect> {
    let need = std::slice::from_ref(need);
    let (was, will) = (policy.decide(who, before, need), policy.decide(who, after, need));
    (was.permission != will.permission).then(|| Effect {
        resource: resource.clone(),
        before: Level { permission: was.permission, because_of: was.reason.grant().cloned() },
        after: Level { permission: will.permission, because_of: will.reason.grant().cloned() },
    })
}

#[cfg(test)]
mod tests;
