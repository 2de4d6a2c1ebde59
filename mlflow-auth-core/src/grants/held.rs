//! The grants of one subject, ready for decisions.

use super::{Grant, Scope, Target};
use crate::rules::{RuleLimits, RuleSet, RuleSetError, Unjudged};
use crate::vocabulary::{ResourceRef, ResourceType, Workspace};
use std::collections::HashMap;

type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// The grants of one subject: exact ones by hash, patterns compiled together.
///
/// Made once when the grants are loaded and shared by everyone who holds them: ten thousand members of one group cost
/// one compilation.
#[derive(Debug, Default)]
pub struct SubjectGrants {
    grants: Vec<Grant>,
    kinds: Map<ResourceType, KindGrants>,
}

/// What one subject holds on one type of resource.
#[derive(Debug, Default)]
struct KindGrants {
    everywhere: ScopeGrants,
    workspaces: Map<Workspace, ScopeGrants>,
}

/// The same in one scope. Numbers are places in [`SubjectGrants::grants`].
#[derive(Debug, Default)]
struct ScopeGrants {
    every: Option<usize>,
    exact: Map<Box<str>, usize>,
    rules: Option<CompiledRules>,
}

#[derive(Debug)]
struct CompiledRules {
    set: RuleSet,
    /// From the place of a rule in the set to the place of its grant.
    grants: Box<[usize]>,
}

impl SubjectGrants {
    /// Compiles the grants of one subject. Grants of other subjects must not be among them.
    ///
    /// Stores keep one grant on one target. Where there are more all the same, because a row could not be read as it
    /// stands, the one with the highest [rank](Permission::rank) counts: a refusal.
    ///
    /// # Errors
    /// [`RuleSetError`] if the patterns cannot be compiled within the default limits; whoever holds an older set goes on
    /// with it.
    pub fn new(grants: Vec<Grant>) -> Result<Self, RuleSetError> {
        Self::with_limits(grants, RuleLimits::default())
    }

    /// The same, within other limits for the patterns on each type of resource in each scope.
    ///
    /// # Errors
    /// [`RuleSetError`], as [`SubjectGrants::new`].
    pub fn with_limits(grants: Vec<Grant>, limits: RuleLimits) -> Result<Self, RuleSetError> {
        let mut kinds: Map<ResourceType, KindGrants> = Map::default();
        let mut patterns: HashMap<(&ResourceType, &Scope), Vec<usize>> = HashMap::new();
        for (place, grant) in grants.iter().enumerate() {
            let held = kinds.entry(grant.spec.kind.clone()).or_default().scope_mut(&grant.spec.scope);
            let stronger = |held: usize| stronger(&grants, held, place);
            match &grant.spec.target {
                Target::Every => held.every = Some(held.every.map_or(place, stronger)),
                Target::Exact(id) => {
                    let held = held.exact.entry(id.as_str().into()).or_insert(place);
                    *held = stronger(*held);
                }
                Target::Pattern { .. } | Target::Unreadable { .. } => {
                    patterns.entry((&grant.spec.kind, &grant.spec.scope)).or_default().push(place);
                }
            }
        }
        for ((kind, scope), places) in patterns {
            let rules = CompiledRules::new(&grants, places, limits)?;
            kinds.entry(kind.clone()).or_default().scope_mut(scope).rules = Some(rules);
        }
        Ok(Self { grants, kinds })
    }

    /// The grants as the store gave them.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Whether patterns are held on `kind`, so that a decision needs the resource's name.
    pub fn has_patterns_on(&self, kind: &ResourceType) -> bool {
        self.kinds.get(kind).is_some_and(|held| {
            held.everywhere.rules.is_some() || held.workspaces.values().any(|scope| scope.rules.is_some())
        })
    }

    /// The grants on exactly this resource, one a scope.
    pub(crate) fn exact(&self, resource: ResourceRef<'_>) -> impl Iterator<Item = &Grant> {
        self.scopes(resource).filter_map(move |scope| self.grant(*scope.exact.get(resource.id?)?))
    }

    /// The grants on everything of its type, one a scope.
    pub(crate) fn every(&self, resource: ResourceRef<'_>) -> impl Iterator<Item = &Grant> {
        self.scopes(resource).filter_map(|scope| self.grant(scope.every?))
    }

    /// Whether a pattern would have to judge this resource: a scope that applies holds patterns on its type.
    pub(crate) fn has_patterns(&self, resource: ResourceRef<'_>) -> bool {
        self.scopes(resource).any(|scope| scope.rules.is_some())
    }

    /// The pattern that decides in each scope: the lowest priority that matches, among equals the highest rank.
    pub(crate) fn patterns(&self, resource: ResourceRef<'_>) -> impl Iterator<Item = Result<&Grant, Unjudged>> {
        self.scopes(resource).filter_map(move |scope| {
            let rules = scope.rules.as_ref()?;
            match rules.set.first_match(resource.name?) {
                Ok(rule) => self.grant(*rules.grants.get(rule?)?).map(Ok),
                Err(unjudged) => Some(Err(unjudged)),
            }
        })
    }

    /// Every pattern that matches, in the order in which they are asked. Of a set that cannot judge the name there is
    /// none here; the decision itself refuses.
    pub(crate) fn all_patterns(&self, resource: ResourceRef<'_>) -> Vec<&Grant> {
        let mut found = Vec::new();
        let Some(name) = resource.name else { return found };
        for scope in self.scopes(resource) {
            let Some(rules) = scope.rules.as_ref() else { continue };
            let places = rules.set.all_matches(name).unwrap_or_default().into_iter();
            found.extend(places.filter_map(|rule| self.grant(*rules.grants.get(rule)?)));
        }
        found
    }

    fn grant(&self, place: usize) -> Option<&Grant> {
        self.grants.get(place)
    }

    fn scopes(&self, resource: ResourceRef<'_>) -> impl Iterator<Item = &ScopeGrants> {
        let held = self.kinds.get(resource.kind);
        let here = held.and_then(|held| match held.workspaces.is_empty() {
            true => None,
            false => held.workspaces.get(resource.workspace),
        });
        here.into_iter().chain(held.map(|held| &held.everywhere))
    }
}

impl KindGrants {
    fn scope_mut(&mut self, scope: &Scope) -> &mut ScopeGrants {
        match scope {
            Scope::Everywhere => &mut self.everywhere,
            Scope::In(workspace) => self.workspaces.entry(workspace.clone()).or_default(),
        }
    }
}

impl CompiledRules {
    fn new(grants: &[Grant], mut places: Vec<usize>, limits: RuleLimits) -> Result<Self, RuleSetError> {
        places.sort_by_key(|place| grants.get(*place).map(Grant::turn));
        let patterns = places.iter().map(|place| match grants.get(*place).map(|grant| &grant.spec.target) {
            Some(Target::Pattern { pattern, .. }) => Some(pattern),
            _ => None,
        });
        Ok(Self { set: RuleSet::with_limits(patterns, limits)?, grants: places.into() })
    }
}

fn stronger(grants: &[Grant], one: usize, other: usize) -> usize {
    let strength = |place: usize| grants.get(place).map(Grant::strength);
    if strength(other) < strength(one) { other } else { one }
}
