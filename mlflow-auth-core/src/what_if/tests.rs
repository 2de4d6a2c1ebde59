use super::*;
use crate::grants::{GrantSpec, Scope, Target};
use crate::plan::Held;
use crate::vocabulary::{GroupName, ResourceType};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const USERS: [&str; 4] = ["ann", "bob", "cat", "dan"];

fn named(name: &str) -> Username {
    Username::new(name).unwrap()
}

fn group(name: &str) -> Subject {
    Subject::Group(GroupName::new(name).unwrap())
}

fn grants(subject: &Subject, rows: &[(Target, Permission)]) -> Vec<Grant> {
    let grant = |(id, (target, permission)): (i64, &(Target, Permission))| Grant {
        id,
        spec: GrantSpec {
            subject: subject.clone(),
            scope: Scope::Everywhere,
            kind: ResourceType::EXPERIMENT,
            target: target.clone(),
            permission: *permission,
        },
        fault: None,
    };
    (1..).zip(rows).map(grant).collect()
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        select(vec!["1", "2"]).prop_map(|id| Target::Exact(id.to_owned())),
        (select(vec!["^a", ".*b$", ".*"]), 0..3i64)
            .prop_map(|(text, priority)| Target::pattern(text, priority).unwrap()),
        Just(Target::Every),
    ]
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    let held = || {
        (proptest::collection::btree_set(select(&USERS[..]), 0..4), vec((target(), select(&Permission::ALL[..])), 0..4))
    };
    let groups = vec(held(), 2);
    let users = vec(vec((target(), select(&Permission::ALL[..])), 0..2), USERS.len());
    (groups, users).prop_map(|(groups, users)| {
        let mut subjects = BTreeMap::new();
        for (name, (people, rows)) in ["ml", "ops"].into_iter().zip(groups) {
            let people = people.into_iter().map(named).collect();
            subjects.insert(
                group(name),
                Held { exists: true, people, grants: grants(&group(name), &rows), ..Held::default() },
            );
        }
        for (name, rows) in USERS.into_iter().zip(users).filter(|(_, rows)| !rows.is_empty()) {
            let subject = Subject::User(named(name));
            subjects.insert(subject.clone(), Held { grants: grants(&subject, &rows), ..Held::default() });
        }
        Snapshot::new(1, subjects)
    })
}

fn resources() -> Vec<Resource> {
    ["aa", "ab", "bb", "cc"]
        .into_iter()
        .enumerate()
        .map(|(id, name)| Resource::new(ResourceType::EXPERIMENT, id.to_string()).with_name(name))
        .collect()
}

proptest! {
    /// Every user and every resource, one by one, without sharing anything.
    #[test]
    fn it_finds_what_deciding_one_by_one_finds(before in snapshot(), after in snapshot()) {
        let (policy, users, resources) = (Policy::default(), USERS.map(named).into(), resources());
        let report = compare(&policy, (&before, &after), &users, &resources).unwrap();
        let mut found: Vec<(Username, String, Permission, Permission)> = Vec::new();
        for changed in &report.changed {
            for effect in &changed.effects {
                let id = effect.resource.id.clone().unwrap();
                found.extend(changed.users.iter().map(|user| {
                    (user.clone(), id.clone(), effect.before.permission, effect.after.permission)
                }));
            }
        }
        let mut expected = Vec::new();
        for user in &users {
            let who = Principal::new(user.clone(), Proof::Asserted);
            for resource in &resources {
                let level = |snapshot: &Snapshot| {
                    let held = Holders::new(snapshot).unwrap().holdings(user, &[]);
                    policy.permission(&who, &held, resource.as_ref())
                };
                let (was, will) = (level(&before), level(&after));
                if was != will {
                    expected.push((user.clone(), resource.id.clone().unwrap(), was, will));
                }
            }
        }
        found.sort();
        expected.sort();
        let (gained, lost) = report.totals();
        prop_assert_eq!(gained + lost, expected.len());
        prop_assert_eq!(found, expected);
        let by_rule: usize = report.by_rule().values().map(|(gained, lost)| gained + lost).sum();
        prop_assert_eq!(by_rule, gained + lost);
    }
}

#[test]
fn a_report_is_printed_for_people() {
    let ml = group("ml");
    let held = |rows: &[(Target, Permission)]| {
        let people = [named("ann"), named("bob")].into();
        let held = Held { exists: true, people, grants: grants(&ml, rows), ..Held::default() };
        Snapshot::new(1, [(ml.clone(), held)].into())
    };
    let pattern = |text: &str, priority| Target::pattern(text, priority).unwrap();
    let before = held(&[(pattern("^a", 2), Permission::Edit)]);
    let after = held(&[(pattern("^a", 2), Permission::Edit), (pattern(".*b$", 1), Permission::Read)]);
    let report = compare(&Policy::default(), (&before, &after), &USERS.map(named).into(), &resources()).unwrap();
    let expected = "`ann`, `bob`
  - experiment `1` (`ab`): EDIT -> READ: grant 2, READ for group `ml` on every experiment that `.*b$` (priority 1) matches, in \
the place of grant 1, EDIT for group `ml` on every experiment that `^a` (priority 2) matches
  + experiment `2` (`bb`): NO_PERMISSIONS -> READ: grant 2, READ for group `ml` on every experiment that `.*b$` (priority 1) matches
by rule
  grant 2, READ for group `ml` on every experiment that `.*b$` (priority 1) matches: 2 gained, 2 lost
2 gained, 2 lost, of 4 users and 4 resources";
    assert_eq!(report.to_string(), expected);
    assert_eq!(report.to_json()["changed"][0]["effects"][1]["after"]["permission"], "READ");
}
