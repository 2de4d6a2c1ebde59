//! GraphQL as data: a schema, and what its fields need.

use super::RowKind;

/// A GraphQL service: what can be asked of it, and what it takes to see it.
#[derive(Clone, Copy, Debug)]
pub struct GraphQl {
    /// Its schema, in the schema definition language. What does not stand there is refused.
    pub schema: &'static str,
    /// Its rules. A field of a root type without one is refused; any other belongs to the object that it stands in.
    pub rules: &'static [FieldRule],
    /// The fields that objects are judged by, per type. They are asked for with every object of the type, whether or not
    /// the caller wants them.
    pub keys: &'static [(&'static str, &'static [&'static str])],
}

/// The rule of one field.
#[derive(Clone, Copy, Debug)]
pub struct FieldRule {
    /// The type that it is a field of.
    pub parent: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it needs.
    pub sees: Sees,
}

/// Who sees what of a field.
///
/// Parameters and answers of an operation are written in `snake_case`, arguments and fields of a schema in `camelCase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    /// Everybody who is signed in sees all of it: it leads to nothing.
    SignedIn,
    /// A field of a root type sees what this operation, a method and a path of the route table, gives: its `input` holds
    /// the parameters, its value is the answer. Needs, narrowing, row filters and redactions are those of the operation.
    As(&'static str, &'static str),
    /// A list sees those rows that this operation would give, with the same fields taken out. Its own parameters are
    /// covered by what the object needs in which the list stands.
    RowsOf(&'static str, &'static str),
    /// An object is `null` for whoever may not read it.
    Readable(RowKind),
}

impl FieldRule {
    /// The field `parent.name`, seen by everybody who is signed in.
    pub const fn open(parent: &'static str, name: &'static str) -> Self {
        Self { parent, name, sees: Sees::SignedIn }
    }

    /// The field `parent.name`.
    pub const fn of(parent: &'static str, name: &'static str, sees: Sees) -> Self {
        Self { parent, name, sees }
    }
}

impl GraphQl {
    /// What is to be seen of the field `parent.name`, if there is a rule.
    pub fn rule(&self, parent: &str, name: &str) -> Option<Sees> {
        let found = self.rules.iter().find(|rule| rule.parent == parent && rule.name == name);
        found.map(|rule| rule.sees)
    }

    /// The fields that objects of this type are judged by.
    pub fn keys(&self, of: &str) -> &'static [&'static str] {
        self.keys.iter().find(|(name, _)| *name == of).map_or(&[], |(_, fields)| fields)
    }
}
