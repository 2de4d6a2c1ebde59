//! Grants against what exists.

use super::rules::about;
use super::table::Table;
use super::{Code, Finding, Severity};
use crate::grants::{Grant, Scope, Target};
use crate::vocabulary::{Resource, ResourceType, Username, Workspace};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What is known to exist.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The accounts; none if they are not known, or kept elsewhere.
    pub users: Option<BTreeSet<Username>>,
    kinds: BTreeSet<ResourceType>,
    resources: HashMap<(ResourceType, String), Vec<Resource>>,
    names: BTreeMap<ResourceType, Vec<(Workspace, String)>>,
}

impl Known {
    /// Takes `resources` for all there are of each of `kinds`.
    pub fn new(kinds: impl IntoIterator<Item = ResourceType>, resources: impl IntoIterator<Item = Resource>) -> Self {
        let mut known = Self { kinds: kinds.into_iter().collect(), ..Self::default() };
        for resource in resources {
            if let Some(name) = &resource.name {
                let names = known.names.entry(resource.kind.clone()).or_default();
                names.push((resource.workspace.clone(), name.clone()));
            }
            if let Some(id) = &resource.id {
                known.resources.entry((resource.kind.clone(), id.clone())).or_default().push(resource);
            }
        }
        known
    }

    /// The same with these accounts.
    pub fn with_users(mut self, users: impl IntoIterator<Item = Username>) -> Self {
        self.users = Some(users.into_iter().collect());
        self
    }

    fn find(&self, grant: &Grant, id: &str) -> Option<&Resource> {
        let found = self.resources.get(&(grant.spec.kind.clone(), id.to_owned()))?;
        found.iter().find(|resource| holds_in(&grant.spec.scope, &resource.workspace))
    }
}

fn holds_in(scope: &Scope, workspace: &Workspace) -> bool {
    match scope {
        Scope::Everywhere => true,
        Scope::In(name) => name == workspace,
    }
}

/// Exact grants on what does not exist.
pub(super) fn check_exact(grants: &[Grant], known: &Known, findings: &mut Vec<Finding>) {
    for grant in grants.iter().filter(|grant| known.kinds.contains(&grant.spec.kind)) {
        if let Target::Exact(id) = &grant.spec.target
            && known.find(grant, id).is_none()
        {
            let problem = format!("there is no such {}", grant.spec.kind);
            findings.push(about(grant, Code::Gone, Severity::Warning, &problem));
        }
    }
}

/// Patterns that match nothing that exists.
pub(super) fn check_rules(table: &Table<'_>, known: &Known, findings: &mut Vec<Finding>) {
    if !known.kinds.contains(table.kind) {
        return;
    }
    let mut matched = HashSet::new();
    for (workspace, name) in known.names.get(table.kind).into_iter().flatten() {
        if holds_in(table.scope, workspace) {
            matched.extend(table.all_on(name));
        }
    }
    for (_, grant) in table.own().filter(|(place, _)| !matched.contains(place)) {
        let problem = format!("no {} that exists has a name that it matches", grant.spec.kind);
        findings.push(about(grant, Code::MatchesNothing, Severity::Info, &problem));
    }
}

/// Exact grants that give what the patterns of the same subject give already.
pub(super) fn check_redundant(table: &Table<'_>, grants: &[Grant], known: &Known, findings: &mut Vec<Finding>) {
    let here = |grant: &&Grant| grant.spec.kind == *table.kind && grant.spec.scope == *table.scope;
    for grant in grants.iter().filter(here) {
        let Target::Exact(id) = &grant.spec.target else { continue };
        let Some(name) = known.find(grant, id).map_or_else(|| own_name(table.kind, id), |found| found.name.as_deref())
        else {
            continue;
        };
        let Some(rule) = table.first(name).and_then(|place| table.grant(place)) else { continue };
        if rule.spec.permission == grant.spec.permission && grant.fault.is_none() && rule.fault.is_none() {
            let problem = "without it the same permission would be held, by".to_owned();
            let (code, severity) = (Code::Redundant, Severity::Info);
            let grants = vec![grant.clone(), rule.clone()];
            findings.push(Finding { code, severity, grants, example: Some(name.to_owned()), problem });
        }
    }
}

/// The name of a resource whose id is its name.
fn own_name<'i>(kind: &ResourceType, id: &'i str) -> Option<&'i str> {
    let named = [
        ResourceType::REGISTERED_MODEL,
        ResourceType::PROMPT,
        ResourceType::WORKSPACE,
        ResourceType::GATEWAY_SECRET,
        ResourceType::GATEWAY_ENDPOINT,
        ResourceType::GATEWAY_MODEL_DEFINITION,
    ];
    named.contains(kind).then_some(id)
}
