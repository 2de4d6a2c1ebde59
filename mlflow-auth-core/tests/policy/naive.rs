//! The loop: every decision by looking at every grant, without index, cache or automaton.

use mlflow_auth_core::{
    Action, Chain, Grant, GrantSpec, Mode, Permission, Policy, Reason, Requirement, Resource, ResourceType, Scope,
    Source, Subject, Target, Verdict, Workspace,
};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::HashMap;

/// What is written down of a decision: allowed, rung, permission, reason.
pub(crate) type Answer<'a> = (bool, usize, Permission, Reason<'a>);

/// What is written down of a verdict.
pub(crate) fn written(verdict: Verdict<'_>) -> Answer<'_> {
    (verdict.allowed, verdict.rung, verdict.permission, verdict.reason)
}

thread_local! {
    /// By its text; only so that the loop does not take all day.
    static COMPILED: RefCell<HashMap<String, regex::Regex>> = RefCell::default();
}

pub(crate) struct World<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) grants: &'a [Grant],
}

fn is_own(grant: &Grant) -> bool {
    matches!(grant.spec.subject, Subject::User(_))
}

fn strength(grant: &Grant) -> (Reverse<u8>, i64) {
    (Reverse(grant.spec.permission.rank()), grant.id)
}

/// Whether the pattern matches as Python's `re.match` has it; names here are ASCII, `$` stands only at the end.
fn matches(target: &Target, name: &str) -> bool {
    match target {
        Target::Unreadable { .. } => true,
        Target::Pattern { pattern, .. } => COMPILED.with_borrow_mut(|compiled| {
            let text = pattern.as_str();
            let regex = compiled.entry(text.to_owned()).or_insert_with(|| {
                let open = text.strip_suffix('$').map_or(text.to_owned(), |text| format!(r"(?:{text})(?:\n?\z)"));
                regex::Regex::new(&format!("^(?:{open})")).unwrap()
            });
            regex.is_match(name)
        }),
        _ => false,
    }
}

fn is_pattern(grant: &Grant) -> bool {
    matches!(grant.spec.target, Target::Pattern { .. } | Target::Unreadable { .. })
}

