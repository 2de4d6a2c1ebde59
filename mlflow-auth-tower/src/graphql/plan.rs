//! What becomes of every field of the root, and the request that goes on.

use super::query::Root;
use super::tree::Tree;
use crate::request::Reading;
use mlflow_auth_core::routes::Route;
use serde_json::{Map, Value, json};

/// All fields of the root, judged.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) fields: Vec<Planned>,
    /// What is told besides.
    pub(super) problems: Vec<String>,
}

/// A field of the root, judged.
pub(super) struct Planned {
    pub(super) root: Root,
    pub(super) fate: Fate,
}

/// What becomes of it.
pub(super) enum Fate {
    /// It is answered here.
    Answer(Value),
    /// It is asked for behind.
    Send(Tree, Option<Box<As>>),
}

/// The operation that it was judged as, with its parameters.
pub(super) struct As {
    pub(super) route: Route,
    pub(super) reading: Reading,
}

/// The name of the field number `place` in the request that goes on.
pub(super) fn name(place: usize) -> String {
    format!("f{place}")
}

/// The parameters of the request that goes on: the allowed fields, each under a name of its own, with its arguments as
/// variables. None if there are no such fields.
pub(super) fn rebuilt(does: &str, planned: &[Planned]) -> Option<Map<String, Value>> {
    let mut variables = Map::new();
    let (mut heads, mut fields) = (Vec::new(), String::new());
    for (place, Planned { root, fate }) in planned.iter().enumerate() {
        let Fate::Send(tree, _) = fate else { continue };
        let mut given = Vec::new();
        for argument in &root.arguments {
            let variable = format!("{}_{}", name(place), argument.name);
            heads.push(format!("${variable}: {}", argument.kind));
            given.push(format!("{}: ${variable}", argument.name));
            variables.insert(variable, argument.value.clone());
        }
        let given = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
        fields.push_str(&format!(" {}: {}{given}", name(place), tree.name));
        tree.write_below(&mut fields);
    }
    if fields.is_empty() {
        return None;
    }
    let heads = if heads.is_empty() { String::new() } else { format!("({})", heads.join(", ")) };
    let params = json!({"query": format!("{does}{heads} {{{fields} }}"), "variables": variables});
    params.as_object().cloned()
}
