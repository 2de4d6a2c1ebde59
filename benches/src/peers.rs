//! Other policy engines, each with the policy of the prefix set in its own language.

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use std::error::Error;
use std::str::FromStr;

/// Cedar. It has no regular expressions; `like` is the nearest, and cheaper. Requests and entities are built beforehand.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
    turn: usize,
}

impl Cedar {
    /// `count` policies of one group, of which alice is a member, and a request for each of `names`.
    ///
    /// # Errors
    /// Those of the crate.
    pub fn new(count: usize, names: &[String]) -> Result<Self, Box<dyn Error>> {
        let policy = |i: usize| {
            format!(
                "permit(principal in Group::\"ml-team\", action == Action::\"read\", resource is Model) \
                 when {{ resource.name like \"team-{i}-*\" }};"
            )
        };
        let policies = PolicySet::from_str(&(0..count).map(policy).collect::<String>())?;
        let model = |name: &String| {
            serde_json::json!({ "uid": { "type": "Model", "id": name }, "attrs": { "name": name }, "parents": [] })
        };
        let mut entities: Vec<serde_json::Value> = names.iter().map(model).collect();
        let group = serde_json::json!({ "type": "Group", "id": "ml-team" });
        entities.push(serde_json::json!({ "uid": group, "attrs": {}, "parents": [] }));
        let alice = serde_json::json!({ "type": "User", "id": "alice" });
        entities.push(serde_json::json!({ "uid": alice, "attrs": {}, "parents": [group] }));
        let request = |name: &String| -> Result<Request, Box<dyn Error>> {
            let alice = EntityUid::from_str("User::\"alice\"")?;
            let read = EntityUid::from_str("Action::\"read\"")?;
            let model = EntityUid::from_str(&format!("Model::\"{name}\""))?;
            Ok(Request::new(alice, read, model, Context::empty(), None)?)
        };
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            entities: Entities::from_json_value(serde_json::Value::Array(entities), None)?,
            requests: names.iter().map(request).collect::<Result<_, _>>()?,
            turn: 0,
        })
    }

    /// Decides the next request.
    pub fn decide(&mut self) -> bool {
        self.turn = (self.turn + 1) % self.requests.len().max(1);
        let answer = |request| self.authorizer.is_authorized(request, &self.policies, &self.entities).decision();
        self.requests.get(self.turn).map(answer) == Some(Decision::Allow)
    }
}

/// casbin, with regular expressions.
pub struct Casbin {
    enforcer: Enforcer,
    names: Vec<String>,
    turn: usize,
}

const MODEL: &str = "
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && regexMatch(r.obj, p.obj) && r.act == p.act
";

impl Casbin {
    /// The same for `patterns`.
    ///
    /// # Errors
    /// Those of the crate.
    pub fn new(patterns: &[String], names: &[String]) -> Result<Self, Box<dyn Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let enforcer = runtime.block_on(async {
            let model = DefaultModel::from_str(MODEL).await?;
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
            let rule = |pattern: &String| ["ml-team", pattern, "read"].map(str::to_owned).to_vec();
            enforcer.add_policies(patterns.iter().map(rule).collect()).await?;
            enforcer.add_grouping_policy(["alice", "ml-team"].map(str::to_owned).to_vec()).await?;
            casbin::Result::Ok(enforcer)
        })?;
        Ok(Self { enforcer, names: names.to_vec(), turn: 0 })
    }

    /// Decides the next request.
    pub fn decide(&mut self) -> bool {
        self.turn = (self.turn + 1) % self.names.len().max(1);
        let answer = |name: &String| self.enforcer.enforce(("alice", name.as_str(), "read"));
        matches!(self.names.get(self.turn).map(answer), Some(Ok(true)))
    }
}
