//! The policy against a loop over all grants, without index, cache or automaton: same verdict, same reason.
//!
//! `PROPTEST_CASES=100000` asks for more than the default.
#![cfg(test)]

use mlflow_auth_core::{
    Action, Chain, Grant, GrantSpec, GroupName, Holdings, Mode, Permission, Policy, Principal, Proof, Reason,
    Requirement, Resource, ResourceType, RoleKey, RoleName, Rung, Scope, Source, SourceOrder, Subject, SubjectGrants,
    Target, Username, Verdict, Workspace,
};
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is written down of a decision: allowed, rung, permission, reason.
type Answer<'a> = (bool, usize, Permission, Reason<'a>);

fn written(verdict: Verdict<'_>) -> Answer<'_> {
    (verdict.allowed, verdict.rung, verdict.permission, verdict.reason)
}

/// The loop.
mod naive {
    use super::*;

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
            Target::Pattern { pattern, .. } => {
                let text = pattern.as_str();
                let open = text.strip_suffix('$').map_or(text.to_owned(), |text| format!(r"(?:{text})(?:\n?\z)"));
                regex::Regex::new(&format!("^(?:{open})")).unwrap().is_match(name)
            }
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
            let strongest = |grant: &&Grant| {
                !self.grants.iter().any(|other| rival(grant, other) && strength(other) < strength(grant))
            };
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
                (None, _) => Ok(None),
                (Some(_), None) if candidates.is_empty() => Ok(None),
                (Some(_), None) => Err(source),
                (Some(_), Some(name)) => Ok(candidates.into_iter().find(|grant| matches(&grant.spec.target, name))),
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
                } else if let (Some(_), Some(name)) = (&resource.id, &resource.name)
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
            if let Some(grant) = admins.filter(|grant| grant.spec.permission == Permission::Manage).min_by_key(|grant| grant.id) {
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
            let asks = self.policy.workspaces && self.policy.mode != Mode::Union && rung.resource.kind != ResourceType::WORKSPACE;
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

        fn creation(&self, resource: &Resource) -> Answer<'a> {
            if !self.policy.workspaces {
                return (true, 0, Permission::NoPermissions, Reason::OpenCreation);
            }
            let least = if self.policy.mode == Mode::Union { Permission::Use } else { Permission::Manage };
            let spoken = self.spoken(&workspace_of(resource));
            let (permission, reason) = spoken.unwrap_or_else(|| self.fallback(&resource.workspace));
            (permission >= least, 0, permission, reason)
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
}

const NAMES: &[&str] = &["a", "ab", "abc", "b", "ba", "team-a", "team-b", "team-a-x", "a\n", "blue", "default"];
const PATTERNS: &[&str] =
    &[".*", "^a", "a$", "^ab", ".*b$", "^team-[a-z]$", "^(a|team-a)", "^(?!a)", "b", ".*a.*", r"^\w+$", r"\bteam\b", "^blue$", "^de"];
const WORKSPACES: &[&str] = &["default", "blue", "red"];

fn any_of<T: Clone + std::fmt::Debug + 'static>(items: &[T]) -> impl Strategy<Value = T> + use<T> {
    proptest::sample::select(items.to_vec())
}

fn kinds() -> impl Strategy<Value = ResourceType> {
    any_of(&[ResourceType::EXPERIMENT, ResourceType::EXPERIMENT, ResourceType::RUN, ResourceType::WORKSPACE])
}

fn workspaces() -> impl Strategy<Value = Workspace> {
    any_of(WORKSPACES).prop_map(|name| Workspace::new(name).unwrap())
}

fn subjects() -> impl Strategy<Value = Subject> {
    let role = |name: &str| {
        Subject::Role(RoleKey { workspace: Workspace::default(), name: RoleName::new(name).unwrap() })
    };
    prop_oneof![
        3 => Just(Subject::User(Username::new("alice").unwrap())),
        4 => any_of(&["g1", "g2", "g3"]).prop_map(|name| Subject::Group(GroupName::new(name).unwrap())),
        2 => any_of(&["r1", "r2"]).prop_map(role),
    ]
}

