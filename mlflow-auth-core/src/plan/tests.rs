//! Random stores and random files: what is applied is held, what is not named stays, and nothing is lost on the way
//! through a file.

use super::*;
use crate::grants::{Grant, GrantSpec, Scope, StoredGrant, Target};
use crate::store::{Change, GrantConflict, MemoryStore, PermissionStore, StoreError};
use crate::vocabulary::{GroupName, Permission, ResourceType, RoleKey, RoleName, Subject, Username, Workspace};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{BTreeMap, BTreeSet};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec!["a", "b", "c"]).prop_map(str::to_owned),
        1 => select(vec!["7", "null", "~", "on", "- a", "a#b", "*a", "&a", "{x}", "'q'", "\"q\"", "é日", "a\u{2028}b", "=", "<<", "1e3"])
            .prop_map(str::to_owned),
        1 => "[^:]{1,6}".prop_filter("a name", |name| Username::new(name).is_ok()),
    ]
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(vec!["1", "2", "*", ""]).prop_map(str::to_owned),
        1 => select(vec!["~", "no", "a\nb", "a\r\nb\n", " x ", "\u{feff}", "0o7", "# x", "'''", "\t", "\u{7f}\u{85}", "|", "x: y"]).prop_map(str::to_owned),
        1 => "[^\u{0}]{0,8}",
    ]
}

fn target() -> impl Strategy<Value = Target> {
    let patterns = vec!["^a", "b$", ".*", "^team-[0-9]+ ", "a|b", "#", "\\d", "x\ny", "'", "é"];
    prop_oneof![
        id().prop_map(Target::Exact),
        (select(patterns), prop_oneof![-2..3i64, Just(i64::MAX), Just(i64::MIN)])
            .prop_map(|(text, priority)| Target::pattern(text, priority).unwrap()),
        Just(Target::Every),
    ]
}

fn workspace() -> impl Strategy<Value = Workspace> {
    select(vec!["default", "team-a"]).prop_map(|name| Workspace::new(name).unwrap())
}

fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        name().prop_map(|name| Subject::User(Username::new(name).unwrap())),
        name().prop_map(|name| Subject::Group(GroupName::new(name).unwrap())),
        (workspace(), name())
            .prop_map(|(workspace, name)| Subject::Role(RoleKey { workspace, name: RoleName::new(name).unwrap() })),
    ]
}

fn grant() -> impl Strategy<Value = GrantSpec> {
    let scope = prop_oneof![Just(Scope::Everywhere), workspace().prop_map(Scope::In)];
    let kind = prop_oneof![
        3 => select(vec!["experiment", "prompt"]).prop_map(str::to_owned),
        1 => "[^\u{0}]{0,4}",
    ];
    (scope, kind, target(), select(&Permission::ALL[..])).prop_map(|(scope, kind, target, permission)| GrantSpec {
        subject: Subject::User(Username::new("nobody").unwrap()),
        scope,
        kind: ResourceType::from_string(kind),
        target,
        permission,
    })
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let people = btree_set(name().prop_map(|name| Username::new(name).unwrap()), 0..4);
    let description = select(vec!["", "looks", "a\nb", "é: #"]).prop_map(str::to_owned);
    (proptest::option::of(description), proptest::option::of(people), proptest::option::of(vec(grant(), 0..6)))
        .prop_map(|(description, people, grants)| Wanted { description, people, grants })
}

fn desired() -> impl Strategy<Value = Desired> {
    (btree_map(subject(), wanted(), 0..6), any::<(bool, bool, bool)>()).prop_map(
        |(mut subjects, (users, groups, roles))| {
            let sections = Sections { users, groups, roles };
            subjects.retain(|subject, _| sections.cover(subject));
            for (subject, wanted) in &mut subjects {
                let mut places = Vec::<GrantSpec>::new();
                for mut grant in wanted.grants.take().into_iter().flatten() {
                    grant.subject = subject.clone();
                    let same = |other: &GrantSpec| {
                        (&other.scope, &other.kind) == (&grant.scope, &grant.kind)
                            && other.target.is_same_place(&grant.target)
                    };
                    if !places.iter().any(same) {
                        places.push(grant);
                    }
                }
                wanted.grants = (!places.is_empty() || wanted.people.is_none()).then_some(places);
                match subject {
                    Subject::User(_) => (wanted.people, wanted.description) = (None, None),
                    Subject::Group(_) => wanted.description = None,
                    Subject::Role(_) => {}
                }
            }
            Desired { sections, subjects }
        },
    )
}

