//! What a need can depend on.

/// What a need can depend on, besides ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Something stands at the field: not `null`, and no empty text, list or object.
    Given(&'static str),
    /// This text stands at the field.
    Is(&'static str, &'static str),
}