fn targets() -> impl Strategy<Value = Target> {
    let pattern = (any_of(PATTERNS), -1..3_i64).prop_map(|(text, priority)| {
        Target::pattern(text, priority).unwrap_or(Target::Unreadable { text: text.into(), priority })
    });
    prop_oneof![
        4 => any_of(&["1", "2", "blue", "default"]).prop_map(|id| Target::Exact(id.to_owned())),
        1 => Just(Target::Every),
        5 => pattern,
    ]
}

fn specs() -> impl Strategy<Value = GrantSpec> {
    let scope = prop_oneof![3 => Just(Scope::Everywhere), 2 => workspaces().prop_map(Scope::In)];
    (subjects(), scope, kinds(), targets(), any_of(&Permission::ALL)).prop_map(
        |(subject, scope, kind, target, permission)| {
            let unreadable = matches!(target, Target::Unreadable { .. });
            let permission = if unreadable { Permission::Deny } else { permission };
            GrantSpec { subject, scope, kind, target, permission }
        },
    )
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let numbered = |specs: Vec<GrantSpec>| (1..).zip(specs).map(|(id, spec)| Grant { id, spec, fault: None }).collect();
    proptest::collection::vec(specs(), 0..12).prop_map(numbered)
}

fn resources() -> impl Strategy<Value = Resource> {
    let id = proptest::option::weighted(0.9, any_of(&["1", "2", "3", "blue"]));
    let name = proptest::option::weighted(0.8, any_of(NAMES));
    (kinds(), id, name, workspaces()).prop_map(|(kind, id, name, workspace)| Resource {
        kind,
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        workspace,
    })
}

fn rungs() -> impl Strategy<Value = Rung> {
    let action = any_of(&[Action::Read, Action::Use, Action::Update, Action::Delete, Action::Manage, Action::NotDenied]);
    (action, resources()).prop_map(|(action, resource)| Rung { action, resource })
}

fn requirements() -> impl Strategy<Value = Requirement> {
    let chain = proptest::collection::vec(rungs(), 0..4).prop_map(Chain);
    prop_oneof![
        8 => proptest::collection::vec(chain, 0..3).prop_map(Requirement::Any),
        2 => resources().prop_map(Requirement::Create),
    ]
}

fn orders() -> impl Strategy<Value = SourceOrder> {
    (proptest::sample::subsequence(Source::ALL.to_vec(), 1..=4).prop_shuffle())
        .prop_map(|order| order.iter().map(|source| source.name()).collect::<Vec<_>>().join(",").parse().unwrap())
}

fn modes() -> impl Strategy<Value = Mode> {
    prop_oneof![
        Just(Mode::Union),
        Just(Mode::default()),
        orders().prop_map(Mode::FirstMatch),
    ]
}

fn policies() -> impl Strategy<Value = Policy> {
    (modes(), any_of(&Permission::ALL), any::<bool>(), any::<bool>()).prop_map(
        |(mode, default, workspaces, default_workspace_access)| Policy { mode, default, workspaces, default_workspace_access },
    )
}

fn held(grants: &[Grant]) -> Holdings {
    let mut subjects: BTreeMap<&Subject, Vec<Grant>> = BTreeMap::new();
    for grant in grants {
        subjects.entry(&grant.spec.subject).or_default().push(grant.clone());
    }
    let mut held = Holdings::default();
    for (subject, grants) in subjects {
        let grants = Arc::new(SubjectGrants::new(grants).unwrap());
        match subject {
            Subject::User(_) => held.user = grants,
            Subject::Group(_) => held.groups.push(grants),
            Subject::Role(_) => held.roles.push(grants),
        }
    }
    held
}

