//! MLflow's own access control, of every revision up to that of MLflow 3.17.2.
//!
//! Since `e5f6a7b8c9d0` everything is in roles, and grants of a user in a role `__user_<id>__`; the tables of before are
//! there and mean nothing. Such a role becomes grants of those who have it.

use super::found::{Found, Said};
use super::tables::{Record, Tables, row, text};
use mlflow_auth_core::store::Role;
use mlflow_auth_core::store::transfer::Assignment;
use mlflow_auth_core::{RoleKey, RoleName, Subject, Username, Workspace};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::HashMap;

/// Revisions at which the tables of before roles still count.
const BEFORE_ROLES: [&str; 5] = ["8606fa83a998", "0965eb92f5f0", "a1b2c3d4e5f6", "2ed73881770d", "c3d4e5f6a7b8"];
const SINCE: [&str; 2] = ["e5f6a7b8c9d0", "f1a2b3c4d5e6"];

/// The tables of before roles: the table, the column of the id, the type.
const OLD: [(&str, &str, &str); 6] = [
    ("experiment_permissions", "experiment_id", "experiment"),
    ("registered_model_permissions", "name", "registered_model"),
    ("scorer_permissions", "scorer_name", "scorer"),
    ("gateway_secret_permissions", "secret_id", "gateway_secret"),
    ("gateway_endpoint_permissions", "endpoint_id", "gateway_endpoint"),
    ("gateway_model_definition_permissions", "model_definition_id", "gateway_model_definition"),
];

/// As Python's `quote` without safe characters leaves a name.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

type Users = HashMap<String, Username>;

pub(super) fn read(tables: &Tables) -> Found {
    let revision = tables.records("alembic_version_auth").next();
    let revision = revision.map(|record| text(&record, "version_num").to_owned());
    let named = revision.as_deref().unwrap_or("none");
    let mut found = Found::about(format!("MLflow's own access control, revision {}", named.escape_debug()));
    let is_old = match revision.as_deref() {
        None => !tables.has("role_permissions"),
        Some(revision) => BEFORE_ROLES.contains(&revision),
    };
    if !is_old && !SINCE.contains(&named) {
        let why = "it is not one that this program knows: something may be meant that is not read";
        found.remark(format!("the revision {}", named.escape_debug()), why, true);
    }
    let users = found.accounts(tables);
    roles(&mut found, tables, &users);
    if is_old {
        OLD.iter().for_each(|old| old_grants(&mut found, tables, &users, *old));
        old_workspaces(&mut found, tables, &users);
    }
    for record in tables.records("mutation_conditions") {
        found.remark(row("mutation_conditions", &record), "conditions on changes cannot be expressed here", true);
    }
    found
}

/// Who holds what a role gives.
enum Holders {
    Role(RoleKey),
    Users(Vec<Username>),
}

fn roles(found: &mut Found, tables: &Tables, users: &Users) {
    let mut assigned: HashMap<&str, Vec<Username>> = HashMap::new();
    for record in tables.records("user_role_assignments") {
        if let Some(user) = found.holder(users, "user_id", "user_role_assignments", &record) {
            assigned.entry(text(&record, "role_id")).or_default().push(user);
        }
    }
    let mut roles = HashMap::new();
    for record in tables.records("roles") {
        let id = text(&record, "id");
        let having = assigned.remove(id).unwrap_or_default();
        if let Some(holders) = role(found, &record, having) {
            roles.insert(id, (text(&record, "workspace"), holders));
        }
    }
    for record in tables.records("role_permissions") {
        match roles.get(text(&record, "role_id")) {
            Some((workspace, holders)) => role_grant(found, &record, workspace, holders),
            None => {
                let refuses = !["READ", "USE", "EDIT", "MANAGE"].contains(&text(&record, "permission"));
                found.remark(row("role_permissions", &record), "its role is not brought in", refuses);
            }
        }
    }
}

fn is_of_one_user(name: &str) -> bool {
    let number = name.strip_prefix("__user_").and_then(|rest| rest.strip_suffix("__"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn role(found: &mut Found, record: &Record<'_>, having: Vec<Username>) -> Option<Holders> {
    let name = text(record, "name");
    if is_of_one_user(name) {
        return Some(Holders::Users(having));
    }
    let key = Workspace::new(text(record, "workspace"));
    let key = key.and_then(|workspace| Ok(RoleKey { workspace, name: RoleName::new(name)? }));
    match key {
        Ok(key) => {
            let description = record.get("description").map(|text| (*text).to_owned());
            let contents = &mut found.contents;
            contents.roles.push(Role { id: 0, key: key.clone(), description });
            contents.assignments.extend(having.into_iter().map(|user| Assignment { user, role: key.clone() }));
            Some(Holders::Role(key))
        }
        Err(error) => {
            found.remark(row("roles", record), error.to_string(), false);
            None
        }
    }
}

fn role_grant(found: &mut Found, record: &Record<'_>, workspace: &str, holders: &Holders) {
    let subjects: Vec<Subject> = match holders {
        Holders::Role(key) => vec![Subject::Role(key.clone())],
        Holders::Users(users) => users.iter().cloned().map(Subject::User).collect(),
    };
    if subjects.is_empty() {
        found.remark(row("role_permissions", record), "nobody has the role, which is one user's", false);
    }
    for subject in subjects {
        give(found, row("role_permissions", record), subject, record, workspace);
    }
}

fn give(found: &mut Found, row: String, subject: Subject, record: &Record<'_>, workspace: &str) {
    let pattern = text(record, "resource_pattern");
    let said = Said {
        subject,
        workspace: Some(workspace),
        kind: text(record, "resource_type"),
        form: if pattern == "*" { "every" } else { "exact" },
        text: pattern,
        priority: 0,
        permission: text(record, "permission"),
    };
    found.grant(row, said);
}

fn old_grants(found: &mut Found, tables: &Tables, users: &Users, (table, column, kind): (&str, &str, &str)) {
    for record in tables.records(table) {
        let Some(user) = found.holder(users, "user_id", table, &record) else { continue };
        let name = text(&record, column);
        let id = match kind {
            "scorer" => {
                format!("{}/{}", text(&record, "experiment_id"), utf8_percent_encode(name, UNRESERVED))
            }
            _ => name.to_owned(),
        };
        let said = Said {
            subject: Subject::User(user),
            workspace: Some(record.get("workspace").copied().unwrap_or(Workspace::DEFAULT)),
            kind,
            form: "exact",
            text: &id,
            priority: 0,
            permission: text(&record, "permission"),
        };
        found.grant(row(table, &record), said);
    }
}

/// As MLflow's migration to roles reads them.
fn old_workspaces(found: &mut Found, tables: &Tables, users: &Users) {
    const TABLE: &str = "workspace_permissions";
    for record in tables.records(TABLE) {
        let Some(user) = found.holder(users, "user_id", TABLE, &record) else { continue };
        let level = text(&record, "permission");
        let mut every = |kind, permission| {
            let (subject, workspace) = (Subject::User(user.clone()), Some(text(&record, "workspace")));
            let said = Said { subject, workspace, kind, form: "every", text: "*", priority: 0, permission };
            found.grant(row(TABLE, &record), said);
        };
        every("workspace", if matches!(level, "READ" | "EDIT") { "USE" } else { level });
        if level == "EDIT" {
            OLD.iter().for_each(|(_, _, kind)| every(kind, "EDIT"));
        }
    }
}