/// What a snapshot holds, the numbers of grants aside.
type Picture = BTreeMap<Subject, (bool, Option<String>, BTreeSet<Username>, BTreeSet<String>)>;

fn picture(snapshot: &Snapshot) -> Picture {
    let grants = |held: &Held| held.grants.iter().map(|grant| format!("{:?}", grant.spec)).collect();
    let of = |held: &Held| (held.exists, held.description.clone(), held.people.clone(), grants(held));
    snapshot.subjects().iter().map(|(subject, held)| (subject.clone(), of(held))).collect()
}

/// What should be held after a file was applied, written down as naively as can be.
fn model(before: &Picture, desired: &Desired, removal: Removal) -> Picture {
    let mut after = before.clone();
    let prune = removal == Removal::Prune;
    if prune {
        after.retain(|subject, _| !desired.sections.cover(subject) || desired.subjects.contains_key(subject));
    }
    for (subject, wanted) in &desired.subjects {
        let entry = after.entry(subject.clone()).or_default();
        let speaks = wanted.people.is_some() || wanted.grants.is_some() || wanted.description.is_some();
        entry.0 |= match subject {
            Subject::User(_) => false,
            Subject::Group(_) => wanted.people.is_some(),
            Subject::Role(_) => speaks,
        };
        entry.1 = wanted.description.clone().or(entry.1.take());
        if let Some(people) = &wanted.people {
            entry.2.retain(|user| !prune || people.contains(user));
            entry.2.extend(people.iter().cloned());
        }
        if let Some(grants) = &wanted.grants {
            let place = |spec: &GrantSpec| {
                format!("{:?} {:?} {} {:?}", spec.scope, spec.kind, spec.target.form(), spec.target.text())
            };
            let named: Vec<String> = grants.iter().map(place).collect();
            let all: Vec<GrantSpec> = grants.clone();
            entry.3.retain(|held| {
                let is_named = all.iter().zip(&named).any(|(spec, _)| {
                    Permission::ALL.iter().any(|permission| {
                        let same_but = |priority| {
                            let mut other = GrantSpec { permission: *permission, ..spec.clone() };
                            if let Target::Pattern { pattern, .. } = &spec.target {
                                other.target = Target::Pattern { pattern: pattern.clone(), priority };
                            }
                            format!("{other:?}") == *held
                        };
                        [i64::MIN, -2, -1, 0, 1, 2, i64::MAX].into_iter().any(same_but)
                    })
                });
                !is_named && !prune
            });
            entry.3.extend(grants.iter().map(|spec| format!("{spec:?}")));
        }
    }
    after.retain(|_, entry| entry.0 || !entry.3.is_empty());
    after
}

async fn apply(store: &MemoryStore, desired: &Desired, removal: Removal) -> (Snapshot, Snapshot) {
    let before = Snapshot::read(store).await.unwrap();
    let difference = Difference::between(&before, desired, removal).unwrap();
    difference.apply(store).await.unwrap();
    let after = Snapshot::read(store).await.unwrap();
    assert_eq!(picture(&after), picture(&before.after(&difference)), "what would be is what is");
    let again = Difference::between(&after, desired, removal).unwrap();
    assert!(again.is_empty(), "it is made so at once: {again}");
    (before, after)
}

proptest! {
    #[test]
    fn what_is_applied_is_held(first in desired(), second in desired(), prune in any::<bool>()) {
        let removal = if prune { Removal::Prune } else { Removal::Keep };
        block_on(async {
            let store = MemoryStore::new();
            apply(&store, &first, Removal::Keep).await;
            let (before, after) = apply(&store, &second, removal).await;
            assert_eq!(picture(&after), model(&picture(&before), &second, removal));
        });
    }

    #[cfg(feature = "file")]
    #[test]
    fn nothing_is_lost_on_the_way_through_a_file(desired in desired()) {
        block_on(async {
            let store = MemoryStore::new();
            apply(&store, &desired, Removal::Keep).await;
            let snapshot = Snapshot::read(&store).await.unwrap();
            for format in [file::Format::Yaml, file::Format::Toml] {
                let text = file::write(&snapshot, format).unwrap();
                let read = file::parse(&text, format).unwrap_or_else(|error| panic!("{error}\n{text}"));
                let difference = Difference::between(&snapshot, &read, Removal::Prune).unwrap();
                assert!(difference.is_empty(), "{difference}\n{text}");
                let copy = MemoryStore::new();
                apply(&copy, &read, Removal::Prune).await;
                assert_eq!(picture(&Snapshot::read(&copy).await.unwrap()), picture(&snapshot), "{text}");
            }
        });
    }
}