impl<'a> World<'a> {
    /// The grants on the type of `resource` that hold where it lives. Of several on one place the strongest counts.
    fn about(&self, resource: &Resource) -> Vec<&'a Grant> {
        let holds = |grant: &&Grant| {
            let here = Scope::In(resource.workspace.clone());
            grant.spec.kind == resource.kind && (grant.spec.scope == here || grant.spec.scope == Scope::Everywhere)
        };
        let rival = |grant: &Grant, other: &Grant| {
            let same = |one: &GrantSpec, other: &GrantSpec| {
                one.subject == other.subject && one.kind == other.kind && one.scope == other.scope
            };
            !is_pattern(grant) && same(&grant.spec, &other.spec) && grant.spec.target == other.spec.target
        };
        let strongest =
            |grant: &&Grant| !self.grants.iter().any(|other| rival(grant, other) && strength(other) < strength(grant));
        self.grants.iter().filter(holds).filter(strongest).collect()
    }

    fn source(&self, source: Source, resource: &Resource) -> Result<Option<&'a Grant>, Source> {
        let own = matches!(source, Source::User | Source::Regex);
        let mut candidates = self.about(resource);
        candidates.retain(|grant| is_own(grant) == own);
        if matches!(source, Source::User | Source::Group) {
            candidates.sort_by_key(|grant| strength(grant));
            let id = |grant: &&Grant| resource.id.is_some_and_target(&grant.spec.target);
            let itself = candidates.iter().copied().find(id);
            return Ok(itself.or(candidates.into_iter().find(|grant| grant.spec.target == Target::Every)));
        }
        candidates.retain(|grant| is_pattern(grant));
        candidates.sort_by_key(|grant| (grant.spec.target.priority(), strength(grant)));
        match (&resource.id, &resource.name) {
            (None, None) => Ok(None),
            (Some(_), None) if candidates.is_empty() => Ok(None),
            (Some(_), None) => Err(source),
            (_, Some(name)) => Ok(candidates.into_iter().find(|grant| matches(&grant.spec.target, name))),
        }
    }

    fn first_match(&self, order: &[Source], resource: &Resource) -> Option<(Permission, Reason<'a>)> {
        order.iter().find_map(|source| match self.source(*source, resource) {
            Ok(grant) => grant.map(|grant| (grant.spec.permission, Reason::Granted(grant, *source))),
            Err(source) => Some((Permission::Deny, Reason::NameUnknown(source))),
        })
    }

    /// All that speak: exact ones, those on everything, and of each subject's patterns in each scope the first.
    fn speakers(&self, resource: &Resource) -> Vec<(&'a Grant, Source)> {
        let mut about = self.about(resource);
        about.sort_by_key(|grant| (grant.spec.target.priority(), strength(grant)));
        let mut spoken: Vec<(&Subject, &Scope)> = Vec::new();
        let mut found = Vec::new();
        for grant in about {
            let speaker = (&grant.spec.subject, &grant.spec.scope);
            let own = is_own(grant);
            if resource.id.is_some_and_target(&grant.spec.target) || grant.spec.target == Target::Every {
                found.push((grant, if own { Source::User } else { Source::Group }));
            } else if let Some(name) = &resource.name
                && !spoken.contains(&speaker)
                && matches(&grant.spec.target, name)
            {
                spoken.push(speaker);
                found.push((grant, if own { Source::Regex } else { Source::GroupRegex }));
            }
        }
        found
    }

    fn union(&self, resource: &Resource) -> Option<(Permission, Reason<'a>)> {
        let workspace = workspace_of(resource);
        let admins = self.speakers(&workspace).into_iter().map(|(grant, _)| grant);
        if let Some(grant) =
            admins.filter(|grant| grant.spec.permission == Permission::Manage).min_by_key(|grant| grant.id)
        {
            return Some((Permission::Manage, Reason::WorkspaceAdmin(grant)));
        }
        if resource.id.is_some() && resource.name.is_none() {
            let patterns: Vec<&Grant> = self.about(resource).into_iter().filter(|grant| is_pattern(grant)).collect();
            if !patterns.is_empty() {
                let own = patterns.iter().any(|grant| is_own(grant));
                let source = if own { Source::Regex } else { Source::GroupRegex };
                return Some((Permission::Deny, Reason::NameUnknown(source)));
            }
        }
        let mut speakers = self.speakers(resource);
        speakers.sort_by_key(|(grant, _)| {
            (grant.spec.permission != Permission::Deny, Reverse(grant.spec.permission), grant.id)
        });
        let (grant, source) = speakers.first()?;
        Some((grant.spec.permission, Reason::Granted(grant, *source)))
    }

    fn spoken(&self, resource: &Resource) -> Option<(Permission, Reason<'a>)> {
        match &self.policy.mode {
            Mode::FirstMatch(order) => self.first_match(order.sources(), resource),
            Mode::Union => self.union(resource),
        }
    }

    fn fallback(&self, workspace: &Workspace) -> (Permission, Reason<'a>) {
        let open = self.policy.default_workspace_access && *workspace == Workspace::default();
        match !self.policy.workspaces || open {
            true => (self.policy.default, Reason::Default),
            false => (Permission::NoPermissions, Reason::NotInWorkspace),
        }
    }

    fn chain(&self, chain: &Chain) -> Answer<'a> {
        for (number, rung) in chain.0.iter().enumerate() {
            if let Some((permission, reason)) = self.spoken(&rung.resource) {
                let refused = permission <= Permission::NoPermissions;
                let floor = self.policy.mode == Mode::Union && !refused;
                let permission = if floor { permission.max(self.policy.default) } else { permission };
                return (!refused && permission.allows(rung.action), number, permission, reason);
            }
        }
        let Some(rung) = chain.0.last() else {
            return (false, 0, Permission::NoPermissions, Reason::NothingToAsk);
        };
        let number = chain.0.len() - 1;
        let asks =
            self.policy.workspaces && self.policy.mode != Mode::Union && rung.resource.kind != ResourceType::WORKSPACE;
        if let Some((permission, reason)) = self.spoken(&workspace_of(&rung.resource)).filter(|_| asks) {
            let reason = match reason {
                Reason::Granted(grant, _) => Reason::Workspace(grant),
                other => other,
            };
            let allowed = permission > Permission::NoPermissions && permission.allows(rung.action);
            return (allowed, number, permission, reason);
        }
        let (permission, reason) = self.fallback(&rung.resource.workspace);
        (permission.allows(rung.action), number, permission, reason)
    }

    fn entry(&self, resource: &Resource) -> Answer<'a> {
        if !self.policy.workspaces {
            return (true, 0, Permission::NoPermissions, Reason::OpenCreation);
        }
        let least = if self.policy.mode == Mode::Union { Permission::Use } else { Permission::Manage };
        let spoken = self.spoken(&workspace_of(resource));
        let (permission, reason) = spoken.unwrap_or_else(|| self.fallback(&resource.workspace));
        (permission >= least, 0, permission, reason)
    }

    fn creation(&self, resource: &Resource) -> Answer<'a> {
        let entry = self.entry(resource);
        if !entry.0 || !self.policy.restrict_creation || resource.name.is_none() {
            return entry;
        }
        let new = Resource { id: None, ..resource.clone() };
        self.chain(&Chain::of(Action::Update, new))
    }

    pub(crate) fn decide(&self, is_admin: bool, needs: &[Requirement]) -> Answer<'a> {
        if is_admin {
            return (true, 0, Permission::Manage, Reason::Admin);
        }
        let mut answer = (true, 0, Permission::NoPermissions, Reason::SignedIn);
        for need in needs {
            answer = match need {
                Requirement::Create(resource) => self.creation(resource),
                Requirement::Any(chains) => {
                    let mut answers = chains.iter().map(|chain| self.chain(chain));
                    let nothing = (false, 0, Permission::NoPermissions, Reason::NothingToAsk);
                    let first = answers.next().unwrap_or(nothing);
                    answers.fold(first, |answer, next| if answer.0 { answer } else { next })
                }
            };
            if !answer.0 {
                return answer;
            }
        }
        answer
    }
}

fn workspace_of(resource: &Resource) -> Resource {
    let workspace = resource.workspace.clone();
    Resource::named(ResourceType::WORKSPACE, workspace.as_str()).in_workspace(workspace)
}

trait IsTarget {
    fn is_some_and_target(&self, target: &Target) -> bool;
}

impl IsTarget for Option<String> {
    fn is_some_and_target(&self, target: &Target) -> bool {
        matches!((self, target), (Some(id), Target::Exact(held)) if id == held)
    }
}
