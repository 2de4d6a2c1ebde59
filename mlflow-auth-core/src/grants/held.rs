//! The grants of one subject, ready for decisions.

use super::{Grant, Scope, Target};
use crate::rules::{RuleLimits, RuleSet, RuleSetError, Unjudged};
use crate::vocabulary::{ResourceRef, ResourceType, Workspace};
use std::cmp::Ordering;
use std::collections::HashMap;

type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// The grants of one subject: exact ones by hash, patterns compiled together.
///
/// Made once when the grants are loaded and shared by everyone who holds them: ten thousand members of one group cost
/// one compilation.
#[derive(Debug, Default)]
pub struct SubjectGrants {
    grants: Vec<Grant>,
    /// In the order of [`by_name`]: mostly one or two, which are found faster so than in a map.
    kinds: Box<[(ResourceType, KindGrants)]>,
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
    rules: Option<Box<CompiledRules>>,
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
    /// stands, the one with the highest [rank](crate::Permission::rank) counts: a refusal.
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
            kinds.entry(kind.clone()).or_default().scope_mut(scope).rules = Some(Box::new(rules));
        }
        let mut kinds: Box<[_]> = kinds.into_iter().collect();
        kinds.sort_unstable_by(|(one, _), (other, _)| by_name(one, other));
        Ok(Self { grants, kinds })
    }

    /// The grants as the store gave them.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Whether patterns are held on `kind`, so that a decision needs the resource's name.
    pub fn has_patterns_on(&self, kind: &ResourceType) -> bool {
        self.kind(kind).is_some_and(|held| {
            held.everywhere.rules.is_some() || held.workspaces.values().any(|scope| scope.rules.is_some())
        })
    }

    /// The ids of `kind` that grants name one by one: in `workspace`, and everywhere.
    pub(crate) fn exact_ids<'a>(
        &'a self,
        kind: &ResourceType,
        workspace: &Workspace,
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        let held = self.kind(kind);
        let scopes = held.map(|held| [held.workspaces.get(workspace), Some(&held.everywhere)]);
        scopes.into_iter().flatten().flatten().flat_map(|scope| scope.exact.keys().map(AsRef::as_ref))
    }

    /// Whether a grant that gives something stands on exactly this id, in the workspace or everywhere.
    pub fn gives_exactly(&self, kind: &ResourceType, id: &str, workspace: &Workspace) -> bool {
        let mut gives = false;
        let resource = ResourceRef { kind, id: Some(id), name: None, workspace };
        self.on(resource, |held| {
            gives |= held.exact(Some(id)).is_some_and(|grant| !grant.spec.permission.is_refusal())
        });
        gives
    }

    /// Calls `each` with what is held on the type of `resource`: in its own workspace, and everywhere.
    #[inline]
    pub(crate) fn on<'a>(&'a self, resource: ResourceRef<'_>, mut each: impl FnMut(InScope<'a>)) {
        let Some(held) = self.kind(resource.kind) else { return };
        if !held.workspaces.is_empty()
            && let Some(scope) = held.workspaces.get(resource.workspace)
        {
            each(InScope { grants: &self.grants, scope });
        }
        each(InScope { grants: &self.grants, scope: &held.everywhere });
    }

    #[inline]
    fn kind(&self, kind: &ResourceType) -> Option<&KindGrants> {
        let place = self.kinds.binary_search_by(|(held, _)| by_name(held, kind)).ok()?;
        self.kinds.get(place).map(|(_, held)| held)
    }

    /// Whether a pattern would have to judge this resource: a scope that applies holds patterns on its type.
    pub(crate) fn has_patterns(&self, resource: ResourceRef<'_>) -> bool {
        let mut any = false;
        self.on(resource, |held| any |= held.scope.rules.is_some());
        any
    }
}

/// What one subject holds on one type of resource in one scope.
#[derive(Clone, Copy)]
pub(crate) struct InScope<'a> {
    grants: &'a [Grant],
    scope: &'a ScopeGrants,
}

impl<'a> InScope<'a> {
    /// The grant on exactly this id.
    #[inline]
    pub(crate) fn exact(self, id: Option<&str>) -> Option<&'a Grant> {
        match self.scope.exact.is_empty() {
            true => None,
            false => self.grants.get(*self.scope.exact.get(id?)?),
        }
    }

    /// The grant on everything of the type.
    #[inline]
    pub(crate) fn every(self) -> Option<&'a Grant> {
        self.grants.get(self.scope.every?)
    }

    /// The pattern that decides: the lowest priority that matches, among equals the highest rank. None decides on a whole
    /// type, nor on a name that is not known.
    #[inline]
    pub(crate) fn pattern(self, resource: ResourceRef<'_>) -> Result<Option<&'a Grant>, Unjudged> {
        let (Some(rules), Some(name)) = (&self.scope.rules, resource.name) else {
            return Ok(None);
        };
        let rule = rules.set.first_match(name)?;
        Ok(rule.and_then(|rule| self.grants.get(*rules.grants.get(rule)?)))
    }

    /// Every pattern that matches, in the order in which they are asked. Of a set that cannot judge the name there is
    /// none here; the decision itself refuses.
    pub(crate) fn all_patterns(self, resource: ResourceRef<'_>) -> Vec<&'a Grant> {
        let (Some(rules), Some(name)) = (&self.scope.rules, resource.name) else {
            return Vec::new();
        };
        let places = rules.set.all_matches(name).unwrap_or_default().into_iter();
        places.filter_map(|rule| self.grants.get(*rules.grants.get(rule)?)).collect()
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

/// The shorter first: nearly all comparisons end there.
fn by_name(one: &ResourceType, other: &ResourceType) -> Ordering {
    let (one, other) = (one.name(), other.name());
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

fn stronger(grants: &[Grant], one: usize, other: usize) -> usize {
    let strength = |place: usize| grants.get(place).map(Grant::strength);
    if strength(other) < strength(one) { other } else { one }
}
