//! Fields as they are asked for behind: every one once and under its own name.

use super::asked::Asked;
use super::snake;
use mlflow_auth_core::routes::{FieldRule, GraphQl};
use serde_json::{Map, Value};

/// A field, or one of the fields that objects are judged by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree {
    pub(super) name: String,
    /// The type of its values, or of those in its list.
    pub(super) kind: String,
    /// Its fields, if it holds objects.
    pub(super) below: Vec<Tree>,
}

const TYPENAME: &str = "__typename";

impl Tree {
    /// What is asked for of `asked` behind.
    pub(super) fn of(service: &GraphQl, asked: &Asked) -> Self {
        let below = if asked.is_leaf { Vec::new() } else { fields(service, &asked.kind, &[asked]) };
        Self { name: asked.name.clone(), kind: asked.kind.clone(), below }
    }

    fn leaf(name: &str) -> Self {
        Self { name: name.to_owned(), kind: String::new(), below: Vec::new() }
    }

    /// Whether it has, at any depth, a field that the rule is about.
    pub(super) fn holds(&self, rule: &FieldRule) -> bool {
        self.below.iter().any(|field| self.kind == rule.parent && field.name == rule.name || field.holds(rule))
    }

    /// Writes its fields in brackets.
    pub(super) fn write_below(&self, text: &mut String) {
        if self.below.is_empty() {
            return;
        }
        text.push_str(" {");
        for field in &self.below {
            text.push(' ');
            text.push_str(&field.name);
            field.write_below(text);
        }
        text.push_str(" }");
    }

    /// A value that came for it, with fields in `snake_case`, as the REST API answers. What was not asked for is left out.
    pub(super) fn shaped(&self, value: Value) -> Value {
        match value {
            _ if self.below.is_empty() => value,
            Value::Array(items) => items.into_iter().map(|item| self.shaped(item)).collect(),
            Value::Object(mut found) => {
                let mut object = Map::new();
                for field in &self.below {
                    if let Some(value) = found.remove(&field.name) {
                        object.insert(snake(&field.name), field.shaped(value));
                    }
                }
                Value::Object(object)
            }
            _ => Value::Null,
        }
    }

    /// Visits every object of the type `kind` in `value`, which is shaped and came for this field.
    pub(super) fn visit(&self, value: &mut Value, kind: &str, visitor: &mut impl FnMut(&mut Map<String, Value>)) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.visit(item, kind, visitor)),
            Value::Object(object) => {
                for field in &self.below {
                    if let Some(value) = object.get_mut(&snake(&field.name)) {
                        field.visit(value, kind, visitor);
                    }
                }
                if self.kind == kind {
                    visitor(object);
                }
            }
            _ => {}
        }
    }
}

/// The fields of objects of the type `kind`, each once, with those that they are judged by.
fn fields(service: &GraphQl, kind: &str, asked: &[&Asked]) -> Vec<Tree> {
    let mut names: Vec<&str> = Vec::new();
    let all: Vec<&Asked> = asked.iter().flat_map(|asked| &asked.below).filter(|field| field.name != TYPENAME).collect();
    for field in &all {
        if !names.contains(&field.name.as_str()) {
            names.push(&field.name);
        }
    }
    let mut fields: Vec<Tree> = Vec::new();
    for name in names {
        let same: Vec<&Asked> = all.iter().copied().filter(|field| field.name == name).collect();
        let Some(first) = same.first() else { continue };
        let below = if first.is_leaf { Vec::new() } else { self::fields(service, &first.kind, &same) };
        fields.push(Tree { name: name.to_owned(), kind: first.kind.clone(), below });
    }
    for key in service.keys(kind) {
        if !fields.iter().any(|field| field.name == *key) {
            fields.push(Tree::leaf(key));
        }
    }
    // An object cannot be asked for without any field.
    if fields.is_empty() {
        fields.push(Tree::leaf(TYPENAME));
    }
    fields
}

/// The value of a field as the caller wants it, from one that is shaped.
pub(super) fn projected(asked: &Asked, value: Option<&Value>) -> Value {
    match value {
        None => unset(asked),
        Some(Value::Array(items)) => items.iter().map(|item| projected(asked, Some(item))).collect(),
        Some(value) if asked.is_leaf => value.clone(),
        Some(Value::Object(object)) => {
            let field = |field: &Asked| match field.name.as_str() {
                TYPENAME => asked.kind.as_str().into(),
                name => projected(field, object.get(&snake(name))),
            };
            Value::Object(asked.below.iter().map(|below| (below.key.clone(), field(below))).collect())
        }
        Some(_) => Value::Null,
    }
}

/// What MLflow says of a field that is not set, as one that was taken out is not.
fn unset(asked: &Asked) -> Value {
    match asked {
        Asked { is_list: true, .. } => Value::Array(Vec::new()),
        Asked { kind, .. } if kind == "String" => "".into(),
        _ => Value::Null,
    }
}
