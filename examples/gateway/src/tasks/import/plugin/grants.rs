//! Grants and patterns.

use super::people::{Groups, Users};
use crate::tasks::import::found::{Found, Said};
use crate::tasks::import::tables::{Record, Tables, is_true, row, text};
use mlflow_auth_core::{Mode, Source, Subject, Workspace};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What the exact grants of a kind name.
#[derive(Clone, Copy)]
enum Names {
    /// An experiment, by its number, wherever it lives.
    Experiment,
    /// A scorer of an experiment.
    Scorer,
    /// A registered model, and the prompt of that name too.
    Registered,
    /// A name, where grants here name another id: it becomes a pattern that no other name matches, and is asked where
    /// patterns are.
    NameOnly,
    /// A name in a workspace.
    Name,
    /// A workspace.
    Workspace,
}

/// The beginning of the names of the tables, the column of the name, the type.
const FAMILIES: [(&str, &str, &str, Names); 8] = [
    ("experiment", "experiment_id", "experiment", Names::Experiment),
    ("registered_model", "name", "registered_model", Names::Registered),
    ("scorer", "scorer_name", "scorer", Names::Scorer),
    ("gateway_endpoint", "endpoint_id", "gateway_endpoint", Names::NameOnly),
    ("gateway_secret", "secret_id", "gateway_secret", Names::NameOnly),
    ("gateway_model_definition", "model_definition_id", "gateway_model_definition", Names::NameOnly),
    ("mcp_server", "name", "mcp_server", Names::Name),
    ("workspace", "workspace", "workspace", Names::Workspace),
];

/// Asked before every other pattern of the user, or of their groups.
const FIRST: i64 = i32::MIN as i64;

/// What a pattern is whose turn nobody can tell.
const REFUSAL: &str = "NO_PERMISSIONS";

/// As this project writes the name of a scorer.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// What becomes of a refusal that is a pattern from now on.
const LATER: &str = "it becomes a pattern, and what `permission_source_order` asks before such patterns may overrule \
                     it: refuse the users themselves, or give the refusal by its id here";

pub(super) fn read(found: &mut Found, tables: &Tables, users: &Users, groups: &Groups, mode: &Mode) {
    for (family, column, kind, names) in FAMILIES {
        for of_group in [false, true] {
            let middle = if of_group { "_group" } else { "" };
            let exact = format!("{family}{middle}_permissions");
            for record in tables.records(&exact) {
                if let Some(subject) = subject(found, &exact, &record, users, groups, of_group) {
                    if matches!(names, Names::NameOnly) && refuses(&record) && may_lose(mode, of_group) {
                        found.remark(row(&exact, &record), LATER, true);
                    }
                    exact_grant(found, &exact, &record, subject, (text(&record, column), kind, names));
                }
            }
            let patterns = format!("{family}{middle}_regex_permissions");
            for record in tables.records(&patterns) {
                if let Some(subject) = subject(found, &patterns, &record, users, groups, of_group) {
                    pattern(found, &patterns, &record, subject, kind);
                }
            }
        }
    }
}

/// What cannot be read refuses too.
fn refuses(record: &Record<'_>) -> bool {
    !["READ", "USE", "EDIT", "MANAGE"].contains(&text(record, "permission"))
}

/// Whether the pattern of a user, or of a group, is asked after the other ones, or never.
fn may_lose(mode: &Mode, of_group: bool) -> bool {
    let Mode::FirstMatch(order) = mode else { return false };
    let (own, other) = if of_group { (Source::GroupRegex, Source::Regex) } else { (Source::Regex, Source::GroupRegex) };
    let first = order.sources().iter().find(|source| **source == own || **source == other);
    first != Some(&own)
}

fn subject(
    found: &mut Found,
    table: &str,
    record: &Record<'_>,
    users: &Users,
    groups: &Groups,
    of_group: bool,
) -> Option<Subject> {
    match of_group {
        true => found.holder(groups, "group_id", table, record).map(Subject::Group),
        false => found.holder(users, "user_id", table, record).map(Subject::User),
    }
}

fn exact_grant(
    found: &mut Found,
    table: &str,
    record: &Record<'_>,
    subject: Subject,
    (name, kind, names): (&str, &str, Names),
) {
    let workspace = Some(record.get("workspace").copied().unwrap_or(Workspace::DEFAULT));
    let mut give = |kind: &str, workspace, form: &str, text: &str, priority| {
        let permission = self::text(record, "permission");
        let said = Said { subject: subject.clone(), workspace, kind, form, text, priority, permission };
        found.grant(row(table, record), said);
    };
    match names {
        Names::Experiment => give(kind, None, "exact", name, 0),
        Names::Scorer => {
            let experiment = self::text(record, "experiment_id");
            let id = format!("{experiment}/{}", utf8_percent_encode(name, UNRESERVED));
            give(kind, None, "exact", &id, 0);
        }
        Names::Registered => {
            give(kind, workspace, "exact", name, 0);
            give("prompt", workspace, "exact", name, 0);
        }
        Names::NameOnly => give(kind, workspace, "pattern", &only(name), FIRST),
        Names::Name | Names::Workspace => give(kind, workspace, "exact", name, 0),
    }
}

/// A pattern that this name matches and no other.
fn only(name: &str) -> String {
    let mut pattern = String::from("^");
    for character in name.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('$');
    pattern
}

fn pattern(found: &mut Found, table: &str, record: &Record<'_>, subject: Subject, kind: &str) {
    let priority: Option<i64> = text(record, "priority").parse().ok();
    if priority.is_none() {
        let why = "its priority cannot be read, so it refuses from now on, before all other patterns";
        found.remark(row(table, record), why, false);
    }
    let said = Said {
        subject,
        workspace: record.get("workspace").copied().filter(|workspace| *workspace != "*"),
        kind: if is_true(record, "prompt") { "prompt" } else { kind },
        form: "pattern",
        text: text(record, "regex"),
        priority: priority.unwrap_or(FIRST),
        permission: if priority.is_some() { text(record, "permission") } else { REFUSAL },
    };
    found.grant(row(table, record), said);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_became_a_pattern_may_lose_where_others_are_asked_first() {
        for (order, user, group) in [
            ("user,group,regex,group-regex", false, true),
            ("user,group,group-regex,regex", true, false),
            ("user,group,regex", false, true),
            ("user,group,group-regex", true, false),
            ("user,group", true, true),
        ] {
            let mode = Mode::FirstMatch(order.parse().unwrap());
            assert_eq!((may_lose(&mode, false), may_lose(&mode, true)), (user, group), "{order}");
        }
        assert!(!may_lose(&Mode::Union, true));
    }
}
