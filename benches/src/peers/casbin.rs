//! casbin, with regular expressions.

use super::{Outcome, Peer, next};
use crate::names::Workload;
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};

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

/// One policy for each rule.
pub struct Casbin {
    enforcer: Enforcer,
    names: Vec<String>,
    turn: usize,
}

impl Peer for Casbin {
    fn load(workload: Workload) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let rule = |i: usize| vec![workload.group_of(i), workload.set.pattern(i), "read".to_owned()];
        let enforcer = runtime.block_on(async {
            let model = DefaultModel::from_str(MODEL).await?;
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
            enforcer.add_policies((0..workload.count).map(rule).collect()).await?;
            enforcer.add_grouping_policy(vec!["alice".to_owned(), workload.her_group()]).await?;
            casbin::Result::Ok(enforcer)
        })?;
        Ok(Self { enforcer, names: Vec::new(), turn: 0 })
    }

    fn ask_for(&mut self, names: &[String]) -> Outcome<()> {
        self.names = names.to_vec();
        Ok(())
    }

    fn decide(&mut self) -> bool {
        let Some(name) = next(&self.names, &mut self.turn) else { return false };
        matches!(self.enforcer.enforce(("alice", name.as_str(), "read")), Ok(true))
    }
}
