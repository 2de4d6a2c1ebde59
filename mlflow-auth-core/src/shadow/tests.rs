//! A candidate is seen as the store would be after its changes; what differs is counted.

use super::{Candidate, Condition, Occasion, Shadow, TooEarly};
use crate::authorizer::Authorizer;
use crate::grants::{GrantSpec, Holdings, Scope, Target};
use crate::policy::{Policy, Requirement};
use crate::store::{Change, GrantConflict, MemoryStore, PermissionStore};
use crate::vocabulary::{
    Action, GroupName, Permission, Principal, Proof, Resource, ResourceType, RoleKey, RoleName, Subject, Username,
    Workspace,
};
use proptest::prelude::*;
use std::sync::Arc;

const USERS: [&str; 3] = ["ann", "bob", "cy"];
const GROUPS: [&str; 2] = ["ml", "ops"];
const OCCASION: Occasion<'static> = Occasion { method: "GET", route: "/items/{id}" };
const NAMES: [&str; 4] = ["a", "ab", "b", "ba"];

fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

fn role() -> RoleKey {
    RoleKey { workspace: Workspace::default(), name: RoleName::new("dev").unwrap() }
}

fn principal(name: &str, groups: &[&str]) -> Principal {
    let groups = groups.iter().map(|name| group(name)).collect();
    Principal { user: user(name), groups, is_admin: false, proof: Proof::Asserted, narrowing: None }
}

fn give(subject: impl Into<Subject>, target: Target, permission: Permission) -> Change {
    let spec = GrantSpec {
        subject: subject.into(),
        scope: Scope::Everywhere,
        kind: ResourceType::REGISTERED_MODEL,
        target,
        permission,
    };
    Change::Grant(spec, GrantConflict::Replace)
}

fn exact(id: &str) -> Target {
    Target::Exact(id.to_owned())
}

fn needs() -> Vec<Requirement> {
    let on = |name: &&str| {
        let model = Resource::named(ResourceType::REGISTERED_MODEL, *name);
        [Action::Read, Action::Update, Action::Manage].map(|action| Requirement::on(action, model.clone()))
    };
    NAMES.iter().flat_map(on).collect()
}

async fn seen(candidate: &Candidate, authorizer: &Authorizer, who: &Principal) -> Holdings {
    let (of, held) = authorizer.gather(who).await.unwrap();
    candidate.holdings(authorizer.store().as_ref(), &who.user, &of, &held).await.unwrap()
}

fn subjects() -> impl Strategy<Value = Subject> {
    prop_oneof![
        prop::sample::select(&USERS[..]).prop_map(|name| user(name).into()),
        prop::sample::select(&GROUPS[..]).prop_map(|name| group(name).into()),
        Just(role().into()),
    ]
}

fn targets() -> impl Strategy<Value = Target> {
    let names = prop::sample::select(&NAMES[..]);
    let patterns = (prop::sample::select(&["^a", "b$", ".*"][..]), 0_i64..3);
    prop_oneof![
        names.prop_map(exact),
        Just(Target::Every),
        patterns.prop_map(|(text, priority)| Target::pattern(text, priority).unwrap()),
    ]
}

