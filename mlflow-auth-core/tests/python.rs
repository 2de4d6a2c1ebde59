//! Patterns against what CPython's `re.match` says of them: `testdata/patterns.json`, written by `testdata/patterns.py`.
//! `PATTERNS=/a/file` adds a larger table.
#![cfg(test)]

use mlflow_auth_core::{Pattern, RuleSet};
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    names: Vec<String>,
    same: Vec<Row>,
    refused: Vec<String>,
    random: Vec<RandomRow>,
}

#[derive(Deserialize)]
struct Row {
    pattern: String,
    matched: Vec<String>,
}

#[derive(Deserialize)]
struct RandomRow {
    pattern: String,
    names: Vec<String>,
    matched: Vec<String>,
}

fn table() -> Table {
    let text = match std::env::var("PATTERNS") {
        Ok(path) => std::fs::read_to_string(path).unwrap(),
        Err(_) => include_str!("../testdata/patterns.json").to_owned(),
    };
    serde_json::from_str(&text).unwrap()
}

fn matches(set: &RuleSet, name: &str) -> bool {
    set.first_match(name).unwrap().is_some()
}

#[test]
fn what_both_know_is_judged_alike() {
    let table = table();
    for row in &table.same {
        let pattern = Pattern::new(&row.pattern).unwrap_or_else(|error| panic!("{error}"));
        let set = RuleSet::new([Some(&pattern)]).unwrap();
        for name in &table.names {
            assert_eq!(matches(&set, name), row.matched.contains(name), "{:?} on {name:?}", row.pattern);
        }
    }
}

#[test]
fn what_is_read_differently_is_refused() {
    for pattern in table().refused {
        assert!(Pattern::new(&pattern).is_err(), "{pattern:?}");
    }
}

#[test]
fn random_patterns_are_judged_alike_or_refused() {
    let (mut judged, mut wrong) = (0, Vec::new());
    for row in table().random {
        let Ok(pattern) = Pattern::new(&row.pattern) else { continue };
        let set = RuleSet::new([Some(&pattern)]).unwrap();
        judged += 1;
        let differs = |name: &&String| matches(&set, name) != row.matched.contains(name);
        wrong.extend(row.names.iter().filter(differs).map(|name| format!("{pattern:?} on {name:?}")));
    }
    assert!(judged > 100);
    assert!(
        wrong.is_empty(),
        "{} wrong of {judged} patterns: {:#?}",
        wrong.len(),
        wrong.iter().take(60).collect::<Vec<_>>()
    );
}
