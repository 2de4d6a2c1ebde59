//! The grants of one subject, ready for decisions.

use super::{Grant, Scope, Target};
use crate::rules::{RuleSet, RuleSetError};
use crate::vocabulary::{Permission, ResourceRef, ResourceType, Workspace};
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
    /// # Errors
    /// [`RuleSetError`] if the patterns cannot be compiled within the limits; whoever holds an older set goes on with
    /// it.
    pub fn new(grants: Vec<Grant>) -> Result<Self, RuleSetError> {
        let mut kinds: Map<ResourceType, KindGrants> = Map::default();
        let mut patterns: HashMap<(&ResourceType, &Scope), Vec<usize>> = HashMap::new();
        for (place, grant) in grants.iter().enumerate() {
            let held = kinds.entry(grant.spec.kind.clone()).or_default().scope_mut(&grant.spec.scope);
            match &grant.spec.target {
                Target::Every => held.every = Some(place),
                Target::Exact(id) => {
                    held.exact.insert(id.as_str().into(), place);
                }
                Target::Pattern { .. } | Target::Unreadable { .. } => {
                    patterns.entry((&grant.spec.kind, &grant.spec.scope)).or_default().push(place);
                }
            }
        }
        for ((kind, scope), places) in patterns {
            let rules = CompiledRules::new(&grants, places)?;
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
    pub(crate) fn patterns(&self, resource: ResourceRef<'_>) -> impl Iterator<Item = &Grant> {
        self.scopes(resource).filter_map(move |scope| {
            let rules = scope.rules.as_ref()?;
            let rule = rules.set.first_match(resource.name?)?;
            self.grant(*rules.grants.get(rule)?)
        })
    }

    /// Every pattern that matches, in the order in which they are asked. For explanations: it tries each one alone.
    pub(crate) fn all_patterns(&self, resource: ResourceRef<'_>) -> Vec<&Grant> {
        let mut found = Vec::new();
        let Some(name) = resource.name else { return found };
        for scope in self.scopes(resource) {
            let Some(rules) = scope.rules.as_ref() else { continue };
            let places = rules.set.all_matches(name).into_iter();
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
    fn new(grants: &[Grant], mut places: Vec<usize>) -> Result<Self, RuleSetError> {
        let order = |place: &usize| {
            let grant = grants.get(*place);
            let priority = grant.map_or(i64::MAX, |grant| grant.spec.target.priority());
            let permission = grant.map_or(Permission::Deny, |grant| grant.spec.permission);
            (priority, std::cmp::Reverse(permission.rank()), *place)
        };
        places.sort_by_key(order);
        let patterns = places.iter().map(|place| match grants.get(*place).map(|grant| &grant.spec.target) {
            Some(Target::Pattern { pattern, .. }) => Some(pattern),
            _ => None,
        });
        Ok(Self { set: RuleSet::new(patterns)?, grants: places.into() })
    }
}