fn changes() -> impl Strategy<Value = Change> {
    let people = || prop::sample::select(&USERS[..]).prop_map(user);
    let groups = || prop::sample::select(&GROUPS[..]).prop_map(group);
    let revoke = |(subject, target)| {
        let (scope, kind) = (Scope::Everywhere, ResourceType::REGISTERED_MODEL);
        Change::Revoke { subject, scope, kind, target }
    };
    let permissions = prop::sample::select(&Permission::ALL[..]);
    prop_oneof![
        6 => (subjects(), targets(), permissions).prop_map(|(subject, target, permission)| give(subject, target, permission)),
        2 => (subjects(), targets()).prop_map(revoke),
        2 => (people(), groups()).prop_map(|(user, group)| Change::Join(user, group)),
        2 => (people(), groups()).prop_map(|(user, group)| Change::Leave(user, group)),
        1 => people().prop_map(|user| Change::Assign(user, role())),
        1 => people().prop_map(|user| Change::Unassign(user, role())),
        1 => people().prop_map(|user| Change::Forget(user.into())),
        1 => groups().prop_map(|group| Change::Forget(group.into())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What the store refuses is left out, as whoever makes a candidate does.
    #[test]
    fn what_is_seen_is_what_will_be(
        before in prop::collection::vec(changes(), 0..12),
        candidate in prop::collection::vec(changes(), 0..8),
        later in prop::collection::vec(changes(), 0..3),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = Arc::new(MemoryStore::new());
            store.apply(&[Change::CreateRole { key: role(), description: None }]).await.unwrap();
            for change in before {
                let _ = store.apply(&[change]).await;
            }
            let mut made: Vec<Change> = Vec::new();
            for change in candidate {
                let trial: Vec<Change> = made.iter().cloned().chain([change.clone()]).collect();
                if copy(&store).await.apply(&trial).await.is_ok() {
                    made.push(change);
                }
            }
            let policy = Policy::default();
            let live = Authorizer::new(policy.clone(), store.clone());
            let candidate = Candidate::new("it", made.clone()).unwrap();
            // Compiled once before the store moves on, so that what is kept must be noticed to be old.
            for name in USERS {
                seen(&candidate, &live, &principal(name, &[])).await;
            }
            for change in later {
                let _ = store.apply(&[change]).await;
            }
            let after = copy(&store).await;
            if after.apply(&made).await.is_err() {
                return;
            }
            let after = Authorizer::new(policy.clone(), after);
            for (name, groups) in USERS.iter().flat_map(|name| [(name, &[][..]), (name, &["ml"][..])]) {
                let who = principal(name, groups);
                let (seen, held) = (seen(&candidate, &live, &who).await, after.holdings(&who).await.unwrap());
                let untouched = !candidate.touches(&who.user, &live.gather(&who).await.unwrap().0);
                let now = live.holdings(&who).await.unwrap();
                for need in needs() {
                    let need = [need];
                    let expected = policy.decide(&who, &held, &need);
                    let found = policy.decide(&who, &seen, &need);
                    assert_eq!((found.allowed, found.permission), (expected.allowed, expected.permission), "{name} {found} {expected}");
                    assert!(!untouched || policy.decide(&who, &now, &need).allowed == expected.allowed);
                }
            }
        });
    }
}

/// A store that holds the same, made by asking for all of it.
async fn copy(store: &MemoryStore) -> Arc<MemoryStore> {
    let copy = Arc::new(MemoryStore::new());
    let mut changes = vec![Change::CreateRole { key: role(), description: None }];
    for subject in store.holders().await.unwrap() {
        let grants = store.grants_of(&subject).await.unwrap();
        changes.extend(grants.grants().iter().map(|grant| Change::Grant(grant.spec.clone(), GrantConflict::Replace)));
    }
    for name in USERS {
        let of = store.membership(&user(name)).await.unwrap();
        changes.extend(of.groups.iter().map(|group| Change::Join(user(name), group.clone())));
        changes.extend(of.roles.iter().map(|role| Change::Assign(user(name), role.clone())));
    }
    copy.apply(&changes).await.unwrap();
    copy
}

#[tokio::test]
async fn differences_are_counted_for_each_pair_of_rules() {
    let store = Arc::new(MemoryStore::new());
    store.apply(&[give(user("ann"), exact("a"), Permission::Manage)]).await.unwrap();
    let authorizer = Authorizer::new(Policy::default(), store);
    let shadow = Shadow::new();
    let changes = vec![
        give(user("ann"), exact("a"), Permission::Read),
        give(group("ml"), Target::pattern("^b", 1).unwrap(), Permission::Edit),
        Change::Join(user("ann"), group("ml")),
    ];
    shadow.observe(Candidate::new("v1", changes.clone()).unwrap());
    let who = principal("ann", &[]);
    let held = authorizer.holdings(&who).await.unwrap();
    let mut logged = Vec::new();
    for _ in 0..5 {
        let watched = shadow.watched().unwrap();
        let seen = seen(watched.candidate(), &authorizer, &who).await;
        for need in needs() {
            let need = [need];
            let (live, would) =
                (authorizer.policy().decide(&who, &held, &need), authorizer.policy().decide(&who, &seen, &need));
            logged.extend(watched.compare(&live, &would, OCCASION));
        }
    }
    let report = shadow.report();
    // Lost: update and manage of `a`. Gained: read and update of `b` and `ba`.
    assert_eq!((report.observed, report.lost, report.gained, report.untold), (60, 10, 20, 0));
    let told: Vec<_> = report.rules.iter().map(|rule| (rule.effect, rule.count, rule.samples.len())).collect();
    assert_eq!(told, [("lost", 10, 2), ("gained", 20, 4)]);
    let [lost, gained] = report.rules.as_slice() else { panic!("{report:?}") };
    assert_eq!((lost.live.grant, lost.live.permission, lost.candidate.permission), (Some(1), "MANAGE", "READ"));
    assert_eq!((gained.live.reason, gained.candidate.grant), ("default", None));
    assert_eq!(
        gained.candidate.says,
        "new grant, EDIT for group `ml` on every registered_model that `^b` (priority 1) matches"
    );
    assert_eq!(logged.len(), 4 + 5, "1, 2, 4, 8 of ten, and 1, 2, 4, 8, 16 of twenty: {logged:?}");

    let check = |allow_lost, candidate: Option<&str>| {
        let condition = Condition { allow_lost, candidate: candidate.map(str::to_owned), ..Condition::default() };
        shadow.check(&condition).map(|watched| watched.candidate().changes().len())
    };
    assert_eq!(check(9, None), Err(TooEarly::Losses { lost: 10, observed: 60, allowed: 9 }));
    assert_eq!(check(10, Some("v1")), Ok(3));
    assert!(matches!(check(10, Some("v0")), Err(TooEarly::Another { .. })));
    shadow.observe(Candidate::new("v1", changes).unwrap());
    assert_eq!(shadow.report().lost, 10, "the same candidate, read again");
    shadow.observe(Candidate::new("v2", Vec::new()).unwrap());
    assert_eq!(check(10, None), Err(TooEarly::Unseen));
    assert!(shadow.check(&Condition { unseen: true, ..Condition::default() }).is_ok());
    shadow.fail("it is gone");
    assert_eq!(check(10, None), Err(TooEarly::NoCandidate("it is gone".into())));
    assert_eq!(shadow.report().problem.as_deref(), Some("it is gone"));
}

