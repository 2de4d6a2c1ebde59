//! What a token may be used for, where that is less than its owner may do.

use super::{ResourceType, Workspace};
use serde_json::{Map, Value, json};

/// A bound on what a principal may do with this proof: it takes away and never gives. Whoever is narrowed passes no check
/// for being an admin; an admin's narrowed token may do, within the bound, what an admin may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// Nothing but reading.
    pub read_only: bool,
    /// Nothing but these; none for whatever the owner may reach. An empty list reaches nothing.
    pub only: Option<Vec<NarrowedTo>>,
}

/// Resources that a narrowed token reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NarrowedTo {
    /// Of which type.
    pub kind: ResourceType,
    /// Which one; none for all of the type.
    pub id: Option<String>,
    /// In which workspace; none for every one.
    pub workspace: Option<Workspace>,
}

impl Narrowing {
    /// Whether it takes nothing away.
    pub fn is_whole(&self) -> bool {
        !self.read_only && self.only.is_none()
    }

    /// What reaches nothing.
    fn nothing() -> Self {
        Self { read_only: true, only: Some(Vec::new()) }
    }

    /// The text that stores keep of it; none of one that takes nothing away.
    pub fn to_text(&self) -> Option<String> {
        let resource = |to: &NarrowedTo| {
            let workspace = to.workspace.as_ref().map(Workspace::as_str);
            json!({"kind": to.kind.name(), "id": to.id, "workspace": workspace})
        };
        let only = self.only.as_ref().map(|only| only.iter().map(resource).collect::<Vec<_>>());
        (!self.is_whole()).then(|| json!({"read_only": self.read_only, "only": only}).to_string())
    }

    /// Reads what [`Narrowing::to_text`] wrote. What cannot be read, as what a later version may write, reaches nothing.
    pub fn from_text(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::default() };
        serde_json::from_str(text).ok().as_ref().and_then(read).unwrap_or_else(Self::nothing)
    }
}

fn read(value: &Value) -> Option<Narrowing> {
    let fields = exactly(value, &["read_only", "only"])?;
    let only = match fields.get("only")? {
        Value::Null => None,
        list => Some(list.as_array()?.iter().map(resource).collect::<Option<_>>()?),
    };
    Some(Narrowing { read_only: fields.get("read_only")?.as_bool()?, only })
}

fn resource(value: &Value) -> Option<NarrowedTo> {
    let fields = exactly(value, &["kind", "id", "workspace"])?;
    let text = |name: &str| match fields.get(name)? {
        Value::Null => Some(None),
        text => Some(Some(text.as_str()?)),
    };
    let workspace = text("workspace")?.map(Workspace::new).transpose().ok()?;
    Some(NarrowedTo { kind: ResourceType::from_string(text("kind")??), id: text("id")?.map(str::to_owned), workspace })
}

/// An object that has these fields and no others: one that is not known might take something away.
fn exactly<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Map<String, Value>> {
    value
        .as_object()
        .filter(|fields| fields.len() == names.len() && names.iter().all(|name| fields.contains_key(*name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(kind: ResourceType, id: Option<&str>, workspace: Option<&str>) -> NarrowedTo {
        let workspace = workspace.map(|name| Workspace::new(name).unwrap());
        NarrowedTo { kind, id: id.map(str::to_owned), workspace }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let some = vec![
            to(ResourceType::EXPERIMENT, Some("7"), None),
            to(ResourceType::from_string("\"\\ \u{1f600}"), None, Some("team-1")),
            to(ResourceType::PROMPT, Some(""), Some("default")),
        ];
        for only in [None, Some(vec![]), Some(some)] {
            for read_only in [false, true] {
                let narrowing = Narrowing { read_only, only: only.clone() };
                let text = narrowing.to_text();
                assert_eq!(text.is_none(), narrowing.is_whole());
                assert_eq!(Narrowing::from_text(text.as_deref()), narrowing);
            }
        }
    }

    #[test]
    fn what_cannot_be_read_reaches_nothing() {
        let nothing = Narrowing { read_only: true, only: Some(vec![]) };
        for text in [
            "",
            "null",
            "{}",
            r#"{"read_only": false}"#,
            r#"{"only": null}"#,
            r#"{"read_only": "no", "only": null}"#,
            r#"{"read_only": false, "only": "all"}"#,
            r#"{"read_only": false, "only": null, "until": 5}"#,
            r#"{"read_only": false, "only": [{"kind": "experiment", "id": null}]}"#,
            r#"{"read_only": false, "only": [{"kind": null, "id": null, "workspace": null}]}"#,
            r#"{"read_only": false, "only": [{"kind": "experiment", "id": 7, "workspace": null}]}"#,
            r#"{"read_only": false, "only": [{"kind": "experiment", "id": "7", "workspace": "No"}]}"#,
            r#"{"read_only": false, "only": [{"kind": "experiment", "id": "7", "workspace": null, "name": "x"}]}"#,
        ] {
            assert_eq!(Narrowing::from_text(Some(text)), nothing, "{text}");
        }
    }
}
