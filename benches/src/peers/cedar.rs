//! Cedar. It has no regular expressions; `like` is the nearest, and cheaper.

use super::{Outcome, Peer, next};
use crate::names::Workload;
use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::{Value, json};
use std::str::FromStr;

/// One policy for each rule. Requests and entities are made beforehand.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    group: String,
    entities: Entities,
    requests: Vec<Request>,
    turn: usize,
}

impl Peer for Cedar {
    fn load(workload: Workload) -> Outcome<Self> {
        let policy = |i: usize| {
            let group = workload.group_of(i);
            format!(
                "permit(principal in Group::\"{group}\", action == Action::\"read\", resource is Model) \
                 when {{ resource.name like \"team-{i}-*\" }};"
            )
        };
        let policies = PolicySet::from_str(&(0..workload.count).map(policy).collect::<String>())?;
        let (group, entities) = (workload.her_group(), Entities::empty());
        Ok(Self { authorizer: Authorizer::new(), policies, group, entities, requests: Vec::new(), turn: 0 })
    }

    fn ask_for(&mut self, names: &[String]) -> Outcome<()> {
        let group = json!({ "type": "Group", "id": self.group });
        let alice = json!({ "uid": { "type": "User", "id": "alice" }, "attrs": {}, "parents": [group] });
        let model =
            |name: &String| json!({ "uid": { "type": "Model", "id": name }, "attrs": { "name": name }, "parents": [] });
        let mut entities: Vec<Value> = names.iter().map(model).collect();
        entities.extend([json!({ "uid": group, "attrs": {}, "parents": [] }), alice]);
        let request = |name: &String| -> Outcome<Request> {
            let alice = EntityUid::from_str("User::\"alice\"")?;
            let read = EntityUid::from_str("Action::\"read\"")?;
            let model = EntityUid::from_str(&format!("Model::\"{name}\""))?;
            Ok(Request::new(alice, read, model, Context::empty(), None)?)
        };
        let mut distinct = std::collections::HashSet::new();
        entities.retain(|entity| distinct.insert(entity.to_string()));
        self.entities = Entities::from_json_value(Value::Array(entities), None)?;
        self.requests = names.iter().map(request).collect::<Outcome<_>>()?;
        Ok(())
    }

    fn decide(&mut self) -> bool {
        let Some(request) = next(&self.requests, &mut self.turn) else { return false };
        self.authorizer.is_authorized(request, &self.policies, &self.entities).decision() == Decision::Allow
    }
}