/// A candidate of one loss: what `ann` has is taken, and what `bob` has where that is asked for.
fn taking(label: &str, whom: &[&str]) -> Candidate {
    let revoke = |name: &&str| {
        let (scope, kind) = (Scope::Everywhere, ResourceType::REGISTERED_MODEL);
        Change::Revoke { subject: user(name).into(), scope, kind, target: exact("a") }
    };
    Candidate::new(label, whom.iter().map(revoke).collect()).unwrap()
}

/// Counts what `shadow` observes of `ann` reading `a`.
async fn ann_reads(shadow: &Shadow) {
    let store = Arc::new(MemoryStore::new());
    store.apply(&[give(user("ann"), exact("a"), Permission::Read)]).await.unwrap();
    let authorizer = Authorizer::new(Policy::default(), store);
    let (who, watched) = (principal("ann", &[]), shadow.watched().unwrap());
    let (held, seen) = (authorizer.holdings(&who).await.unwrap(), seen(watched.candidate(), &authorizer, &who).await);
    let need = [Requirement::on(Action::Read, Resource::named(ResourceType::REGISTERED_MODEL, "a"))];
    let policy = authorizer.policy();
    watched.compare(&policy.decide(&who, &held, &need), &policy.decide(&who, &seen, &need), OCCASION);
}

#[test]
fn whom_it_does_not_touch_says_nothing_of_a_candidate() {
    let shadow = Shadow::new();
    shadow.observe(taking("it", &["ann"]));
    let watched = shadow.watched().unwrap();
    (0..1_000).for_each(|_| watched.same());
    let checked = |unseen, skipped| {
        let condition = Condition { unseen, skipped, ..Condition::default() };
        shadow.check(&condition).map(|watched| watched.lost())
    };
    assert_eq!((shadow.report().observed, shadow.report().compared), (1_000, 0));
    assert_eq!((checked(false, true), checked(true, false)), (Err(TooEarly::Unseen), Ok(0)));
    watched.skip();
    let skipped = Err(TooEarly::Skipped { skipped: 1 });
    assert_eq!((checked(false, false), checked(true, false)), (skipped.clone(), skipped));
    assert_eq!((checked(false, true), checked(true, true)), (Err(TooEarly::Unseen), Ok(0)));
}

#[tokio::test]
async fn losses_stay_while_the_store_or_the_file_cannot_be_read() {
    let shadow = Shadow::new();
    shadow.observe(taking("it", &["ann"]));
    ann_reads(&shadow).await;
    shadow.hold("it", "the store is busy");
    let report = shadow.report();
    assert_eq!((report.lost, report.problem.as_deref()), (1, Some("the store is busy")));
    shadow.observe(taking("it", &["ann"]));
    assert_eq!((shadow.report().lost, shadow.report().problem), (1, None));
    shadow.fail("half of the file");
    shadow.fail("half of the file, still");
    assert!(shadow.watched().is_none());
    shadow.observe(taking("it", &["ann"]));
    assert_eq!(shadow.report().lost, 1, "the same is back");
    shadow.hold("the next one", "the store is busy");
    assert!(shadow.watched().is_none(), "what the file says no more is not observed");
}

