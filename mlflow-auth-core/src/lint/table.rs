//! The patterns that are asked together.

use crate::grants::{Grant, Scope, Target};
use crate::rules::{Pattern, RuleSet, RuleSetError};
use crate::vocabulary::ResourceType;
use std::collections::BTreeMap;

/// The patterns of one subject on one type in one workspace, in the order in which they are asked, with those that hold
/// everywhere among them.
pub(super) struct Table<'g> {
    pub(super) kind: &'g ResourceType,
    pub(super) scope: &'g Scope,
    pub(super) grants: Vec<&'g Grant>,
    pub(super) set: RuleSet,
}

impl<'g> Table<'g> {
    pub(super) fn all(grants: &'g [Grant]) -> Result<Vec<Self>, RuleSetError> {
        let mut places: BTreeMap<(&ResourceType, &Scope), Vec<&Grant>> = BTreeMap::new();
        for grant in grants.iter().filter(|grant| is_rule(grant)) {
            places.entry((&grant.spec.kind, &grant.spec.scope)).or_default().push(grant);
        }
        let everywhere = places.clone();
        let everywhere = |kind| everywhere.get(&(kind, &Scope::Everywhere)).cloned().unwrap_or_default();
        let tables = places.into_iter().map(|((kind, scope), mut grants)| {
            if *scope != Scope::Everywhere {
                grants.extend(everywhere(kind));
            }
            grants.sort_by_key(|grant| grant.turn());
            let set = RuleSet::new(grants.iter().map(|grant| pattern(grant)))?;
            Ok(Self { kind, scope, grants, set })
        });
        tables.collect()
    }

    /// The rules that are judged with this table, with their places; those that hold everywhere have one of their own.
    pub(super) fn own(&self) -> impl Iterator<Item = (usize, &'g Grant)> + '_ {
        self.grants.iter().copied().enumerate().filter(|(_, grant)| self.owns(grant))
    }

    /// Whether a rule is judged with this table.
    pub(super) fn owns(&self, grant: &Grant) -> bool {
        grant.spec.scope == *self.scope
    }

    pub(super) fn grant(&self, place: usize) -> Option<&'g Grant> {
        self.grants.get(place).copied()
    }

    /// The rule that decides on `name`.
    pub(super) fn first(&self, name: &str) -> Option<usize> {
        self.set.first_match(name).ok().flatten()
    }

    /// The rules that match `name`.
    pub(super) fn all_on(&self, name: &str) -> Vec<usize> {
        self.set.all_matches(name).unwrap_or_default()
    }

    /// The characters that no name of the type can have, as MLflow 3.17.2 checks it (`utils/validation.py`).
    pub(super) fn forbidden(&self) -> &'static [u8] {
        match *self.kind == ResourceType::REGISTERED_MODEL || *self.kind == ResourceType::PROMPT {
            true => b"/:",
            false => b"",
        }
    }
}

fn is_rule(grant: &Grant) -> bool {
    matches!(grant.spec.target, Target::Pattern { .. } | Target::Unreadable { .. })
}

/// The pattern of a rule; none if it cannot be read.
pub(super) fn pattern(grant: &Grant) -> Option<&Pattern> {
    match &grant.spec.target {
        Target::Pattern { pattern, .. } => Some(pattern),
        _ => None,
    }
}
