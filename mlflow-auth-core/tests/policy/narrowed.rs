//! Narrowed proofs: the verdict without the narrowing, and a check of every requirement by plain loops.

use super::common::{held, principal};
use super::worlds::{any_of, grants, kinds, policies, requirements, rungs, workspaces};
use super::{QUESTIONS, cases};
use mlflow_auth_core::{
    Action, Bound, NarrowedTo, Narrowing, Permission, Principal, Reason, Requirement, Resource, ResourceType,
};
use proptest::prelude::*;
use std::sync::Arc;

fn narrowings() -> impl Strategy<Value = Narrowing> {
    let id = proptest::option::weighted(0.7, any_of(&["1", "2", "blue", "default"]));
    let workspace = proptest::option::weighted(0.3, workspaces());
    let entry = (kinds(), id, workspace).prop_map(|(kind, id, workspace)| NarrowedTo {
        kind,
        id: id.map(str::to_owned),
        workspace,
    });
    let only = proptest::option::weighted(0.8, proptest::collection::vec(entry, 0..4));
    (any::<bool>(), only).prop_map(|(read_only, only)| Narrowing { read_only, only })
}

fn only_reads(action: Action) -> bool {
    action == Action::Read || action == Action::NotDenied
}

/// Whether the list names the resource. Scorers, of which these worlds have none, have a table of their own.
fn is_named(narrowing: &Narrowing, resource: &Resource) -> bool {
    let Some(list) = &narrowing.only else { return true };
    for entry in list {
        if entry.workspace.is_some() && entry.workspace.as_ref() != Some(&resource.workspace) {
            continue;
        }
        let what = match entry.kind == ResourceType::WORKSPACE && resource.kind != ResourceType::WORKSPACE {
            true => Some(resource.workspace.as_str()),
            false if entry.kind == resource.kind => resource.id.as_deref(),
            false => continue,
        };
        if entry.id.is_none() || entry.id.as_deref() == what {
            return true;
        }
    }
    false
}

fn lies_within(narrowing: &Narrowing, need: &Requirement) -> bool {
    let chains = match need {
        Requirement::Create(new) => return !narrowing.read_only && is_named(narrowing, new),
        Requirement::Any(chains) => chains,
    };
    let mut named = false;
    for rung in chains.iter().flat_map(|chain| &chain.0) {
        if narrowing.read_only && !only_reads(rung.action) {
            return false;
        }
        named |= rung.action == Action::NotDenied || is_named(narrowing, &rung.resource);
    }
    named
}

fn narrowed(is_admin: bool, narrowing: &Narrowing) -> Principal {
    Principal { narrowing: Some(Arc::new(narrowing.clone())), ..principal("alice", is_admin) }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_narrowed_proof_does_what_is_granted_and_lies_within(
        policy in policies(),
        grants in grants(),
        narrowing in narrowings(),
        questions in proptest::collection::vec(proptest::collection::vec(requirements(), 0..4), QUESTIONS),
        is_admin in proptest::bool::weighted(0.2),
    ) {
        let (whole, bound) = (principal("alice", is_admin), narrowed(is_admin, &narrowing));
        let held = held(&grants);
        for needs in &questions {
            let (before, after) = (policy.decide(&whole, &held, needs), policy.decide(&bound, &held, needs));
            let within = needs.iter().all(|need| lies_within(&narrowing, need));
            prop_assert_eq!(after.allowed, before.allowed && within, "{} / {:?}", after, needs);
            match after.reason {
                Reason::Narrowed(Bound::Reading) => prop_assert!(narrowing.read_only && !after.allowed),
                Reason::Narrowed(Bound::Resources) => prop_assert!(!after.allowed && !within),
                reason => prop_assert_eq!(reason, before.reason),
            }
            prop_assert_eq!(policy.explain(&bound, &held, needs).verdict, after);
        }
    }

    #[test]
    fn a_filter_asks_a_narrowed_proof_what_a_request_asks(
        policy in policies(),
        grants in grants(),
        narrowing in narrowings(),
        rung in rungs(),
        is_admin in proptest::bool::weighted(0.2),
    ) {
        let (whole, bound, held) = (principal("alice", is_admin), narrowed(is_admin, &narrowing), held(&grants));
        let need = [Requirement::on(rung.action, rung.resource.clone())];
        let resource = rung.resource.as_ref();
        let permitted = policy.permits(&bound, &held, rung.action, resource);
        prop_assert_eq!(permitted, policy.decide(&bound, &held, &need).allowed);
        let (all, left) = (policy.permission(&whole, &held, resource), policy.permission(&bound, &held, resource));
        let most = match (is_named(&narrowing, &rung.resource), narrowing.read_only) {
            (false, _) => Permission::NoPermissions,
            (true, true) => Permission::Read,
            (true, false) => Permission::Manage,
        };
        prop_assert_eq!(left, all.min(most));
    }

    #[test]
    fn a_narrowing_that_takes_nothing_away_changes_no_verdict(
        policy in policies(),
        grants in grants(),
        needs in proptest::collection::vec(requirements(), 0..3),
    ) {
        // A requirement that names nothing at all is refused to whoever is narrowed, admins too.
        prop_assume!(!needs.contains(&Requirement::Any(Vec::new())));
        prop_assume!(needs.iter().flat_map(Requirement::chains).all(|chain| !chain.0.is_empty()));
        let (who, held) = (principal("alice", false), held(&grants));
        let bound = narrowed(false, &Narrowing::default());
        prop_assert_eq!(policy.decide(&who, &held, &needs), policy.decide(&bound, &held, &needs));
    }
}
