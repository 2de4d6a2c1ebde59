//! The policy against a loop over all grants, without index, cache or automaton: same verdict, same reason.
//!
//! Worlds are few and questions many, for worlds have to be compiled: an ordinary run asks more than 100,000 questions.
//! `PROPTEST_CASES` says how many worlds there are.
#![cfg(test)]

#[path = "../common/mod.rs"]
mod common;
mod naive;
mod narrowed;
mod worlds;

use common::{held, principal};
use mlflow_auth_core::{
    Grant, GrantSpec, GroupName, Mode, Permission, Policy, Requirement, Rung, Scope, Subject, Target,
};
use naive::{World, written};
use proptest::prelude::*;
use worlds::{any_of, grants, kinds, policies, requirements, rungs, specs};

/// Of one world.
pub(crate) const QUESTIONS: usize = 70;

pub(crate) fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig::with_cases(cases.unwrap_or(1500))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_policy_decides_as_the_loop_does(
        policy in policies(),
        grants in grants(),
        questions in proptest::collection::vec(proptest::collection::vec(requirements(), 0..4), QUESTIONS),
        is_admin in proptest::bool::weighted(0.03),
    ) {
        let (who, held) = (principal("alice", is_admin), held(&grants));
        let world = World { policy: &policy, grants: &grants };
        for needs in &questions {
            let verdict = policy.decide(&who, &held, needs);
            prop_assert_eq!(written(verdict), world.decide(is_admin, needs), "{:?}", needs);

            let explained = policy.explain(&who, &held, needs);
            prop_assert_eq!(explained.verdict, verdict);
            let decided = verdict.reason.grant();
            prop_assert!(explained.shadowed.iter().all(|met| Some(met.grant) != decided));
        }
    }

    #[test]
    fn what_a_filter_asks_is_what_a_request_asks(policy in policies(), grants in grants(), rung in rungs()) {
        let (who, held) = (principal("alice", false), held(&grants));
        let need = [Requirement::on(rung.action, rung.resource.clone())];
        let verdict = policy.decide(&who, &held, &need);
        prop_assert_eq!(policy.permits(&who, &held, rung.action, rung.resource.as_ref()), verdict.allowed);
        prop_assert_eq!(policy.permission(&who, &held, rung.resource.as_ref()), verdict.permission);
    }

    #[test]
    fn what_is_listed_is_all_that_is_permitted(
        policy in policies(),
        grants in grants(),
        rungs in proptest::collection::vec(rungs(), QUESTIONS),
    ) {
        let (who, held) = (principal("alice", false), held(&grants));
        for Rung { action, resource } in &rungs {
            let asked = resource.as_ref();
            let Some(listed) = policy.permitted_ids(&who, &held, *action, asked.kind, asked.workspace) else { continue };
            let permitted = policy.permits(&who, &held, *action, asked);
            prop_assert_eq!(permitted, asked.id.is_some_and(|id| listed.contains(id)), "{:?} {}", resource, action);
        }
    }

    #[test]
    fn the_order_in_which_grants_are_loaded_does_not_matter(
        policy in policies(),
        (grants, shuffled) in grants().prop_flat_map(|grants| (Just(grants.clone()), Just(grants).prop_shuffle())),
        needs in proptest::collection::vec(requirements(), 1..3),
    ) {
        let who = principal("alice", false);
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
        let (who, less, more) = (principal("alice", false), held(&grants), held(&more));
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
        let (who, less, more) = (principal("alice", false), held(&grants), held(&more));
        let (before, after) = (policy.decide(&who, &less, &need), policy.decide(&who, &more, &need));
        prop_assert!(before.allowed || !after.allowed, "{} / {}", before, after);
    }
}
