//! How large a document may be, before anything is looked up in the schema.

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, Document, Field, FragmentDefinition, Selection};
use apollo_compiler::parser::Parser;
use std::collections::HashMap;

/// Bytes of a document.
const LONGEST: usize = 64 << 10;
/// Tokens of a document: names, brackets, texts.
const MOST_TOKENS: usize = 5_000;
/// How deep brackets may lie inside of each other.
const MOST_NESTED: usize = 50;
/// How deep fields may lie inside of each other, those of the root being the first.
const DEEPEST: usize = 10;
/// Fields and fragments together, every fragment counted wherever it is used.
const MOST_SELECTIONS: usize = 1_000;
/// Fields of the root.
const MOST_ROOTS: usize = 10;
/// Aliases among the fields of one object.
const MOST_ALIASES: usize = 10;

/// What is wrong with a document.
#[derive(Debug, PartialEq)]
pub(super) enum Wrong {
    /// It cannot be read.
    Unreadable(String),
    /// It can be read, and does not fit the schema, or is too large.
    Invalid(Vec<String>),
}

impl Wrong {
    pub(super) fn because(text: impl Into<String>) -> Self {
        Wrong::Invalid(vec![text.into()])
    }
}

/// Parses a document that keeps within the limits. Those of MLflow (3.17.2) on fields, depth and aliases are the same,
/// in the same way of counting.
///
/// # Errors
/// [`Wrong::Unreadable`] for a syntax error, [`Wrong::Invalid`] beyond a limit.
pub(super) fn parse(text: &str) -> Result<Document, Wrong> {
    if text.len() > LONGEST {
        return Err(Wrong::because(format!("the query is longer than {LONGEST} bytes")));
    }
    let mut parser = Parser::new().recursion_limit(MOST_NESTED).token_limit(MOST_TOKENS);
    let parsed = parser.parse_ast(text, "query.graphql");
    let document = parsed.map_err(|wrong| {
        let first = wrong.errors.iter().next().map(|error| error.to_json().message);
        Wrong::Unreadable(format!("the query cannot be read: {}", first.unwrap_or_default()))
    })?;
    check(&document)?;
    Ok(document)
}

fn check(document: &Document) -> Result<(), Wrong> {
    let mut fragments = HashMap::new();
    for definition in &document.definitions {
        if let Definition::FragmentDefinition(fragment) = definition
            && fragments.insert(&fragment.name, fragment.as_ref()).is_some()
        {
            return Err(Wrong::because(format!("there are two fragments `{}`", fragment.name)));
        }
    }
    let mut count = Count { fragments, left: MOST_SELECTIONS };
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => count.fields(&[&operation.selection_set], 1)?,
            Definition::FragmentDefinition(_) => {}
            _ => return Err(Wrong::because("a query holds operations and fragments, and nothing else")),
        }
    }
    Ok(())
}

struct Count<'d> {
    fragments: HashMap<&'d Name, &'d FragmentDefinition>,
    left: usize,
}

/// The fields of one object, wherever they stand in the document.
#[derive(Default)]
struct Level<'d> {
    fields: Vec<&'d Field>,
    within: Vec<&'d Name>,
}

impl<'d> Count<'d> {
    fn fields(&mut self, sets: &[&'d Vec<Selection>], depth: usize) -> Result<(), Wrong> {
        if depth > DEEPEST {
            return Err(Wrong::because(format!("the query is deeper than {DEEPEST} fields")));
        }
        let mut level = Level::default();
        for set in sets {
            self.flatten(set, &mut level)?;
        }
        if depth == 1 && level.fields.len() > MOST_ROOTS {
            return Err(Wrong::because(format!("the query asks for more than {MOST_ROOTS} fields of the root")));
        }
        if level.fields.iter().filter(|field| field.alias.is_some()).count() > MOST_ALIASES {
            return Err(Wrong::because(format!("the query has more than {MOST_ALIASES} aliases in one place")));
        }
        for field in level.fields.into_iter().filter(|field| !field.selection_set.is_empty()) {
            self.fields(&[&field.selection_set], depth + 1)?;
        }
        Ok(())
    }

    fn flatten(&mut self, set: &'d [Selection], level: &mut Level<'d>) -> Result<(), Wrong> {
        for selection in set {
            self.left = self.left.checked_sub(1).ok_or_else(|| {
                Wrong::because(format!("the query asks for more than {MOST_SELECTIONS} fields and fragments"))
            })?;
            match selection {
                Selection::Field(field) => level.fields.push(field),
                Selection::InlineFragment(inline) => self.flatten(&inline.selection_set, level)?,
                Selection::FragmentSpread(spread) => self.spread(&spread.fragment_name, level)?,
            }
        }
        Ok(())
    }

    fn spread(&mut self, name: &'d Name, level: &mut Level<'d>) -> Result<(), Wrong> {
        if level.within.contains(&name) {
            return Err(Wrong::because(format!("the fragment `{name}` holds itself")));
        }
        let Some(fragment) = self.fragments.get(name).copied() else {
            return Err(Wrong::because(format!("there is no fragment `{name}`")));
        };
        level.within.push(name);
        self.flatten(&fragment.selection_set, level)?;
        level.within.pop();
        Ok(())
    }
}
