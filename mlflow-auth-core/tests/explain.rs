//! The two forms of an explanation: words and JSON.
#![cfg(test)]

use mlflow_auth_core::{
    Action, Grant, GroupName, Holdings, Narrowing, Policy, Principal, Proof, Requirement, Resource, ResourceType,
    StoredGrant, Subject, SubjectGrants, Username,
};
use serde_json::{Value, json};
use std::sync::Arc;

static MODEL: ResourceType = ResourceType::REGISTERED_MODEL;

fn grant(id: i64, subject: &Subject, form: &str, text: &str, priority: i64, permission: &str) -> Grant {
    let subject = subject.clone();
    let row = StoredGrant { id, subject, workspace: None, kind: MODEL.name(), form, text, priority, permission };
    Grant::from_stored(row)
}

fn world() -> (Principal, Holdings) {
    let user = Username::new("alice").unwrap();
    let (own, ml, ops) = (
        Subject::User(user.clone()),
        Subject::Group(GroupName::new("ml").unwrap()),
        Subject::Group(GroupName::new("ops").unwrap()),
    );
    let compiled = |grants| Arc::new(SubjectGrants::new(grants).unwrap());
    let held = Holdings {
        user: compiled(vec![
            grant(1, &own, "pattern", "^ch", 9, "MANAGE"),
            grant(2, &own, "pattern", "^churn", 5, "READ"),
        ]),
        groups: vec![
            compiled(vec![grant(3, &ml, "pattern", "^c", 7, "EDIT"), grant(4, &ml, "pattern", "^z", 1, "EDIT")]),
            compiled(vec![grant(5, &ops, "pattern", "^ch", 3, "NO_PERMISSIONS")]),
        ],
        roles: Vec::new(),
    };
    (Principal::new(user, Proof::Asserted), held)
}