fn alice(is_admin: bool) -> Principal {
    let user = Username::new("alice").unwrap();
    Principal { user, groups: Vec::new(), is_admin, proof: Proof::Asserted }
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig::with_cases(cases.unwrap_or(1500))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_policy_decides_as_the_loop_does(
        policy in policies(),
        grants in grants(),
        needs in proptest::collection::vec(requirements(), 0..4),
        is_admin in proptest::bool::weighted(0.03),
    ) {
        let (who, held) = (alice(is_admin), held(&grants));
        let expected = naive::World { policy: &policy, grants: &grants }.decide(is_admin, &needs);
        let verdict = policy.decide(&who, &held, &needs);
        prop_assert_eq!(written(verdict), expected);

        let explained = policy.explain(&who, &held, &needs);
        prop_assert_eq!(explained.verdict, verdict);
        let decided = verdict.reason.grant();
        prop_assert!(explained.shadowed.iter().all(|met| Some(met.grant) != decided));
    }

    #[test]
    fn what_a_filter_asks_is_what_a_request_asks(policy in policies(), grants in grants(), rung in rungs()) {
        let (who, held) = (alice(false), held(&grants));
        let need = [Requirement::on(rung.action, rung.resource.clone())];
        let verdict = policy.decide(&who, &held, &need);
        prop_assert_eq!(policy.permits(&who, &held, rung.action, rung.resource.as_ref()), verdict.allowed);
        prop_assert_eq!(policy.permission(&who, &held, rung.resource.as_ref()), verdict.permission);
    }

    #[test]
    fn the_order_in_which_grants_are_loaded_does_not_matter(
        policy in policies(),
        (grants, shuffled) in grants().prop_flat_map(|grants| (Just(grants.clone()), Just(grants).prop_shuffle())),
        needs in proptest::collection::vec(requirements(), 1..3),
    ) {
        let who = alice(false);
        let (one, mut other) = (held(&grants), held(&shuffled));
        other.groups.reverse();
        other.roles.reverse();
        prop_assert_eq!(policy.decide(&who, &one, &needs), policy.decide(&who, &other, &needs));
    }

    #[test]
    fn in_union_mode_another_read_takes_nothing_away(
        policy in policies(),
        grants in grants(),
        rung in rungs(),
        (kind, every) in (kinds(), any::<bool>()),
        id in any_of(&["1", "2", "blue"]),
    ) {
        let policy = Policy { mode: Mode::Union, ..policy };
        let need = [Requirement::on(rung.action, rung.resource)];
        let spec = GrantSpec {
            subject: Subject::Group(GroupName::new("another").unwrap()),
            scope: Scope::Everywhere,
            kind,
            target: if every { Target::Every } else { Target::Exact(id.to_owned()) },
            permission: Permission::Read,
        };
        let more: Vec<Grant> = grants.iter().cloned().chain([Grant { id: 100, spec, fault: None }]).collect();
        let (who, less, more) = (alice(false), held(&grants), held(&more));
        let (before, after) = (policy.decide(&who, &less, &need), policy.decide(&who, &more, &need));
        // What nobody ever refused may be refused by a default of DENY, which a grant then lifts: never the other way.
        prop_assert!(after.allowed || !before.allowed, "{} / {}", before, after);
        prop_assert!(after.permission >= before.permission);
    }

    #[test]
    fn in_union_mode_a_deny_gives_nothing(policy in policies(), grants in grants(), rung in rungs(), spec in specs()) {
        let policy = Policy { mode: Mode::Union, ..policy };
        let need = [Requirement::on(rung.action, rung.resource)];
        let subject = Subject::Group(GroupName::new("another").unwrap());
        let spec = GrantSpec { subject, permission: Permission::Deny, ..spec };
        let more: Vec<Grant> = grants.iter().cloned().chain([Grant { id: 100, spec, fault: None }]).collect();
        let (who, less, more) = (alice(false), held(&grants), held(&more));
        let (before, after) = (policy.decide(&who, &less, &need), policy.decide(&who, &more, &need));
        prop_assert!(before.allowed || !after.allowed, "{} / {}", before, after);
    }
}
