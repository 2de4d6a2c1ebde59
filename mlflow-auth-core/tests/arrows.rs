//! Who may depend on whom: arrows point down, inside the core and between the crates.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up must stop")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the core, each with those it may use besides itself.
const MODULES: &[(&str, &[&str])] = &[
    ("vocabulary", &[]),
    ("hash", &["vocabulary"]),
    ("rules", &["vocabulary"]),
    ("grants", &["rules", "vocabulary"]),
    ("policy", &["grants", "rules", "vocabulary"]),
    ("routes", &["vocabulary"]),
    ("store", &["grants", "hash", "rules", "vocabulary"]),
    ("documents", &[]),
    ("authn", &["documents", "hash", "store", "vocabulary"]),
    ("authorizer", &["authn", "grants", "policy", "store", "vocabulary"]),
    ("shadow", &["authorizer", "grants", "policy", "rules", "store", "vocabulary"]),
    ("plan", &["documents", "grants", "rules", "store", "vocabulary"]),
    ("lint", &["grants", "plan", "rules", "vocabulary"]),
    ("what_if", &["grants", "plan", "policy", "rules", "vocabulary"]),
    ("conformance", &["grants", "hash", "rules", "store", "vocabulary"]),
];

fn sources(under: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// The modules that the code of a file names as `crate::module`; its tests and its documentation may name more.
fn used(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let after = code.split("crate::").skip(1);
    after.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
}

#[test]
fn arrows_in_the_core_point_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = BTreeSet::new();
    for file in sources(&src) {
        let below = file.strip_prefix(&src).unwrap();
        let first = below.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = first.strip_suffix(".rs").unwrap_or(first);
        if module == "lib" || file.file_name().is_some_and(|name| name == "tests.rs") {
            continue;
        }
        let (_, allowed) =
            MODULES.iter().find(|(name, _)| *name == module).unwrap_or_else(|| panic!("{module} is new"));
        for name in used(&file).into_iter().filter(|name| MODULES.iter().any(|(known, _)| known == name)) {
            assert!(name == module || allowed.contains(&name.as_str()), "{} uses crate::{name}", below.display());
        }
        seen.insert(module.to_owned());
    }
    assert_eq!(seen.len(), MODULES.len(), "a module of the list is gone: {seen:?}");
}

#[test]
fn crates_depend_on_the_core_and_not_on_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for name in ["core", "tower", "sqlite", "postgres", "ldap"] {
        let manifest = fs::read_to_string(root.join(format!("mlflow-auth-{name}/Cargo.toml"))).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).unwrap();
        let ours: Vec<&String> = dependencies.keys().filter(|name| name.starts_with("mlflow-auth-")).collect();
        let expected: &[&str] = if name == "core" { &[] } else { &["mlflow-auth-core"] };
        assert_eq!(ours, expected, "mlflow-auth-{name}");
    }
}