#[test]
fn as_json() {
    let (who, held) = world();
    let policy = Policy::default();
    let needs = [Requirement::on(Action::Delete, Resource::named(MODEL.clone(), "churn"))];
    let told = serde_json::to_value(policy.explain(&who, &held, &needs)).unwrap();
    let resource = json!({"type": "registered_model", "id": "churn", "name": "churn", "workspace": "default"});
    let expected = json!({
        "user": "alice", "allowed": false, "verdict": "refuse", "action": "delete", "creates": false, "rung": 0,
        "resource": resource, "permission": "READ", "reason": "granted", "source": "regex", "needed": "MANAGE",
        "grant": {
            "id": 2, "subject": {"type": "user", "name": "alice", "workspace": null}, "workspace": null,
            "resource_type": "registered_model", "target": {"form": "pattern", "text": "^churn", "priority": 5},
            "permission": "READ", "fault": null,
            "says": "grant 2, READ for user `alice` on every registered_model that `^churn` (priority 5) matches",
        },
        "missing": {
            "permission": "MANAGE", "resource": resource,
            "says": "MANAGE on registered_model `churn`, where READ is held",
        },
        "says": "`alice` may not delete registered_model `churn`: grant 2, READ for user `alice` on every \
                 registered_model that `^churn` (priority 5) matches, decides (source regex); it takes MANAGE",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(told[key], *value, "{key}");
    }
    // Within a source by priority, whichever group holds the rule.
    let shadowed: Vec<(i64, &str, bool)> = told["shadowed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|met| {
            let id = met["grant"]["id"].as_i64().unwrap();
            (id, met["source"].as_str().unwrap(), met["would_allow"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(shadowed, [(1, "regex", true), (5, "group-regex", false), (3, "group-regex", false)]);
    assert_eq!(told.as_object().unwrap().len(), expected.as_object().unwrap().len() + 1, "{told:#}");
}

#[test]
fn what_is_missing() {
    let (mut who, held) = world();
    let policy = Policy::default();
    let allowed = Requirement::on(Action::Read, Resource::named(MODEL.clone(), "churn"));
    let cases = [
        (allowed.clone(), "granted", Value::Null, ""),
        (
            Requirement::on(Action::Use, Resource::named(MODEL.clone(), "other")),
            "default",
            json!("USE"),
            "USE on registered_model `other`, where NO_PERMISSIONS is held",
        ),
        (
            Requirement::on(Action::NotDenied, Resource::new(MODEL.clone(), "churn")),
            "name-unknown",
            Value::Null,
            "a name of registered_model `churn` that patterns can judge",
        ),
    ];
    for (need, reason, permission, says) in cases {
        let needs = [need];
        let told = serde_json::to_value(policy.explain(&who, &held, &needs)).unwrap();
        assert_eq!(told["reason"], reason, "{told:#}");
        assert_eq!(told["missing"]["permission"], permission, "{told:#}");
        assert_eq!(told["missing"]["says"].as_str().unwrap_or_default(), says);
    }
    who.is_admin = true;
    let told = serde_json::to_value(policy.explain(&who, &held, &[allowed])).unwrap();
    assert_eq!((&told["reason"], &told["action"], &told["missing"]), (&json!("admin"), &json!("read"), &Value::Null));
    assert_eq!(told["shadowed"].as_array().unwrap().len(), 4, "what an admin holds is told all the same");
}

#[test]
fn in_words() {
    let (who, held) = world();
    let needs = [Requirement::on(Action::Delete, Resource::named(MODEL.clone(), "churn"))];
    let said = Policy::default().explain(&who, &held, &needs).to_string();
    let expected = "\
refuse: `alice` may not delete registered_model `churn`
  because:  grant 2, READ for user `alice` on every registered_model that `^churn` (priority 5) matches, decides (source regex)
  holds:    READ
  takes:    MANAGE
  missing:  MANAGE on registered_model `churn`, where READ is held
  shadowed, in the order in which they would have been asked:
    1. grant 1, MANAGE for user `alice` on every registered_model that `^ch` (priority 9) matches (source regex), would have allowed it
    2. grant 5, NO_PERMISSIONS for group `ops` on every registered_model that `^ch` (priority 3) matches (source group-regex), would not have allowed it
    3. grant 3, EDIT for group `ml` on every registered_model that `^c` (priority 7) matches (source group-regex), would not have allowed it";
    assert_eq!(said, expected);
    let needs = [Requirement::on(Action::Read, Resource::named(MODEL.clone(), "other"))];
    let said = Policy::default().explain(&who, &held, &needs).to_string();
    assert!(said.ends_with("shadowed: nothing else speaks about it"), "{said}");
}

#[test]
fn what_a_token_was_narrowed_to_is_told() {
    let (who, held) = world();
    let reading = Narrowing { read_only: true, only: None };
    let none = Narrowing { read_only: false, only: Some(Vec::new()) };
    let policy = Policy::default();
    for (narrowing, action, is_admin, words, missing) in [
        (&reading, Action::Update, true, "to reading", "a token that is not narrowed to reading"),
        (
            &none,
            Action::Read,
            true,
            "to other resources",
            "a token that is narrowed to registered_model `churn` too, or not at all",
        ),
        (
            &none,
            Action::Read,
            false,
            "to other resources",
            "a token that is narrowed to registered_model `churn` too, or not at all",
        ),
    ] {
        let who = Principal { is_admin, narrowing: Some(Arc::new(narrowing.clone())), ..who.clone() };
        let needs = [Requirement::on(action, Resource::named(MODEL.clone(), "churn"))];
        let explanation = policy.explain(&who, &held, &needs);
        let says = format!("`alice` may not {action} registered_model `churn`: the token is narrowed {words}");
        assert_eq!(explanation.verdict.to_string(), says);
        let told = serde_json::to_value(&explanation).unwrap();
        assert_eq!((&told["reason"], &told["allowed"]), (&json!("narrowed"), &json!(false)));
        assert_eq!((&told["missing"]["says"], &told["missing"]["permission"]), (&json!(missing), &Value::Null));
        assert_eq!(told["shadowed"].as_array().map(Vec::len), Some(4), "all grants that speak about it");
    }
    let who = Principal { narrowing: Some(Arc::new(reading)), ..who };
    let create = Requirement::of_word("create", Resource::named(MODEL.clone(), "new")).unwrap();
    let says = policy.explain(&who, &held, &create).verdict.to_string();
    assert_eq!(says, "`alice` may not create a new registered_model: the token is narrowed to reading");
}