fn alice() -> Subject {
    Subject::User(Username::new("alice").unwrap())
}

fn read_on(subject: Subject, target: Target) -> GrantSpec {
    let (scope, kind) = (Scope::In(Workspace::default()), ResourceType::EXPERIMENT);
    GrantSpec { subject, scope, kind, target, permission: Permission::Read }
}

fn only(subject: Subject, grants: Vec<GrantSpec>) -> Desired {
    let wanted = Wanted { grants: Some(grants), ..Wanted::default() };
    Desired { sections: Sections { users: true, groups: true, roles: true }, subjects: [(subject, wanted)].into() }
}

#[test]
fn a_store_that_was_changed_meanwhile_is_left_alone() {
    block_on(async {
        let store = MemoryStore::new();
        let snapshot = Snapshot::read(&store).await.unwrap();
        let desired = only(alice(), vec![read_on(alice(), Target::Every)]);
        let difference = Difference::between(&snapshot, &desired, Removal::Keep).unwrap();
        store.apply(&[Change::CreateGroup(GroupName::new("ml").unwrap())]).await.unwrap();
        let refused = difference.apply(&store).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused}");
        assert!(Snapshot::read(&store).await.unwrap().grants().next().is_none());
    });
}

#[test]
fn what_contradicts_itself_is_refused() {
    let bob = Subject::User(Username::new("bob").unwrap());
    let twice =
        vec![read_on(alice(), Target::pattern("a", 1).unwrap()), read_on(alice(), Target::pattern("a", 2).unwrap())];
    let mut nowhere = only(alice(), Vec::new());
    nowhere.sections.users = false;
    let mut members = only(alice(), Vec::new());
    members.subjects.get_mut(&alice()).unwrap().people = Some(BTreeSet::new());
    for (desired, said) in [
        (only(alice(), twice), "is given twice"),
        (only(bob, vec![read_on(alice(), Target::Every)]), "it stands with user `bob`"),
        (nowhere, "its section is not there"),
        (members, "has no members"),
    ] {
        let refused = Difference::between(&Snapshot::default(), &desired, Removal::Keep).unwrap_err();
        assert!(refused.to_string().contains(said), "{refused}");
    }
}

#[test]
fn what_cannot_be_read_stays_and_is_told() {
    let ml = Subject::Group(GroupName::new("ml").unwrap());
    let row = StoredGrant {
        id: 9,
        subject: ml.clone(),
        workspace: None,
        kind: "experiment",
        form: "pattern",
        text: "a(",
        priority: 1,
        permission: "READ",
    };
    let fine = Grant { id: 3, spec: read_on(ml.clone(), Target::Every), fault: None };
    let held = Held { exists: true, grants: vec![fine, Grant::from_stored(row)], ..Held::default() };
    let snapshot = Snapshot { revision: 1, subjects: [(ml, held)].into() };
    let nobody = Desired { sections: Sections { groups: true, ..Sections::default() }, ..Desired::default() };
    let difference = Difference::between(&snapshot, &nobody, Removal::Prune).unwrap();
    let expected = "group `ml`\n  - READ on every experiment\nkept, because it cannot be read\n  = grant 9, DENY for group \
                    `ml` on every experiment that `a(` (priority 1) matches (cannot be read, so it refuses: ";
    assert!(difference.to_string().starts_with(expected), "{difference}");
    assert!(difference.to_string().ends_with("0 to add, 0 to change, 1 to remove"), "{difference}");
    assert_eq!(snapshot.after(&difference).grants().map(|grant| grant.id).collect::<Vec<_>>(), [9]);
}

