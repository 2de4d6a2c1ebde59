use super::*;
use crate::grants::{Scope, Target};
use crate::vocabulary::{Permission, Subject, Username};
use std::path::Path;

const YAML: &str = r#"
version: 1
users:
  alice:
    grants:
      experiment:
      - {id: "7", permission: MANAGE}
      - {pattern: ^team-, priority: 5, workspace: "*", permission: READ}
groups:
  ml:
    members: [alice, "bob the builder"]
  directory:
    grants: {}
roles:
  team-a:
    reviewer:
      description: looks
      users: []
      grants:
        prompt:
        - {every: true, permission: READ}
"#;

const TOML: &str = r#"
version = 1
[[users.alice.grants.experiment]]
id = "7"
permission = "MANAGE"
[[users.alice.grants.experiment]]
pattern = "^team-"
priority = 5
workspace = "*"
permission = "READ"
[groups]
ml = { members = ["alice", "bob the builder"] }
directory.grants = {}
[roles.team-a.reviewer]
description = "looks"
users = []
grants.prompt = [{ every = true, permission = "READ" }]
"#;

#[test]
fn both_formats_say_the_same() {
    let desired = parse(YAML, Format::Yaml).unwrap();
    assert_eq!(desired, parse(TOML, Format::Toml).unwrap());
    let said: Vec<String> = desired.grants().map(|grant| format!("{grant}, in {}", grant.scope)).collect();
    let expected = [
        "MANAGE for user `alice` on experiment `7`, in workspace `default`",
        "READ for user `alice` on every experiment that `^team-` (priority 5) matches, in every workspace",
        "READ for role `reviewer` of workspace `team-a` on every prompt in workspace `team-a`, in workspace `team-a`",
    ];
    assert_eq!(said, expected);
    let of = |subject: &str| desired.subjects.iter().find(|(found, _)| found.to_string() == subject).unwrap().1;
    let ml = of("group `ml`");
    assert_eq!((ml.people.as_ref().unwrap().len(), &ml.grants), (2, &None));
    let directory = of("group `directory`");
    assert_eq!((&directory.people, &directory.grants), (&None, &Some(Vec::new())));
    let reviewer = of("role `reviewer` of workspace `team-a`");
    assert_eq!((reviewer.description.as_deref(), reviewer.people.as_ref().unwrap().len()), (Some("looks"), 0));
}

#[test]
fn what_is_left_out_is_not_spoken_about() {
    for text in ["", "version: 1", "# nothing\n", "users:"] {
        assert_eq!(parse(text, Format::Yaml), Ok(Desired::default()), "{text:?}");
    }
    assert_eq!(parse("", Format::Toml), Ok(Desired::default()));
    let empty = parse("users: {}\ngroups: {}", Format::Yaml).unwrap();
    assert!(empty.sections.users && empty.sections.groups && !empty.sections.roles);
}

#[test]
fn numbers_and_words_of_yaml_are_text_where_text_is_meant() {
    let text = "users: {7: {grants: {experiment: [{id: 007, permission: READ}, {id: on, permission: READ}]}}}";
    let desired = parse(text, Format::Yaml).unwrap();
    let targets: Vec<_> = desired.grants().map(|grant| grant.target.clone()).collect();
    assert_eq!(targets, [Target::Exact("007".into()), Target::Exact("on".into())]);
    assert_eq!(desired.subjects.keys().next(), Some(&Subject::User(Username::new("7").unwrap())));
}

