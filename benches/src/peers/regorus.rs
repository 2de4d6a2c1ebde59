//! regorus, with its register machine and the largest cache of patterns it can be given: by far its fastest way.

use super::{Outcome, Peer, next};
use crate::names::Workload;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};
use serde_json::{Map, json};

const POLICY: &str = "
package bench

default allow := false

allow if {
    some group in input.groups
    some rule in data.by_group[group]
    regex.match(rule.pattern, input.name)
    rule.action == input.action
}
";

/// The rules as data, by group. Inputs are made beforehand.
pub struct Regorus {
    machine: RegoVM,
    group: String,
    inputs: Vec<Value>,
    turn: usize,
}

impl Peer for Regorus {
    fn load(workload: Workload) -> Outcome<Self> {
        regorus::cache::configure(regorus::cache::Config {
            regex: regorus::cache::Config::MAX_CAPACITY,
            ..regorus::cache::Config::default()
        });
        let mut groups = Map::new();
        for i in 0..workload.count {
            let rules = groups.entry(workload.group_of(i)).or_insert_with(|| json!([]));
            let rule = json!({ "pattern": workload.set.pattern(i), "action": "read" });
            rules.as_array_mut().into_iter().for_each(|rules| rules.push(rule.clone()));
        }
        let mut engine = Engine::new();
        engine.add_policy("bench.rego".to_owned(), POLICY.to_owned())?;
        let policy = engine.compile_with_entrypoint(&"data.bench.allow".into())?;
        let mut machine = RegoVM::new();
        // The usual bound stops it before it has seen ten thousand rules.
        machine.set_max_instructions(usize::MAX);
        machine.load_program(Compiler::compile_from_policy(&policy, &["data.bench.allow"])?);
        machine.set_data(Value::from_json_str(&json!({ "by_group": groups }).to_string())?)?;
        Ok(Self { machine, group: workload.her_group(), inputs: Vec::new(), turn: 0 })
    }

    fn ask_for(&mut self, names: &[String]) -> Outcome<()> {
        let input = |name: &String| {
            let input = json!({ "groups": [self.group], "name": name, "action": "read" });
            Value::from_json_str(&input.to_string())
        };
        self.inputs = names.iter().map(input).collect::<Result<_, _>>()?;
        Ok(())
    }

    fn decide(&mut self) -> bool {
        let Some(input) = next(&self.inputs, &mut self.turn) else { return false };
        self.machine.set_input(input.clone());
        matches!(self.machine.execute(), Ok(Value::Bool(true)))
    }
}
