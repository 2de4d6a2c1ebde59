//! What allocates and what must not: a warm decision does not, whatever matches.
#![cfg(test)]

use mlflow_auth_core::{
    Action, Grant, GrantSpec, GroupName, Holdings, Mode, NarrowedTo, Narrowing, Pattern, Permission, Policy, Principal,
    Proof, Requirement, Resource, ResourceType, RuleSet, Scope, Subject, SubjectGrants, Target, Username,
};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PATTERNS: &[&str] = &[
    "^exact$",
    "^team-1-",
    "^.*-model$",
    ".*middle.*",
    "^proj[0-9]+_(train|eval)_v[0-9]+$",
    "(?i)^shared-[a-z]+$",
    r"^.*\bprod\b",
    "^(a|b)/c",
];
const NAMES: &[&str] = &[
    "exact",
    "team-1-x",
    "my-model",
    "in the middle of",
    "proj7_eval_v1",
    "SHARED-x",
    "for prod only",
    "b/c/d",
    "nothing",
    "team-é",
    "日本",
    "日本-model",
];

fn warm(mut work: impl FnMut()) -> u64 {
    work();
    work();
    allocation_counter::measure(work).count_total
}

#[test]
fn a_warm_set_does_not_allocate() {
    let patterns: Vec<Pattern> = PATTERNS.iter().map(|text| Pattern::new(text).unwrap()).collect();
    let with_boundaries = RuleSet::new(patterns.iter().map(Some)).unwrap();
    let ascii: Vec<&str> = NAMES.iter().copied().filter(|name| name.is_ascii()).collect();
    assert_eq!(warm(|| ascii.iter().for_each(|name| assert!(with_boundaries.first_match(name).is_ok()))), 0);

    let without = RuleSet::new(patterns.iter().filter(|pattern| !pattern.as_str().contains(r"\b")).map(Some)).unwrap();
    assert_eq!(warm(|| NAMES.iter().for_each(|name| assert!(without.first_match(name).is_ok()))), 0);
    assert!(NAMES.iter().filter(|name| without.first_match(name).unwrap().is_some()).count() > 6);
}

#[test]
fn a_warm_decision_does_not_allocate() {
    let subject = Subject::Group(GroupName::new("ml-team").unwrap());
    let spec = |target| GrantSpec {
        subject: subject.clone(),
        scope: Scope::Everywhere,
        kind: ResourceType::EXPERIMENT,
        target,
        permission: Permission::Read,
    };
    let patterns = PATTERNS.iter().map(|text| Target::pattern(text, 1).unwrap());
    let targets = patterns.chain([Target::Exact("1".into())]);
    let grants = (1..).zip(targets).map(|(id, target)| Grant { id, spec: spec(target), fault: None }).collect();
    let group = Arc::new(SubjectGrants::new(grants).unwrap());
    let held = Holdings { groups: vec![group.clone()], roles: vec![group], ..Holdings::default() };
    let user = Username::new("alice").unwrap();
    let who = Principal::new(user, Proof::Password);
    let only = |id: &str| NarrowedTo { kind: ResourceType::EXPERIMENT, id: Some(id.to_owned()), workspace: None };
    let narrowing = Narrowing { read_only: true, only: Some(vec![only("x"), only("1")]) };
    let narrowed = Principal { narrowing: Some(Arc::new(narrowing)), ..who.clone() };
    let need = |(id, name): (usize, &&str)| {
        Requirement::on(Action::Read, Resource::new(ResourceType::EXPERIMENT, id.to_string()).with_name(*name))
    };
    let needs: Vec<Requirement> = NAMES.iter().filter(|name| name.is_ascii()).enumerate().map(need).collect();
    for mode in [Mode::default(), Mode::Union] {
        let policy = Policy { mode, ..Policy::default() };
        let decide = || {
            needs.iter().for_each(|need| {
                std::hint::black_box(policy.decide(&who, &held, std::slice::from_ref(need)));
            })
        };
        assert_eq!(warm(decide), 0);
        let within = || needs.iter().filter(|need| policy.decide(&narrowed, &held, std::slice::from_ref(need)).allowed);
        assert_eq!(warm(|| _ = std::hint::black_box(within().count())), 0);
        assert_eq!(within().count(), 1);
        assert!(needs.iter().any(|need| policy.decide(&who, &held, std::slice::from_ref(need)).allowed));
    }
}

/// Engines have been seen to ask for tens of gigabytes here, and to end the process.
#[test]
fn ten_thousand_patterns_stay_within_bounds() {
    let patterns: Vec<Pattern> =
        (0..10_000).map(|i| Pattern::new(&format!("^proj{i}_(train|eval|serve)_v[0-9]+$")).unwrap()).collect();
    let used = allocation_counter::measure(|| {
        let set = RuleSet::new(patterns.iter().map(Some)).unwrap();
        for i in 0..500 {
            assert_eq!(set.first_match(&format!("proj{i}_eval_v1")), Ok(Some(i)));
            assert_eq!(set.all_matches(&format!("proj{i}_eval_v1")), Ok(vec![i]));
        }
        assert_eq!(set.first_match("proj9_eval_v1\n"), Ok(Some(9)));
    });
    assert!(used.bytes_max < 300 << 20, "{} MiB", used.bytes_max >> 20);
}

#[test]
fn a_hundred_thousand_rules_stay_within_bounds() {
    let mixed = |i: usize| match i % 4 {
        0 => format!("^team-{i}-.*$"),
        1 => format!("^(staging|prod|dev)/team-{i}/.*$"),
        2 => format!("^.*-model-{i}$"),
        _ => format!("^proj{i}_(train|eval|serve)_v[0-9]+$"),
    };
    let patterns: Vec<Pattern> = (0..100_001).map(|i| Pattern::new(&mixed(i)).unwrap()).collect();
    let began = Instant::now();
    let used = allocation_counter::measure(|| {
        let set = RuleSet::new(patterns.iter().take(100_000).map(Some)).unwrap();
        for i in (0..100_000).step_by(9_999) {
            let names =
                [format!("team-{i}-x"), format!("dev/team-{i}/x"), format!("x-model-{i}"), format!("proj{i}_eval_v1")];
            assert_eq!(set.first_match(&names[i % 4]), Ok(Some(i)));
        }
    });
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert!(used.bytes_max < 400 << 20, "{} MiB", used.bytes_max >> 20);
    let refused = RuleSet::new(patterns.iter().map(Some)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "one subject holds more than 100000 patterns on one type of resource; write fewer, broader ones"
    );
}

/// `\w` takes in hundreds of ranges of Unicode; compiled for each pattern anew they would fill a gigabyte.
#[test]
fn thousands_of_wide_classes_stay_within_bounds() {
    let patterns: Vec<Pattern> = (0..2_000).map(|i| Pattern::new(&format!(r"^proj{i}_[\w-]+/\w+$")).unwrap()).collect();
    let used = allocation_counter::measure(|| {
        let set = RuleSet::new(patterns.iter().map(Some)).unwrap();
        for i in 0..100 {
            assert_eq!(set.first_match(&format!("proj{i}_a-b/c")), Ok(Some(i)));
            assert_eq!(set.first_match(&format!("proj{i}_é/日本")), Ok(Some(i)));
        }
    });
    assert!(used.bytes_max < 40 << 20, "{} MiB", used.bytes_max >> 20);
}
