//! GraphQL, judged field by field.
//!
//! A document is parsed and validated against the schema, its limits first. Fragments, directives, variables and aliases
//! are gone then: what is left is a tree of fields, each with its arguments as values. Every field of the root is judged
//! as the operation that its rule names. The request that goes on is written anew from the fields that were allowed, and
//! the answer from what came back, under the names that the caller chose.

mod answer;
mod arguments;
mod asked;
mod fields;
mod judge;
mod limits;
mod nested;
mod plan;
mod query;
mod schemas;
mod tree;

#[cfg(test)]
mod tests;

pub(crate) use answer::Fields;
pub(crate) use schemas::Schemas;

/// `camelCase` as `snake_case`.
fn snake(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