/// A file, the number of the line that is wrong, and words of what is said about it.
const WRONG: &[(&str, Option<usize>, &[&str])] = &[
    ("version: 2", None, &["`version: 2`", "version 1"]),
    ("usrs: {}", Some(1), &["usrs", "users"]),
    ("users:\n  a:\n    grant: {}", Some(3), &["`grant`", "grants", "grant: {}"]),
    ("users:\n  a:\n    members: []", Some(3), &["members"]),
    ("users:\n  a: {}\n  a: {}", Some(3), &["duplicate", "a: {}"]),
    ("groups:\n  a:\n    members: [b, c, b]", None, &["user `b` stands twice in group `a`"]),
    ("groups:\n  a:\n    members:\n    - b\n    - 'c:d'", Some(5), &["`c:d`", "colon"]),
    ("users:\n  ' a':\n    {}", Some(2), &["white space"]),
    ("roles:\n  Team:\n    x: {}", Some(2), &["`Team`", "workspace name"]),
    ("users:\n  a:\n    grants:\n      x:\n      - {id: b, permission: OWNER}", Some(5), &["`OWNER`", "id: b"]),
    ("users:\n  a:\n    grants:\n      x:\n      - {id: b, permission: READ, until: now}", Some(5), &["`until`"]),
    ("users:\n  a:\n    grants:\n      x:\n      - {id: b}", Some(5), &["permission"]),
    (
        "users:\n  a:\n    grants:\n      x:\n      - {permission: READ}",
        Some(5),
        &["`id`, `pattern` and `every: true`"],
    ),
    ("users:\n  a:\n    grants:\n      x:\n      - {id: b, pattern: c, permission: READ}", Some(5), &["one of `id`"]),
    ("users:\n  a:\n    grants:\n      x:\n      - {every: false, permission: READ}", Some(5), &["`every: true`"]),
    (
        "users:\n  a:\n    grants:\n      x:\n      - {pattern: c, permission: READ}",
        Some(5),
        &["`c` has no `priority`"],
    ),
    (
        "users:\n  a:\n    grants:\n      x:\n      - {id: c, priority: 1, permission: READ}",
        Some(5),
        &["only a pattern"],
    ),
    (
        "users:\n  a:\n    grants:\n      x:\n      - {pattern: 'a(?!b)', priority: 1, permission: READ}",
        Some(5),
        &["a(?!b)", "look-around"],
    ),
    ("users:\n  a:\n    grants:\n      x:\n      - {id: b, workspace: A, permission: READ}", Some(5), &["`A`"]),
    (
        "users:\n  a:\n    grants:\n      x:\n      - {id: b, permission: READ}\n      - {id: b, permission: EDIT}",
        None,
        &["the grant of user `a` on x `b`", "twice"],
    ),
    ("users:\n  a: [\n", Some(2), &["mapping"]),
    ("users: {}\n---\nusers: {}", Some(3), &[]),
    ("users: *a", Some(1), &[]),
];

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (text, line, words) in WRONG {
        let error = parse(text, Format::Yaml).expect_err(text);
        let said = error.to_string();
        for word in *words {
            assert!(said.contains(word), "{text:?}: {said}");
        }
        assert_eq!(error.line, *line, "{text:?}: {said}");
        assert!(!said.contains('\n'), "{said}");
    }
    let toml = "[groups.a]\nmembers = [\n  \"b\",\n  \"c:d\",\n]";
    let error = parse(toml, Format::Toml).unwrap_err();
    assert!(error.to_string().contains("`c:d`"), "{error}");
    // That of the list: more is not known of it.
    assert_eq!(error.line, Some(2), "{error}");
    assert_eq!(parse("[groups.a]\nmember = []", Format::Toml).unwrap_err().line, Some(2));
}

#[test]
fn a_format_is_told_by_its_name() {
    for (path, format) in
        [("a.yaml", Some(Format::Yaml)), ("a.yml", Some(Format::Yaml)), ("b/a.toml", Some(Format::Toml)), ("a", None)]
    {
        assert_eq!(Format::of(Path::new(path)), format);
    }
    assert_eq!("toml".parse(), Ok(Format::Toml));
    assert!("json".parse::<Format>().is_err());
}

#[test]
fn what_cannot_be_read_is_told_in_a_comment() {
    use crate::{Grant, StoredGrant};
    let subject = Subject::User(Username::new("alice").unwrap());
    let row = StoredGrant {
        id: 3,
        subject: subject.clone(),
        workspace: None,
        kind: "experiment",
        form: "pattern",
        text: "a(\nusers: {}",
        priority: 1,
        permission: "READ",
    };
    let mut snapshot = Snapshot::default();
    let held = crate::plan::Held { grants: vec![Grant::from_stored(row)], ..Default::default() };
    snapshot.subjects.insert(subject, held);
    for format in [Format::Yaml, Format::Toml] {
        let file = write(&snapshot, format).unwrap();
        assert!(file.lines().any(|line| line.starts_with("#   grant 3") && line.contains("a(\\nusers")), "{file}");
        assert_eq!(parse(&file, format).unwrap().grants().count(), 0);
    }
    let spec = &snapshot.grants().next().unwrap().spec;
    assert_eq!((spec.permission, &spec.scope), (Permission::Deny, &Scope::Everywhere));
}
