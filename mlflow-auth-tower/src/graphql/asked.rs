//! The fields that a document asks for, without fragments, directives and variables.

use super::limits::Wrong;
use apollo_compiler::ast::{DirectiveList, Value as Literal};
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Map, Value};

/// A field that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// Under which name the caller wants it.
    pub(super) key: String,
    /// Its name.
    pub(super) name: String,
    /// The type of its values, or of those in its list.
    pub(super) kind: String,
    pub(super) is_list: bool,
    /// Whether its values are no objects.
    pub(super) is_leaf: bool,
    /// What is asked for of these objects.
    pub(super) below: Vec<Asked>,
}

/// Field nodes under one name in the answer: they are one field.
pub(super) type Group<'d> = (String, Vec<&'d Field>);

/// Collects fields as a GraphQL server does (specification of October 2021, 6.3.2), in a schema of objects alone.
pub(super) struct Collect<'d> {
    pub(super) schema: &'d Schema,
    pub(super) document: &'d ExecutableDocument,
    pub(super) variables: &'d Map<String, Value>,
}

impl<'d> Collect<'d> {
    /// The fields of an object of the type `parent`, by their names in the answer.
    pub(super) fn groups(&self, parent: &str, sets: &[&'d SelectionSet]) -> Result<Vec<Group<'d>>, Wrong> {
        let mut found = Found { groups: Vec::new(), visited: Vec::new() };
        for set in sets {
            self.add(parent, set, &mut found)?;
        }
        Ok(found.groups)
    }

    fn add(&self, parent: &str, set: &'d SelectionSet, found: &mut Found<'d>) -> Result<(), Wrong> {
        for selection in &set.selections {
            if !self.is_wanted(selection.directives())? {
                continue;
            }
            let (on, set) = match selection {
                Selection::Field(field) => {
                    found.put(field);
                    continue;
                }
                Selection::InlineFragment(inline) => (inline.type_condition.as_ref(), &inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else {
                        return Err(Wrong::because(format!("there is no fragment `{}`", spread.fragment_name)));
                    };
                    if found.visited.contains(&fragment.name.as_str()) {
                        continue;
                    }
                    found.visited.push(&fragment.name);
                    (Some(fragment.type_condition()), &fragment.selection_set)
                }
            };
            if on.is_some_and(|on| on != parent) {
                return Err(Wrong::because(format!("a fragment of another type stands in a `{parent}`")));
            }
            self.add(parent, set, found)?;
        }
        Ok(())
    }

    /// Whether `@skip` and `@include` leave it.
    fn is_wanted(&self, directives: &DirectiveList) -> Result<bool, Wrong> {
        for (name, leaves) in [("skip", false), ("include", true)] {
            for directive in directives.get_all(name) {
                let condition = match directive.specified_argument_by_name("if").map(AsRef::as_ref) {
                    Some(Literal::Boolean(value)) => Some(*value),
                    Some(Literal::Variable(name)) => self.variables.get(name.as_str()).and_then(Value::as_bool),
                    _ => None,
                };
                match condition {
                    Some(condition) if condition == leaves => {}
                    Some(_) => return Ok(false),
                    None => {
                        return Err(Wrong::because(format!("the condition of `@{name}` is neither true nor false")));
                    }
                }
            }
        }
        Ok(true)
    }

    /// The field of a group, with all that is asked for below. `parent`: the type that it is a field of.
    pub(super) fn asked(&self, parent: &str, (key, nodes): &Group<'d>) -> Result<Asked, Wrong> {
        let Some(first) = nodes.first() else { return Err(Wrong::because("a field is missing")) };
        if nodes.iter().any(|node| node.name != first.name) {
            return Err(Wrong::because(format!("`{key}` stands for two fields of `{parent}`")));
        }
        let kind = first.ty().inner_named_type();
        let sets: Vec<&SelectionSet> = nodes.iter().map(|node| &node.selection_set).collect();
        let mut below = Vec::new();
        for group in self.groups(kind, &sets)? {
            // Nothing here would know what the arguments mean.
            if group.1.iter().any(|node| !node.arguments.is_empty()) {
                return Err(Wrong::because(format!("a field of `{kind}` has arguments")));
            }
            below.push(self.asked(kind, &group)?);
        }
        Ok(Asked {
            key: key.clone(),
            name: first.name.to_string(),
            kind: kind.to_string(),
            is_list: first.ty().is_list(),
            is_leaf: self.schema.get_object(kind).is_none(),
            below,
        })
    }
}

struct Found<'d> {
    groups: Vec<Group<'d>>,
    visited: Vec<&'d str>,
}

impl<'d> Found<'d> {
    fn put(&mut self, field: &'d Field) {
        let key = field.response_key().as_str();
        match self.groups.iter_mut().find(|(known, _)| known == key) {
            Some((_, nodes)) => nodes.push(field),
            None => self.groups.push((key.to_owned(), vec![field])),
        }
    }
}
