use super::*;
use crate::grants::{Grant, GrantSpec, Scope, StoredGrant, Target};
use crate::plan::Held;
use crate::vocabulary::{GroupName, Permission, Resource, ResourceType, Subject, Username, Workspace};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Instant;

const EXPERIMENT: &str = "experiment";
const MODEL: &str = "registered_model";

fn user(name: &str) -> Subject {
    Subject::User(Username::new(name).unwrap())
}

fn group(name: &str) -> Subject {
    Subject::Group(GroupName::new(name).unwrap())
}

/// A grant as a store keeps it, everywhere: type, form, text, priority, permission.
type Row<'r> = (&'r str, &'r str, &'r str, i64, &'r str);

fn held(subject: &Subject, first_id: i64, rows: &[Row<'_>]) -> Held {
    let grant = |(id, (kind, form, text, priority, permission)): (i64, &Row<'_>)| {
        let (id, subject) = (id, subject.clone());
        Grant::from_stored(StoredGrant {
            id,
            subject,
            workspace: None,
            kind,
            form,
            text,
            priority: *priority,
            permission,
        })
    };
    Held { grants: (first_id..).zip(rows).map(grant).collect(), ..Held::default() }
}

fn snapshot(subjects: Vec<(Subject, Held)>) -> Snapshot {
    Snapshot::new(1, subjects.into_iter().collect())
}

/// The findings about the grants of one user, each as its code, the numbers of its grants, and its example.
fn found(rows: &[Row<'_>]) -> Vec<String> {
    let alice = user("alice");
    let snapshot = snapshot(vec![(alice.clone(), held(&alice, 1, rows))]);
    lint(&snapshot, &Known::default()).unwrap().iter().map(short).collect()
}

fn short(finding: &Finding) -> String {
    let ids: Vec<String> = finding.grants.iter().map(|grant| grant.id.to_string()).collect();
    let example = finding.example.as_deref().map(|example| format!(" {example:?}")).unwrap_or_default();
    format!("{} {}{example}", finding.code.name(), ids.join(","))
}

#[test]
fn findings_about_patterns() {
    let rule = |text, priority, permission| (EXPERIMENT, "pattern", text, priority, permission);
    let table: &[(&[Row<'_>], &[&str])] = &[
        (&[rule("^team-1$", 1, "READ"), rule("^team-2-", 2, "EDIT")], &[]),
        (&[rule("^team-1", 1, "READ")], &["open-end 1 \"team-10-x\""]),
        (&[rule("^team", 1, "READ")], &["open-end 1 \"teams-x\""]),
        (&[rule("^team-1.*", 1, "READ")], &["open-end 1 \"team-10-x\""]),
        (&[rule("^team-1.*$", 1, "READ")], &["open-end 1 \"team-10-x\""]),
        (
            &[rule("^team-[0-9]+$", 1, "READ"), rule(".*", 2, "READ"), rule("^a[a-z-]*$", 3, "READ")],
            &["shadowed 3,2 \"a\""],
        ),
        (&[rule("a$b", 1, "READ")], &["never-matches 1"]),
        (&[rule("^team-", 1, "READ"), rule("^team-a-", 2, "EDIT")], &["shadowed 2,1 \"team-a-\""]),
        (&[rule("^team-a-", 1, "READ"), rule("^team-", 2, "EDIT")], &["overlap 2,1 \"team-a-\""]),
        (&[rule("^team-a-", 1, "READ"), rule("^team-", 2, "NO_PERMISSIONS")], &["overlap 2,1 \"team-a-\""]),
        (&[rule("^team-", 5, "READ"), rule(".*-x$", 5, "NO_PERMISSIONS")], &["tie 1,2 \"team--x\""]),
        (
            &[rule("^x[ab]", 1, "READ"), rule("^xa-", 2, "READ"), rule("^xb-", 2, "READ")],
            &["open-end 1 \"xas-x\"", "shadowed 2,1 \"xa-\"", "shadowed 3,1 \"xb-\""],
        ),
        (&[rule("^xa-", 1, "READ"), rule("^xb-", 2, "READ"), rule("^x[ab]-", 3, "EDIT")], &["shadowed 3,1,2 \"xa-\""]),
        (&[rule("^xa-", 1, "EDIT"), rule("^xb-", 2, "EDIT"), rule("^x[abc]-", 3, "EDIT")], &[]),
        (&[rule("^(?!a)", 1, "READ"), rule("^b-", 2, "EDIT")], &["unreadable 1", "shadowed 2,1 \"b-\""]),
        (&[rule("^b-", 1, "READ"), rule("^(?!a)", 2, "READ")], &["unreadable 2"]),
        (&[rule("\\bteam-", 1, "READ")], &["not-checked 1"]),
        (&[rule("(?i)^model-", 1, "READ")], &[]),
        (&[rule("(?i)^pipe-", 1, "READ")], &["python-differs 1"]),
        (&[rule("^(?:(?i:x)|i)-", 1, "READ")], &["python-differs 1"]),
        (&[(MODEL, "pattern", "^a/b-", 1, "READ")], &["impossible-name 1 \"a/b-\""]),
        (&[(MODEL, "pattern", "^a[/b]-", 1, "READ"), (MODEL, "pattern", "^ab-", 2, "READ")], &["shadowed 2,1 \"ab-\""]),
        (&[(MODEL, "pattern", "^ab-", 1, "READ"), (MODEL, "pattern", "^a[/b]-", 2, "READ")], &["shadowed 2,1 \"ab-\""]),
        (&[rule("^日-", 1, "READ"), rule("^\\w-", 2, "EDIT")], &["overlap 2,1 \"日-\""]),
        // Another type is another table.
        (&[rule(".*", 1, "READ"), (MODEL, "pattern", "^a-", 2, "EDIT")], &[]),
        (&[(EXPERIMENT, "exact", "7", 0, "OWNER")], &["unreadable 1"]),
        (&[(MODEL, "exact", "a-b", 0, "READ"), (MODEL, "pattern", "^a-", 1, "READ")], &["redundant 1,2 \"a-b\""]),
        (&[(MODEL, "exact", "a-b", 0, "EDIT"), (MODEL, "pattern", "^a-", 1, "READ")], &[]),
    ];
    let wrong: Vec<String> = table
        .iter()
        .filter(|(rows, expected)| found(rows) != **expected)
        .map(|(rows, expected)| format!("{rows:?}: {:?}, not {expected:?}", found(rows)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn findings_are_told_in_words_and_in_json() {
    let alice = user("alice");
    let rows = [(EXPERIMENT, "pattern", "^team-1", 3, "READ"), (EXPERIMENT, "pattern", "^team-1\u{7}", 4, "EDIT")];
    let findings = lint(&snapshot(vec![(alice.clone(), held(&alice, 1, &rows))]), &Known::default()).unwrap();
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said[0],
        "warning[shadowed]: grant 2, EDIT for user `alice` on every experiment that `^team-1\\u{7}` \
        (priority 4) matches: it never decides: what it matches is matched before: grant 1, READ for user `alice` on every \
        experiment that `^team-1` (priority 3) matches (example: `team-1\\u{7}`)"
    );
    let json = findings[0].to_json();
    assert_eq!(
        (&json["code"], &json["severity"], &json["grants"][1]["id"]),
        (&"shadowed".into(), &"warning".into(), &1.into())
    );
    assert_eq!(
        (&json["grants"][0]["text"], &json["grants"][0]["workspace"]),
        (&"^team-1\u{7}".into(), &serde_json::Value::Null)
    );
}

#[test]
fn rules_that_hold_everywhere_are_before_those_of_a_workspace() {
    let alice = user("alice");
    let mut of =
        held(&alice, 1, &[(EXPERIMENT, "pattern", "^a-", 1, "READ"), (EXPERIMENT, "pattern", "^a-b-", 2, "EDIT")]);
    of.grants[1].spec.scope = Scope::In(Workspace::new("team-a").unwrap());
    let findings = lint(&snapshot(vec![(alice.clone(), of.clone())]), &Known::default()).unwrap();
    assert_eq!(findings.iter().map(short).collect::<Vec<_>>(), ["shadowed 2,1 \"a-b-\""]);
    of.grants[0].spec.scope = Scope::In(Workspace::new("team-b").unwrap());
    assert_eq!(lint(&snapshot(vec![(alice.clone(), of.clone())]), &Known::default()).unwrap(), []);
    of.grants.truncate(1);
    of.grants.extend(
        held(&alice, 2, &[(EXPERIMENT, "pattern", "a[a-]*-b-", 2, "EDIT"), (EXPERIMENT, "pattern", "b-", 3, "READ")])
            .grants,
    );
    let findings = lint(&snapshot(vec![(alice, of)]), &Known::default()).unwrap();
    assert_eq!(findings.iter().map(short).collect::<Vec<_>>(), ["overlap 2,1 \"a-b-\""]);
}

#[test]
fn findings_about_people() {
    let (ml, ops, alice) = (group("ml"), group("ops"), user("alice"));
    let of = |subject: &Subject, id, permission, people: &[&str]| Held {
        exists: true,
        people: people.iter().map(|name| Username::new(name).unwrap()).collect(),
        ..held(subject, id, &[(EXPERIMENT, "exact", "7", 0, permission)])
    };
    let nobody =
        |permission| vec![(ml.clone(), of(&ml, 1, permission, &[])), (ops.clone(), of(&ops, 2, "READ", &["bob"]))];
    let elsewhere = vec![(ml.clone(), Held { exists: false, ..of(&ml, 1, "READ", &[]) })];
    let both =
        |one, other: &[&str]| vec![(ml.clone(), of(&ml, 1, one, &["bob"])), (ops.clone(), of(&ops, 2, "READ", other))];
    let known = Known::default().with_users([Username::new("bob").unwrap()]);
    type Case = (Vec<(Subject, Held)>, &'static [&'static str]);
    let table: Vec<Case> = vec![
        (nobody("READ"), &["no-members 1"]),
        (elsewhere, &["no-members 1"]),
        (both("READ", &["bob", "eve"]), &["duplicate 1,2"]),
        (both("READ", &["eve"]), &[]),
        (both("NO_PERMISSIONS", &["bob", "eve"]), &["tie 2,1"]),
        (both("MANAGE", &["bob"]), &["tie 2,1"]),
        (vec![(alice.clone(), of(&alice, 1, "READ", &[]))], &["unknown-user 1"]),
    ];
    for (subjects, expected) in table {
        let findings = lint(&snapshot(subjects.clone()), &known).unwrap();
        assert_eq!(findings.iter().map(short).collect::<Vec<_>>(), expected, "{subjects:?}");
    }
}

#[test]
fn findings_about_what_exists() {
    let alice = user("alice");
    let rows = [
        (EXPERIMENT, "exact", "7", 0, "READ"),
        (EXPERIMENT, "exact", "8", 0, "READ"),
        (EXPERIMENT, "pattern", "^churn-", 1, "READ"),
        (EXPERIMENT, "pattern", "^gone-", 2, "READ"),
        (MODEL, "exact", "who knows", 0, "READ"),
    ];
    let there = Resource::new(ResourceType::EXPERIMENT, "7").with_name("churn-7");
    let known = Known::new([ResourceType::EXPERIMENT], [there]);
    let findings = lint(&snapshot(vec![(alice.clone(), held(&alice, 1, &rows))]), &known).unwrap();
    let expected = ["gone 2", "matches-nothing 4", "redundant 1,3 \"churn-7\""];
    assert_eq!(findings.iter().map(short).collect::<Vec<_>>(), expected);
}

#[test]
fn ten_thousand_rules_are_checked_in_seconds() {
    let alice = user("alice");
    let permissions = ["READ", "EDIT", "NO_PERMISSIONS"];
    let grants = (0..10_000_i64).map(|i| {
        let text = match i % 6 {
            0 => format!("^team-{i}-.*$"),
            1 => format!("^(staging|prod|dev)/team-{i}/.*$"),
            2 => format!("^.*-model-{i}$"),
            3 => format!("^proj{i}_(train|eval|serve)_v[0-9]+$"),
            4 => format!("^exp-{i}$"),
            _ => format!("(?i)^shared-{i}-[a-z0-9-]+$"),
        };
        let spec = GrantSpec {
            subject: alice.clone(),
            scope: Scope::Everywhere,
            kind: ResourceType::EXPERIMENT,
            target: Target::pattern(&text, i).unwrap(),
            permission: permissions[i as usize % 3].parse().unwrap(),
        };
        Grant { id: i + 1, spec, fault: None }
    });
    let held = Held { grants: grants.collect(), ..Held::default() };
    let began = Instant::now();
    let findings = lint(&snapshot(vec![(alice, held)]), &Known::default()).unwrap();
    // Seconds where it is optimised and has the machine for itself; a quadratic one would take hours.
    assert!(began.elapsed().as_secs() < 240, "{:?}", began.elapsed());
    let count = |code| findings.iter().filter(|finding| finding.code == code).count();
    assert_eq!((count(Code::Shadowed), count(Code::NeverMatches)), (0, 0));
    assert!(count(Code::Overlap) <= 30_000);
}

fn pattern_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ab-]{1,2}",
        1 => Just("[ab]".to_owned()),
        1 => Just(".".to_owned()),
        1 => Just(".*".to_owned()),
        1 => Just("(?:a|bb)".to_owned()),
        1 => Just("(?:ab)+".to_owned()),
        1 => Just("[^a]".to_owned()),
        1 => Just("a?".to_owned()),
        1 => Just("\\w".to_owned()),
        1 => Just("(?i:é)".to_owned()),
    ];
    (prop_oneof![Just("^"), Just("")], proptest::collection::vec(piece, 1..4), prop_oneof![Just("$"), Just("")])
        .prop_map(|(start, pieces, end)| format!("{start}{}{end}", pieces.concat()))
}

proptest! {
    #[test]
    fn what_is_said_about_patterns_is_true(
        rules in proptest::collection::vec((pattern_text(), 0..4i64, proptest::sample::select(&Permission::ALL[..])), 1..9),
        names in proptest::collection::vec("[abé-]{1,6}|[abcÉ1]{1,3}", 40),
    ) {
        let alice = user("alice");
        // A store keeps a pattern once.
        let rules: BTreeMap<String, (i64, Permission)> =
            rules.into_iter().map(|(text, priority, permission)| (text, (priority, permission))).collect();
        let rows: Vec<Row<'_>> = rules.iter()
            .map(|(text, (priority, permission))| (EXPERIMENT, "pattern", text.as_str(), *priority, permission.name()))
            .collect();
        let held = held(&alice, 1, &rows);
        let mut order: Vec<&Grant> = held.grants.iter().collect();
        order.sort_by_key(|grant| (grant.spec.target.priority(), std::cmp::Reverse(grant.spec.permission.rank()), grant.id));
        let alone = |grant: &Grant| regex::Regex::new(&format!("^(?:{})", grant.spec.target.text())).unwrap();
        let matches = |grant: &Grant, name: &str| alone(grant).is_match(name);
        let winner = |name: &str| order.iter().find(|grant| matches(grant, name)).map(|grant| grant.id);
        let findings = lint(&snapshot(vec![(alice, held.clone())]), &Known::default()).unwrap();
        let told = |codes: &[Code], id| findings.iter().any(|f| codes.contains(&f.code) && f.grants[0].id == id);
        for name in &names {
            if let Some(id) = winner(name) {
                prop_assert!(!told(&[Code::Shadowed, Code::NeverMatches], id), "{id} decides on {name:?}: {rows:?}");
            }
        }
        for finding in &findings {
            let Some(example) = finding.example.as_deref() else { continue };
            match finding.code {
                Code::Shadowed => {
                    prop_assert!(matches(&finding.grants[0], example));
                    let covered = |name: &String| finding.grants[1..].iter().any(|grant| matches(grant, name));
                    let uncovered = names.iter().find(|name| matches(&finding.grants[0], name) && !covered(name));
                    prop_assert_eq!(uncovered, None, "{}", finding);
                }
                Code::Tie | Code::Overlap => {
                    prop_assert!(finding.grants.iter().all(|grant| matches(grant, example)), "{}", finding);
                    let place = |id| order.iter().position(|grant| grant.id == id).unwrap();
                    prop_assert!(place(finding.grants[1].id) < place(finding.grants[0].id), "{}", finding);
                    prop_assert!(finding.grants[0].spec.permission != finding.grants[1].spec.permission);
                }
                _ => prop_assert!(matches(&finding.grants[0], example), "{}", finding),
            }
        }
        // Whatever two rules share, a name shows it: none is overlooked where the later one decides at times.
        for name in &names {
            let both: Vec<&Grant> = order.iter().copied().filter(|grant| matches(grant, name)).collect();
            if let [first, second, ..] = both.as_slice()
                && first.spec.permission != second.spec.permission
                && !told(&[Code::Shadowed, Code::NotChecked], second.id)
                && !told(&[Code::Shadowed, Code::NotChecked], first.id)
            {
                prop_assert!(told(&[Code::Tie, Code::Overlap], second.id), "{} and {} on {name:?}", first, second);
            }
        }
    }
}