#[tokio::test]
async fn what_was_counted_belongs_to_the_changes_that_were_seen() {
    let shadow = Shadow::new();
    shadow.observe(taking("it", &["ann"]));
    ann_reads(&shadow).await;
    let first = shadow.watched().unwrap();
    shadow.observe(taking("it", &["ann", "bob"]));
    let report = shadow.report();
    assert_eq!((report.compared, report.lost), (0, 0), "nothing was seen of what bob loses");
    let loose = Condition { allow_lost: 9, ..Condition::default() };
    assert_eq!(shadow.check(&loose).map(|_| ()), Err(TooEarly::Unseen));
    ann_reads(&shadow).await;
    shadow.observe(taking("it", &["ann"]));
    assert_eq!(shadow.report().lost, 1, "one change less is nothing new");

    shadow.promoted(&first);
    assert_eq!(shadow.report().changes, 1, "what came after the one that was made live goes on");
    shadow.promoted(&shadow.watched().unwrap());
    assert_eq!((shadow.report().changes, shadow.report().lost), (0, 1));
}

#[tokio::test]
async fn what_is_counted_is_bounded() {
    let store = Arc::new(MemoryStore::new());
    let ids: Vec<String> = (0..1_500).map(|number| format!("m{number}")).collect();
    let grants: Vec<Change> = ids.iter().map(|id| give(user("ann"), exact(id), Permission::Manage)).collect();
    store.apply(&grants).await.unwrap();
    let authorizer = Authorizer::new(Policy::default(), store);
    let shadow = Shadow::new();
    shadow.observe(Candidate::new("none left", vec![Change::Forget(user("ann").into())]).unwrap());
    let (who, watched) = (principal("ann", &[]), shadow.watched().unwrap());
    let (held, seen) = (authorizer.holdings(&who).await.unwrap(), seen(watched.candidate(), &authorizer, &who).await);
    for id in &ids {
        let need = [Requirement::on(Action::Read, Resource::named(ResourceType::REGISTERED_MODEL, id))];
        let policy = authorizer.policy();
        watched.compare(&policy.decide(&who, &held, &need), &policy.decide(&who, &seen, &need), OCCASION);
    }
    let report = shadow.report();
    assert_eq!((report.rules.len(), report.untold, report.lost), (1_000, 500, 1_500));
}

#[tokio::test]
async fn of_many_at_once_one_compiles() {
    let authorizer = Authorizer::new(Policy::default(), Arc::new(MemoryStore::new()));
    let candidate = Candidate::new("it", vec![give(user("ann"), Target::Every, Permission::Read)]).unwrap();
    let who = principal("ann", &[]);
    let (one, other) = tokio::join!(seen(&candidate, &authorizer, &who), seen(&candidate, &authorizer, &who));
    assert!(Arc::ptr_eq(&one.user, &other.user));
}

#[tokio::test]
async fn a_name_takes_no_more_memory_than_it_should() {
    let (shadow, policy, who) = (Shadow::new(), Policy::default(), principal("ann", &[]));
    shadow.observe(taking("it", &["ann"]));
    let need = [Requirement::on(Action::Read, Resource::named(ResourceType::REGISTERED_MODEL, "ä".repeat(1 << 20)))];
    let store = Arc::new(MemoryStore::new());
    store.apply(&[give(user("ann"), Target::Every, Permission::Read)]).await.unwrap();
    let held = Authorizer::new(policy.clone(), store).holdings(&who).await.unwrap();
    let nothing = Holdings::default();
    let (may, may_not) = (policy.decide(&who, &held, &need), policy.decide(&who, &nothing, &need));
    shadow.watched().unwrap().compare(&may, &may_not, OCCASION);
    let report = serde_json::to_string(&shadow.report()).unwrap();
    assert!(report.len() < 8 << 10 && report.contains("ä…"), "{} bytes", report.len());
}

#[test]
fn a_new_resource_is_judged_by_its_name() {
    let policy = Policy { restrict_creation: true, ..Policy::default() };
    let needs = Requirement::of_word("create", Resource::named(ResourceType::REGISTERED_MODEL, "a")).unwrap();
    let verdict = policy.decide(&principal("ann", &[]), &Holdings::default(), &needs).allowed;
    assert!(!verdict, "nobody gave `ann` the name");
}

#[test]
fn what_is_no_rule_is_refused() {
    let (kind, workspace) = (ResourceType::REGISTERED_MODEL, Workspace::default());
    let change = Change::ResourceDeleted { kind, id: "a".into(), workspace };
    let error = Candidate::new("it", vec![change]).unwrap_err();
    assert!(error.to_string().contains("`a deleted resource`"), "{error}");
}
