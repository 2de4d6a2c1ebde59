//! The decisions of `testdata/decisions.toml`.
#![cfg(test)]

mod common;

use mlflow_auth_core::{
    Action, Chain, Grant, GroupName, Holdings, Mode, Policy, Requirement, Resource, ResourceType, RoleKey, RoleName,
    Rung, StoredGrant, Subject, Username, Workspace,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Case {
    name: String,
    mode: Option<String>,
    order: Option<String>,
    default: Option<String>,
    #[serde(default)]
    workspaces: bool,
    #[serde(default)]
    default_access: bool,
    #[serde(default)]
    restricted: bool,
    #[serde(default)]
    admin: bool,
    grants: Vec<String>,
    asks: Vec<Ask>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    ask: String,
    allowed: bool,
    by: i64,
    says: Option<String>,
    shadowed: Option<Vec<i64>>,
}

impl Case {
    fn policy(&self) -> Policy {
        let mode = match self.mode.as_deref().unwrap_or("first-match") {
            "union" => Mode::Union,
            "first-match" => {
                Mode::FirstMatch(self.order.as_deref().unwrap_or("user,group,regex,group-regex").parse().unwrap())
            }
            other => panic!("{other}"),
        };
        Policy {
            mode,
            default: self.default.as_deref().unwrap_or("NO_PERMISSIONS").parse().unwrap(),
            workspaces: self.workspaces,
            default_workspace_access: self.default_access,
            restrict_creation: self.restricted,
        }
    }

    fn held(&self) -> Holdings {
        let grants: Vec<Grant> = (1..).zip(&self.grants).map(|(id, text)| grant(id, text)).collect();
        common::held(&grants)
    }
}

/// Such as `group ml EDIT experiment like ^churn at 5 in blue`.
fn grant(id: i64, text: &str) -> Grant {
    let (text, workspace) = text.rsplit_once(" in ").map_or((text, None), |(text, name)| (text, Some(name)));
    let words: Vec<&str> = text.split(' ').collect();
    let (subject, words) = match words.as_slice() {
        ["alice", rest @ ..] => (Subject::User(Username::new("alice").unwrap()), rest),
        ["group", name, rest @ ..] => (Subject::Group(GroupName::new(name).unwrap()), rest),
        ["role", name, rest @ ..] => {
            let name = RoleName::new(name).unwrap();
            (Subject::Role(RoleKey { workspace: Workspace::default(), name }), rest)
        }
        _ => panic!("who holds `{text}`?"),
    };
    let (permission, kind, form, text, priority) = match *words {
        [permission, "every", kind] => (permission, kind, "every", "", "0"),
        [permission, kind, "like", pattern] => (permission, kind, "pattern", pattern, "0"),
        [permission, kind, "like", pattern, "at", priority] => (permission, kind, "pattern", pattern, priority),
        [permission, kind, id] => (permission, kind, "exact", id, "0"),
        _ => panic!("what is `{text}`?"),
    };
    let kind = self::kind(kind);
    Grant::from_stored(StoredGrant {
        id,
        subject,
        workspace,
        kind: kind.name(),
        form,
        text,
        priority: priority.parse().unwrap(),
        permission,
    })
}

fn kind(name: &str) -> ResourceType {
    match name {
        "model" => ResourceType::REGISTERED_MODEL,
        name => ResourceType::MLFLOW.iter().find(|kind| kind.name() == name).unwrap().clone(),
    }
}

fn requirement(text: &str) -> Requirement {
    if let Some(rest) = text.strip_prefix("create ") {
        let (what, workspace) = rest.split_once(" in ").unwrap_or((rest, Workspace::DEFAULT));
        let (kind, name) = what.split_once(' ').map_or((what, None), |(kind, name)| (kind, Some(name.to_owned())));
        let resource = Resource { name, ..Resource::every(self::kind(kind)) };
        return Requirement::Create(resource.in_workspace(Workspace::new(workspace).unwrap()));
    }
    let chain = |text: &str| Chain(text.split(" else ").map(rung).collect());
    Requirement::Any(text.split(" or ").map(chain).collect())
}

/// Such as `read experiment 7:churn in blue`.
fn rung(text: &str) -> Rung {
    let (text, workspace) = text.split_once(" in ").unwrap_or((text, Workspace::DEFAULT));
    let mut words = text.splitn(3, ' ');
    let action = match words.next().unwrap() {
        "read" => Action::Read,
        "use" => Action::Use,
        "update" => Action::Update,
        "delete" => Action::Delete,
        "manage" => Action::Manage,
        "not-denied" => Action::NotDenied,
        other => panic!("what is `{other}`?"),
    };
    let kind = kind(words.next().unwrap());
    let target = words.next().unwrap();
    let (id, name) = target.split_once(':').map_or((target, None), |(id, name)| (id, Some(name.to_owned())));
    let id = (id != "*").then(|| id.to_owned());
    Rung { action, resource: Resource { kind, id, name, workspace: Workspace::new(workspace).unwrap() } }
}

#[test]
fn decisions_are_as_the_table_says() {
    let table: Table = toml::from_str(include_str!("../testdata/decisions.toml")).unwrap();
    let mut wrong = Vec::new();
    for case in &table.case {
        let (policy, held) = (case.policy(), case.held());
        let who = common::principal("alice", case.admin);
        for ask in &case.asks {
            let texts = ask.ask.split(" and ").filter(|text| !text.is_empty());
            let needs: Vec<Requirement> = texts.map(requirement).collect();
            let explained = policy.explain(&who, &held, &needs);
            assert_eq!(explained.verdict, policy.decide(&who, &held, &needs), "{}: {}", case.name, ask.ask);
            let by = explained.verdict.reason.grant().map_or(0, |grant| grant.id);
            let said = explained.verdict.to_string();
            let shadowed: Vec<i64> = explained.shadowed.iter().map(|met| met.grant.id).collect();
            let as_expected = explained.verdict.allowed == ask.allowed
                && by == ask.by
                && ask.says.as_deref().is_none_or(|says| said.contains(says))
                && ask.shadowed.as_deref().is_none_or(|expected| expected == shadowed);
            if !as_expected {
                wrong.push(format!("{}: {}\n    {said}\n    shadowed {shadowed:?}", case.name, ask.ask));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