#[test]
fn what_cannot_be_read_is_replaced_by_what_is_named_in_its_place() {
    let row = |id, text| {
        let (subject, kind, form, priority, permission) = (alice(), "experiment", "exact", 0, "OWNER");
        Grant::from_stored(StoredGrant {
            id,
            subject,
            workspace: Some("default"),
            kind,
            form,
            text,
            priority,
            permission,
        })
    };
    let held = Held { grants: vec![row(7, "7"), row(8, "8")], ..Held::default() };
    let snapshot = Snapshot { revision: 1, subjects: [(alice(), held)].into() };
    let edit = GrantSpec { permission: Permission::Edit, ..read_on(alice(), Target::Exact("7".to_owned())) };
    for removal in [Removal::Keep, Removal::Prune] {
        let difference = Difference::between(&snapshot, &only(alice(), vec![edit.clone()]), removal).unwrap();
        assert_eq!(difference.kept().iter().map(|grant| grant.id).collect::<Vec<_>>(), [8]);
        let after = snapshot.after(&difference);
        let held: Vec<_> = after.grants().map(|grant| (&grant.spec.target, grant.spec.permission)).collect();
        let id = |id: &str| Target::Exact(id.to_owned());
        assert_eq!(held, [(&id("8"), Permission::Deny), (&id("7"), Permission::Edit)]);
    }
}

#[test]
fn a_difference_is_printed_for_people() {
    block_on(async {
        let (store, ml) = (MemoryStore::new(), Subject::Group(GroupName::new("ml").unwrap()));
        let pattern = |text: &str, priority| Target::pattern(text, priority).unwrap();
        let before = [pattern("^a", 1), pattern("^b", 1), Target::Exact("x\ny".into())]
            .map(|target| read_on(ml.clone(), target));
        apply(&store, &only(ml.clone(), before.to_vec()), Removal::Keep).await;
        let mut after = only(
            ml.clone(),
            vec![
                GrantSpec { permission: Permission::Edit, ..read_on(ml.clone(), pattern("^a", 7)) },
                GrantSpec { scope: Scope::Everywhere, ..read_on(ml.clone(), Target::Exact("7".into())) },
                read_on(ml.clone(), pattern("^b", 1)),
            ],
        );
        after.subjects.get_mut(&ml).unwrap().people = Some([Username::new("bob").unwrap()].into());
        let snapshot = Snapshot::read(&store).await.unwrap();
        let difference = Difference::between(&snapshot, &after, Removal::Prune).unwrap();
        let expected = "group `ml`
  + the group
  + member `bob`
  + READ on experiment `7` in every workspace
  ~ READ -> EDIT on every experiment that `^a` (priority 7) matches, priority 1 -> 7
  - READ on experiment `x\\ny`
3 to add, 1 to change, 1 to remove";
        assert_eq!(difference.to_string(), expected);
        let nothing = Difference::between(&snapshot, &Desired::default(), Removal::Prune).unwrap();
        assert_eq!(nothing.to_string(), "no change");
    });
}

#[test]
fn whose_a_job_is_stays_whatever_is_planned() {
    block_on(async {
        let store = MemoryStore::new();
        let job = GrantSpec { kind: ResourceType::JOB, ..read_on(alice(), Target::Exact("j-1".into())) };
        store.apply(&[Change::Grant(job, GrantConflict::Replace)]).await.unwrap();
        assert!(Snapshot::read(&store).await.unwrap().subjects().is_empty());
        apply(&store, &only(alice(), vec![read_on(alice(), Target::Every)]), Removal::Prune).await;
        let held = store.grants_of(&alice()).await.unwrap();
        let kinds: Vec<&str> = held.grants().iter().map(|grant| grant.spec.kind.name()).collect();
        assert_eq!(kinds, ["job", "experiment"]);
    });
}

#[test]
fn holders_answer_as_the_store_does() {
    block_on(async {
        let (store, bob) = (MemoryStore::new(), Username::new("bob").unwrap());
        let ml = Subject::Group(GroupName::new("ml").unwrap());
        let mut desired = only(ml.clone(), vec![read_on(ml.clone(), Target::Every)]);
        desired.subjects.get_mut(&ml).unwrap().people = Some([bob.clone()].into());
        apply(&store, &desired, Removal::Keep).await;
        let snapshot = Snapshot::read(&store).await.unwrap();
        let holders = Holders::new(&snapshot).unwrap();
        let held = holders.holdings(&bob, &[GroupName::new("claimed").unwrap(), GroupName::new("ml").unwrap()]);
        let grants: Vec<usize> = held.groups.iter().map(|group| group.grants().len()).collect();
        assert_eq!(grants, [0, 1]);
        let again = Holders::sharing(&snapshot, &snapshot, &holders).unwrap();
        assert!(std::sync::Arc::ptr_eq(&again.of(&ml), &holders.of(&ml)));
    });
}
